import { expect, test } from 'vitest';
import {
  BOOLEAN,
  field,
  INT,
  runBatch,
  runStream,
  STRING,
  TIMESTAMP,
  type ColumnData,
  type StreamInput,
} from '../../src';

const t: StreamInput = {
  schema: [field('k', STRING, true), field('n', INT), field('ok', BOOLEAN), field('ts', TIMESTAMP)],
  rows: [
    ['a', 1, true, 1_000],
    [null, 2, false, 2_000],
    ['a', 3, true, 3_000],
  ],
};
const sql = 'SELECT k, n, ok FROM t';
const counts = 'SELECT k, COUNT(*) AS c FROM t GROUP BY k';

/** Row `at` as it is in columns. */
const read = (columns: ColumnData[], at: number) =>
  columns.map(({ data, valid, texts }) => (valid?.[at] === 0 ? null : texts ? texts[data[at]] : data[at]));

test('columns have what the rows have, as their types are held', () => {
  const results = [runBatch({ sql, tables: { t } }), runStream({ sql, streams: { t } })];
  for (const { columns, rows, schema } of results) {
    expect(schema.map(({ name }) => name)).toEqual(['k', 'n', 'ok']);
    expect(columns.map(({ data }) => data.constructor)).toEqual([Int32Array, Float64Array, Uint8Array]);
    expect(columns.map(({ data }) => data.length)).toEqual([3, 3, 3]);
    expect([0, 1, 2].map((at) => read(columns, at))).toEqual(rows.map(({ k, n, ok }) => [k, n, Number(ok)]));
  }
});

test('each row that came out has its kind and event time, beside the columns', () => {
  const result = runStream({ sql: counts, streams: { t } });
  const { kind, time, columns, changes } = result;
  expect([...kind]).toEqual([0, 0, 1, 2]);
  expect(changes.map(({ change }) => change)).toEqual([...kind].map((one) => ['+I', '−U', '+U', '−D'][one]));
  expect(changes.map((one) => one.time)).toEqual([...time]);
  expect(changes.map(({ row }) => [row.k, row.c])).toEqual(changes.map((_, at) => read(columns, at)));
});

test('columns are not copied; rows and changes are made once', () => {
  for (const result of [runBatch({ sql, tables: { t } }), runStream({ sql, streams: { t } })]) {
    expect(result.columns[1].data.buffer).toBe(result.columns[1].data.buffer);
    expect(result.rows).toBe(result.rows);
  }
  const result = runStream({ sql, streams: { t } });
  expect(result.changes).toBe(result.changes);
});

test('rows are the changes applied to an empty table', () => {
  const { changes, rows } = runStream({ sql: counts, streams: { t } });
  const table: string[] = [];
  for (const { change, row } of changes) {
    if (change === '+I' || change === '+U') table.push(JSON.stringify(row));
    else table.splice(table.indexOf(JSON.stringify(row)), 1);
  }
  expect(rows.map((row) => JSON.stringify(row)).sort()).toEqual(table.sort());
  expect(rows).toHaveLength(2);
});

test('a result without a row has columns of no length', () => {
  const none = { ...t, rows: [] };
  for (const { columns, rows } of [runBatch({ sql, tables: { t: none } }), runStream({ sql, streams: { t: none } })]) {
    expect(columns.map(({ data }) => data.length)).toEqual([0, 0, 0]);
    expect(rows).toEqual([]);
  }
  expect(runStream({ sql, streams: { t: none } }).kind).toHaveLength(0);
});

test('a result goes to another place as plain data', () => {
  const result = runStream({ sql: counts, streams: { t } });
  expect(structuredClone({ ...result })).toEqual({ ...result });
});

test('a log of many rows is whole, however it grew', () => {
  const length = 30_000;
  // At first a row of three, then each.
  const ns = Float64Array.from({ length }, (_, at) => (at < 10_000 && at % 3 > 0 ? -1 : at));
  const schema = [field('n', INT), field('ts', TIMESTAMP)];
  const columns = [ns, Float64Array.from({ length }, (_, at) => at)];
  const query = 'SELECT n, ts FROM t WHERE n >= 0 UNION ALL SELECT n, ts FROM t WHERE n >= 0';
  for (const upsert of [false, true]) {
    const result = runStream({ sql: query, streams: { t: { schema, columns } }, options: { upsert } });
    const expected = [...ns].filter((n) => n >= 0).flatMap((n) => [n, n]);
    expect([...result.columns[0].data]).toEqual(expected);
    expect([...result.time]).toEqual(expected);
    expect(result.kind).toHaveLength(expected.length);
    expect(result.changes.every(({ at, time }) => at === time)).toBe(true);
  }
});
