import { describe, expect, test } from 'vitest';
import { catalogOf } from '../../src';
import { AGGREGATES } from '../../src/aggregates';
import { runBatch } from '../../src/engine/batch';
import { topicOf } from '../../src/engine/log/topic';
import { openRun } from '../../src/engine/run/openRun';
import { DEFAULTS } from '../../src/engine/stream/options';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  MONEY,
  STRING,
  TIMESTAMP,
  field,
  readRow,
  tableOf,
  type Table,
  type Value,
} from '../../src/model';
import { plan } from '../../src/sql';

/**
 * What stands in the slot of a null means nothing: a code of another text or of none, any number. So every expression,
 * aggregate, join and window answers the same whatever stands there.
 */
const SCHEMA = [
  field('id', BIGINT),
  field('s', STRING, true),
  field('t', STRING, true),
  field('a', MONEY, true),
  field('x', DOUBLE, true),
  field('i', BIGINT, true),
  field('p', BOOLEAN, true),
  field('d', DATE, true),
  field('ts', TIMESTAMP),
];

const ROWS: Value[][] = [
  [0, 'a', 'b', 150, 0.5, 2, true, 0, 0],
  [1, null, 'b', null, 1.5, null, null, null, 1000],
  [2, 'b', null, 20, null, 3, false, 86_400_000, 2000],
  [3, null, null, null, null, null, null, null, 3000],
  [4, 'b', 'b', -7, -2, 2, true, 0, 4000],
];
/** Texts that no row has, so that no dictionary has one: every text is null. */
const TEXTLESS = ROWS.map(([id, , , ...rest]): Value[] => [id, null, null, ...rest]);

const tableWith = (rows: Value[][], slot: number): Table => {
  const table = tableOf(SCHEMA, rows);
  for (const { data, valid } of table.columns) valid?.forEach((present, row) => present || (data[row] = slot));
  return table;
};

const inputs = { l: { schema: SCHEMA, rows: [] }, r: { schema: SCHEMA, rows: [] } };
const queryOf = (sql: string) => plan(sql, catalogOf(inputs)).query;

const rowsOf = (table: Table): Value[][] => Array.from({ length: table.length }, (_, row) => readRow(table, row));

function batch(sql: string, rows: Value[][], slot: number): Value[][] {
  const table = tableWith(rows, slot);
  return rowsOf(runBatch(queryOf(sql), () => table, { edge: 'closed' }).table);
}

function stream(sql: string, rows: Value[][], slot: number): Value[][] {
  const topics = ['l', 'r'].map((name) => {
    const table = tableWith(rows, slot);
    const times = Float64Array.from(rows, (row) => row[8] as number);
    return topicOf({ name, table, time: times, append: times, partition: new Int32Array(rows.length) }, 1);
  });
  const options = { ...DEFAULTS, lookup: null, recompute: runBatch, job: null, changes: [], rangeRows: 2 };
  const run = openRun({ plan: queryOf(sql), topics, end: true, options });
  run.advance(() => true);
  return rowsOf(run.results.rows);
}

const COMPARISONS = ['=', '<>', '<', '<=', '>', '>='];
const PAIRS = [
  ['l.s', 'l.t'],
  ['l.s', "'b'"],
  ["'b'", 'l.t'],
  ['l.a', 'l.x'],
  ['l.x', 'l.i'],
  ['l.i', '2'],
  ['l.p', 'TRUE'],
  ['l.d', 'l.d'],
];
const EXPRESSIONS = [
  ...PAIRS.flatMap(([left, right]) => COMPARISONS.map((one) => `${left} ${one} ${right}`)),
  ...['+', '-', '*', '/', '%'].flatMap((one) => [`l.i ${one} l.i`, `l.a ${one} l.a`]),
  ...['+', '-', '*', '/'].map((one) => `l.x ${one} l.i`),
  '-l.i',
  'l.p AND l.i > 2',
  'l.p OR l.x > 1',
  'NOT l.p',
  'l.s IS NULL',
  'CASE WHEN l.p THEN l.s ELSE l.t END',
  "CASE WHEN l.s = l.t THEN 'same' WHEN l.i > 1 THEN l.t END",
  'COALESCE(l.s, l.t)',
  'NULLIF(l.s, l.t)',
  "l.s IN ('a', l.t)",
  'l.i BETWEEN 1 AND l.a',
  'ABS(l.a)',
  'FLOOR(l.x)',
  'CEIL(l.a)',
  'SQRT(l.x)',
  'UPPER(l.s)',
  'LOWER(l.t)',
  'CHAR_LENGTH(l.s)',
  'l.s || l.t',
  'CAST(l.s AS BIGINT)',
  ...['l.a', 'l.x', 'l.i', 'l.p', 'l.d'].map((one) => `CAST(${one} AS STRING)`),
  ...['l.a', 'l.x', 'l.i'].flatMap((one) =>
    ['BIGINT', 'DOUBLE', 'DECIMAL(12, 2)'].map((to) => `CAST(${one} AS ${to})`),
  ),
];

const { LAG: _, ...folds } = AGGREGATES;
const ARGUMENTS = ['s', 'a', 'x', 'i'];
const numeric = new Set(['SUM', 'AVG', 'STDDEV_SAMP', 'STDDEV_POP', 'MEDIAN']);
const CALLS = Object.keys(folds).flatMap((name) =>
  ARGUMENTS.filter((one) => one !== 's' || !numeric.has(name)).map((one) => [name, one]),
);

const QUERIES = [
  ...EXPRESSIONS.map((one) => `SELECT l.id, ${one} AS v FROM l`),
  ...CALLS.flatMap(([name, one]) => [
    `SELECT t, ${name}(${one}) AS v FROM l GROUP BY t`,
    `SELECT window_start, ${name}(${one}) AS v
     FROM TABLE(TUMBLE(TABLE l, DESCRIPTOR(ts), INTERVAL '3' SECOND)) GROUP BY window_start, window_end`,
    `SELECT id, ${name}(${one}) OVER (PARTITION BY t ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS v FROM l`,
  ]),
  'SELECT id, LAG(s) OVER (ORDER BY ts) AS v FROM l',
  'SELECT COUNT(DISTINCT s) AS n, COUNT(DISTINCT x) AS m FROM l',
  'SELECT s, t, p, COUNT(*) AS n FROM l GROUP BY s, t, p',
  'SELECT l.id, r.id AS other FROM l JOIN r ON l.s = r.t',
  'SELECT l.id, l.s = r.t AS same, l.s < r.s AS less FROM l LEFT JOIN r ON l.s = r.s AND l.i = r.i',
  `SELECT id FROM (SELECT id, s, ROW_NUMBER() OVER (PARTITION BY t ORDER BY s DESC) AS n FROM l) WHERE n <= 2`,
];

const SLOTS = [1, 7, -3, 1e9];

describe.each([
  ['with texts', ROWS],
  ['where every text is null', TEXTLESS],
])('what stands in the slot of a null does not matter, %s', (_name, rows) => {
  test.each(QUERIES)('%s', (sql) => {
    const expected = batch(sql, rows, 0);
    const emitted = stream(sql, rows, 0);
    for (const slot of SLOTS) {
      expect(batch(sql, rows, slot)).toEqual(expected);
      expect(stream(sql, rows, slot)).toEqual(emitted);
    }
  });
});
