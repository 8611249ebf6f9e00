import { expect, test } from 'vitest';
import { makeWorldNow, START, streamOf, streamSchema, type StreamSpec } from '../../src/data';
import { columnOf, hours, INT, minutes, MONEY, readRow, readValue, seconds, STRING, TIMESTAMP } from '../../src/model';
import { partitionOf } from '../../src/sim/murmur';
import { PLAIN } from './golden';

const world = makeWorldNow({ preset: 'page', seed: 7, mode: 'realistic' });
const lab = makeWorldNow({ preset: 'lab', seed: 7, mode: 'realistic' });
const payments = (change: Partial<StreamSpec> = {}, of = world) =>
  streamOf('payments', { ...PLAIN, delay: { model: 'none' }, duplicates: 0, ...change }, of);
const values = (table: ReturnType<typeof payments>['table'], name: string) =>
  Array.from({ length: table.length }, (_, row) => readValue(columnOf(table, name), row));

test('without delays a stream is its table in order of time', () => {
  const { table, time, append } = payments();
  const source = world.tables.credit_card_transactions;
  expect(table.length).toBe(source.length);
  expect(append).toEqual(time);
  for (const row of [0, 1, 2_000, table.length - 1]) expect(readRow(table, row)).toEqual(readRow(source, row));
});

test('events come in order of append time, then partition, and never before they happened', () => {
  const { append, time, partition } = payments({ delay: { model: 'uniform', least: 0, most: 3 }, rate: 400 });
  let ties = 0;
  for (let i = 1; i < append.length; i += 1) {
    expect(append[i]).toBeGreaterThanOrEqual(append[i - 1]);
    expect(append[i]).toBeGreaterThanOrEqual(time[i]);
    if (append[i] !== append[i - 1]) continue;
    ties += 1;
    expect(partition[i]).toBeGreaterThanOrEqual(partition[i - 1]);
  }
  expect(ties).toBeGreaterThan(100);
});

test('events of one append time and partition keep the order in which they were made', () => {
  const spec = { columns: ['card', 'ts'], key: 'card', partitions: 1, from: START, limit: 0 };
  const { time, append } = payments({ ...spec, delay: { model: 'uniform', least: 0, most: 2 }, rate: 800 });
  for (let i = 1; i < append.length; i += 1)
    if (append[i] === append[i - 1]) expect(time[i]).toBeGreaterThanOrEqual(time[i - 1]);
});

test('a key always goes to the partition of its hash', () => {
  const { table, partition } = payments();
  values(table, 'cc_num').forEach((number, row) => expect(partition[row]).toBe(partitionOf(String(number), 4)));
  const byCard = payments({ key: 'card' });
  values(byCard.table, 'card').forEach((card, row) => expect(byCard.partition[row]).toBe(partitionOf(String(card), 4)));
  expect(new Set(partition)).toEqual(new Set([0, 1, 2, 3]));
});

test('the key may be a column that is not shown', () => {
  const shown = payments({ columns: ['card', 'amount', 'ts'] });
  expect(shown.partition).toEqual(payments().partition);
  expect(shown.table.schema.map(({ name }) => name)).toEqual(['card', 'amount', 'ts']);
});

test('card and category follow from card number and merchant', () => {
  const { table } = payments({ columns: ['cc_num', 'card', 'merchant_id', 'category', 'ts'] });
  expect(table.schema.map(({ type }) => type.name)).toEqual(['STRING', 'INT', 'STRING', 'STRING', 'TIMESTAMP']);
  const merchants = world.tables.merchant_details;
  const sells = new Map(values(merchants, 'merchant_id').map((id, row) => [id, values(merchants, 'category')[row]]));
  for (const row of [0, 17, 4_000]) {
    const [number, card, merchant, category] = readRow(table, row);
    expect(card).toBe(Number(String(number).slice(-4)));
    expect(category).toBe(sells.get(merchant));
  }
  const labels = streamOf('labels', { ...PLAIN, table: 'cc_fraud', columns: ['card', 'ts'] }, world);
  expect(labels.table.length).toBeGreaterThan(5);
});

test('strings of a stream are its own, in order of first sight', () => {
  const { table } = payments({ limit: 20 });
  const ids = columnOf(table, 'merchant_id');
  expect(ids.dictionary!.strings).toEqual([...new Set(values(table, 'merchant_id'))]);
});

test('from is included, until is not', () => {
  const time = columnOf(world.tables.credit_card_transactions, 'ts').data;
  const { time: kept } = payments({ from: time[10], until: time[20] });
  expect(Array.from(kept)).toEqual(Array.from(time.subarray(10, 20)));
});

test('only keeps the wanted values, limit the first events', () => {
  const card = Number(readValue(columnOf(world.tables.credit_card_transactions, 'card'), 5));
  const one = payments({ only: { card: [card] } });
  expect(new Set(values(one.table, 'card'))).toEqual(new Set([card]));
  expect(Array.from(payments({ only: { card: [card] }, limit: 3 }).time)).toEqual(Array.from(one.time.subarray(0, 3)));
  const groceries = payments({ columns: ['category', 'ts'], only: { category: ['Groceries', 'Online'] } });
  expect(new Set(values(groceries.table, 'category'))).toEqual(new Set(['Groceries', 'Online']));
  expect(payments({ only: { cc_num: ['nobody'] } }).table.length).toBe(0);
  expect(payments({ only: { card_present: [true] } }).table.length).toBeGreaterThan(3_000);
  const open = streamOf(
    'accounts',
    { ...PLAIN, table: 'account_details', key: 'account_id', time: 'last_modified', only: { end_date: [null] } },
    world,
  );
  expect(open.table.length).toBeGreaterThan(150);
  expect(open.table.length).toBeLessThan(200);
});

test('a rate respaces events, from the start or from a given time', () => {
  const { time, table } = payments({ rate: 10 });
  expect(table.length).toBe(world.tables.credit_card_transactions.length);
  expect(time[0]).toBeGreaterThanOrEqual(START);
  const mean = (time[time.length - 1] - START) / time.length;
  expect(Math.abs(mean - 100)).toBeLessThan((4 * 100) / Math.sqrt(time.length));
  expect(values(table, 'ts')).toEqual(Array.from(time));
  const later = payments({ rate: 10, from: START + hours(2), until: START + hours(2) + seconds(30) });
  expect(later.time[0]).toBeGreaterThanOrEqual(START + hours(2));
  expect(later.time.at(-1)).toBeLessThan(START + hours(2) + seconds(30));
  expect(Math.abs(later.time.length - 300)).toBeLessThan(4 * Math.sqrt(300));
  expect(values(later.table, 'cc_num').slice(0, 5)).toEqual(values(table, 'cc_num').slice(0, 5));
});

test('a share of the events comes twice, each copy in its own time', () => {
  const { table, append } = payments({ duplicates: 0.2, delay: { model: 'uniform', least: 0, most: minutes(1) } });
  const n = world.tables.credit_card_transactions.length;
  const copies = table.length - n;
  expect(Math.abs(copies - 0.2 * n)).toBeLessThan(4 * Math.sqrt(n * 0.2 * 0.8));
  const first = new Map<unknown, number>();
  let apart = 0;
  values(table, 't_id').forEach((id, row) => {
    if (first.has(id)) apart += append[row] === first.get(id) ? 0 : 1;
    else first.set(id, append[row]);
  });
  expect(first.size).toBe(n);
  expect(apart).toBeGreaterThan(0.95 * copies);
});

test('realistic delays fall into their bands', () => {
  const { time, append } = payments({ delay: { model: 'realistic' } }, lab);
  const bands = [seconds(2), seconds(60), minutes(10), hours(6)];
  const counts = [0, 0, 0, 0];
  append.forEach((at, i) => (counts[bands.findIndex((most) => at - time[i] < most)] += 1));
  [0.95, 0.04, 0.009, 0.001].forEach((share, i) => {
    expect(Math.abs(counts[i] - share * time.length)).toBeLessThan(4 * Math.sqrt(time.length * share * (1 - share)));
  });
});

test('fixed and uniform delays are what they say', () => {
  const fixed = payments({ delay: { model: 'fixed', delay: 5_000 } });
  expect(fixed.append.every((at, i) => at - fixed.time[i] === 5_000)).toBe(true);
  const uniform = payments({ delay: { model: 'uniform', least: 2, most: 4 } });
  expect(new Set(uniform.append.map((at, i) => at - uniform.time[i]))).toEqual(new Set([2, 3, 4]));
});

test('changing one stream, or one option, leaves the chance of the others alone', () => {
  const noisy = payments({ delay: { model: 'realistic' } });
  const copied = payments({ delay: { model: 'realistic' }, duplicates: 0.5 });
  const delays = (stream: typeof noisy) => {
    const found = new Map<unknown, number>();
    values(stream.table, 't_id').forEach((id, row) => {
      const delay = stream.append[row] - stream.time[row];
      found.set(id, Math.min(delay, found.get(id) ?? Infinity));
    });
    return found;
  };
  const [before, after] = [delays(noisy), delays(copied)];
  for (const [id, delay] of before) expect(after.get(id)).toBeLessThanOrEqual(delay);
  const other = streamOf('others', { ...PLAIN, duplicates: 0 }, world);
  expect(other.append).not.toEqual(noisy.append);
  expect(payments({ delay: { model: 'realistic' } }).append).toEqual(noisy.append);
});

const planted: StreamSpec = {
  ...PLAIN,
  table: null,
  declared: { user: INT, item: STRING, price: MONEY, ts: TIMESTAMP },
  key: 'user',
  partitions: 2,
  delay: { model: 'none' },
  duplicates: 0,
  planted: [
    { at: START + 20, arrives: START + 50, partition: 1, values: { user: 7, item: 'Jeans', price: 4_000 } },
    { at: START + 30, arrives: START + 40, partition: null, values: { user: 8, item: 'Scarf', price: 2_000 } },
    { at: START + 10, arrives: START + 50, partition: 0, values: { user: 9, item: null, price: 1_000 } },
  ],
};

test('events may be written by hand', () => {
  const { table, time, append, partition } = streamOf(
    'views',
    planted,
    makeWorldNow({ preset: 'none', seed: 1, mode: 'realistic' }),
  );
  expect(Array.from({ length: 3 }, (_, row) => readRow(table, row))).toEqual([
    [8, 'Scarf', 2_000, START + 30],
    [9, null, 1_000, START + 10],
    [7, 'Jeans', 4_000, START + 20],
  ]);
  expect(Array.from(time)).toEqual([START + 30, START + 10, START + 20]);
  expect(Array.from(append)).toEqual([START + 40, START + 50, START + 50]);
  expect(Array.from(partition)).toEqual([partitionOf('8', 2), 0, 1]);
  expect(streamSchema(planted).map(({ name, nullable }) => [name, nullable])).toEqual([
    ['user', false],
    ['item', true],
    ['price', false],
    ['ts', false],
  ]);
});

test('events written by hand mix with those of a table and leave the world as it was', () => {
  const strings = world.tables.credit_card_transactions.columns[3].dictionary!.strings.length;
  const event = {
    at: START + hours(5),
    arrives: START + hours(6),
    partition: null,
    values: { merchant_id: 'A new shop', amount: 999, card: 1_234 },
  };
  const spec = { columns: ['card', 'merchant_id', 'amount', 'ip_address', 'ts'], key: 'card', planted: [event] };
  const { table, time, append } = payments(spec);
  const row = values(table, 'merchant_id').indexOf('A new shop');
  expect(readRow(table, row)).toEqual([1_234, 'A new shop', 999, null, START + hours(5)]);
  expect([time[row], append[row]]).toEqual([event.at, event.arrives]);
  expect(table.length).toBe(payments().table.length + 1);
  expect(world.tables.credit_card_transactions.columns[3].dictionary!.strings).toHaveLength(strings);
  expect(table.schema.filter(({ nullable }) => nullable).map(({ name }) => name)).toEqual(['ip_address']);
});

test('a stream has the schema that is told without making it', () => {
  for (const columns of [[], ['ts', 'category', 'card']]) {
    expect(payments({ columns }).table.schema).toEqual(streamSchema({ ...PLAIN, columns }));
  }
});
