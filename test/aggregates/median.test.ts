import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layoutOf } from '../../src/engine/aggregates';
import { runBatch, runStream } from '../../src/index';
import { DOUBLE, field, formatValue, INT, MONEY, tableOf, TIMESTAMP, type Schema, type Value } from '../../src/model';
import { complete } from '../../src/sql';
import { call, column } from '../support/plans';

const SCHEMA: Schema = [
  field('n', INT),
  field('card', INT),
  field('amount', MONEY, true),
  field('share', DOUBLE),
  field('ts', TIMESTAMP),
];
/** Amounts repeat, every fifth is null; no two rows have one time, and each comes up to 7 s late. */
const ROWS: Value[][] = Array.from({ length: 400 }, (_, n) => [
  n,
  (n * 7) % 5,
  n % 5 === 3 ? null : ((n * 7919) % 47) - 11,
  ((n * 31) % 19) / 7,
  n * 1_000,
]);
const payments = { schema: SCHEMA, rows: ROWS };
const arrival = ROWS.map(([n]) => Number(n) * 1_000 + ((Number(n) * 37) % 7) * 1_000);
const byArrival = ROWS.map((row, i) => ({ row, at: arrival[i] })).sort((a, b) => a.at - b.at);
const late = {
  schema: SCHEMA,
  rows: byArrival.map(({ row }) => row),
  arrival: byArrival.map(({ at }) => at),
};

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await connection.run(
    'CREATE TABLE payments (n INTEGER, card INTEGER, amount DECIMAL(10,2), share DOUBLE, ts TIMESTAMP)',
  );
  const literals = ROWS.map(([n, card, amount, share, ts]) => {
    const cents = amount === null ? 'NULL' : (Number(amount) / 100).toFixed(2);
    return `(${String(n)}, ${String(card)}, ${cents}, ${String(share)}::DOUBLE, make_timestamp(${Number(ts) * 1_000}))`;
  });
  await connection.run(`INSERT INTO payments VALUES ${literals.join(', ')}`);
});
afterAll(() => connection?.closeSync());

const TUMBLE = "TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '30' SECOND))";
const HOP = "TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND))";
const bucket = "time_bucket(INTERVAL '10 seconds', ts, TIMESTAMP '1970-01-01') - i * INTERVAL '10 seconds'";
const medians = 'MEDIAN(amount) AS a, MEDIAN(n) AS b, MEDIAN(share) AS c, MEDIAN(amount) FILTER (WHERE n > 200) AS d';

/** Our query, DuckDB's (where it is another), and whether every row stands for itself. */
const QUESTIONS: Record<string, { ours: string; duck?: string }> = {
  'of everything': { ours: `SELECT ${medians} FROM payments` },
  'of each key': { ours: `SELECT card, ${medians} FROM payments GROUP BY card` },
  'of a window': {
    ours: `SELECT card, ${medians} FROM ${TUMBLE} GROUP BY card, window_start, window_end`,
    duck: `SELECT card, ${medians} FROM payments GROUP BY card, time_bucket(INTERVAL '30 seconds', ts)`,
  },
  'of overlapping windows, put together of slices': {
    ours: `SELECT card, ${medians} FROM ${HOP} GROUP BY card, window_start, window_end`,
    duck: `SELECT card, ${medians} FROM (SELECT *, ${bucket} AS start FROM payments, range(3) AS steps(i)) GROUP BY card, start`,
  },
  'of the last rows': {
    ours: `SELECT n, MEDIAN(amount) OVER w AS a, MEDIAN(share) OVER w AS c FROM payments
      WINDOW w AS (PARTITION BY card ORDER BY ts ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)`,
  },
  'of a moving range': {
    ours: `SELECT n, MEDIAN(amount) OVER w AS a, MEDIAN(share) OVER w AS c FROM payments
      WINDOW w AS (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL '40' SECOND PRECEDING AND CURRENT ROW)`,
  },
  'of totals that change, so that old ones are taken back': {
    ours: 'SELECT k, MEDIAN(s) AS m FROM (SELECT card, n % 3 AS k, SUM(n) AS s FROM payments GROUP BY card, n % 3) AS t GROUP BY k',
  },
};

const written = (rows: readonly (readonly unknown[])[]): string[] =>
  rows.map((row) => row.map((value) => (value === null ? '–' : Number(value).toFixed(9))).join(' ')).sort();

test.each(Object.entries(QUESTIONS))('the median %s: batch, stream and DuckDB', async (_, { ours, duck = ours }) => {
  const batch = runBatch({ sql: ours, tables: { payments } });
  const stream = runStream({ sql: ours, streams: { payments: late }, options: { wait: 10_000 } });
  const reader = await connection.runAndReadAll(duck);
  const inUnits = batch.schema.map(({ type }) => (type.name === 'DECIMAL' ? 100 : 1));
  const truth = reader.getRowsJS().map((row) => row.map((one, i) => (one === null ? null : Number(one) * inUnits[i])));
  const rowsOf = (rows: Record<string, Value>[]) => written(rows.map((row) => Object.values(row)));
  expect(rowsOf(batch.rows)).toEqual(written(truth));
  expect(rowsOf(stream.rows)).toEqual(rowsOf(batch.rows));
});

test('the state of a median is shown in the type of its argument', () => {
  const layout = layoutOf([call('MEDIAN', column(SCHEMA, 'amount'))], SCHEMA);
  const state = new Float64Array(layout.stride);
  layout.init(state, 0);
  const rows = tableOf(
    SCHEMA,
    [3_900, 4_100].map((cents, n) => [n, 1, cents, 0, n]),
  );
  layout.add(state, new Int32Array(2), rows, 0, 2);
  const [, shown] = layout.fields;
  expect(shown).toEqual({ name: 'MEDIAN(amount)', type: MONEY, nullable: true });
  expect(formatValue(layout.stateValues(state, 0)[1], shown.type)).toBe('€40.00');
});

test('completions say that Flink SQL has no MEDIAN', () => {
  const [found] = complete('SELECT MEDI', 11, {});
  expect(found).toEqual({
    label: 'MEDIAN',
    kind: 'function',
    detail: 'MEDIAN(x): the value in the middle; not in Flink SQL',
  });
});
