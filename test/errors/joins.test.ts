import { describe, expect, test } from 'vitest';
import { catalog } from '../sql/joined';
import { factsOf, marked } from '../sql/support';

const P = "TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE))";
const R = "TABLE(TUMBLE(TABLE refunds, DESCRIPTOR(ts), INTERVAL '5' MINUTE))";
const CLOSE = "r.ts BETWEEN p.ts AND p.ts + INTERVAL '5' MINUTE";
const j = (join: string): string => `SELECT p.id FROM payments AS p ${join}`;
const numbered = (rest: string, order = 'amount DESC'): string =>
  `SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY card ORDER BY ${order}) AS rn FROM payments) AS x ${rest}`;
const group = (tvf: string): string => `SELECT COUNT(*) FROM TABLE(${tvf}) GROUP BY window_start, window_end`;

/** Text with its marked place, then what must be found in `expected`, `found` and `hint`. */
type Case = [text: string, expected: RegExp, found: string, hint: RegExp];

const families: Record<string, Case[]> = {
  'windows of every shape': [
    [
      "SELECT COUNT(*) FROM payments GROUP BY «TUMBLE»(ts, INTERVAL '5' MINUTE)",
      /a function/,
      'TUMBLE',
      /FROM TABLE\(TUMBLE\(TABLE t/,
    ],
    [
      group("SESSION(TABLE payments, DESCRIPTOR(ts), «INTERVAL '0' SECOND»)"),
      /INTERVAL/,
      "INTERVAL '0' SECOND",
      /DAY, HOUR/,
    ],
    [group("SESSION(TABLE payments, DESCRIPTOR(ts), «-INTERVAL '5' MINUTE»)"), /INTERVAL/, '-INTERVAL', /DAY, HOUR/],
    [group('«SESSION»(TABLE payments, DESCRIPTOR(ts))'), /DATA, TIMECOL, GAP/, '2 arguments', /PARTITION BY key/],
    [
      "SELECT card FROM «TABLE(SESSION(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE))» GROUP BY card, window_start, window_end",
      /PARTITION BY card/,
      'no PARTITION BY',
      /SESSION\(TABLE t PARTITION BY card/,
    ],
    [
      "SELECT 1 FROM «TABLE(SESSION(TABLE payments PARTITION BY card, DESCRIPTOR(ts), INTERVAL '5' MINUTE))» GROUP BY window_start, window_end",
      /no PARTITION BY/,
      'PARTITION BY card',
      /Add card to GROUP BY/,
    ],
    [
      "SELECT card, city FROM «TABLE(SESSION(TABLE payments PARTITION BY (card), DESCRIPTOR(ts), INTERVAL '5' MINUTE))» GROUP BY card, city, window_start, window_end",
      /PARTITION BY \(card, city\)/,
      'PARTITION BY card',
      /\(card, city\)/,
    ],
    [
      group("TUMBLE(TABLE payments PARTITION BY «card», DESCRIPTOR(ts), INTERVAL '5' MINUTE)"),
      /no PARTITION BY/,
      'card',
      /GROUP BY/,
    ],
    [
      group("SESSION(TABLE payments PARTITION BY «crad», DESCRIPTOR(ts), INTERVAL '5' MINUTE)"),
      /a column/,
      'crad',
      /Did you mean card/,
    ],
    [
      group("CUMULATE(TABLE payments, DESCRIPTOR(ts), «INTERVAL '7' MINUTE», INTERVAL '1' HOUR)"),
      /1 h is a multiple/,
      '7 min',
      /divides/,
    ],
    [
      group(
        "CUMULATE(TABLE payments, DESCRIPTOR(ts), INTERVAL '10' MINUTE, INTERVAL '1' HOUR, «INTERVAL '-60' MINUTE»)",
      ),
      /less than 1 h/,
      '−1 h',
      /grid/,
    ],
    [
      group("CUMULATE(TABLE payments, DESCRIPTOR(ts), «INTERVAL '0.001' SECOND», INTERVAL '11574074' DAY)"),
      /at most 20000 windows/,
      'every 1 ms',
      /longer STEP/,
    ],
    [
      group("HOP(TABLE payments, DESCRIPTOR(ts), «INTERVAL '0.001' SECOND», INTERVAL '11574074' DAY)"),
      /at most 20000 windows/,
      '999999993600000',
      /longer SLIDE/,
    ],
    [group("HOP(TABLE payments, DESCRIPTOR(ts), «INTERVAL '-1' MINUTE», INTERVAL '1' HOUR)"), /INTERVAL/, '-1', /DAY/],
    [
      group("HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '1' HOUR, «INTERVAL '-1' MINUTE»)"),
      /less than 1 min/,
      '−1 min',
      /grid/,
    ],
    [group("«CUMULAT»(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' HOUR)"), /CUMULATE/, 'CUMULAT', /CUMULATE/],
    [`SELECT * FROM «${P}»`, /GROUP BY window_start/, 'rows in windows', /l\.window_start = r\.window_start/],
    [
      `SELECT SUM(amount) OVER (ORDER BY ts) FROM «${P}»`
        .replace(`«${P}»`, P)
        .replace('SUM(amount) OVER (ORDER BY ts)', '«SUM(amount) OVER (ORDER BY ts)»'),
      /either OVER/,
      'window table function',
      /subquery/,
    ],
    [
      `SELECT COUNT(*) FROM (SELECT «window_end» - ts AS d, window_start, window_end FROM ${P}) GROUP BY window_start, window_end`,
      /as they are/,
      'window_end - ts',
      /outer SELECT/,
    ],
    [
      `WITH w AS (SELECT * FROM «${P}») SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE w, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end`,
      /GROUP BY window_start/,
      'rows in windows',
      /Group by/,
    ],
    [`SELECT id FROM «${P}» UNION ALL SELECT id FROM payments`, /GROUP BY window_start/, 'rows in windows', /Group by/],
  ],
  joins: [
    [j('CROSS JOIN cards').replace('CROSS', '«CROSS»'), /WHERE/, 'CROSS', /JOIN … ON/],
    [j('«,» cards AS c WHERE p.card = c.card'), /JOIN/, ',', /JOIN … ON/],
    [j('«NATURAL» JOIN cards'), /WHERE/, 'NATURAL', /ON l\.id = r\.id/],
    [j('JOIN cards «USING» (card)'), /ON|FOR|AS/, 'USING', /ON l\.id = r\.id/],
    [j('LEFT «SEMI» JOIN cards ON TRUE'), /JOIN/, 'SEMI', /EXISTS/],
    [j('LEFT «ANTI» JOIN cards ON TRUE'), /JOIN/, 'ANTI', /EXISTS/],
    [j('JOIN cards AS c«»'), /ON/, 'the end of the text', /ON/],
    [j('JOIN «cards AS c» ON TRUE'), /at least one equality/, 'TRUE', /ON l\.id = r\.id/],
    [j('JOIN «cards AS c» ON p.card < c.card'), /at least one equality/, 'card < card', /ON l\.id = r\.id/],
    [
      j("JOIN «refunds AS r» ON r.ts BETWEEN p.ts AND p.ts + INTERVAL '5' MINUTE"),
      /at least one equality/,
      'ts >=',
      /ON/,
    ],
    [j('JOIN «payments AS p» ON p.id = p.card'), /a name of its own/, 'p', /AS l JOIN/],
    ['SELECT id FROM payments JOIN «payments» ON id = card', /a name of its own/, 'payments', /AS l JOIN/],
    [
      'SELECT «id» FROM payments AS p JOIN refunds AS r ON p.id = r.payment',
      /p\.id or r\.id/,
      'id',
      /Write p\.id or r\.id/,
    ],
    [j('JOIN refunds AS r ON «id» = r.payment'), /p\.id or r\.id/, 'id', /Write p\.id or r\.id/],
    [j('JOIN refunds AS r ON p.id = r.«paymnt»'), /a column/, 'paymnt', /Did you mean payment/],
    [j('JOIN refunds AS r ON «q».id = r.payment'), /p or r/, 'q', /p/],
    [j('JOIN refunds AS r ON «p.city = r.id»'), /STRING on both sides/, 'r.id, which is BIGINT', /CAST/],
    [j('JOIN refunds AS r ON «p.id»'), /a condition/, 'BIGINT', /Compare it/],
    [j('JOIN refunds AS r ON «COUNT(*)» = 1'), /single rows/, 'COUNT(*)', /subquery/],
    [
      j("JOIN «refunds AS r» ON p.id = r.payment AND r.ts BETWEEN p.ts + INTERVAL '5' MINUTE AND p.ts"),
      /lower bound at or before/,
      'from 5 min to 0 s',
      /earlier end first/,
    ],
    [
      j('JOIN «refunds AS r» ON p.id = r.payment AND r.ts > p.ts AND r.ts < p.ts'),
      /lower bound at or before/,
      'from 1 ms to −1 ms',
      /earlier end first/,
    ],
    [
      `SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE v, DESCRIPTOR(«ts»), INTERVAL '5' MINUTE)) GROUP BY window_start, window_end`.replace(
        /^/,
        'CREATE VIEW v AS SELECT p.ts FROM payments AS p JOIN refunds AS r ON p.id = r.payment; ',
      ),
      /event time/,
      'ts',
      /r\.ts BETWEEN l\.ts/,
    ],
    [
      `CREATE VIEW v AS SELECT r.ts FROM payments AS p LEFT JOIN refunds AS r ON p.id = r.payment AND ${CLOSE}; SELECT COUNT(*) OVER (ORDER BY «ts») FROM v`,
      /event time/,
      'ts',
      /select ts as it is/,
    ],
    [
      `CREATE VIEW v AS SELECT p.ts FROM payments AS p FULL JOIN refunds AS r ON p.id = r.payment AND ${CLOSE}; SELECT COUNT(*) OVER (ORDER BY «ts») FROM v`,
      /event time/,
      'ts',
      /INNER, LEFT or RIGHT/,
    ],
    [
      `SELECT 1 FROM «${P} AS l» JOIN refunds AS r ON l.id = r.payment`,
      /two inputs in equal windows/,
      'rows in windows',
      /window_end = r\.window_end/,
    ],
    [
      `SELECT 1 FROM ${P} AS l JOIN «${R} AS r» ON l.id = r.payment AND l.window_start = r.window_start`,
      /l\.window_end = r\.window_end/,
      'id = payment AND window_start = window_start',
      /both equalities/,
    ],
    [
      `SELECT 1 FROM ${P} AS l JOIN «${R.replace("'5'", "'6'")} AS r» ON l.id = r.payment AND l.window_start = r.window_start AND l.window_end = r.window_end`,
      /TUMBLE 5 min/,
      'TUMBLE 6 min',
      /same spans/,
    ],
    [
      `SELECT 1 FROM «TABLE(SESSION(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE)) AS l» JOIN TABLE(SESSION(TABLE refunds, DESCRIPTOR(ts), INTERVAL '5' MINUTE)) AS r ON l.window_start = r.window_start AND l.window_end = r.window_end`,
      /TUMBLE, HOP or CUMULATE/,
      'SESSION',
      /interval/,
    ],
  ],
  'versions and nearest rows': [
    ['SELECT 1 FROM «rates FOR SYSTEM_TIME AS OF ts AS r»', /behind JOIN/, 'rates', /JOIN rates FOR/],
    [j('JOIN rates FOR «SYSTEMTIME» AS OF p.ts AS r ON p.city = r.city'), /SYSTEM_TIME/, 'SYSTEMTIME', /SYSTEM_TIME/],
    [
      j('JOIN «refunds FOR SYSTEM_TIME AS OF p.ts AS r» ON p.id = r.payment'),
      /PRIMARY KEY/,
      'refunds, which has no PRIMARY KEY',
      /ROW_NUMBER/,
    ],
    [
      j('JOIN «rates FOR SYSTEM_TIME AS OF p.ts AS r» ON r.rate > 1'),
      /equality for city/,
      'rate > 1',
      /l\.city = r\.city/,
    ],
    [j('JOIN rates FOR SYSTEM_TIME AS OF «p.day» AS r ON p.city = r.city'), /AS OF l\.ts/, 'p.day', /PROCTIME/],
    [
      j("JOIN rates FOR SYSTEM_TIME AS OF «p.ts - INTERVAL '1' DAY» AS r ON p.city = r.city"),
      /AS OF l\.ts/,
      'p.ts - ',
      /PROCTIME/,
    ],
    [
      j('RIGHT JOIN «rates FOR SYSTEM_TIME AS OF p.ts AS r» ON p.city = r.city'),
      /LEFT JOIN/,
      'RIGHT JOIN',
      /LEFT JOIN/,
    ],
    [j('FULL JOIN «rates FOR SYSTEM_TIME AS OF p.ts AS r» ON p.city = r.city'), /LEFT JOIN/, 'FULL JOIN', /LEFT JOIN/],
    [
      'SELECT 1 FROM cards AS c JOIN rates FOR SYSTEM_TIME AS OF «c.card» AS r ON c.holder = r.city',
      /a left side with event time/,
      'c.card',
      /WATERMARK FOR/,
    ],
    [
      "CREATE TABLE t (city STRING, rate DOUBLE, PRIMARY KEY (city) NOT ENFORCED) WITH ('connector' = 'tidemark'); SELECT 1 FROM payments AS p JOIN «t FOR SYSTEM_TIME AS OF p.ts AS r» ON p.city = r.city",
      /event time on the right/,
      'without',
      /WATERMARK FOR/,
    ],
    [
      "CREATE TABLE t (a INT, PRIMARY KEY («b») NOT ENFORCED) WITH ('connector' = 'tidemark'); SELECT 1 FROM t",
      /a column of the table/,
      'b',
      /a/,
    ],
    [
      j('ASOF JOIN «refunds AS r» ON p.id = r.payment'),
      /l\.ts >= r\.ts/,
      'id = payment',
      /ON l\.id = r\.id AND l\.ts >= r\.ts/,
    ],
    [
      j('ASOF JOIN «refunds AS r» ON p.id = r.payment AND p.ts >= r.ts AND r.amount > 1'),
      /l\.ts >= r\.ts/,
      'amount > 1',
      /WHERE/,
    ],
    [
      j("ASOF JOIN «refunds AS r» ON p.id = r.payment AND p.ts >= r.ts + INTERVAL '1' MINUTE"),
      /l\.ts >= r\.ts/,
      'id = payment',
      /l\.ts >= r\.ts/,
    ],
    [j('ASOF RIGHT JOIN «refunds AS r» ON p.id = r.payment AND p.ts >= r.ts'), /LEFT JOIN/, 'RIGHT JOIN', /LEFT JOIN/],
    [j('ASOF JOIN «cards AS c» ON p.card = c.card'), /event time on both/, 'a right side without', /WATERMARK FOR/],
    [
      j('ASOF JOIN refunds AS r «MATCH_CONDITION» (p.ts >= r.ts) ON p.id = r.payment').replace('AS r ', 'r '),
      /ON/,
      'MATCH_CONDITION',
      /l\.ts >= r\.ts/,
    ],
  ],
  'EXISTS and IN': [
    ['SELECT id FROM payments AS p WHERE «EXISTS (SELECT * FROM cards)»', /an equality/, 'no WHERE', /r\.id = l\.id/],
    [
      'SELECT id FROM payments WHERE online OR «EXISTS (SELECT * FROM cards WHERE holder = city)»',
      /between the ANDs/,
      'EXISTS',
      /under OR/,
    ],
    ['SELECT «card IN (SELECT card FROM cards)» FROM payments', /between the ANDs/, 'card IN', /SELECT list/],
    ['SELECT id FROM payments WHERE card IN («SELECT card, holder FROM cards»)', /one column/, '2', /EXISTS/],
    ['SELECT id FROM payments WHERE «card IN (SELECT holder FROM cards)»', /INT on both sides/, 'holder', /CAST/],
    ['SELECT id FROM payments WHERE «city NOT IN (SELECT holder FROM cards)»', /NOT NULL/, 'can be null', /NOT EXISTS/],
    [
      'SELECT id FROM payments AS p WHERE EXISTS («SELECT COUNT(*) FROM cards AS c WHERE c.card = p.card»)',
      /SELECT … FROM … WHERE/,
      'an aggregate',
      /IN \(SELECT/,
    ],
    [
      'SELECT id FROM payments AS p WHERE EXISTS (SELECT * FROM cards AS c WHERE c.«crad» = p.card)',
      /a column/,
      'crad',
      /Did you mean card/,
    ],
    [
      'SELECT id FROM payments AS p WHERE EXISTS (SELECT * FROM cards AS c WHERE c.card = p.card AND «EXISTS (SELECT 1 FROM refunds AS r WHERE r.amount > 1)»)',
      /an equality/,
      'r.amount > 1',
      /r\.id = l\.id/,
    ],
    ['SELECT («SELECT» 1 FROM cards) FROM payments', /an expression/, 'SELECT', /Join it in FROM/],
  ],
  'unions and names': [
    ['SELECT id FROM payments UNION «SELECT» id FROM refunds', /ALL/, 'SELECT', /UNION ALL/],
    ['SELECT id FROM payments «EXCEPT» SELECT id FROM refunds', /WHERE|the end/, 'EXCEPT', /NOT EXISTS/],
    ['SELECT id FROM payments «INTERSECT» SELECT id FROM refunds', /WHERE|the end/, 'INTERSECT', /EXISTS/],
    ['SELECT id, ts FROM payments UNION ALL «SELECT id FROM refunds»', /2: id, ts/, '1: id', /as many columns/],
    ['SELECT id FROM payments UNION ALL SELECT «city» FROM refunds', /BIGINT/, 'STRING', /CAST\(… AS BIGINT\)/],
    [
      'WITH a AS (SELECT id FROM payments), «A» AS (SELECT id FROM refunds) SELECT id FROM a',
      /each name once/,
      'A',
      /another name/,
    ],
    ['WITH a AS (SELECT id FROM «b»), b AS (SELECT id FROM payments) SELECT id FROM a', /a table/, 'b', /tables/],
    ['WITH «RECURSIVE» a AS (SELECT id FROM payments) SELECT id FROM a', /a name/, 'RECURSIVE', /WITH name AS/],
    ['WITH a AS «SELECT» id FROM payments SELECT id FROM a', /\(/, 'SELECT', /\(/],
    [
      "CREATE VIEW v AS SELECT id, ts FROM payments UNION ALL SELECT id, CAST(ts AS TIMESTAMP(3)) + INTERVAL '1' DAY FROM refunds; SELECT COUNT(*) OVER (ORDER BY «ts») FROM v",
      /event time/,
      'ts',
      /select ts as it is/,
    ],
    [
      'CREATE VIEW v AS SELECT ts, day AS at FROM payments UNION ALL SELECT ts, ts FROM refunds UNION ALL SELECT day, ts FROM payments; SELECT COUNT(*) OVER (ORDER BY «ts») FROM v',
      /event time/,
      'ts',
      /same column/,
    ],
    ['SELECT card, COUNT(*) FROM payments GROUP BY «ROLLUP»(card, city)', /a function/, 'ROLLUP', /UNION ALL/],
    ['SELECT card, COUNT(*) FROM payments GROUP BY «CUBE»(card, city)', /a function/, 'CUBE', /UNION ALL/],
    [
      'SELECT card, COUNT(*) FROM payments GROUP BY GROUPING «SETS» ((card), ())',
      /HAVING|WINDOW|comma/,
      'SETS',
      /UNION ALL/,
    ],
    ['SELECT id FROM payments «ORDER» BY amount', /WHERE/, 'ORDER', /WHERE rn <= 3/],
    ['SELECT id FROM payments «FETCH» FIRST 3 ROWS ONLY', /WHERE/, 'FETCH', /WHERE rn <= 3/],
  ],
  'the first rows of each key': [
    [
      numbered('').replace(
        'ROW_NUMBER() OVER (PARTITION BY card ORDER BY amount DESC)',
        '«ROW_NUMBER() OVER (PARTITION BY card ORDER BY amount DESC)»',
      ),
      /WHERE rn = 1/,
      'without a limit',
      /WHERE rn <= 3/,
    ],
    [
      numbered('WHERE rn = 2').replace(
        'ROW_NUMBER() OVER (PARTITION BY card ORDER BY amount DESC)',
        '«ROW_NUMBER() OVER (PARTITION BY card ORDER BY amount DESC)»',
      ),
      /rn <= n/,
      'without a limit',
      /WHERE rn <= 3/,
    ],
    [numbered('WHERE «rn < 1»'), /at least 1/, '0', /rn <= 3/],
    [numbered('WHERE «rn = 0»'), /at least 1/, '0', /rn <= 3/],
    [
      'SELECT id FROM (SELECT id, «ROW_NUMBER()» AS rn FROM payments) AS x WHERE rn = 1',
      /OVER \(PARTITION BY/,
      'ROW_NUMBER()',
      /ROW_NUMBER\(\) OVER/,
    ],
    [
      'SELECT id FROM (SELECT id, ROW_NUMBER() OVER «(PARTITION BY card)» AS rn FROM payments) AS x WHERE rn = 1',
      /ORDER BY/,
      'no ORDER BY',
      /ORDER BY amount DESC/,
    ],
    [
      'SELECT id FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY ts «ROWS 5 PRECEDING») AS rn FROM payments) AS x WHERE rn = 1',
      /ORDER BY alone/,
      'ROWS',
      /ORDER BY amount/,
    ],
    ['SELECT «ROW_NUMBER() OVER (ORDER BY ts)» + 1 FROM payments', /WHERE rn = 1/, 'without a limit', /WHERE rn <= 3/],
    [
      'SELECT card, COUNT(*), «ROW_NUMBER() OVER (ORDER BY card)» AS rn FROM payments GROUP BY card',
      /either/,
      'both',
      /subquery/,
    ],
    ['SELECT «RANK»() OVER (ORDER BY ts) FROM payments', /a function/, 'RANK', /ROW_NUMBER/],
    ['SELECT «LEAD»(amount) OVER (ORDER BY ts) FROM payments', /a function/, 'LEAD', /LAG/],
    ['SELECT id FROM payments «QUALIFY» rn = 1', /./, 'QUALIFY', /WHERE rn = 1/],
    [
      'CREATE VIEW v AS SELECT ts, card FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY card ORDER BY ts) AS rn FROM payments) AS x WHERE rn = 1; SELECT COUNT(*) OVER (ORDER BY «ts») FROM v',
      /event time/,
      'ts',
      /before ROW_NUMBER/,
    ],
    [
      "CREATE VIEW v AS SELECT ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY card ORDER BY amount) AS rn FROM payments) AS x WHERE rn <= 2; SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE v, DESCRIPTOR(«ts»), INTERVAL '1' DAY)) GROUP BY window_start, window_end",
      /event time/,
      'ts',
      /keep changing/,
    ],
    [
      'SELECT id FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY ts «NULLS» FIRST) AS rn FROM payments) AS x WHERE rn = 1',
      /\)|comma/,
      'NULLS',
      /FIRST/,
    ],
  ],
  'rows before, and different values': [
    ['SELECT «LAG(amount)» FROM payments', /OVER/, 'LAG(amount)', /ORDER BY ts/],
    ['SELECT LAG(amount, «0») OVER (ORDER BY ts) FROM payments', /at least 1/, '0', /the row before/],
    ['SELECT LAG(amount, «card») OVER (ORDER BY ts) FROM payments', /at least 1/, 'card', /the row before/],
    ['SELECT LAG(amount, 1, «score») OVER (ORDER BY ts) FROM payments', /DECIMAL\(10,2\)/, 'score', /COALESCE/],
    ["SELECT LAG(amount, 1, «'x'») OVER (ORDER BY ts) FROM payments", /DECIMAL\(10,2\)/, 'STRING', /CAST/],
    ['SELECT «LAG(amount, 1, 2, 3) OVER (ORDER BY ts)» FROM payments', /how many rows back/, '4', /LAG\(x/],
    ['SELECT LAG(amount) OVER (ORDER BY «ts» DESC) FROM payments', /ORDER BY ts/, 'ts DESC', /ORDER BY ts/],
    ['SELECT LAG(amount) OVER (ORDER BY «card») FROM payments', /ORDER BY ts/, 'card', /ORDER BY ts/],
    ['SELECT «COUNT(DISTINCT card, city)» FROM payments', /one argument/, '2', /COUNT/],
    ['SELECT «APPROX_COUNT_DISTINCT(*)» FROM payments', /one argument/, '*', /APPROX_COUNT_DISTINCT\(x\)/],
    ['SELECT «AVG(DISTINCT amount)» FROM payments', /COUNT\(DISTINCT x\)/, 'AVG(DISTINCT amount)', /subquery/],
  ],
  settings: [
    [
      "SET «'table.exec.state.tll'» = '1 h'; SELECT id FROM payments",
      /table\.exec\.state\.ttl/,
      'tll',
      /Did you mean table\.exec\.state\.ttl/,
    ],
    ["SET «'execution.runtime-mode'» = 'batch'; SELECT id FROM payments", /a setting/, 'runtime-mode', /mode=stream/],
    [
      "SET «'table.exec.emit.allow-lateness'» = '1 h'; SELECT id FROM payments",
      /a setting/,
      'lateness',
      /options of the cell/,
    ],
    ["SET 'table.exec.state.ttl' = «'soon'»; SELECT id FROM payments", /a span/, "'soon'", /'10 min'/],
    ["SET 'table.exec.state.ttl' = «'-1 h'»; SELECT id FROM payments", /a span/, "'-1 h'", /'10 min'/],
  ],
};

for (const [family, cases] of Object.entries(families)) {
  describe(family, () => {
    test.each(cases)('%s', (text, expected, found, hint) => {
      const { sql, from, to, line, column } = marked(text);
      const facts = factsOf(sql, catalog);
      expect(facts.hint).toMatch(hint);
      expect(facts.expected).toMatch(expected);
      expect(facts.found).toContain(found);
      expect(facts.what).toMatch(/./);
      expect(facts.place).toEqual({ line, column, from, to });
    });
  });
}

test('on a stream, ASOF JOIN is refused with what waits for the watermark instead', () => {
  const { sql, from, to } = marked(j('ASOF JOIN «refunds AS r» ON p.id = r.payment AND p.ts >= r.ts'));
  const facts = factsOf(sql, catalog, 'stream');
  expect(facts).toMatchObject({ found: 'ASOF JOIN', place: { from, to } });
  expect(facts.expected).toContain('FOR SYSTEM_TIME AS OF');
  expect(facts.hint).toContain('mode=batch');
});
