import { describe, expect, test } from 'vitest';
import { runBatch, runStream, type StreamInput } from '../../src';
import { field, INT, MONEY, STRING, TIMESTAMP, type Value } from '../../src/model';

/** The same text over the table and, out of order but within the bound, on the stream: in the end the same rows stand. */
const START = 1_790_000_000_000;
const SPAN = 3_000_000;
const city = (i: number): string | null => (i % 7 === 6 ? null : `city ${i % 4}`);

/** Rows in an order of arrival that has nothing to do with their times, which differ within a stream. */
function stream(
  schema: StreamInput['schema'],
  count: number,
  row: (i: number, ts: number) => Value[],
  odd: number,
): StreamInput {
  const step = Math.floor(SPAN / count);
  const rows = Array.from({ length: count }, (_, i) => row(i, START + ((i * odd) % count) * step + (odd % 7)));
  const arrival = rows.map((_, i) => START + SPAN + i * 97);
  return { schema, rows, arrival, partition: rows.map((_, i) => i % 2), time: 'ts' };
}

const streams: Record<string, StreamInput> = {
  payments: stream(
    [field('id', INT), field('card', INT), field('city', STRING, true), field('amount', MONEY), field('ts', TIMESTAMP)],
    200,
    (i, ts) => [i, (i * 7) % 12, city(i), (i * 7919) % 1000, ts],
    73,
  ),
  refunds: stream(
    [
      field('id', INT),
      field('payment', INT),
      field('city', STRING, true),
      field('amount', MONEY),
      field('ts', TIMESTAMP),
    ],
    120,
    (i, ts) => [i, (i * 17) % 240, city(i * 3), (i * 104_729) % 800, ts],
    43,
  ),
};

const NEAR = "r.ts BETWEEN l.ts - INTERVAL '5' MINUTE AND l.ts + INTERVAL '20' MINUTE";
const tumble = (table: string): string => `TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '10' MINUTE))`;
const SAME_WINDOW = 'l.window_start = r.window_start AND l.window_end = r.window_end';
const join = (kind: string, on: string): string =>
  `SELECT l.id AS a, r.id AS b, l.city AS c, r.amount AS d, l.ts AS t FROM payments AS l ${kind} refunds AS r ON ${on}`;
const windowJoin = (kind: string): string =>
  `SELECT l.id AS a, r.id AS b, l.window_start AS s FROM ${tumble('payments')} AS l ${kind} ${tumble('refunds')} AS r ON l.card = r.payment % 12 AND ${SAME_WINDOW}`;
const first = (order: string, where: string): string =>
  `SELECT * FROM (SELECT card, id, amount, ROW_NUMBER() OVER (PARTITION BY card ORDER BY ${order}) AS rn FROM payments) AS x WHERE ${where}`;
const KINDS = ['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN'];

const QUERIES: Record<string, string> = {
  ...Object.fromEntries(
    KINDS.flatMap((kind) => [
      [kind, join(kind, 'l.id = r.payment AND r.amount < l.amount')],
      [`interval ${kind}`, join(kind, `l.card = r.payment % 12 AND ${NEAR} AND r.amount < l.amount`)],
      [`window ${kind}`, windowJoin(kind)],
    ]),
  ),
  exists:
    'SELECT id FROM payments AS l WHERE EXISTS (SELECT * FROM refunds AS r WHERE r.payment = l.id AND r.amount > 1)',
  'not exists':
    'SELECT id FROM payments AS l WHERE NOT EXISTS (SELECT * FROM refunds AS r WHERE r.payment = l.id AND r.amount > 1)',
  'exists in an interval': `SELECT id FROM payments AS l WHERE EXISTS (SELECT * FROM refunds AS r WHERE r.payment % 12 = l.card AND ${NEAR})`,
  'not exists in an interval': `SELECT id FROM payments AS l WHERE NOT EXISTS (SELECT * FROM refunds AS r WHERE r.payment = l.id AND ${NEAR})`,
  'exists in a window': `SELECT id, window_start FROM ${tumble('payments')} AS l WHERE EXISTS (SELECT * FROM ${tumble('refunds')} AS r WHERE r.city = l.city AND ${SAME_WINDOW})`,
  in: 'SELECT id FROM payments WHERE id IN (SELECT payment FROM refunds)',
  'in groups': 'SELECT id FROM payments WHERE id IN (SELECT MAX(payment) FROM refunds GROUP BY city)',
  'union all': 'SELECT id, amount, city FROM payments UNION ALL SELECT payment, 1.125, city FROM refunds',
  'windows over a union':
    "WITH u AS (SELECT amount, ts FROM payments UNION ALL SELECT amount, ts FROM refunds WHERE amount > 1) SELECT window_end, SUM(amount) AS s, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE u, DESCRIPTOR(ts), INTERVAL '7' MINUTE)) GROUP BY window_start, window_end",
  'windows over a join, by the left time': `WITH j AS (SELECT l.ts AS lt, r.amount AS back FROM payments AS l JOIN refunds AS r ON l.card = r.payment % 12 AND ${NEAR}) SELECT window_end, SUM(back) AS s FROM TABLE(TUMBLE(TABLE j, DESCRIPTOR(lt), INTERVAL '5' MINUTE)) GROUP BY window_start, window_end`,
  'windows over a join, by the right time': `WITH j AS (SELECT r.ts AS rt, l.amount AS a FROM payments AS l JOIN refunds AS r ON l.card = r.payment % 12 AND ${NEAR}) SELECT window_end, SUM(a) AS s FROM TABLE(TUMBLE(TABLE j, DESCRIPTOR(rt), INTERVAL '5' MINUTE)) GROUP BY window_start, window_end`,
  'rolling over a join': `SELECT l.id, r.id AS other, SUM(r.amount) OVER (PARTITION BY l.card ORDER BY l.ts RANGE BETWEEN INTERVAL '10' MINUTE PRECEDING AND CURRENT ROW) AS s FROM payments AS l JOIN refunds AS r ON l.id = r.payment AND ${NEAR}`,
  'windows over a window join': `WITH j AS (SELECT l.window_time AS t, r.amount AS a FROM ${tumble('payments')} AS l JOIN ${tumble('refunds')} AS r ON l.card = r.payment % 12 AND ${SAME_WINDOW}) SELECT window_end, COUNT(*) AS n, SUM(a) AS s FROM TABLE(TUMBLE(TABLE j, DESCRIPTOR(t), INTERVAL '30' MINUTE)) GROUP BY window_start, window_end`,
  'versions of a view':
    'WITH v AS (SELECT payment, amount AS back, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY payment ORDER BY ts DESC) AS rn FROM refunds) AS x WHERE rn = 1) SELECT p.id, back FROM payments AS p LEFT JOIN v FOR SYSTEM_TIME AS OF p.ts ON p.id = v.payment',
  'groups of a join':
    'SELECT l.card, COUNT(*) AS n, SUM(r.amount) AS s FROM payments AS l JOIN refunds AS r ON l.id = r.payment GROUP BY l.card',
  'a join of groups':
    'SELECT a.card, n, m FROM (SELECT card, COUNT(*) AS n FROM payments GROUP BY card) AS a LEFT JOIN (SELECT payment % 20 AS card, MAX(amount) AS m FROM refunds GROUP BY payment % 20) AS b ON a.card = b.card',
  'first row': first('ts', 'rn = 1'),
  'last row': first('ts DESC', 'rn = 1 AND amount > 3'),
  'top three': first('amount DESC, id', 'rn <= 3'),
  'top three, place not shown':
    'SELECT card, id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY card ORDER BY amount DESC, id) AS rn FROM payments) AS x WHERE rn <= 3',
  'best groups':
    'SELECT card, s FROM (SELECT card, s, ROW_NUMBER() OVER (ORDER BY s DESC, card) AS rn FROM (SELECT card, SUM(amount) AS s FROM payments GROUP BY card) AS t) AS x WHERE rn <= 4',
  'rows before':
    "SELECT id, LAG(amount) OVER (PARTITION BY card ORDER BY ts) AS a, LAG(city, 2, 'none') OVER (PARTITION BY card ORDER BY ts) AS b FROM payments",
  'different values':
    'SELECT card, COUNT(DISTINCT city) AS n, APPROX_COUNT_DISTINCT(id) AS m, FIRST_VALUE(city) AS f, LAST_VALUE(amount) AS l FROM payments GROUP BY card',
  sessions:
    "SELECT card, window_start, window_end, COUNT(*) AS n FROM TABLE(SESSION(TABLE payments PARTITION BY card, DESCRIPTOR(ts), INTERVAL '4' MINUTE)) GROUP BY card, window_start, window_end",
  'growing windows':
    "SELECT card, window_start, window_end, SUM(amount) AS n FROM TABLE(CUMULATE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE, INTERVAL '20' MINUTE, INTERVAL '-3' MINUTE)) GROUP BY card, window_start, window_end",
};

describe('S17 the end of the stream is the table', () => {
  test.each(Object.entries(QUERIES))('%s', (_, sql) => {
    const text = (rows: Record<string, Value>[]): string[] =>
      rows.map((row) => JSON.stringify(Object.values(row))).sort();
    const wanted = text(runBatch({ sql, tables: streams }).rows);
    expect(wanted.length).toBeGreaterThan(0);
    expect(text(runStream({ sql, streams, options: { wait: 2 * SPAN } }).rows)).toEqual(wanted);
  });
});
