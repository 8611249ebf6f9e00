import { describe, expect, test } from 'vitest';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  field,
  INT,
  MONEY,
  runBatch,
  runStream,
  STRING,
  TIMESTAMP,
  type ColumnInput,
  type ColumnType,
  type Value,
} from '../../src';

const SCHEMA = [field('k', STRING, true), field('n', BIGINT), field('ok', BOOLEAN), field('ts', TIMESTAMP)];
const ROWS: Value[][] = [
  ['a', 1, true, 5],
  [null, 2, false, 6],
  ['b', 3, true, 7],
];
const COLUMNS: ColumnInput[] = [
  { data: Int32Array.of(1, 0, 0), valid: Uint8Array.of(1, 0, 1), texts: ['b', 'a'] },
  Float64Array.of(1, 2, 3),
  { data: Uint8Array.of(1, 0, 1) },
  [5, 6, 7],
];
const sql = 'SELECT * FROM t';

test('columns are the rows that they hold, for a table and for a stream', () => {
  const expected = ROWS.map(([k, n, ok, ts]) => ({ k, n, ok, ts }));
  const t = { schema: SCHEMA, columns: COLUMNS };
  expect(runBatch({ sql, tables: { t } }).rows).toEqual(expected);
  expect(runStream({ sql, streams: { t } }).rows).toEqual(expected);
});

test('what comes out by columns goes in by columns', () => {
  const once = runStream({ sql, streams: { t: { schema: SCHEMA, rows: ROWS } } });
  const again = runStream({ sql, streams: { t: { schema: once.schema, columns: once.columns } } });
  expect(again.rows).toEqual(once.rows);
  expect(again.rows).toHaveLength(3);
});

describe('what its column cannot hold is refused with row and column', () => {
  const refused = (type: ColumnType, value: Value, nullable = false) => {
    const schema = [field('x', type, nullable), field('ts', TIMESTAMP)];
    const rows = [
      [type === STRING ? 'a' : type === BOOLEAN ? true : 0, 0],
      [value, 0],
    ];
    return () => runBatch({ sql, tables: { t: { schema, rows } } });
  };
  test.each<[ColumnType, Value, string]>([
    [INT, 2_147_483_648, 'x INT, found 2147483648'],
    [INT, 1.5, 'x INT, found 1.5'],
    [INT, '1', "x INT, found '1'"],
    [TIMESTAMP, 8.64e15 + 1, 'x TIMESTAMP(3), found 8640000000000001'],
    [TIMESTAMP, -8.64e15 - 1, 'x TIMESTAMP(3), found -8640000000000001'],
    [BIGINT, 2 ** 53, 'x BIGINT, found 9007199254740992'],
    [BIGINT, Infinity, 'x BIGINT, found Infinity'],
    [DOUBLE, NaN, 'x DOUBLE, found NaN'],
    [MONEY, 1e10, 'x DECIMAL(10,2), found 10000000000'],
    [MONEY, 0.5, 'x DECIMAL(10,2), found 0.5'],
    [DATE, 1, 'x DATE, found 1'],
    [TIMESTAMP, 0.5, 'x TIMESTAMP(3), found 0.5'],
    [STRING, 1, 'x STRING, found 1'],
    [BOOLEAN, 1, 'x BOOLEAN, found 1'],
    [INT, null, 'x INT, found null'],
  ])('%o holds no %s', (type, value, message) => {
    expect(refused(type, value)).toThrow(`t: row 1 has a value that its column cannot hold; expected ${message}`);
  });

  test('null is a value of what may be null', () => {
    expect(refused(INT, null, true)).not.toThrow();
  });

  test.each<[ColumnInput, RegExp]>([
    [
      { data: Float64Array.of(1, 2, 3) },
      /column k is not held as its type is; expected Int32Array for STRING, with texts/,
    ],
    [{ data: Int32Array.of(0, 1, 0), texts: ['a', 'a'] }, /not all different/],
    [{ data: Int32Array.of(0, 2, 0), texts: ['a', 'b'] }, /row 1 has a value/],
    [
      { data: Int32Array.of(0, 1, 0), texts: ['a', 'b'], valid: Uint8Array.of(1) },
      /row 1 has a value .* found no flag/,
    ],
    [['a', 'b'], /not the same length; expected 2 values of n, as of k, found 3/],
  ])('%o is no column of texts', (column, message) => {
    const columns = [column, ...COLUMNS.slice(1)];
    expect(() => runBatch({ sql, tables: { t: { schema: SCHEMA, columns } } })).toThrow(message);
  });

  test('an input has rows or columns, and a column for each field', () => {
    const given = (input: object) => () => runBatch({ sql, tables: { t: { schema: SCHEMA, ...input } } });
    expect(given({})).toThrow('an input has rows or columns; expected one of both, found neither');
    expect(given({ rows: ROWS, columns: COLUMNS })).toThrow('found rows and columns');
    expect(given({ columns: COLUMNS.slice(1) })).toThrow('expected 4 columns: k, n, ok, ts, found 3');
  });
});
