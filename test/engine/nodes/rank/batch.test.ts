import { expect, test } from 'vitest';
import { BIGINT, catalogOf, explainPlan, format, parse, plan, runBatch, runStream, TIMESTAMP } from '../../../../src';

const numbers = {
  schema: [
    { name: 'n', type: BIGINT, nullable: false },
    { name: 'ts', type: TIMESTAMP, nullable: false },
  ],
  rows: Array.from({ length: 10_000 }, (_, n) => [n, n]),
};
const first = (sql: string): unknown[] =>
  runBatch({ sql, tables: { numbers } }).rows.map((row) => Object.values(row)[0]);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

test.each([0, 1, 7, 4_096, 4_097, 9_999, 20_000])(
  'LIMIT %i gives the first rows, as the table stores them',
  (count) => {
    expect(first(`SELECT n FROM numbers LIMIT ${count}`)).toEqual(upTo(Math.min(count, 10_000)));
  },
);

test('LIMIT applies after WHERE, to the whole of a UNION ALL, and inside a subquery', () => {
  expect(first('SELECT n FROM numbers WHERE n >= 5 LIMIT 3')).toEqual([5, 6, 7]);
  expect(first('SELECT n FROM numbers WHERE n < 2 UNION ALL SELECT n FROM numbers LIMIT 4')).toEqual([0, 1, 0, 1]);
  expect(first('SELECT SUM(n) AS total FROM (SELECT * FROM numbers LIMIT 5000) AS some')).toEqual([12_497_500]);
  expect(first('SELECT n FROM (SELECT * FROM numbers LIMIT 5) AS some WHERE n > 2')).toEqual([3, 4]);
});

test('LIMIT is refused on a stream, with what works instead', () => {
  const sql = 'SELECT n FROM numbers LIMIT 5';
  const catalog = catalogOf({ numbers });
  expect(() => plan(sql, catalog, 'stream')).toThrow(/no order in which it could be cut off.*ROW_NUMBER/s);
  expect(() => runStream({ plan: plan(sql, catalog).query, streams: { numbers } })).toThrow(/no order.*ROW_NUMBER/s);
});

test('LIMIT is written as it is read', () => {
  expect(format(parse('select n from numbers limit 5'))).toBe('SELECT n\nFROM numbers\nLIMIT 5;\n');
  expect(explainPlan(plan('SELECT n FROM numbers LIMIT 5', catalogOf({ numbers })).query)).toBe(
    'limit first 5\n  project n\n    scan numbers',
  );
});
