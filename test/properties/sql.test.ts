import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { TidemarkError } from '../../src/model';
import { explainPlan } from '../../src';
import { complete, format, parse, plan } from '../../src/sql';
import { catalog } from '../sql/joined';
import { withoutPlaces } from '../sql/support';

const VALID = [
  "SELECT card, window_start, SUM(amount) AS spend FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE)) GROUP BY card, window_start, window_end HAVING COUNT(*) > 1",
  "SELECT card, AVG(amount) OVER (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL '30' MINUTE PRECEDING AND CURRENT ROW) AS a FROM payments WHERE city IN ('a', 'b')",
  "CREATE TABLE s (a BIGINT, b DECIMAL(10,2) NOT NULL, t TIMESTAMP(3), WATERMARK FOR t AS t - INTERVAL '6' SECOND, PRIMARY KEY (a) NOT ENFORCED) WITH ('connector' = 'tidemark'); INSERT INTO s SELECT id, amount, ts FROM payments",
  "SET 'table.exec.state.ttl' = '1 h'; CREATE MATERIALIZED VIEW v AS SELECT card, COUNT(*) FILTER (WHERE online) AS n FROM payments AS p GROUP BY card; SELECT n, -n * 2 + 1 FROM v WHERE NOT n BETWEEN 1 AND 5 OR n IS NOT NULL",
  "SELECT CASE WHEN amount > 1.5 THEN 'x' ELSE city || 'y' END, CAST(amount AS DOUBLE) / 3, COALESCE(score, 0), ts + INTERVAL '1' DAY FROM (SELECT * FROM payments) AS q",
  "SELECT window_end, MAX(amount) - MIN(amount) FROM TABLE(HOP(DATA => TABLE payments, TIMECOL => DESCRIPTOR(ts), SLIDE => INTERVAL '10' MINUTE, SIZE => INTERVAL '1' HOUR)) GROUP BY window_end, window_start",
  'SELECT SUM(amount) OVER w, COUNT(*) OVER w FROM payments WINDOW w AS (PARTITION BY card, city ORDER BY ts ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)',
  "SELECT p.id, r.id FROM payments AS p LEFT JOIN refunds AS r ON p.id = r.payment AND r.ts BETWEEN p.ts - INTERVAL '1' HOUR AND p.ts AND r.amount IS DISTINCT FROM 2 JOIN cards ON p.card = cards.card",
  'SELECT p.id, rate FROM payments AS p JOIN rates FOR SYSTEM_TIME AS OF p.ts AS r ON p.city = r.city AND r.rate > 1',
  'SELECT p.id FROM payments AS p ASOF LEFT JOIN refunds AS r ON p.id = r.payment AND p.ts >= r.ts',
  "WITH l AS (SELECT * FROM TABLE(CUMULATE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE, INTERVAL '-30' SECOND))), r AS (SELECT id, window_start, window_end FROM TABLE(CUMULATE(TABLE refunds, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE, INTERVAL '-30' SECOND))) SELECT l.id, r.id FROM l FULL JOIN r ON l.id = r.id AND l.window_start = r.window_start AND l.window_end = r.window_end",
  "SELECT id, amount FROM payments AS p WHERE EXISTS (SELECT * FROM refunds AS r WHERE r.payment = p.id AND r.ts BETWEEN p.ts AND p.ts + INTERVAL '1' DAY) AND card NOT IN (SELECT card FROM cards) UNION ALL SELECT payment, amount FROM refunds",
  'SELECT card, amount FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY card ORDER BY amount DESC, ts ASC) AS rn FROM payments) AS x WHERE rn <= 3 AND amount > 1',
  'SELECT id, LAG(amount, 2, 0) OVER (PARTITION BY card ORDER BY ts), FIRST_VALUE(city) OVER (PARTITION BY card ORDER BY ts ROWS 5 PRECEDING) FROM payments',
  "SELECT card, COUNT(DISTINCT city), APPROX_COUNT_DISTINCT(city) FROM TABLE(SESSION(TABLE payments PARTITION BY card, DESCRIPTOR(ts), INTERVAL '5' MINUTE)) GROUP BY card, window_start, window_end",
  'SELECT a FROM t JOIN u ON t.a = u.a LEFT JOIN v ON u.b = v.b -- joins\n',
];
const WORDS =
  "SELECT FROM WHERE GROUP BY HAVING AS AND OR NOT IN IS NULL BETWEEN CASE WHEN THEN ELSE END CAST INTERVAL '5' MINUTE SECOND TABLE TUMBLE HOP DESCRIPTOR OVER PARTITION ORDER RANGE ROWS UNBOUNDED PRECEDING CURRENT ROW FOLLOWING WINDOW FILTER SET CREATE VIEW MATERIALIZED INSERT INTO WITH WATERMARK FOR PRIMARY KEY JOIN LEFT RIGHT FULL OUTER INNER ASOF ON UNION ALL WITH EXISTS SYSTEM_TIME AS OF PROCTIME() ASC DESC CUMULATE SESSION ROW_NUMBER() LAG FIRST_VALUE APPROX_COUNT_DISTINCT LIMIT DISTINCT FROM COUNT SUM AVG MIN STDDEV COALESCE NULLIF IF ABS FLOOR CONCAT TRUE FALSE TIMESTAMP DATE DECIMAL STRING INT payments cards refunds rates payment rate rn p r l card amount ts city online score window_start window_end __proto__ constructor toString `a` `a``b` 'x' '2026-11-02 10:00:00' 'it''s' 1 2.50 1e3 0 ( ) ( ) , , ; . * + - / % = <> < <= || => --c\n /*c*/".split(
    ' ',
  );

const token = fc.constantFrom(...WORDS);
const sequence = fc.array(token, { maxLength: 40 }).map((words) => words.join(' '));
const pieces = VALID.map((text) => text.match(/\s+|\w+|'[^']*'|[^\w\s]/g)!);
const KINDS = [
  /^\d/,
  /^'/,
  /^[-+*/%=<>|]/,
  /^(payments|cards|refunds|rates|payment|rate|rn|p|r|l|card|amount|ts|city|online|score|window_start|window_end)$/,
  /^[A-Z]+$/,
];
/** A token of the same kind, so that many a mutant is still well-formed. */
const likeIt = (word: string, choice: number): string => {
  const kind = KINDS.find((one) => one.test(word));
  const same = kind ? WORDS.filter((one) => kind.test(one) && !one.startsWith('--') && !one.startsWith('/*')) : WORDS;
  return same[choice % same.length];
};

/** A valid text with some of its words left out, repeated, swapped for others or moved. */
const mutated = fc
  .tuple(
    fc.constantFrom(...pieces),
    fc.array(fc.tuple(fc.nat(200), fc.nat(7), fc.nat(200)), { minLength: 1, maxLength: 3 }),
  )
  .map(([start, changes]) => {
    const words = [...start];
    for (const [at, kind, other] of changes) {
      const i = at % words.length;
      const j = other % words.length;
      if (kind === 0) words.splice(i, 1);
      else if (kind === 1) words.splice(i, 0, ` ${WORDS[other % WORDS.length]} `);
      else if (kind === 2) [words[i], words[j]] = [words[j], words[i]];
      else if (words[i].trim()) words[i] = ` ${likeIt(words[i], other)} `;
      if (words.length === 0) words.push(';');
    }
    return words.join('');
  });
/** Well-formed expressions of every kind, most of them wrongly typed. */
const expression = fc.letrec<{ leaf: string; node: string }>((tie) => ({
  leaf: fc.constantFrom(
    'card',
    'amount',
    'ts',
    'city',
    'online',
    'score',
    'day',
    '1',
    '2.5',
    "'x'",
    'NULL',
    'TRUE',
    "INTERVAL '5' MINUTE",
    'COUNT(*)',
  ),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc
      .tuple(tie('node'), fc.constantFrom('+', '-', '*', '/', '%', '||', '=', '<', 'AND', 'OR'), tie('node'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(fc.constantFrom('-', '- -', 'NOT ', 'ABS', 'UPPER', 'SUM', 'COALESCE'), tie('node'))
      .map(([f, a]) => `(${f}(${a}))`),
    tie('node').map((a) => `CAST(${a} AS DECIMAL(12,3))`),
    tie('node').map((a) => `(${a} IS NOT NULL)`),
    fc.tuple(tie('node'), tie('node'), tie('node')).map(([a, b, c]) => `(${a} NOT BETWEEN ${b} AND ${c})`),
    fc.tuple(tie('node'), tie('node'), tie('node')).map(([a, b, c]) => `CASE WHEN ${a} THEN ${b} ELSE ${c} END`),
    fc.tuple(tie('node'), tie('node'), tie('node')).map(([a, b, c]) => `${a} IN (${b}, ${c})`),
  ),
})).node;

/** The result, or null for the one kind of error that may come; it must point into the text. */
function allowed<T>(text: string, work: () => T): T | null {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof TidemarkError)) throw thrown;
    const { place, what, expected, found, hint } = thrown.facts;
    expect(place).toBeDefined();
    const { line, column, from, to } = place!;
    expect(from).toBeGreaterThanOrEqual(0);
    expect(to).toBeGreaterThanOrEqual(from);
    expect(to).toBeLessThanOrEqual(text.length);
    const before = text.slice(0, from).split('\n');
    expect([line, column]).toEqual([before.length, before[before.length - 1].length + 1]);
    for (const fact of [what, expected, found, hint]) expect(fact).toMatch(/\S/);
    return null;
  }
}

/** How many texts were read, and how many of these also meant something. */
let read = 0;
let settled = 0;

function check(text: string): void {
  const statements = allowed(text, () => parse(text));
  if (allowed(text, () => explainPlan(plan(text, catalog).query)) !== null) settled += 1;
  if (!statements) return;
  read += 1;
  const written = format(statements);
  const again = parse(written);
  expect(withoutPlaces(again)).toEqual(withoutPlaces(statements));
  expect(format(again)).toBe(written);
}

/** fast-check prints seed and path of what fails; a busy machine gets its time. */
const runs = (numRuns: number): fc.Parameters<[string]> => ({ numRuns, verbose: 1 });
vi.setConfig({ testTimeout: 60_000 });

test('any text is read, or refused with a place: random characters', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 80 }), check), runs(1500));
  fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 80 }), check), runs(1000));
});

test('any text is read, or refused with a place: random words', () => {
  fc.assert(fc.property(sequence, check), runs(1500));
  fc.assert(
    fc.property(
      sequence.map((words) => `SELECT ${words} FROM payments`),
      check,
    ),
    runs(1000),
  );
});

test('any text is read, or refused with a place: valid statements with words changed', () => {
  [read, settled] = [0, 0];
  fc.assert(fc.property(mutated, check), runs(4500));
  expect(read).toBeGreaterThan(500);
  expect(settled).toBeGreaterThan(500);
});

test('any expression is settled, or refused with a place', () => {
  [read, settled] = [0, 0];
  fc.assert(
    fc.property(
      expression.map((one) => `SELECT ${one} FROM payments WHERE ${one} = 1`),
      check,
    ),
    runs(1500),
  );
  expect(read).toBeGreaterThan(1000);
  expect(settled).toBeGreaterThan(50);
});

test('completion never throws, wherever it is asked for', () => {
  fc.assert(
    fc.property(fc.oneof(mutated, sequence, fc.string()), fc.nat(300), (text, offset) => {
      for (const { label } of complete(text, offset, catalog)) expect(label).toMatch(/\S/);
    }),
    { numRuns: 1000, verbose: 1 },
  );
});

test('the valid statements of these tests are read', () => {
  for (const text of VALID) expect(parse(text).length).toBeGreaterThan(0);
  for (const text of VALID.slice(0, -1)) expect(() => plan(text, catalog)).not.toThrow();
});
