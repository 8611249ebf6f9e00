import {
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBConnection,
  type DuckDBValue,
} from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBatch } from '../../src/engine/batch';
import { field, INT, MONEY, readRow, STRING, tableOf, TIMESTAMP, type Schema, type Value } from '../../src/model';
import { type Expression, type JoinKind, type Plan } from '../../src/sql/plan';
import { scan } from '../support/plans';
import { asof, compared, regular, temporal, type On } from '../support/joins';

/** Outside truth: the same join over the same rows in DuckDB. Orders join prices; every column can be missing somewhere. */
const ORDERS: Schema = [
  field('o_id', INT),
  field('o_item', INT, true),
  field('o_city', STRING, true),
  field('o_amount', MONEY, true),
  field('o_ts', TIMESTAMP, true),
];
const PRICES: Schema = [
  field('p_id', INT),
  field('p_item', INT, true),
  field('p_city', STRING, true),
  field('p_amount', MONEY, true),
  field('p_ts', TIMESTAMP, true),
];

const day = 1_790_000_000_000;
const nullEvery = (n: number, i: number, value: Value): Value => (i % n === n - 1 ? null : value);

/** Times are unique among prices, so that DuckDB has no choice between two of one time. */
const orders: Value[][] = Array.from({ length: 300 }, (_, i) => [
  i,
  nullEvery(11, i, (i * 7) % 13),
  nullEvery(13, i, `city ${(i * 5) % 4}`),
  nullEvery(17, i, (i * 7919) % 1000),
  nullEvery(19, i, day + ((i * 631) % 400) * 250),
]);
const prices: Value[][] = Array.from({ length: 220 }, (_, i) => [
  i,
  nullEvery(9, i, (i * 3) % 15),
  nullEvery(7, i, `city ${(i * 11) % 5}`),
  nullEvery(8, i, (i * 104729) % 1000),
  nullEvery(23, i, day + ((i * 269) % 401) * 250),
]);
/** The same prices without nulls in their times, and several with one time. */
const versions = prices.map(([id, item, city, amount]) => [
  id,
  item,
  city,
  amount,
  day + ((Number(id) * 269) % 40) * 2500,
]);
const dated = orders.map((row) => row.with(4, row[4] ?? day + 60_000));

const tables = {
  orders: tableOf(ORDERS, orders),
  prices: tableOf(PRICES, prices),
  versions: tableOf(PRICES, versions),
  dated: tableOf(ORDERS, dated),
  none: tableOf(PRICES, []),
};
const left = scan('orders', ORDERS, 'o_ts');
const right = scan('prices', PRICES, 'p_ts');
const none = scan('none', PRICES, 'p_ts');
const item: On['keys'] = [['o_item', 'p_item']];
const both: On['keys'] = [...item, ['o_city', 'p_city']];
const rest = (name: string, operator: '<' | '<=' | '>' | '<>', other: string | number): Expression =>
  compared(left, right, name, operator, other);

const WORDS: Record<JoinKind, string> = {
  inner: 'JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
  semi: 'SEMI JOIN',
  anti: 'ANTI JOIN',
};
const KINDS = Object.keys(WORDS) as JoinKind[];

type Query = [plan: Plan, sql: string];
const regularQuery = (
  kind: JoinKind,
  on: Omit<On, 'kind'>,
  condition: string,
  table: 'prices' | 'none' = 'prices',
): Query => [
  regular(left, table === 'prices' ? right : none, { kind, ...on }),
  `SELECT * FROM orders ${WORDS[kind]} ${table} ON ${condition}`,
];
const asofQuery = (kind: 'inner' | 'left', match: '<' | '<=' | '>' | '>=', keys = item): Query => {
  const turned = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }[match];
  const equal = keys.map(([a, b]) => `${a} = ${b} AND `).join('');
  return [
    asof(left, right, match, { kind, keys }),
    `SELECT * FROM timed_orders ASOF ${WORDS[kind]} timed_prices ON ${equal}o_ts ${turned} p_ts
     ${kind === 'left' ? 'UNION ALL SELECT *, NULL, NULL, NULL, NULL, NULL FROM orders WHERE o_ts IS NULL' : ''}`,
  ];
};
const versionQuery = (kind: 'inner' | 'left', where: Expression | null, condition = 'TRUE'): Query => {
  const matched = `SELECT * FROM dated LEFT JOIN versions ON o_item = p_item AND p_ts <= o_ts
    QUALIFY row_number() OVER (PARTITION BY o_id ORDER BY p_ts DESC, p_id DESC) = 1`;
  const kept = ['p_id', 'p_item', 'p_city', 'p_amount', 'p_ts'].map(
    (name) => `CASE WHEN ${condition} THEN ${name} END AS ${name}`,
  );
  const sql = `SELECT o_id, o_item, o_city, o_amount, o_ts, ${kept.join(', ')} FROM (${matched})`;
  return [
    temporal(scan('dated', ORDERS, 'o_ts'), scan('versions', PRICES, 'p_ts'), { kind, keys: item, where }),
    kind === 'left' ? sql : `SELECT * FROM (${sql}) WHERE p_id IS NOT NULL`,
  ];
};

const QUERIES: Record<string, Query> = {
  ...Object.fromEntries(
    KINDS.map((kind) => [`${kind}, one key`, regularQuery(kind, { keys: item }, 'o_item = p_item')]),
  ),
  ...Object.fromEntries(
    KINDS.map((kind) => [
      `${kind}, two keys and a condition`,
      regularQuery(
        kind,
        { keys: both, where: rest('p_amount', '<', 'o_amount') },
        'o_item = p_item AND o_city = p_city AND p_amount < o_amount',
      ),
    ]),
  ),
  ...Object.fromEntries(
    KINDS.map((kind) => [
      `${kind}, a condition that is never true`,
      regularQuery(kind, { keys: item, where: rest('o_amount', '<', -1) }, 'o_item = p_item AND o_amount < -1'),
    ]),
  ),
  ...Object.fromEntries(
    KINDS.map((kind) => [`${kind}, no right rows`, regularQuery(kind, { keys: item }, 'o_item = p_item', 'none')]),
  ),
  'inner, null is a value': regularQuery(
    'inner',
    { keys: both, nullSafe: true },
    'o_item IS NOT DISTINCT FROM p_item AND o_city IS NOT DISTINCT FROM p_city',
  ),
  'full, null is a value': regularQuery('full', { keys: item, nullSafe: true }, 'o_item IS NOT DISTINCT FROM p_item'),
  'inner, without keys': regularQuery('inner', { keys: [], where: rest('o_id', '<', 'p_id') }, 'o_id < p_id'),
  ...Object.fromEntries(
    (['<', '<=', '>', '>='] as const).flatMap((match) => [
      [`as of, right ${match} left`, asofQuery('inner', match)],
      [`as of, left join, right ${match} left`, asofQuery('left', match)],
    ]),
  ),
  'as of, two keys': asofQuery('left', '<=', both),
  'as of, without keys': asofQuery('left', '<=', []),
  'version, inner': versionQuery('inner', null),
  'version, left': versionQuery('left', null),
  'version, filtered after choosing': versionQuery('inner', rest('p_amount', '<', 500), 'p_amount < 5.00'),
  'version, left, filtered after choosing': versionQuery('left', rest('p_amount', '<', 500), 'p_amount < 5.00'),
};
const EMPTY = /^(inner|semi), (a condition that|no right rows)|^right, no right rows/;

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const literal = (value: Value, { type }: Schema[number]): string => {
    if (value === null) return 'NULL';
    if (type.name === 'STRING') return `'${String(value)}'`;
    if (type.name === 'DECIMAL') return String(Number(value) / 100);
    return type.name === 'TIMESTAMP' ? `make_timestamp(${Number(value)}000)` : String(value);
  };
  for (const [name, { schema, length, ...table }] of Object.entries(tables)) {
    const types = { INT: 'INTEGER', STRING: 'VARCHAR', DECIMAL: 'DECIMAL(10,2)', TIMESTAMP: 'TIMESTAMP' };
    const columns = schema.map((one) => `${one.name} ${types[one.type.name as keyof typeof types]}`);
    await connection.run(`CREATE TABLE ${name} (${columns.join(', ')})`);
    const rows = Array.from({ length }, (_, row) => {
      const values = readRow({ schema, length, ...table }, row).map((value, i) => literal(value, schema[i]));
      return `(${values.join(', ')})`;
    });
    if (rows.length > 0) await connection.run(`INSERT INTO ${name} VALUES ${rows.join(', ')}`);
  }
  // DuckDB's ASOF JOIN takes a null time for the end of time; no comparison with null is true (S9.8).
  await connection.run('CREATE VIEW timed_orders AS SELECT * FROM orders WHERE o_ts IS NOT NULL');
  await connection.run('CREATE VIEW timed_prices AS SELECT * FROM prices WHERE p_ts IS NOT NULL');
}, 60_000);

afterAll(() => connection?.closeSync());

function theirs(value: DuckDBValue): Value {
  if (value instanceof DuckDBDecimalValue) return Number(value.value);
  if (value instanceof DuckDBTimestampValue) return Number(value.micros / 1000n);
  return value as Value;
}

describe('joins equal those of DuckDB', () => {
  test.each(Object.entries(QUERIES))('%s', async (name, [plan, sql]) => {
    const { table } = runBatch(plan, (one) => tables[one as keyof typeof tables]);
    const mine = Array.from({ length: table.length }, (_, row) => JSON.stringify(readRow(table, row)));
    const reader = await connection.runAndReadAll(sql);
    const wanted = reader.getRows().map((row) => JSON.stringify(row.map(theirs)));
    expect(mine.sort()).toEqual(wanted.sort());
    expect(mine.length > 0).toBe(!EMPTY.test(name));
  });
});
