import { describe, expect, test } from 'vitest';
import { TidemarkError } from '../../src/model';
import { format, parse, plan } from '../../src/sql';
import { catalog } from '../sql/catalog';

const errorOf = (text: string): TidemarkError => {
  try {
    plan(text, catalog);
  } catch (thrown) {
    if (thrown instanceof TidemarkError) return thrown;
    throw thrown;
  }
  throw new Error('no error');
};
const many = (n: number, text: string, between = ''): string => Array.from({ length: n }, () => text).join(between);

describe('what is too much is refused with its limit, and exhausts nothing', () => {
  test.each<[string, string, RegExp]>([
    ['a text of 100,001 characters', ' '.repeat(100_001), /at most 100000 characters/],
    ['10,000 parentheses', `SELECT ${many(10_000, '(')}`, /at most 100 levels/],
    ['10,000 signs', `SELECT ${many(10_000, '- ')}1 FROM payments`, /at most 100 levels/],
    ['10,000 NOTs', `SELECT ${many(10_000, 'NOT ')}online FROM payments`, /at most 100 levels/],
    ['5,000 subqueries', `SELECT * FROM ${many(5_000, '(SELECT * FROM ')}`, /at most 100 levels/],
    ['5,000 joins', `SELECT 1 FROM a${many(5_000, ' JOIN a ON a')}`, /at most 100 levels/],
    ['10,000 operators in a row', `SELECT ${many(10_000, 'card', ' + ')} FROM payments`, /at most 500 operators/],
    ['101 statements', many(101, "SET 'a' = 'b';"), /at most 100/],
    ['columns doubled by views', many(60, '').concat(views(12, '*, *')), /at most 1000/],
    [
      'nested CASE that repeats its operand',
      `SELECT ${nest(40, (inner) => `CASE ${inner} WHEN 1 THEN 2 WHEN 3 THEN 4 END`, 'card')} FROM payments`,
      /at most 10000 parts/,
    ],
    [
      'nested BETWEEN that repeats its operand',
      `SELECT ${nest(40, (inner) => `COALESCE(${inner}, 1)`, 'card')} FROM payments`,
      /at most 10000 parts/,
    ],
    ['views on views on subqueries', views(90, '*', 9), /at most 500/],
    ['2,000 SELECTs with UNION ALL', many(2_000, 'SELECT id FROM payments', ' UNION ALL '), /at most 500/],
    [
      'names of WITH that double',
      doubled(12, (name) => `SELECT a.id FROM ${name} AS a JOIN ${name} AS b ON a.id = b.id`),
      /at most 500/,
    ],
    [
      'unions that double',
      doubled(12, (name) => `SELECT id FROM ${name} UNION ALL SELECT id FROM ${name}`),
      /at most 500/,
    ],
    [
      'columns doubled by joins',
      doubled(12, (name) => `SELECT * FROM ${name} AS a JOIN ${name} AS b ON a.id = b.id`),
      /at most (1000|500)/,
    ],
    [
      '200 subqueries of WHERE',
      nest(200, (inner) => `SELECT id FROM payments WHERE id IN (${inner})`, 'SELECT 1'),
      /at most 100 levels/,
    ],
    [
      '10^15 windows for each row',
      "SELECT COUNT(*) FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.001' SECOND, INTERVAL '11574074' DAY)) GROUP BY window_start, window_end",
      /at most 20000 windows/,
    ],
    ['one long unclosed text', `SELECT '${many(20_000, "''")}`, /a second '/],
    ['a long blank time', `SELECT TIMESTAMP '${' '.repeat(90_000)}' FROM payments`, /a day and a time/],
  ])('%s', (_, text, limit) => {
    const { facts } = errorOf(text);
    expect(facts.expected).toMatch(limit);
    expect(facts.place).toBeDefined();
  });

  test('up to the limits everything is read, settled and written', () => {
    const long = `SELECT ${many(95, '(')}${many(490, 'card', ' + ')}${many(95, ')')} FROM payments`;
    expect(() => plan(long, catalog)).not.toThrow();
    expect(format(parse(long))).toContain('card + card');
    expect(() => plan(views(90, '*'), catalog)).not.toThrow();
  });
});

/** Names of WITH that each read the one before by `query`. */
function doubled(count: number, query: (name: string) => string): string {
  const names = Array.from({ length: count }, (_, i) => `n${i} AS (${query(i === 0 ? 'payments' : `n${i - 1}`)})`);
  return `WITH ${names.join(', ')} SELECT 1 FROM n${count - 1}`;
}

/** Views that each select `list` from the one before, through `deep` subqueries. */
function views(count: number, list: string, deep = 0): string {
  const one = (i: number): string => {
    const from = i === 0 ? 'payments' : `v${i - 1}`;
    const nested = nest(deep, (inner) => `(SELECT * FROM ${inner})`, from);
    return `CREATE VIEW v${i} AS SELECT ${list} FROM ${nested};`;
  };
  return `${Array.from({ length: count }, (_, i) => one(i)).join('')} SELECT 1 FROM payments`;
}

function nest(depth: number, wrap: (inner: string) => string, core: string): string {
  let text = core;
  for (let i = 0; i < depth; i += 1) text = wrap(text);
  return text;
}
