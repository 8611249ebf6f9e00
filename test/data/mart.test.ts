import { describe, expect, test } from 'vitest';
import { type DataSpec, factsOf, makeMart, makeMartNow, SCHEMAS, START, type TableName } from '../../src/data';
import { luhnSum } from '../../src/data/mart/cards';
import { placesOf } from '../../src/data/measures';
import { columnOf, formatTime, readRow } from '../../src/model';
import { attackFaults } from './attacks';
import { integrityOf } from './integrity';
import { mart, SEEDS } from './marts';

const MODES = ['realistic', 'book'] as const;
const runs = (preset: DataSpec['preset']) =>
  MODES.flatMap((mode) => SEEDS.map((seed) => [preset, mode, seed] as const));

/** Two million rows take long; once in each mode is enough. */
const BOOK_SIZE = MODES.map((mode) => ['book', mode, 1] as const);

describe.each([...runs('lab'), ...(process.env.LONG ? BOOK_SIZE : [])])('%s, %s, seed %d', (preset, mode, seed) => {
  // A large mart is not kept: five of them would fill the memory.
  const made = preset === 'lab' ? mart(preset, seed, mode) : makeMartNow({ preset, mode, seed });

  test('no rule of the tables is broken', () => {
    expect(Object.entries(integrityOf(made)).filter(([, broken]) => broken !== 0)).toEqual([]);
  });

  test('every attack is as it should be', () => {
    expect(attackFaults(made)).toEqual([]);
  });

  // The targets of realistic mode are those of the lab preset.
  test.skipIf(preset === 'book' && mode === 'realistic')('every property is as real as it should be', () => {
    const facts = factsOf(made);
    expect(facts.length).toBeGreaterThan(15);
    expect(facts.filter(({ measured, low, high }) => !(measured >= low && measured <= high))).toEqual([]);
  });
});

test('every table has its schema and its rows', () => {
  const { tables } = mart('page', 1);
  for (const name of Object.keys(SCHEMAS) as TableName[]) {
    expect(tables[name].schema).toBe(SCHEMAS[name]);
    expect(tables[name].length).toBeGreaterThan(0);
    for (const column of tables[name].columns) expect(column.data.length).toBeGreaterThanOrEqual(tables[name].length);
  }
  expect(tables.merchant_details.length).toBe(100);
  expect(tables.account_details.length).toBe(200);
});

test('the data starts on Monday 2026-11-02 and ends with its last day', () => {
  const { start, end, tables } = mart('page', 1);
  expect(formatTime(start)).toBe('2026-11-02 00:00:00');
  expect(formatTime(end)).toBe('2026-11-09 00:00:00');
  const ts = columnOf(tables.credit_card_transactions, 'ts').data;
  expect(ts[0]).toBeGreaterThanOrEqual(start);
  expect(ts[tables.credit_card_transactions.length - 1]).toBeLessThan(end);
});

test('card numbers are valid by Luhn, in the reserved prefix, with unique last digits', () => {
  const { tables } = mart('lab', 1);
  const numbers = columnOf(tables.card_details, 'cc_num').dictionary!.strings;
  expect(numbers).toHaveLength(2_800);
  for (const text of numbers) {
    expect(text).toMatch(/^9999-\d{4}-\d{4}-[1-9]\d{3}$/);
    expect(luhnSum(text.replaceAll('-', '')) % 10).toBe(0);
  }
  expect(new Set(numbers.map((text) => text.slice(-4))).size).toBe(2_800);
  expect(new Set(numbers).size).toBe(2_800);
});

test('the sum of Luhn finds a known good number and a wrong digit', () => {
  expect(luhnSum('4539578763621486') % 10).toBe(0);
  expect(luhnSum('4539578763621487') % 10).not.toBe(0);
});

test('shares of names are those of the models', () => {
  const { tables } = mart('lab', 1);
  const { card_details, account_details } = tables;
  const types = new Map<string, number>();
  for (let row = 0; row < card_details.length; row += 1) {
    const type = String(readRow(card_details, row)[6]);
    types.set(type, (types.get(type) ?? 0) + 1);
  }
  for (const [type, share] of [
    ['Credit', 0.6],
    ['Debit', 0.35],
    ['Prepaid', 0.05],
  ] as const) {
    const off = Math.abs(types.get(type)! / card_details.length - share);
    // Cards with two versions count twice, so the count of independent draws is that of the cards.
    expect(off).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 2_800));
  }
  const ended = columnOf(account_details, 'end_date').valid!.reduce((sum, one) => sum + one, 0);
  expect(Math.abs(ended / 2_000 - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / 2_000));
  expect(card_details.length / 2_800).toBeCloseTo(1.3, 1);
});

test('the book copies its fault: honest rows that look like impossible travel', () => {
  // The sources found 7.5 % at a third more rows per card, counting pairs with only one of the two in hand as well.
  expect(placesOf(mart('lab', 1, 'book')).impossible).toBeGreaterThan(1.5);
  expect(placesOf(mart('lab', 1, 'realistic')).impossible).toBe(0);
});

test('without a preset there are no rows, but all tables', () => {
  const { tables } = mart('none', 1);
  for (const name of Object.keys(SCHEMAS) as TableName[]) expect(tables[name].length).toBe(0);
  expect(factsOf(mart('none', 1))).toEqual([]);
});

test('a mart is made in many slices, with rising progress', () => {
  const work = makeMart({ preset: 'lab', mode: 'realistic', seed: 9 });
  const progress = [];
  for (let next = work.next(); !next.done; next = work.next()) progress.push(next.value);
  expect(progress.length).toBeGreaterThan(60);
  expect(progress.at(-1)!.done).toBeLessThanOrEqual(progress.at(-1)!.total);
  for (let i = 1; i < progress.length; i += 1) {
    const [before, after] = [progress[i - 1], progress[i]];
    expect(after.done / after.total).toBeGreaterThanOrEqual(before.done / before.total - 0.02);
  }
  expect(new Set(progress.map(({ doing }) => doing)).size).toBeGreaterThan(4);
});

test('nothing starts before the world does, except the histories of things', () => {
  const { tables } = mart('page', 2);
  for (const name of ['merchant_details', 'bank_details', 'account_details', 'card_details'] as const) {
    const modified = columnOf(tables[name], 'last_modified').data.subarray(0, tables[name].length);
    expect(Math.max(...modified)).toBeLessThan(START);
  }
});

test('even one page of data holds an attack of each type', () => {
  for (const seed of SEEDS) {
    const types = mart('page', seed).truth.attacks.map(({ type }) => type);
    expect(new Set(types)).toEqual(new Set(['geographic', 'chain']));
  }
});

test('the faults of attacks and tables are found when there are some', () => {
  const made = makeMartNow({ preset: 'page', mode: 'realistic', seed: 1 });
  const { credit_card_transactions: paid, cc_fraud: labels } = made.tables;
  expect([attackFaults(made), Object.values(integrityOf(made)).some((broken) => broken !== 0)]).toEqual([[], false]);
  const pair = made.truth.attacks.find(({ type }) => type === 'geographic')!;
  columnOf(paid, 'card_present').data[pair.partner] = 0;
  columnOf(paid, 'amount').data[10] = 0;
  columnOf(paid, 't_id').data[20] = 20;
  columnOf(paid, 'card').data[30] = 1;
  columnOf(labels, 't_id').data[0] = 1_000_000;
  expect(attackFaults(made).length).toBeGreaterThan(1);
  const broken = Object.entries(integrityOf(made)).flatMap(([rule, count]) => (count === 0 ? [] : [rule]));
  expect(broken).toEqual([
    'transactions: repeated key',
    'label without transaction',
    'short number of another card',
    'amount not above 0',
    't_id does not rise with ts',
    'label of another card',
  ]);
});
