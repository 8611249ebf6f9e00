import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBValue,
} from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeMart, SCHEMAS } from '../../src/data/mart';
import { runBatch } from '../../src/engine/batch';
import { textOf } from '../../src/engine/expression/cast';
import {
  INT,
  MONEY,
  STRING,
  TIMESTAMP,
  field,
  formatType,
  readValue,
  tableOf,
  type Column,
  type ColumnType,
  type Schema,
  type Table,
  type Value,
} from '../../src/model';
import { plan, type Catalog } from '../../src/sql';

/**
 * Outside truth: the same question to our batch engine and to DuckDB, over the same rows. Counts, whole numbers,
 * decimals, texts and times must be equal; doubles within 1e-12 of their size.
 */
const TRANSACTIONS = 'credit_card_transactions';

/** A window table function in both dialects. DuckDB's is a subquery with `window_start` and `window_end`. */
interface Source {
  ours: string;
  duck: string;
}
const table = (name: string): Source => ({ ours: name, duck: name });

function tumble(minutes: number, from = TRANSACTIONS): Source {
  return {
    ours: `TABLE(TUMBLE(TABLE ${from}, DESCRIPTOR(ts), INTERVAL '${minutes}' MINUTE))`,
    duck: windows(minutes, minutes, from),
  };
}

function hop(slide: number, size: number, from = TRANSACTIONS): Source {
  return {
    ours: `TABLE(HOP(TABLE ${from}, DESCRIPTOR(ts), INTERVAL '${slide}' MINUTE, INTERVAL '${size}' MINUTE))`,
    duck: windows(slide, size, from),
  };
}

/** Every start on the grid of the slide that is at or before the row and less than a size before it (S2.3). */
function windows(slide: number, size: number, from: string): string {
  const last = `time_bucket(INTERVAL '${slide} minutes', ts, TIMESTAMP '1970-01-01')`;
  const starts = `SELECT *, ${last} - i * INTERVAL '${slide} minutes' AS window_start FROM ${from}, range(${Math.ceil(size / slide)}) AS steps(i)`;
  const ended = `window_start + INTERVAL '${size} minutes'`;
  return `(SELECT *, ${ended} AS window_end, ${ended} - INTERVAL '1 millisecond' AS window_time FROM (${starts}) WHERE ts < ${ended})`;
}

type Query = (from: string) => string;
const same = (query: string): [Query, Source] => [() => query, table('')];

const perWindow =
  (columns: string, keys = '', where = ''): Query =>
  (from) =>
    `SELECT ${keys}window_start, window_end, ${columns} FROM ${from} ${where} GROUP BY ${keys}window_start, window_end`;

const rolling = (aggregates: string, frame: string, partition = 'PARTITION BY card'): [Query, Source] =>
  same(
    `SELECT t_id, ${aggregates.replaceAll('OVER', `OVER (${partition} ORDER BY ts ${frame})`)} FROM ${TRANSACTIONS}`,
  );

/** The order of S19 is (event time, append time, partition, offset); the rows of a table have only their place. */
const QUERIES: Record<string, [Query, Source]> = {
  'count of all': same(`SELECT COUNT(*) AS n FROM ${TRANSACTIONS}`),
  'every aggregate of all': same(
    `SELECT COUNT(amount) AS n, SUM(amount) AS s, AVG(amount) AS m, MIN(amount) AS a, MAX(amount) AS b,
       STDDEV_SAMP(amount) AS d, STDDEV_POP(amount) AS p FROM ${TRANSACTIONS}`,
  ),
  'aggregates of no rows': same(
    `SELECT COUNT(*) AS n, COUNT(amount) AS c, SUM(amount) AS s, AVG(amount) AS m, MAX(cc_num) AS t, STDDEV_SAMP(amount) AS d
       FROM ${TRANSACTIONS} WHERE amount < 0`,
  ),
  'groups of no rows': same(`SELECT card, COUNT(*) AS n FROM ${TRANSACTIONS} WHERE amount < 0 GROUP BY card`),
  'per card': same(`SELECT card, COUNT(*) AS n, SUM(amount) AS s, AVG(amount) AS m FROM ${TRANSACTIONS} GROUP BY card`),
  'per merchant, deviation': same(
    `SELECT merchant_id, STDDEV_SAMP(amount) AS d, STDDEV_POP(amount) AS p, COUNT(*) AS n FROM ${TRANSACTIONS} GROUP BY merchant_id`,
  ),
  'two keys': same(
    `SELECT card_present, merchant_id, SUM(amount) AS s FROM ${TRANSACTIONS} GROUP BY card_present, merchant_id`,
  ),
  'three keys, with a date': same(
    `SELECT CAST(ts AS DATE) AS d, card, card_present, COUNT(*) AS n, MAX(amount) AS m FROM ${TRANSACTIONS}
       GROUP BY CAST(ts AS DATE), card, card_present`,
  ),
  'least and greatest texts and times': same(
    `SELECT card, MIN(merchant_id) AS a, MAX(merchant_id) AS b, MIN(ts) AS first_ts, MAX(ts) AS last_ts FROM ${TRANSACTIONS} GROUP BY card`,
  ),
  'null is a group': same(
    `SELECT end_date, COUNT(*) AS n, COUNT(end_date) AS c FROM account_details GROUP BY end_date`,
  ),
  'nulls do not count': same(
    `SELECT home_country, COUNT(end_date) AS n, MAX(end_date) AS e FROM account_details GROUP BY home_country`,
  ),
  having: same(
    `SELECT card, COUNT(*) AS n FROM ${TRANSACTIONS} GROUP BY card HAVING COUNT(*) > 100 AND MAX(amount) > 50`,
  ),
  filter: same(
    `SELECT card, COUNT(*) FILTER (WHERE card_present) AS here, SUM(amount) FILTER (WHERE NOT card_present) AS away
       FROM ${TRANSACTIONS} GROUP BY card`,
  ),
  'sum of a case': same(
    `SELECT card, SUM(CASE WHEN amount >= 100 THEN 1 ELSE 0 END) AS large, AVG(CASE WHEN card_present THEN amount END) AS m
       FROM ${TRANSACTIONS} GROUP BY card`,
  ),
  'sum of a product': same(
    `SELECT card, SUM(amount * amount) AS q, SUM(amount * 2) AS d FROM ${TRANSACTIONS} GROUP BY card`,
  ),
  'doubles, summed in any order': same(
    `SELECT card, SUM(CAST(amount AS DOUBLE) / 3) AS s, AVG(amount / 7) AS m, STDDEV_SAMP(amount / 3) AS d FROM ${TRANSACTIONS} GROUP BY card`,
  ),
  'arithmetic row by row': same(
    `SELECT t_id, amount + 1 AS a, amount - 0.5 AS b, amount * 1.19 AS c, amount / 3 AS d, t_id % 7 AS e, -amount AS f FROM ${TRANSACTIONS}`,
  ),
  'division by zero': same(`SELECT t_id, amount / (t_id % 2) AS a, t_id % (t_id % 3) AS b FROM ${TRANSACTIONS}`),
  comparisons: same(
    `SELECT t_id, amount > 20 AS a, card_present = (amount <= 20) AS b, merchant_id < '8' AS c, ts >= TIMESTAMP '2026-10-01 00:00:00' AS d
       FROM ${TRANSACTIONS}`,
  ),
  'three-valued logic': same(
    `SELECT account_id, end_date > creation_date AND debt_end_prev_month > 0 AS a, end_date > creation_date OR debt_end_prev_month > 0 AS b,
       NOT end_date > creation_date AS c, end_date IS NULL AS d FROM account_details`,
  ),
  'three-valued logic with every pair of values': same(
    `SELECT ts, amount, city, amount > 500 AND city = 'city 1' AS a, amount > 500 OR city = 'city 1' AS b, NOT amount > 500 AS c,
       city < 'city 2' AS d, amount IS NOT NULL AS e FROM crowd`,
  ),
  'filter by an unknown': same(`SELECT card, ts, amount FROM crowd WHERE NOT (amount > 500)`),
  'case and coalesce': same(
    `SELECT account_id, CASE WHEN debt_end_prev_month > 500 THEN 'high' WHEN debt_end_prev_month > 50 THEN 'some' ELSE home_country END AS a,
       COALESCE(end_date, creation_date) AS b, NULLIF(home_country, 'DE') AS c FROM account_details`,
  ),
  'functions of numbers': same(
    `SELECT t_id, ABS(amount - 50) AS a, FLOOR(amount) AS b, CEIL(amount) AS c, SQRT(amount) AS d, FLOOR(amount / 3) AS e FROM ${TRANSACTIONS}`,
  ),
  'functions of texts': same(
    `SELECT account_id, UPPER(name) AS a, LOWER(name) AS b, CHAR_LENGTH(name) AS c, name || ' / ' || home_country AS d FROM account_details`,
  ),
  casts: same(
    `SELECT t_id, CAST(amount AS DOUBLE) AS a, CAST(amount AS DECIMAL(12,1)) AS b, CAST(amount AS STRING) AS c, CAST(t_id AS STRING) AS d,
       CAST(ts AS DATE) AS e, CAST(cc_num AS BIGINT) AS f, CAST(CAST(t_id AS STRING) AS BIGINT) AS g FROM ${TRANSACTIONS}`,
  ),
  'in and between': same(`SELECT t_id FROM ${TRANSACTIONS} WHERE card IN (1, 2, 3) OR amount BETWEEN 10 AND 12.5`),
  'hour by hour': [perWindow('COUNT(*) AS n, SUM(amount) AS s'), tumble(60)],
  'day by day and card': [
    perWindow('COUNT(*) AS n, AVG(amount) AS m, STDDEV_SAMP(amount) AS d', 'card, '),
    tumble(1440),
  ],
  'windows of 7 minutes, which do not divide the day': [perWindow('SUM(amount) AS s', 'card, '), tumble(7)],
  'an hour every 10 minutes': [perWindow('COUNT(*) AS n, AVG(amount) AS m, MIN(amount) AS a', 'card, '), hop(10, 60)],
  'a day every 6 hours': [perWindow('MAX(amount) AS b, STDDEV_POP(amount) AS p', 'merchant_id, '), hop(360, 1440)],
  'slides that do not divide the size': [perWindow('COUNT(*) AS n, SUM(amount) AS s'), hop(35, 90)],
  'slides with gaps between windows': [perWindow('COUNT(*) AS n', 'card, '), hop(60, 25)],
  'windows over a filter': [
    perWindow('COUNT(*) AS n, SUM(amount) AS s', 'card, ', 'WHERE NOT card_present'),
    tumble(1440),
  ],
  'windows of the labels': [perWindow('COUNT(*) AS n, MAX(fraud_type) AS t', '', ''), tumble(720, 'cc_fraud')],
  'last 30 minutes': rolling(
    'COUNT(*) OVER AS n, SUM(amount) OVER AS s',
    "RANGE BETWEEN INTERVAL '30' MINUTE PRECEDING AND CURRENT ROW",
  ),
  'last day, mean and deviation': rolling(
    'AVG(amount) OVER AS m, STDDEV_SAMP(amount) OVER AS d',
    "RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND CURRENT ROW",
  ),
  'last 3 days, least and greatest': rolling(
    'MIN(amount) OVER AS a, MAX(amount) OVER AS b, MAX(merchant_id) OVER AS t',
    "RANGE BETWEEN INTERVAL '3' DAY PRECEDING AND CURRENT ROW",
  ),
  'all so far': rolling(
    'COUNT(*) OVER AS n, SUM(amount) OVER AS s',
    'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
  ),
  'of all cards': rolling(
    'COUNT(*) OVER AS n, AVG(amount) OVER AS m',
    "RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW",
    '',
  ),
  'per merchant and presence': rolling(
    'SUM(amount) OVER AS s',
    "RANGE BETWEEN INTERVAL '7' DAY PRECEDING AND CURRENT ROW",
    'PARTITION BY merchant_id, card_present',
  ),
  'times that many rows share': same(
    `SELECT card, ts, amount, COUNT(*) OVER (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL '2' SECOND PRECEDING AND CURRENT ROW) AS n,
       SUM(amount) OVER (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL '2' SECOND PRECEDING AND CURRENT ROW) AS s FROM crowd`,
  ),
  'nulls under a moving frame': same(
    `SELECT card, ts, amount, MAX(amount) OVER (PARTITION BY city ORDER BY ts RANGE BETWEEN INTERVAL '1' SECOND PRECEDING AND CURRENT ROW) AS b,
       AVG(amount) OVER (PARTITION BY city ORDER BY ts RANGE BETWEEN INTERVAL '1' SECOND PRECEDING AND CURRENT ROW) AS m FROM crowd`,
  ),
};

/** Few times, many rows, nulls in every place: what the mart does not have. */
const CROWD: Schema = [
  field('card', INT),
  field('city', STRING, true),
  field('amount', MONEY, true),
  field('ts', TIMESTAMP),
];
const crowd = (): Table =>
  tableOf(
    CROWD,
    Array.from({ length: 400 }, (_, i) => [
      i % 3,
      i % 7 === 0 ? null : `city ${i % 4}`,
      i % 5 === 0 ? null : (i * 7919) % 1000,
      1_790_000_000_000 + Math.floor((i * 31) % 97) * 250,
    ]),
  );

let connection: DuckDBConnection;
let tables: Record<string, Table>;
let catalog: Catalog;

beforeAll(async () => {
  const making = makeMart({ preset: 'page', seed: 7, mode: 'realistic' });
  let next = making.next();
  while (!next.done) next = making.next();
  tables = { ...next.value.tables, crowd: crowd() };
  const schemas: Record<string, Schema> = { ...SCHEMAS, crowd: CROWD };
  catalog = Object.fromEntries(
    [...Object.keys(SCHEMAS), 'crowd'].map((name) => {
      const schema = schemas[name];
      const timeColumn = schema.findIndex((one) => one.name === 'ts');
      return [name, { node: 'scan', table: name, schema, timeColumn, watermark: null, primaryKey: [], options: {} }];
    }),
  );
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  // x / 0 is null in our dialect, as in DuckDB without IEEE infinities.
  await connection.run('SET ieee_floating_point_ops = false');
  for (const [name, one] of Object.entries(tables)) await load(name, one);
}, 120_000);

afterAll(() => connection?.closeSync());

async function load(name: string, { schema, columns, length }: Table): Promise<void> {
  const types = schema.map(
    (one) => `${one.name} ${formatType(one.type).replace('STRING', 'VARCHAR').replace('TIMESTAMP(3)', 'TIMESTAMP')}`,
  );
  await connection.run(`CREATE TABLE ${name} (${types.join(', ')})`);
  const appender = await connection.createAppender(name);
  for (let row = 0; row < length; row += 1) {
    columns.forEach((column) => append(appender, column, row));
    appender.endRow();
  }
  appender.closeSync();
}

function append(appender: DuckDBAppender, column: Column, row: number): void {
  const value = readValue(column, row);
  const { type } = column;
  if (value === null) return appender.appendNull();
  switch (type.name) {
    case 'BOOLEAN':
      return appender.appendBoolean(value as boolean);
    case 'STRING':
      return appender.appendVarchar(value as string);
    case 'INT':
      return appender.appendInteger(value as number);
    case 'BIGINT':
      return appender.appendBigInt(BigInt(value));
    case 'DOUBLE':
      return appender.appendDouble(value as number);
    case 'DECIMAL':
      return appender.appendDecimal(new DuckDBDecimalValue(BigInt(value), type.precision, type.scale));
    case 'DATE':
      return appender.appendDate(new DuckDBDateValue((value as number) / 86_400_000));
    case 'TIMESTAMP':
      return appender.appendTimestamp(new DuckDBTimestampValue(BigInt(value) * 1000n));
  }
}

/** A text that is no number casts to null in our dialect. */
const inDuckDB = (query: string): string => query.replaceAll('CAST(cc_num', 'TRY_CAST(cc_num');

/** Exact values as text, doubles as numbers; decimals of any scale without their last zeros. */
type Answer = string | number | null;

function ours(value: Value, type: ColumnType): Answer {
  if (value === null || type.name === 'DOUBLE') return value as number | null;
  if (typeof value !== 'number') return String(value);
  return type.name === 'DECIMAL' ? plain(textOf(value, type)) : String(value);
}

function theirs(value: DuckDBValue): Answer {
  if (value === null || typeof value === 'number') return value;
  if (value instanceof DuckDBDecimalValue) return plain(value.toString());
  if (value instanceof DuckDBTimestampValue) return String(value.micros / 1000n);
  if (value instanceof DuckDBDateValue) return String(value.days * 86_400_000);
  return String(value);
}

const plain = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

/** DuckDB's whole numbers below 2^31 come as numbers, as its doubles do: which is which is said by our types. */
function rowsOf(rows: Answer[][], types: ColumnType[]): Answer[][] {
  const settled = rows.map((row) =>
    row.map((value, i) => (typeof value === 'number' && types[i].name !== 'DOUBLE' ? String(value) : value)),
  );
  const exact = (row: Answer[]): string => JSON.stringify(row.filter((_, i) => types[i].name !== 'DOUBLE'));
  const keyed = settled.map((row) => ({ row, key: exact(row) }));
  const doubles = types.flatMap((type, i) => (type.name === 'DOUBLE' ? [i] : []));
  const compare = (a: Answer[], b: Answer[]): number =>
    doubles.map((i) => Number(a[i]) - Number(b[i])).find((order) => Math.abs(order) > 1e-9) ?? 0;
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : compare(a.row, b.row))).map(({ row }) => row);
}

describe('batch results equal those of DuckDB', () => {
  test('there are at least thirty queries', () => expect(Object.keys(QUERIES).length).toBeGreaterThanOrEqual(30));

  test.each(Object.entries(QUERIES))('%s', async (name, [query, source]) => {
    const { table: result } = runBatch(plan(query(source.ours), catalog).query, (table) => tables[table]);
    const types = result.schema.map((one) => one.type);
    const mine = Array.from({ length: result.length }, (_, row) =>
      result.columns.map((column, i) => ours(readValue(column, row), types[i])),
    );
    const reader = await connection.runAndReadAll(inDuckDB(query(source.duck)));
    const wanted = rowsOf(
      reader.getRows().map((row) => row.map(theirs)),
      types,
    );
    const came = rowsOf(mine, types);
    expect(came.length).toBe(wanted.length);
    expect(came.length > 0).toBe(name !== 'groups of no rows');
    for (const [i, row] of came.entries()) {
      for (const [c, value] of row.entries()) {
        const truth = wanted[i][c];
        if (typeof value === 'number' && typeof truth === 'number') {
          const off = Math.abs(value - truth);
          if (off > 1e-12 * Math.abs(truth)) expect({ row, value }).toEqual({ row: wanted[i], value: truth });
        } else if (value !== truth) expect(row).toEqual(wanted[i]);
      }
    }
  });
});

test('the page preset is large enough to mean something', () => {
  expect(tables[TRANSACTIONS].length).toBeGreaterThan(1_000);
});
