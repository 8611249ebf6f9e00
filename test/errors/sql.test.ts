import { describe, expect, test } from 'vitest';
import { plan } from '../../src/sql';
import { catalog } from '../sql/joined';
import { factsOf, marked } from '../sql/support';

const window = "TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE))";

/** Text with its marked place, then what must be found in `expected`, `found` and `hint`. */
type Case = [text: string, expected: string | RegExp, found: string, hint: string | RegExp];

const families: Record<string, Case[]> = {
  'a misspelt word gets the nearest one': [
    ['SELECT card «FORM» payments', 'FROM', 'FORM', 'Did you mean FROM?'],
    ['«SELCT» card FROM payments', /SELECT/, 'SELCT', 'Did you mean SELECT?'],
    ['SELECT card\nFROM payments\n«WERE» amount > 1', 'WHERE', 'WERE', 'Did you mean WHERE?'],
    ['SELECT card FROM payments «GRUOP» BY card', 'GROUP', 'GRUOP', 'Did you mean GROUP?'],
    ['SELECT «crad» FROM payments', 'a column of what FROM reads', 'crad', 'Did you mean card?'],
    ['SELECT p.«amout» FROM payments AS p', 'a column of what FROM reads', 'amout', 'Did you mean amount?'],
    ['SELECT «q».amount FROM payments AS p', 'p', 'q', /p/],
    ['SELECT card FROM «payment»', 'payments', 'payment', 'Did you mean payments?'],
    ['SELECT «SUMM»(amount) FROM payments', 'SUM', 'SUMM', 'Did you mean SUM?'],
    ['SELECT CAST(card AS «BIGNIT») FROM payments', 'BIGINT', 'BIGNIT', 'Did you mean BIGINT?'],
    ["SELECT ts + INTERVAL '5' «MINUT» FROM payments", /MINUTE/, 'MINUT', 'Did you mean MINUTE?'],
    ['SELECT card FROM TABLE(«TUMBEL»(TABLE payments))', 'TUMBLE', 'TUMBEL', 'Did you mean TUMBLE?'],
    ['SELECT COUNT(*) OVER «v» FROM payments WINDOW w AS (ORDER BY ts)', /WINDOW/, 'v', /w/],
  ],
  'a text that breaks off, or goes on too long': [
    ['SELECT card«»', 'a comma, AS or FROM', 'the end of the text', 'Add a comma, AS or FROM.'],
    ['SELECT card FROM payments WHERE«»', 'an expression', 'the end of the text', 'Add an expression.'],
    ['SELECT card, «FROM» payments', /an expression/, 'FROM', /Remove the comma/],
    ['SELECT (card FROM payments'.replace('FROM', '«FROM»'), ')', 'FROM', 'Write ) here.'],
    ['SELECT card FROM payments\n«SELECT» 1', /a semicolon/, 'SELECT', /semicolon/],
    ['SELECT «group» FROM payments', /an expression/, 'group', /backticks: `group`/],
    ["SELECT card AS «'x'» FROM payments", 'a name', "'x'", 'A name stands without quotes, or in backticks: `x`.'],
    ["SET «a» = 'b'", /a key in quotes/, 'a', /a key in quotes/],
  ],
  'characters that mean something elsewhere': [
    ["SELECT «'»abc FROM payments", "a second '", "'", /written twice/],
    ['SELECT «`»abc FROM payments', /`/, '`', /backtick/],
    ['SELECT card «/*» no end', '*/', '/*', /\*\//],
    ['SELECT «"»card" FROM payments', "' or `", '"', /Names stand in backticks/],
    ['SELECT card FROM payments WHERE online «&&» online', 'AND', '&&', 'Write AND.'],
    ['SELECT card«::»INT FROM payments', 'CAST', '::', /CAST/],
    ['SELECT card FROM payments WHERE city «==» 2', '=', '==', 'Write one =.'],
    ['SELECT card FROM payments «//» all of them', '--', '//', /comment/],
    ['SELECT card FROM payments WHERE city = «‘»a’', /'/, '‘', /straight/],
    ['SELECT «#» FROM payments', '--', '#', /comment/],
    ['SELECT «§» FROM payments', /a word/, '§', /quotes/],
    ['SELECT card\u200b FROM payments'.replace('\u200b', '«\u200b»'), /a word/, 'the character U+200B', /Remove it/],
    ['SELECT «5m» FROM payments', /a space/, '5m', /INTERVAL/],
  ],
  'what is not run here is said with what works instead': [
    ['SELECT «DISTINCT» card FROM payments', /an expression/, 'DISTINCT', /GROUP BY/],
    ['SELECT «SUM(DISTINCT card)» FROM payments', 'COUNT(DISTINCT x)', 'SUM(DISTINCT card)', /subquery/],
    ['SELECT card FROM payments «ORDER» BY ts', /WHERE/, 'ORDER', /ORDER BY/],
    ['SELECT card FROM payments LIMIT «x»', /whole number/, 'x', /./],
    ['SELECT card FROM payments «OFFSET» 5', /WHERE/, 'OFFSET', /ROW_NUMBER/],
    ["SELECT card FROM payments WHERE city «LIKE» 'a%'", /WHERE|GROUP/, 'LIKE', /= or IN/],
    ['SELECT «NOW»() FROM payments', /function/, 'NOW', /event-time/],
    ['«DROP» TABLE payments', /SELECT/, 'DROP', /scenario/],
    ["SELECT ts + INTERVAL '1' «MONTH» FROM payments", /DAY/, 'MONTH', /INTERVAL '30' DAY/],
  ],
  'an alias names results, and is no column yet': [
    [
      'SELECT card, SUM(amount) AS total FROM payments GROUP BY card HAVING «total» > 3',
      'SUM(amount)',
      'total',
      /FROM \(/,
    ],
    ['SELECT amount * 2 AS twice FROM payments WHERE «TWICE» > 3', 'amount * 2', 'TWICE', /amount \* 2/],
    ['SELECT amount * 2 AS twice, «twice» + 1 FROM payments', 'amount * 2', 'twice', /amount \* 2/],
    ['SELECT UPPER(city) AS c, COUNT(*) FROM payments GROUP BY «c»', 'UPPER(city)', 'c', /UPPER\(city\)/],
    ['SELECT amount * 2 AS twice, SUM(«twice») FROM payments', 'amount * 2', 'twice', /amount \* 2/],
  ],
  'types that do not fit': [
    ["SELECT 1 FROM payments WHERE «amount > '5'»", /DECIMAL\(10,2\)/, "'5', which is STRING", /CAST/],
    ["SELECT 1 FROM payments WHERE ts > «'noon'»", /a day and a time/, "'noon'", /UTC/],
    [
      "SELECT 1 FROM payments WHERE ts > TIMESTAMP «'10:15'»".replace("TIMESTAMP «'10:15'»", "«TIMESTAMP '10:15'»"),
      /a day and a time/,
      "'10:15'",
      /UTC/,
    ],
    ['SELECT «ts» + 5 FROM payments', 'a number', 'ts, which is TIMESTAMP(3)', /INTERVAL/],
    ["SELECT «city» + 'x' FROM payments", 'a number', 'city, which is STRING', /\|\|/],
    ['SELECT 1 FROM payments WHERE «amount»', /a condition/, 'DECIMAL(10,2)', /Compare it/],
    ['SELECT 1 FROM payments WHERE online AND «card»', /a condition/, 'INT', /Compare it/],
    ['SELECT SQRT(«city») FROM payments', 'a number', 'STRING', /CAST/],
    ['SELECT UPPER(«card») FROM payments', 'a text', 'INT', /CAST/],
    ['SELECT SUM(«city») FROM payments', 'a number', 'city, which is STRING', /COUNT/],
    ['SELECT MAX(«online») FROM payments', /a time/, 'online, which is BOOLEAN', /FILTER/],
    [
      "SELECT «CASE WHEN online THEN 1 ELSE 'x' END» FROM payments",
      'INT on both sides',
      "'x', which is STRING",
      /CAST/,
    ],
    ["SELECT «CAST('x' AS INT)» FROM payments", /INT/, "CAST('x' AS INT)", /Write a value/],
    ['SELECT «CAST(online AS INT)» FROM payments', /BOOLEAN/, 'INT', /STRING first/],
    ['SELECT «99999999999999999999» FROM payments', /15 digits/, '99999999999999999999', /1e20/],
    [
      'SELECT CAST(card AS DECIMAL(«50»,2)) FROM payments'.replace('DECIMAL(«50»,2)', '«DECIMAL»(50,2)'),
      /38/,
      '50, 2',
      /Money/,
    ],
    ['SELECT CAST(ts AS TIMESTAMP«(»6)) FROM payments', '3', '6', 'Write TIMESTAMP(3).'],
    ['SELECT CAST(ts AS «VARCHAR») FROM payments', 'STRING', 'VARCHAR', 'Write STRING.'],
    ['SELECT INTERVAL «5» MINUTE FROM payments', "'5'", '5', "Write INTERVAL '5' MINUTE."],
    ["SELECT INTERVAL «'1.5'» HOUR FROM payments", /whole number/, "'1.5' HOUR", /INTERVAL '90' MINUTE/],
    ["SELECT «ts > INTERVAL '5' MINUTE» FROM payments", /TIMESTAMP/, "INTERVAL '5' MINUTE, which is INTERVAL", /span/],
    ['SELECT «NULLIF(card)» FROM payments', '2 arguments', '1', /NULLIF\(a, b\)/],
    ['SELECT «ABS(*)» FROM payments', 'ABS(…) alone', '*', /aggregates/],
    ['SELECT card = «NOT» online FROM payments', 'an expression', 'NOT', 'Write (NOT …).'],
  ],
  grouping: [
    ['SELECT card, «amount» FROM payments GROUP BY card', /GROUP BY/, 'amount', /MIN\(amount\)/],
    ['SELECT «*» FROM payments GROUP BY card', /GROUP BY/, 'id', /Add id/],
    ['SELECT card FROM payments WHERE «COUNT(*)» > 1', /single rows/, 'COUNT(*)', /HAVING/],
    ['SELECT SUM(«MAX(amount)») FROM payments', /single rows/, 'MAX(amount)', /subquery/],
    ['SELECT card FROM payments GROUP BY «1»', /a column/, '1', /Write the column/],
    ['SELECT «SUM(*)» FROM payments', 'one argument', '*', 'Write SUM(x).'],
    [
      `SELECT SUM(amount) FROM ${window} GROUP BY «card»`,
      /window_start and window_end/,
      'GROUP BY card',
      'Write GROUP BY card, window_start, window_end.',
    ],
    [
      `SELECT SUM(amount) FROM «${window}»`,
      /window_start and window_end/,
      'no GROUP BY',
      'Write GROUP BY window_start, window_end.',
    ],
    [
      `SELECT card FROM ${window} GROUP BY «window_end», card`,
      /window_start/,
      'GROUP BY window_end, card',
      'Write GROUP BY card, window_start, window_end.',
    ],
    [
      `SELECT «window_time» FROM ${window} GROUP BY window_start, window_end`,
      /GROUP BY/,
      'window_time',
      'Add window_time to GROUP BY.',
    ],
    [
      `SELECT 1 FROM ${window} WHERE «window_end» > ts GROUP BY window_start, window_end`,
      /FROM/,
      'window_end',
      /HAVING/,
    ],
    ['SELECT «window_start» FROM payments', /FROM/, 'window_start', /TUMBLE/],
  ],
  'window table functions': [
    [
      "SELECT 1 FROM «TUMBLE»(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE)".replace('«TUMBLE»(', 'TUMBLE«(»'),
      /a table/,
      '(',
      /TABLE\(TUMBLE/,
    ],
    [
      "SELECT 1 FROM TABLE(TUMBLE(«payments», DESCRIPTOR(ts), INTERVAL '5' MINUTE))",
      'TABLE payments',
      'payments',
      /TUMBLE\(TABLE t/,
    ],
    ["SELECT 1 FROM TABLE(TUMBLE(TABLE payments, «ts», INTERVAL '5' MINUTE))", 'DESCRIPTOR(ts)', 'ts', /DESCRIPTOR/],
    [
      "SELECT 1 FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(«card»), INTERVAL '5' MINUTE))",
      'ts',
      'card',
      'Write DESCRIPTOR(ts).',
    ],
    [
      "SELECT 1 FROM TABLE(TUMBLE(TABLE cards, DESCRIPTOR(«card»), INTERVAL '5' MINUTE))",
      /event time/,
      'card',
      /WATERMARK FOR/,
    ],
    ['SELECT 1 FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), «5»))', /INTERVAL/, '5', /INTERVAL '5' MINUTE/],
    [
      "SELECT 1 FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), «INTERVAL '0' MINUTE»))",
      /INTERVAL/,
      "INTERVAL '0' MINUTE",
      /DAY, HOUR/,
    ],
    [
      'SELECT 1 FROM TABLE(«TUMBLE»(TABLE payments, DESCRIPTOR(ts)))',
      'DATA, TIMECOL, SIZE',
      '2 arguments',
      /TUMBLE\(TABLE t/,
    ],
    [
      "SELECT 1 FROM TABLE(TUMBLE(DATA => TABLE payments, «SIZ» => INTERVAL '5' MINUTE))",
      /SIZE/,
      'SIZ',
      'Did you mean SIZE?',
    ],
    [
      "SELECT 1 FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE, «INTERVAL '5' MINUTE»))",
      'less than 5 min',
      '5 min',
      /grid/,
    ],
  ],
  'rolling windows': [
    ['SELECT SUM(amount) OVER «(PARTITION BY card)» FROM payments', 'ORDER BY ts', 'no ORDER BY', /ORDER BY ts/],
    ['SELECT SUM(amount) OVER (ORDER BY «amount») FROM payments', 'ORDER BY ts', 'amount', 'Write ORDER BY ts.'],
    ['SELECT COUNT(*) OVER (ORDER BY «card») FROM cards', /event time/, 'card', /WATERMARK FOR/],
    [
      'CREATE VIEW v AS SELECT card, COUNT(*) AS n FROM payments GROUP BY card; SELECT SUM(n) OVER (ORDER BY «card») FROM v',
      /event time/,
      'card',
      /keep changing/,
    ],
    [
      `SELECT SUM(n) OVER (ORDER BY «e») FROM (SELECT window_end AS e, COUNT(*) AS n FROM ${window} GROUP BY window_start, window_end) AS x`,
      /event time/,
      'e',
      /window_time/,
    ],
    [
      'SELECT SUM(amount) OVER (ORDER BY ts ROWS BETWEEN 2 PRECEDING AND «1 FOLLOWING») FROM payments',
      'CURRENT ROW',
      'FOLLOWING',
      /ask later/,
    ],
    [
      'SELECT SUM(amount) OVER (ORDER BY ts ROWS BETWEEN 2 PRECEDING AND «1 PRECEDING») FROM payments',
      'CURRENT ROW',
      'PRECEDING',
      /subtract/,
    ],
    [
      'SELECT SUM(amount) OVER (ORDER BY ts RANGE BETWEEN «5» PRECEDING AND CURRENT ROW) FROM payments',
      'an INTERVAL',
      '5',
      /RANGE BETWEEN INTERVAL/,
    ],
    [
      "SELECT SUM(amount) OVER (ORDER BY ts ROWS BETWEEN «INTERVAL '5' MINUTE» PRECEDING AND CURRENT ROW) FROM payments",
      'a whole number',
      "INTERVAL '5' MINUTE",
      /ROWS BETWEEN 5/,
    ],
    [
      'SELECT SUM(amount) OVER (ORDER BY ts), SUM(amount) OVER «(PARTITION BY card ORDER BY ts)» FROM payments',
      'SUM(amount) OVER (ORDER BY ts)',
      'SUM(amount) OVER (PARTITION BY card ORDER BY ts)',
      /one CREATE VIEW/,
    ],
    ['SELECT COUNT(*), «SUM(amount) OVER (ORDER BY ts)» FROM payments', /either/, /OVER/.source, /subquery/],
  ],
  statements: [
    ['', /exactly one/, 'an empty text', /SELECT … FROM/],
    ["«SET 'table.exec.state.ttl' = '1 h'»", /exactly one/, 'only settings and declarations', /SELECT … FROM/],
    ['SELECT card FROM payments; «SELECT card FROM cards»', /exactly one/, 'a second one', /CREATE VIEW/],
    ['CREATE VIEW «payments» AS SELECT card FROM cards; SELECT 1 FROM payments', /free/, 'payments', /another name/],
    ["CREATE TABLE «t» (a INT) WITH ('x' = 'y'); SELECT a FROM t", /'tidemark'/, 'no connector', /WITH/],
    ["CREATE TABLE t (a INT) WITH («'connector' = 'kafka'»); SELECT a FROM t", /'tidemark'/, "'kafka'", /export/],
    ["CREATE TABLE t (a INT, «A» INT) WITH ('connector' = 'tidemark'); SELECT a FROM t", /once/, 'A', /another name/],
    [
      "CREATE TABLE t (a INT, b «AS» a + 1) WITH ('connector' = 'tidemark'); SELECT a FROM t",
      /type/,
      'AS',
      /CREATE VIEW/,
    ],
    [
      "CREATE TABLE t (a INT, WATERMARK FOR «a» AS a) WITH ('connector' = 'tidemark'); SELECT a FROM t",
      /TIMESTAMP/,
      'a, which is INT',
      /TIMESTAMP\(3\)/,
    ],
    [
      "CREATE TABLE t (a TIMESTAMP(3), WATERMARK FOR a AS «5») WITH ('connector' = 'tidemark'); SELECT a FROM t",
      /TIMESTAMP/,
      'INT',
      /INTERVAL '5' SECOND/,
    ],
    ['INSERT INTO «nowhere» SELECT card FROM payments', /table/, 'nowhere', /payments, cards/],
    ['INSERT INTO cards «SELECT card FROM payments»', '2: card, holder', '1: card', /one column for each/],
    ['INSERT INTO cards SELECT «city», city FROM payments', 'INT', 'STRING', /CAST/],
    [
      'CREATE VIEW v AS SELECT card FROM cards; INSERT INTO «v» SELECT card FROM payments',
      'a table',
      'a view',
      /CREATE TABLE/,
    ],
    [
      `SELECT «window_end» FROM (SELECT window_end, window_end AS WINDOW_END, COUNT(*) AS n FROM ${window} GROUP BY window_start, window_end)`.replace(
        '«window_end»',
        '«window_ends»',
      ),
      /FROM/,
      'window_ends',
      /window_end/,
    ],
  ],
};

for (const [family, cases] of Object.entries(families)) {
  describe(family, () => {
    test.each(cases)('%s', (text, expected, found, hint) => {
      const { sql, from, to, line, column } = marked(text.includes('«') ? text : `«»${text}`);
      const facts = factsOf(sql, catalog);
      expect(facts.place).toEqual({ line, column, from, to: text ? to : 0 });
      expect(facts.what).toMatch(/./);
      if (typeof expected === 'string') expect(facts.expected).toBe(expected);
      else expect(facts.expected).toMatch(expected);
      expect(facts.found).toContain(found);
      if (typeof hint === 'string') expect(facts.hint).toBe(hint);
      else expect(facts.hint).toMatch(hint);
    });
  });
}

test('names from the prototype of objects are names like any other', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype']) {
    expect(factsOf(`SET '${name}' = '1 h'; SELECT card FROM payments`, catalog).what).toContain('no setting');
    expect(factsOf(`SELECT ${name} FROM payments`, catalog).what).toContain('no column');
    expect(factsOf(`SELECT 1 FROM ${name}`, catalog).what).toContain('no table');
    expect(factsOf(`SELECT ${name}(card) FROM payments`, catalog).what).toContain('no function');
    expect(factsOf(`SELECT ${name}.card FROM payments`, catalog).what).toContain('no table');
    expect(factsOf(`SELECT card FROM TABLE(${name}(TABLE payments))`, catalog).what).toContain('no window function');
    const { tables } = plan(
      `CREATE TABLE ${name} (${name} INT) WITH ('connector' = 'tidemark', '${name}' = 'y'); SELECT ${name} FROM ${name}`,
      catalog,
    );
    expect(Object.keys(tables)).toEqual([name.toLowerCase()]);
    expect(tables[name.toLowerCase()].options[name]).toBe('y');
  }
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});
