import { expect, test } from 'vitest';
import { makeWorldNow, START, streamOf, streamSchema, type StreamSpec } from '../../src/data';
import { columnOf, minutes, readRow, readValue } from '../../src/model';
import { PLAIN } from './golden';

const world = makeWorldNow({ preset: 'page', seed: 7, mode: 'realistic' });
const payments = (change: Partial<StreamSpec> = {}) =>
  streamOf('payments', { ...PLAIN, delay: { model: 'none' }, duplicates: 0, ...change }, world);
const rowsOf = ({ table }: ReturnType<typeof payments>) =>
  Array.from({ length: table.length }, (_, row) => readRow(table, row));
const values = ({ table }: ReturnType<typeof payments>, name: string) =>
  Array.from({ length: table.length }, (_, row) => readValue(columnOf(table, name), row));

const RATE = 10;

const DROPPED = 0.2;
const whole = rowsOf(payments());
const lacking = (rows: ReturnType<typeof rowsOf>) =>
  rows.map((row) => row.flatMap((one, i) => (one === null ? [i] : [])));

test('a share of the events lacks one field, and nothing else is changed', () => {
  const stream = payments({ dropped: DROPPED });
  const rows = rowsOf(stream);
  expect(rows).toHaveLength(whole.length);
  const lost = lacking(rows);
  rows.forEach((row, i) => {
    expect(lost[i].length).toBeLessThanOrEqual(1);
    expect(row).toEqual(whole[i].map((one, column) => (lost[i].includes(column) ? null : one)));
  });
  const n = rows.length;
  const count = lost.filter((one) => one.length > 0).length;
  expect(Math.abs(count - n * DROPPED)).toBeLessThan(4 * Math.sqrt(n * DROPPED * (1 - DROPPED)));
  const names = stream.table.schema.map(({ name }) => name);
  names.forEach((name, column) => {
    const times = lost.filter(([one]) => one === column).length;
    if (name === 'ts' || name === 'cc_num') expect(times).toBe(0);
    else expect(Math.abs(times - count / (names.length - 2))).toBeLessThan(4 * Math.sqrt(count / (names.length - 2)));
  });
});

test('columns that can lose a value are nullable; the time and the key are not', () => {
  const nullable = (spec: StreamSpec) => streamSchema(spec).flatMap((one) => (one.nullable ? [one.name] : []));
  const columns = ['card', 'amount', 'ts'];
  expect(nullable({ ...PLAIN, columns, dropped: 0.01 })).toEqual(['card', 'amount']);
  expect(nullable({ ...PLAIN, columns, key: 'card', dropped: 0.01 })).toEqual(['amount']);
  expect(nullable({ ...PLAIN, columns })).toEqual([]);
  expect(payments({ columns, dropped: 0.01 }).table.schema).toEqual(streamSchema({ ...PLAIN, columns, dropped: 0.01 }));
});

test('an event is where its key says, also where the field beside it is lost', () => {
  expect(payments({ dropped: 1 }).partition).toEqual(payments().partition);
  expect(payments({ dropped: 1, columns: ['card', 'ts'] }).partition).toEqual(payments().partition);
  expect(new Set(values(payments({ dropped: 1, columns: ['card', 'ts'] }), 'card'))).toEqual(new Set([null]));
});

test('a higher share drops what a lower one did, and more', () => {
  const [few, many] = [0.05, 0.3].map((dropped) => lacking(rowsOf(payments({ dropped }))));
  few.forEach((lost, i) => {
    if (lost.length > 0) expect(many[i]).toEqual(lost);
  });
  expect(many.flat().length).toBeGreaterThan(4 * few.flat().length);
});

test('a further column changes only the events that lose it', () => {
  const lostOf = (columns: string[]) => {
    const stream = payments({ dropped: 0.5, columns });
    return lacking(rowsOf(stream)).map(([index]) => (index === undefined ? '' : stream.table.schema[index].name));
  };
  const [fewer, more] = [lostOf(['card', 'amount', 'ts']), lostOf(['ip_address', 'amount', 'ts', 'card'])];
  more.forEach((name, i) => {
    if (name !== 'ip_address') expect(name).toBe(fewer[i]);
    else expect(fewer[i]).not.toBe('');
  });
  expect(new Set(more)).toEqual(new Set(['', 'ip_address', 'card', 'amount']));
});

test('a field that is null already is not the one that is lost', () => {
  const spec = { ...PLAIN, table: 'account_details', key: 'account_id', time: 'last_modified', duplicates: 0 };
  const columns = ['account_id', 'last_modified', 'end_date', 'home_country'];
  const of = (dropped: number) => rowsOf(streamOf('accounts', { ...spec, columns, dropped }, world));
  const before = of(0);
  of(1).forEach((row, i) => {
    expect(row.filter((one) => one === null)).toHaveLength(before[i].filter((one) => one === null).length + 1);
  });
  expect(before.filter((row) => row[2] === null).length).toBeGreaterThan(150);
});

test('events written by hand keep their fields', () => {
  const event = {
    at: START + 5,
    arrives: START + 9,
    partition: null,
    values: { card: 1_234, cc_num: '4', amount: 999 },
  };
  const rows = rowsOf(payments({ columns: ['card', 'cc_num', 'amount', 'ts'], dropped: 1, planted: [event] }));
  expect(rows.filter((row) => !row.includes(null))).toEqual([[1_234, '4', 999, START + 5]]);
});

test('a copy has the values of its event, also the lost one, and an append time of its own', () => {
  const stream = payments({ dropped: 0.5, duplicates: 1, delay: { model: 'uniform', least: 0, most: minutes(1) } });
  const seen = new Map<string, number[]>();
  rowsOf(stream).forEach((row, i) => {
    const text = JSON.stringify(row);
    seen.set(text, [...(seen.get(text) ?? []), i]);
  });
  let apart = 0;
  for (const events of seen.values()) {
    expect(events).toHaveLength(2);
    const [first, second] = events;
    expect(stream.partition[first]).toBe(stream.partition[second]);
    expect(stream.time[first]).toBe(stream.time[second]);
    if (stream.append[first] !== stream.append[second]) apart += 1;
  }
  expect(seen.size).toBe(whole.length);
  expect(apart).toBeGreaterThan(0.99 * seen.size);
});

test('without fraud the labelled rows are missing, and only those', () => {
  const labelled = new Set(
    values(streamOf('labels', { ...PLAIN, table: 'cc_fraud', duplicates: 0, delay: { model: 'none' } }, world), 't_id'),
  );
  const honest = values(payments({ fraud: false }), 't_id');
  expect(labelled.size).toBeGreaterThan(5);
  expect(honest).toEqual(values(payments(), 't_id').filter((id) => !labelled.has(id)));
  expect(honest).toHaveLength(whole.length - labelled.size);
  const few = values(payments({ fraud: false, limit: 100 }), 't_id');
  expect(few).toEqual(honest.slice(0, 100));
});

test('the knobs do not disturb the chance of one another', () => {
  const delay = { model: 'realistic' } as const;
  const plain = payments({ delay, rate: RATE });
  const noisy = payments({ delay, rate: RATE, dropped: 0.5 });
  expect(noisy.append).toEqual(plain.append);
  expect(noisy.time).toEqual(plain.time);
  expect(noisy.partition).toEqual(plain.partition);
});
