import {
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBConnection,
  type DuckDBValue,
} from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runBatch } from '../../src/engine/batch';
import {
  decimal,
  field,
  formatTime,
  INT,
  MONEY,
  readRow,
  STRING,
  tableOf,
  TIMESTAMP,
  type Schema,
} from '../../src/model';
import { type Catalog, plan } from '../../src/sql';

/** Outside truth for the whole way from text to rows: the same SQL, or nearly so, to our batch engine and to DuckDB. */
const SCHEMAS: Record<string, Schema> = {
  payments: [
    field('id', INT),
    field('card', INT),
    field('city', STRING, true),
    field('amount', MONEY),
    field('ts', TIMESTAMP),
  ],
  refunds: [
    field('id', INT),
    field('payment', INT),
    field('city', STRING, true),
    field('amount', MONEY),
    field('ts', TIMESTAMP),
  ],
  rates: [field('city', STRING), field('rate', decimal(6, 3)), field('ts', TIMESTAMP)],
  cards: [field('card', INT), field('holder', STRING)],
};
const START = 1_790_000_000_000;
const city = (i: number): string | null => (i % 7 === 6 ? null : `city ${i % 4}`);
/** Event times differ within a stream: of two rows with one time, DuckDB may take either first. */
const ROWS: Record<string, (string | number | null)[][]> = {
  payments: Array.from({ length: 300 }, (_, i) => [
    i,
    (i * 7) % 12,
    city(i),
    (i * 7919) % 1000,
    START + ((i * 131) % 300) * 20_000,
  ]),
  refunds: Array.from({ length: 160 }, (_, i) => [
    i,
    (i * 17) % 340,
    city(i * 3),
    (i * 104_729) % 800,
    START + ((i * 71) % 160) * 41_000 + 500,
  ]),
  rates: Array.from({ length: 40 }, (_, i) => [`city ${i % 3}`, 900 + ((i * 37) % 200), START + i * 150_000]),
  cards: Array.from({ length: 9 }, (_, i) => [i, `holder ${i % 5}`]),
};

const tumble = (table: string, minutes: number): [ours: string, duck: string] => {
  const start = `time_bucket(INTERVAL '${minutes}' MINUTE, ts, TIMESTAMP '1970-01-01')`;
  return [
    `TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '${minutes}' MINUTE))`,
    `(SELECT *, ${start} AS window_start, ${start} + INTERVAL '${minutes}' MINUTE AS window_end FROM ${table})`,
  ];
};
/** A query with window table functions in it, in both dialects. */
const windowed = (query: (payments: string, refunds: string) => string): [string, string] => {
  const [payments, refunds] = [tumble('payments', 10), tumble('refunds', 10)];
  return [query(payments[0], refunds[0]), query(payments[1], refunds[1])];
};
const SAME_WINDOW = 'l.window_start = r.window_start AND l.window_end = r.window_end';
const NEAR = "r.ts BETWEEN l.ts - INTERVAL '10' MINUTE AND l.ts + INTERVAL '30' MINUTE";
const join = (kind: string, on: string): string =>
  `SELECT l.id AS a, r.id AS b, l.city AS c, r.amount AS d, l.ts AS t FROM payments AS l ${kind} refunds AS r ON ${on}`;
const first = (order: string, where: string): string =>
  `SELECT * FROM (SELECT card, id, amount, ROW_NUMBER() OVER (PARTITION BY card ORDER BY ${order}) AS rn FROM payments) AS x WHERE ${where}`;

const QUERIES: Record<string, string | [ours: string, duck: string]> = {
  'inner join': join('JOIN', 'l.id = r.payment'),
  'left join with a condition on the pair': join('LEFT JOIN', 'l.id = r.payment AND r.amount < l.amount'),
  'right join': join('RIGHT JOIN', 'l.id = r.payment AND l.city = r.city'),
  'full join, condition on one side': join('FULL OUTER JOIN', 'l.id = r.payment AND l.amount > 5'),
  'join on a null-safe key': join('JOIN', 'l.city IS NOT DISTINCT FROM r.city AND l.id = r.payment'),
  'full join on null-safe and plain keys': join('FULL JOIN', 'l.city IS NOT DISTINCT FROM r.city AND l.id = r.id'),
  'join on expressions': join('JOIN', 'l.id + 1 = r.payment * 2'),
  'interval join': join('JOIN', `l.card = r.payment % 12 AND ${NEAR}`),
  'interval left join': join('LEFT JOIN', `l.id = r.payment AND ${NEAR}`),
  'interval right join': join('RIGHT JOIN', `l.id = r.payment AND ${NEAR} AND l.amount > 3`),
  'interval full join, exclusive': join(
    'FULL JOIN',
    "l.id = r.payment AND r.ts > l.ts AND r.ts < l.ts + INTERVAL '1' HOUR",
  ),
  'interval in WHERE': `${join('JOIN', 'l.city = r.city')} WHERE ${NEAR} AND l.amount > 2`,
  'regular join with one bound in time': join('JOIN', 'l.id = r.payment AND r.ts >= l.ts'),
  'three inputs':
    'SELECT l.id, r.id AS b, holder FROM payments AS l JOIN refunds AS r ON l.id = r.payment LEFT JOIN cards AS c ON c.card = l.card',
  'self join':
    'SELECT a.id, b.id AS other FROM payments AS a JOIN payments AS b ON a.card = b.card AND a.id < b.id AND b.amount > 9',
  'exists in an interval': `SELECT id, ts FROM payments AS l WHERE EXISTS (SELECT * FROM refunds AS r WHERE r.payment = l.id AND ${NEAR})`,
  'not exists':
    'SELECT id FROM payments AS l WHERE amount > 2 AND NOT EXISTS (SELECT 1 FROM refunds WHERE payment = l.id AND amount > 1)',
  'in and not in':
    'SELECT id, card FROM payments WHERE card IN (SELECT card FROM cards) AND id NOT IN (SELECT payment FROM refunds WHERE amount > 3)',
  'in with a condition on the row':
    'SELECT id FROM payments AS l WHERE card IN (SELECT card FROM cards AS c WHERE c.holder <> l.city)',
  'in with groups': 'SELECT id FROM payments WHERE id IN (SELECT MAX(payment) FROM refunds GROUP BY city)',
  'union all of three':
    'SELECT id, amount, city FROM payments UNION ALL SELECT payment, 1.125, city FROM refunds UNION ALL SELECT card, 2, holder FROM cards',
  'names that build on names':
    'WITH totals AS (SELECT card, SUM(amount) AS s, COUNT(*) AS n FROM payments GROUP BY card), named AS (SELECT holder, s, n FROM totals JOIN cards ON totals.card = cards.card) SELECT holder, SUM(s) AS s, SUM(n) AS n FROM named GROUP BY holder HAVING SUM(n) > 30',
  'group over a join':
    'SELECT holder, COUNT(*) AS n, MAX(amount) AS m FROM payments AS p JOIN cards AS c ON p.card = c.card GROUP BY holder',
  'join with a grouped subquery':
    'SELECT p.id, p.amount, t.m FROM payments AS p JOIN (SELECT card, MAX(amount) AS m FROM payments GROUP BY card) AS t ON p.card = t.card AND p.amount = t.m',
  'window join': windowed(
    (p, r) =>
      `SELECT l.id AS a, r.id AS b, l.window_start AS s FROM ${p} AS l JOIN ${r} AS r ON l.card = r.payment % 12 AND ${SAME_WINDOW}`,
  ),
  'window full join': windowed(
    (p, r) =>
      `SELECT l.id AS a, r.id AS b, r.window_end AS e FROM ${p} AS l FULL JOIN ${r} AS r ON l.id = r.payment AND ${SAME_WINDOW} AND r.ts > l.ts`,
  ),
  'window anti join': windowed(
    (p, r) =>
      `SELECT id, window_start FROM ${p} AS l WHERE NOT EXISTS (SELECT * FROM ${r} AS r WHERE r.city = l.city AND ${SAME_WINDOW})`,
  ),
  'windows put on in a subquery': windowed(
    (p) =>
      `SELECT city, s, COUNT(*) AS n FROM (SELECT city, window_start AS s, window_end AS e FROM ${p} AS w WHERE amount > 2) AS x GROUP BY city, s, e`,
  ),
  'versions as of a time': [
    'SELECT p.id, rate FROM payments AS p LEFT JOIN rates FOR SYSTEM_TIME AS OF p.ts AS r ON p.city = r.city',
    'SELECT p.id, rate FROM payments AS p ASOF LEFT JOIN rates AS r ON p.city = r.city AND p.ts >= r.ts',
  ],
  'versions with a condition': [
    'SELECT p.id, rate FROM payments AS p JOIN rates FOR SYSTEM_TIME AS OF p.ts AS r ON p.city = r.city AND r.rate > 1',
    'SELECT p.id, rate FROM payments AS p ASOF JOIN rates AS r ON p.city = r.city AND p.ts >= r.ts WHERE r.rate > 1',
  ],
  'versions of a view': [
    'WITH v AS (SELECT payment, amount AS back, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY payment ORDER BY ts DESC) AS rn FROM refunds) AS x WHERE rn = 1) SELECT p.id, back FROM payments AS p JOIN v FOR SYSTEM_TIME AS OF p.ts ON p.id = v.payment',
    'SELECT p.id, r.amount AS back FROM payments AS p ASOF JOIN refunds AS r ON p.id = r.payment AND p.ts >= r.ts',
  ],
  'nearest row before':
    'SELECT p.id AS a, r.id AS b FROM payments AS p ASOF JOIN refunds AS r ON p.city = r.city AND p.ts >= r.ts',
  'nearest row behind':
    'SELECT p.id AS a, r.id AS b FROM payments AS p ASOF LEFT JOIN refunds AS r ON p.city = r.city AND p.ts < r.ts',
  'first row of each key': first('ts', 'rn = 1'),
  'last row of each key, and a condition': first('ts DESC', 'rn = 1 AND amount > 3'),
  'top three': first('amount DESC, id', 'rn <= 3'),
  'least four, by a computed order; null is less than every value': [
    first('amount % 3, city DESC, id DESC', 'rn < 5'),
    first('amount % 3, city DESC NULLS LAST, id DESC', 'rn < 5'),
  ],
  'best groups':
    'SELECT card, s FROM (SELECT card, s, ROW_NUMBER() OVER (ORDER BY s DESC, card) AS rn FROM (SELECT card, SUM(amount) AS s FROM payments GROUP BY card) AS t) AS x WHERE rn BETWEEN 1 AND 4',
  'rows before':
    "SELECT id, LAG(amount) OVER (PARTITION BY card ORDER BY ts) AS a, LAG(city, 2, 'none') OVER (PARTITION BY card ORDER BY ts) AS b FROM payments",
  'rows before beside a rolling sum':
    'SELECT id, LAG(amount, 3) OVER (PARTITION BY card ORDER BY ts) AS a, SUM(amount) OVER (PARTITION BY card ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS s FROM payments',
  'different values':
    'SELECT card, COUNT(DISTINCT city) AS n, COUNT(DISTINCT amount) FILTER (WHERE id > 50) AS m FROM payments GROUP BY card',
  'first and last values of groups': [
    'SELECT card, FIRST_VALUE(city) AS a, LAST_VALUE(amount) AS b FROM payments GROUP BY card',
    'SELECT card, FIRST(city ORDER BY ts) FILTER (WHERE city IS NOT NULL) AS a, LAST(amount ORDER BY ts) AS b FROM payments GROUP BY card',
  ],
  'the first rows of a table': 'SELECT id, amount FROM payments LIMIT 7',
  'the first rows that pass': 'SELECT id FROM payments WHERE card = 3 AND amount > 2.5 LIMIT 11',
  'the first rows of a subquery, grouped':
    'SELECT card, COUNT(*) AS n, SUM(amount) AS total FROM (SELECT * FROM payments LIMIT 100) AS first GROUP BY card',
  'more than there are': 'SELECT id FROM cards AS c JOIN refunds AS r ON r.payment = c.card LIMIT 10000',
  'null is a value in WHERE':
    "SELECT id FROM payments WHERE city IS DISTINCT FROM 'city 1' AND NULLIF(city, 'city 2') IS NOT DISTINCT FROM city",
};

const catalog: Catalog = Object.fromEntries(
  Object.entries(SCHEMAS).map(([table, schema]) => {
    const timeColumn = schema.findIndex((one) => one.name === 'ts');
    const primaryKey = table === 'rates' ? [0] : [];
    return [table, { node: 'scan', table, schema, timeColumn, watermark: null, primaryKey, options: {} }];
  }),
);
const tables = Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, tableOf(schema, ROWS[name])]));

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const types = schema.map(({ name: column, type }) => {
      const written = type.name === 'DECIMAL' ? `DECIMAL(${type.precision},${type.scale})` : type.name;
      return `${column} ${written.replace('STRING', 'VARCHAR')}`;
    });
    const rows = ROWS[name].map((row) => `(${row.map((value, i) => literal(value, schema[i])).join(', ')})`);
    await connection.run(`CREATE TABLE ${name} (${types.join(', ')}); INSERT INTO ${name} VALUES ${rows.join(', ')}`);
  }
}, 60_000);
afterAll(() => connection?.closeSync());

function literal(value: string | number | null, { type }: Schema[number]): string {
  if (value === null) return 'NULL';
  if (type.name === 'TIMESTAMP') return `TIMESTAMP '${formatTime(Number(value))}'`;
  if (type.name === 'DECIMAL') return String(Number(value) / 10 ** type.scale);
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** Exact values as text; decimals without their last zeros. */
function ours(value: unknown, { type }: Schema[number]): string {
  if (value === null || type.name !== 'DECIMAL') return String(value);
  return String(Number(value) / 10 ** type.scale);
}

function theirs(value: DuckDBValue): string {
  if (value instanceof DuckDBDecimalValue) return String(value.toDouble());
  if (value instanceof DuckDBTimestampValue) return String(value.micros / 1000n);
  return String(value);
}

test('there are at least twenty queries', () => expect(Object.keys(QUERIES).length).toBeGreaterThanOrEqual(20));

test.each(Object.entries(QUERIES))('%s: the rows of DuckDB', async (_, query) => {
  const [mine, duck] = typeof query === 'string' ? [query, query] : query;
  const { table } = runBatch(plan(mine, catalog).query, (name) => tables[name]);
  const came = Array.from({ length: table.length }, (__, row) =>
    readRow(table, row)
      .map((value, i) => ours(value, table.schema[i]))
      .join(' | '),
  );
  const wanted = (await connection.runAndReadAll(duck)).getRows().map((row) => row.map(theirs).join(' | '));
  expect(wanted.length).toBeGreaterThan(0);
  expect(came.sort()).toEqual(wanted.sort());
});
