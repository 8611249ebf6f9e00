import { describe, expect, test } from 'vitest';
import { format, parse } from '../../src/sql';
import { withoutPlaces } from './support';

const settled = (text: string): string => format(parse(text));

describe('statements are read and written in one settled way', () => {
  test.each([
    ["set 'a'='b'", "SET 'a' = 'b';\n"],
    ['select a,b  b2 from t x', 'SELECT a, b AS b2\nFROM t AS x;\n'],
    ['select *, x.* from t as x', 'SELECT *, x.*\nFROM t AS x;\n'],
    ['insert into s select all a from t', 'INSERT INTO s\nSELECT a\nFROM t;\n'],
    ['create materialized view v as select a from t', 'CREATE MATERIALIZED VIEW v AS\nSELECT a\nFROM t;\n'],
    [
      'select a from t where a>1 group by a having count(*)>1',
      'SELECT a\nFROM t\nWHERE a > 1\nGROUP BY a\nHAVING COUNT(*) > 1;\n',
    ],
    ['select a from (select b a from t) x', 'SELECT a\nFROM (\n  SELECT b AS a\n  FROM t\n) AS x;\n'],
    ['select a from t left outer join u on t.a=u.b', 'SELECT a\nFROM t\nLEFT JOIN u ON t.a = u.b;\n'],
    [
      "select a from table(tumble(table t, descriptor(ts), interval '5' minutes, offset => interval '1' minute))",
      "SELECT a\nFROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '5' MINUTE, offset => INTERVAL '1' MINUTE));\n",
    ],
    [
      "create table t (a int not null, b decimal(10, 2), ts timestamp, watermark for ts as ts - interval '1.5' seconds, primary key (a) not enforced) with ('connector'='tidemark','x'='it''s')",
      "CREATE TABLE t (\n  a INT NOT NULL,\n  b DECIMAL(10,2),\n  ts TIMESTAMP(3),\n  WATERMARK FOR ts AS ts - INTERVAL '1.5' SECOND,\n  PRIMARY KEY (a) NOT ENFORCED\n) WITH (\n  'connector' = 'tidemark',\n  'x' = 'it''s'\n);\n",
    ],
    [
      'select sum(a) filter (where b) over (partition by c, d order by ts) from t',
      'SELECT SUM(a) FILTER (WHERE b) OVER (PARTITION BY c, d ORDER BY ts)\nFROM t;\n',
    ],
    [
      'select a from t as l right outer join u for system_time as of l.ts as r on l.a is not distinct from r.a',
      'SELECT a\nFROM t AS l\nRIGHT JOIN u FOR SYSTEM_TIME AS OF l.ts AS r ON l.a IS NOT DISTINCT FROM r.a;\n',
    ],
    ['select a from t asof left join u on t.a=u.a', 'SELECT a\nFROM t\nASOF LEFT JOIN u ON t.a = u.a;\n'],
    [
      'with x as (select a from t), y as (select b from x) select a from x union all select b from y',
      'WITH x AS (\n  SELECT a\n  FROM t\n), y AS (\n  SELECT b\n  FROM x\n)\nSELECT a\nFROM x\nUNION ALL\nSELECT b\nFROM y;\n',
    ],
    [
      'select a from t where exists (select 1 from u) and not (a not in (select b from u))',
      'SELECT a\nFROM t\nWHERE EXISTS (\n  SELECT 1\n  FROM u\n) AND NOT a NOT IN (\n  SELECT b\n  FROM u\n);\n',
    ],
    [
      "select a from table(session(table t partition by (k, l), descriptor(ts), interval '5' minute))",
      "SELECT a\nFROM TABLE(SESSION(TABLE t PARTITION BY (k, l), DESCRIPTOR(ts), INTERVAL '5' MINUTE));\n",
    ],
    [
      "select a from table(session(data => (select a from t) partition by k, timecol => descriptor(ts), gap => interval '5' minute))",
      "SELECT a\nFROM TABLE(SESSION(data => (\n  SELECT a\n  FROM t\n) PARTITION BY k, timecol => DESCRIPTOR(ts), gap => INTERVAL '5' MINUTE));\n",
    ],
    [
      'select row_number() over (partition by a order by b desc, c asc) rn from t',
      'SELECT ROW_NUMBER() OVER (PARTITION BY a ORDER BY b DESC, c) AS rn\nFROM t;\n',
    ],
    [
      'insert into s with x as (select a from t) select a from x',
      'INSERT INTO s\nWITH x AS (\n  SELECT a\n  FROM t\n)\nSELECT a\nFROM x;\n',
    ],
    [
      'select a from t where a is distinct from b + 1 and (a is not distinct from b) is null',
      'SELECT a\nFROM t\nWHERE a IS DISTINCT FROM b + 1 AND a IS NOT DISTINCT FROM b IS NULL;\n',
    ],
    [
      'select sum(a) over w from t window w as (order by ts rows 5 preceding)',
      'SELECT SUM(a) OVER w\nFROM t\nWINDOW w AS (ORDER BY ts ROWS BETWEEN 5 PRECEDING AND CURRENT ROW);\n',
    ],
  ])('%s', (text, wanted) => {
    expect(settled(text)).toBe(wanted);
    expect(settled(wanted)).toBe(wanted);
    expect(withoutPlaces(parse(wanted))).toEqual(withoutPlaces(parse(text)));
  });
});

describe('an expression has the parentheses that it needs, and no others', () => {
  test.each([
    ['((a + b)) * c', '(a + b) * c'],
    ['(a * b) + c', 'a * b + c'],
    ['a - (b - c)', 'a - (b - c)'],
    ['(a - b) - c', 'a - b - c'],
    ['(a || b) || (c || d)', 'a || b || (c || d)'],
    ['not (a and b)', 'NOT (a AND b)'],
    ['(not a) and b', 'NOT a AND b'],
    ['(a or b) and c', '(a OR b) AND c'],
    ['- - a', '- -a'],
    ['-(-a)', '- -a'],
    ['+a', 'a'],
    ['-(a + b)', '-(a + b)'],
    ['a != b', 'a <> b'],
    ['(a is null) is not null', 'a IS NULL IS NOT NULL'],
    ['a + 1 between b and c + 1 and d', 'a + 1 BETWEEN b AND c + 1 AND d'],
    ['a not in (1, (2))', 'a NOT IN (1, 2)'],
    ['case when a then 1 else 2 end', 'CASE WHEN a THEN 1 ELSE 2 END'],
    ['case a when 1 then 2 end + 1', 'CASE a WHEN 1 THEN 2 END + 1'],
    ["cast('1' as decimal(5))", "CAST('1' AS DECIMAL(5,0))"],
    ["timestamp '2026-11-02 10:00:00'", "TIMESTAMP '2026-11-02 10:00:00'"],
    ['`select` + `a b` + `a``b`', '`select` + `a b` + `a``b`'],
    ['count(*)', 'COUNT(*)'],
    ['.5 + 1. + 1e3', '.5 + 1. + 1e3'],
    ["'it''s'", "'it''s'"],
    ['true and null', 'TRUE AND NULL'],
  ])('%s', (text, wanted) => {
    expect(settled(`SELECT ${text} FROM t`)).toBe(`SELECT ${wanted}\nFROM t;\n`);
    expect(settled(`SELECT ${wanted} FROM t`)).toBe(`SELECT ${wanted}\nFROM t;\n`);
  });
});

test('and binds more strongly than or, not more weakly than comparison', () => {
  const [one] = withoutPlaces(parse('SELECT a OR b AND NOT c = d FROM t')) as never as {
    query: { selects: { items: { expression: unknown }[] }[] };
  }[];
  const column = (name: string) => ({ ast: 'column', table: null, name: { text: name } });
  const equal = { ast: 'binary', operator: '=', left: column('c'), right: column('d') };
  const and = {
    ast: 'binary',
    operator: 'AND',
    left: column('b'),
    right: { ast: 'unary', operator: 'NOT', input: equal },
  };
  expect(one.query.selects[0].items[0].expression).toEqual({
    ast: 'binary',
    operator: 'OR',
    left: column('a'),
    right: and,
  });
});

test('comments are kept: they stand in front of their statement', () => {
  const text = "-- first\nSET 'a' /* of a */ = 'b'; -- behind\n/* two\nlines */ SELECT a -- inside\nFROM t -- last";
  const wanted =
    "-- first\n/* of a */\nSET 'a' = 'b';\n\n-- behind\n/* two\nlines */\n-- inside\n-- last\nSELECT a\nFROM t;\n";
  expect(settled(text)).toBe(wanted);
  expect(settled(wanted)).toBe(wanted);
});

test('a line break inside a quoted text is kept in an indented subquery', () => {
  const text = "SELECT a FROM (SELECT 'x\ny' AS a FROM t) AS q";
  expect(withoutPlaces(parse(settled(text)))).toEqual(withoutPlaces(parse(text)));
});

test('semicolons may be left out at the end, and repeated', () => {
  expect(parse(";;SET 'a' = 'b';;SELECT a FROM t;;").map((one) => one.statement)).toEqual(['set', 'select']);
  expect(parse(' -- nothing\n')).toEqual([]);
});

test('every node knows its place in the text', () => {
  const text = "SET 'a' = 'b';\nSELECT a,\n  SUM(b + 1) AS s\nFROM t";
  const select = parse(text)[1];
  if (select.statement !== 'select') throw new Error('no SELECT');
  const item = select.query.selects[0].items[1];
  expect(item.place).toEqual({ line: 3, column: 3, from: text.indexOf('SUM'), to: text.indexOf('\nFROM') });
  expect(text.slice(select.place.from, select.place.to)).toBe(text.slice(text.indexOf('SELECT')));
});

test('a long SELECT list goes over several lines', () => {
  const names = Array.from({ length: 30 }, (_, i) => `column_${i}`);
  expect(settled(`SELECT ${names.join(', ')} FROM t`)).toBe(`SELECT\n  ${names.join(',\n  ')}\nFROM t;\n`);
});
