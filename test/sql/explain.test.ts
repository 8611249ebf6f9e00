import { expect, test } from 'vitest';
import { BIGINT, decimal, DOUBLE, field, MONEY, STRING, TIMESTAMP } from '../../src/model';
import { explainNode } from '../../src/engine/nodes';
import { createTable, explainExpression, inputsOf, plan, type Plan, type Scan } from '../../src/sql';
import { catalog } from './joined';

const where = (text: string): string => {
  const { query } = plan(`SELECT * FROM payments WHERE ${text}`, catalog);
  if (query.node !== 'project' || query.input.node !== 'filter') throw new Error('no filter');
  return explainExpression(query.input.predicate);
};

test.each([
  ['amount > 10', 'amount > 10.00'],
  ['-amount < -2.5', '-amount < -2.50'],
  ["ts < '2026-11-02'", "ts < TIMESTAMP '2026-11-02 00:00:00'"],
  ["ts + INTERVAL '90' MINUTE > ts", "ts + INTERVAL '90' MINUTE > ts"],
  ["ts - INTERVAL '0.25' SECOND > ts", "ts - INTERVAL '0.25' SECOND > ts"],
  ["ts - ts > INTERVAL '1' DAY", "ts - ts > INTERVAL '1' DAY"],
  ["TIMESTAMPDIFF(seconds, ts, ts + INTERVAL '1' DAY) > 5", "TIMESTAMPDIFF(SECOND, ts, ts + INTERVAL '1' DAY) > 5"],
  ['EXTRACT(HOUR FROM ts) < 6', 'EXTRACT(HOUR FROM ts) < 6'],
  ['EXTRACT(minute FROM ts - ts) = 1', 'EXTRACT(MINUTE FROM ts - ts) = 1'],
  ['(online OR card = 1) AND NOT online', '(online OR card = 1) AND NOT online'],
  ["city IN ('a', 'it''s')", "city IN ('a', 'it''s')"],
  ['card = 1 OR card = 2', 'card IN (1, 2)'],
  ['card = 1 OR id = 2', 'card = 1 OR id = 2'],
  ['COALESCE(city, UPPER(city)) IS NOT NULL', 'CASE WHEN city IS NOT NULL THEN city ELSE UPPER(city) END IS NOT NULL'],
  ['CAST(card AS STRING) = city', 'CAST(card AS STRING) = city'],
])('%s is explained as %s', (text, explained) => {
  expect(where(text)).toBe(explained);
});

const nodes = (text: string): string[] => {
  const lines = (one: Plan): string[] => [`${one.node}: ${explainNode(one)}`, ...inputsOf(one).flatMap(lines)];
  return lines(plan(text, catalog).query);
};

test('each node says in one line what it does', () => {
  expect(
    nodes(
      "SELECT SUM(amount) > 5 AS big FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '10' MINUTE, INTERVAL '1' HOUR, INTERVAL '5' MINUTE)) WHERE online GROUP BY card, window_start, window_end",
    ),
  ).toEqual([
    'project: SUM(amount) > 5.00 AS big',
    'window aggregate: HOP 1 h every 10 min, shifted by 5 min, SUM(amount) per card',
    'filter: online',
    'scan: payments',
  ]);
  const over = (frame: string): string =>
    nodes(`SELECT COUNT(*) OVER (PARTITION BY card ORDER BY ts ${frame}) FROM payments`)[1];
  expect(over("RANGE INTERVAL '30' MINUTE PRECEDING")).toBe('over: COUNT(*) per card over the last 30 min');
  expect(over('ROWS 5 PRECEDING')).toBe('over: COUNT(*) per card over this row and the 5 before it');
  expect(over('ROWS BETWEEN CURRENT ROW AND CURRENT ROW')).toBe('over: COUNT(*) per card over this row');
  expect(over('')).toBe('over: COUNT(*) per card over everything so far');
});

test('joins, windows and first rows say what they do', () => {
  const from = (text: string): string => nodes(`SELECT p.id FROM payments AS p ${text}`)[1];
  expect(from('JOIN refunds AS r ON p.id = r.payment AND r.amount < 2')).toBe(
    'join: inner: id = payment, amount < 2.00',
  );
  expect(from('LEFT JOIN refunds AS r ON p.city IS NOT DISTINCT FROM r.city')).toBe(
    'join: left: city IS NOT DISTINCT FROM city',
  );
  expect(from("FULL JOIN refunds AS r ON p.id = r.payment AND r.ts BETWEEN p.ts - INTERVAL '1' MINUTE AND p.ts")).toBe(
    'interval join: full: id = payment, right time from −1 min to 0 s of the left time',
  );
  expect(from('JOIN rates FOR SYSTEM_TIME AS OF p.ts AS r ON p.city = r.city')).toBe(
    'temporal join: inner: city = city, the version of the left time',
  );
  expect(from('JOIN rates FOR SYSTEM_TIME AS OF PROCTIME() AS r ON p.city = r.city')).toBe(
    'temporal join: inner: city = city, the version of the moment',
  );
  expect(from('ASOF JOIN refunds AS r ON p.id = r.payment AND p.ts > r.ts')).toBe(
    'asof join: inner: id = payment, the nearest right time < the left time',
  );
  expect(from('WHERE NOT EXISTS (SELECT 1 FROM refunds AS r WHERE r.payment = p.id)')).toBe('join: anti: id = payment');
  const first = (order: string, n: number): string =>
    nodes(
      `SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY card ORDER BY ${order}) AS rn FROM payments) AS x WHERE rn <= ${n}`,
    )[2];
  expect(first('ts DESC', 1)).toBe('deduplicate: last row per card');
  expect(first('amount DESC, id', 3)).toBe('top n: first 3 by amount DESC, id per card');
});

test('the declaration of a stream reads back as the same stream', () => {
  const at = { op: 'column', index: 2, name: 'select', type: TIMESTAMP } as const;
  const scan: Scan = {
    node: 'scan',
    table: 'page views',
    schema: [
      field('id', BIGINT),
      field('price', MONEY, true),
      field('select', TIMESTAMP),
      field('x', decimal(5, 0)),
      field('SUM(a)', DOUBLE),
      field('t', STRING),
    ],
    timeColumn: 2,
    watermark: {
      op: 'arithmetic',
      operator: '-',
      left: at,
      right: { op: 'literal', value: 6500, type: BIGINT },
      type: TIMESTAMP,
    },
    primaryKey: [3, 2],
    options: { connector: 'tidemark', 'a.b': "it's" },
  };
  const text = createTable(scan);
  expect(text).toBe(
    "CREATE TABLE `page views` (\n  id BIGINT NOT NULL,\n  price DECIMAL(10,2),\n  `select` TIMESTAMP(3) NOT NULL,\n  x DECIMAL(5,0) NOT NULL,\n  `SUM(a)` DOUBLE NOT NULL,\n  t STRING NOT NULL,\n  WATERMARK FOR `select` AS `select` - INTERVAL '6.5' SECOND,\n  PRIMARY KEY (x, `select`) NOT ENFORCED\n) WITH ('connector' = 'tidemark', 'a.b' = 'it''s');",
  );
  const { tables } = plan(`${text} SELECT id FROM \`page views\``, {});
  expect(tables['page views']).toEqual(scan);
});
