import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runBatch } from '../../src/engine/batch';
import { driveNode } from '../support/operatorDrive';
import { BIGINT, field, INT, STRING, tableOf, TIMESTAMP, type Schema, type Value } from '../../src/model';
import { type AggregateCall, type Frame, type Over, type Plan } from '../../src/sql/plan';
import { call, column, groupBy, rolling, rowsOf, scan } from '../support/plans';

/**
 * Outside truth for what has no SQL of ours here: plans by hand, run as a stream and as a batch, against DuckDB over the
 * same rows. Few keys and times, so that ties are everywhere; `n` is the order of arrival and breaks them (S19).
 */
const SCHEMA: Schema = [
  field('n', INT),
  field('card', INT),
  field('city', STRING, true),
  field('amount', BIGINT, true),
  field('ts', TIMESTAMP),
];
const ROWS: Value[][] = Array.from({ length: 500 }, (_, n) => [
  n,
  (n * 7) % 5,
  n % 6 === 0 ? null : `city ${(n * 13) % 7}`,
  n % 4 === 0 ? null : (n * 7919) % 23,
  Math.floor((n * 31) % 97) * 250,
]);
const source = scan('payments', SCHEMA, 'ts');
const of = (name: string) => column(SCHEMA, name);

const distinct = (name: string): AggregateCall => ({
  ...call('COUNT', of(name)),
  distinct: true,
  text: `COUNT(DISTINCT ${name})`,
});
const lag = (name: string, rows: number, otherwise: Value): AggregateCall => ({
  ...call('LAG', of(name)),
  text: `LAG(${name}, ${rows})`,
  lag: { rows, otherwise },
});
const top = (limit: number, descending: boolean, rank: boolean): Plan => ({
  node: 'top n',
  input: source,
  partitionBy: [of('card')],
  orderBy: [{ expression: of('amount'), descending }],
  limit,
  rank: rank ? 'place' : null,
  schema: rank ? [...SCHEMA, field('place', BIGINT)] : SCHEMA,
  timeColumn: 4,
});
const dedup = (keep: 'first' | 'last'): Plan => ({
  node: 'deduplicate',
  input: source,
  keys: [of('card'), of('city')],
  keep,
  schema: SCHEMA,
  timeColumn: 4,
});

const ever: Frame = { unit: 'rows', preceding: null };
const over = (frame: Frame, ...calls: AggregateCall[]): Over => rolling(source, ['card'], frame, calls);
const places = (order: string): string =>
  `SELECT *, row_number() OVER (PARTITION BY card ORDER BY ${order}) AS place FROM payments`;
const window = (frame: string): string => `WINDOW w AS (PARTITION BY card ORDER BY ts, n ${frame})`;

const QUESTIONS: Record<string, [Plan, string]> = {
  'keep the first': [
    dedup('first'),
    'SELECT * FROM payments QUALIFY row_number() OVER (PARTITION BY card, city ORDER BY ts, n) = 1',
  ],
  'keep the last': [
    dedup('last'),
    'SELECT * FROM payments QUALIFY row_number() OVER (PARTITION BY card, city ORDER BY ts DESC, n DESC) = 1',
  ],
  'the largest, null as the least': [
    top(4, true, false),
    `SELECT n, card, city, amount, ts FROM (${places('amount DESC NULLS LAST, ts, n')}) WHERE place <= 4`,
  ],
  'the least with their places': [
    top(30, false, true),
    `SELECT * FROM (${places('amount NULLS FIRST, ts, n')}) WHERE place <= 30`,
  ],
  'the row before, and the third before with a default': [
    over(ever, lag('amount', 1, null), lag('city', 3, 'none')),
    `SELECT *, lag(amount, 1) OVER w, lag(city, 3, 'none') OVER w FROM payments ${window('')}`,
  ],
  'first and last of five rows, nulls aside': [
    over({ unit: 'rows', preceding: 4 }, call('FIRST_VALUE', of('city')), call('LAST_VALUE', of('amount'))),
    `SELECT *, first_value(city IGNORE NULLS) OVER w, last_value(amount IGNORE NULLS) OVER w FROM payments
       ${window('ROWS BETWEEN 4 PRECEDING AND CURRENT ROW')}`,
  ],
  'distinct in a moving range': [
    over({ unit: 'range', preceding: 1_000 }, distinct('city'), call('MAX', of('city'))),
    `SELECT *, count(DISTINCT city) OVER w, max(city) OVER w FROM payments WINDOW w AS
       (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL '1 second' PRECEDING AND CURRENT ROW)`,
  ],
  'distinct per group': [
    groupBy(source, [of('card')], [call('COUNT', null), distinct('city'), distinct('amount'), call('MIN', of('city'))]),
    'SELECT card, count(*), count(DISTINCT city), count(DISTINCT amount), min(city) FROM payments GROUP BY card',
  ],
  'first and last of a group, nulls aside': [
    groupBy(source, [of('card')], [call('FIRST_VALUE', of('city')), call('LAST_VALUE', of('amount'))]),
    `SELECT card, first(city ORDER BY ts, n) FILTER (city IS NOT NULL), last(amount ORDER BY ts, n) FILTER (amount IS NOT NULL)
       FROM payments GROUP BY card`,
  ],
};

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await connection.run('CREATE TABLE payments (n INTEGER, card INTEGER, city VARCHAR, amount BIGINT, ts TIMESTAMP)');
  const literals = ROWS.map(([n, card, city, amount, ts]) => {
    const text = city === null ? 'NULL' : `'${String(city)}'`;
    return `(${String(n)}, ${String(card)}, ${text}, ${String(amount ?? 'NULL')}, make_timestamp(${Number(ts) * 1_000}))`;
  });
  await connection.run(`INSERT INTO payments VALUES ${literals.join(', ')}`);
});
afterAll(() => connection?.closeSync());

const sorted = (rows: readonly (readonly (DuckDBValue | Value)[])[]): string[] =>
  rows
    .map((row) => JSON.stringify(row.map((value) => (value === null ? null : `${value as string | number}`))))
    .toSorted();

/** What stands when the stream has ended. */
function streamed(plan: Plan): Value[][] {
  const drive = driveNode(plan);
  const given = ROWS.map((values) => ({ values, time: Number(values[4]) }));
  const standing: Value[][] = [];
  for (const { change, row } of [...drive.rows(given), ...drive.end()]) {
    const values = Object.values(row);
    if (change === '+I' || change === '+U') standing.push(values);
    else {
      const text = JSON.stringify(values);
      const at = standing.findIndex((one) => JSON.stringify(one) === text);
      expect(at).toBeGreaterThanOrEqual(0);
      standing.splice(at, 1);
    }
  }
  return standing;
}

test.each(Object.entries(QUESTIONS))('stream, batch and DuckDB agree: %s', async (_name, [plan, sql]) => {
  const reader = await connection.runAndReadAll(
    `SELECT * REPLACE (${plan.schema.some((one) => one.name === 'ts') ? 'epoch_ms(ts) AS ts' : 'card AS card'}) FROM (${sql})`,
  );
  const wanted = sorted(reader.getRows());
  expect(wanted.length).toBeGreaterThan(4);
  const stored = { ...tableOf(SCHEMA, ROWS), append: Float64Array.from(ROWS.keys()) };
  expect(sorted(rowsOf(runBatch(plan, () => stored).table))).toEqual(wanted);
  expect(sorted(streamed(plan))).toEqual(wanted);
});
