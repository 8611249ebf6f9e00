import { describe, expect, test } from 'vitest';
import { formatType } from '../../src/model';
import { explainPlan } from '../../src';
import { type Expression, explainExpression, plan, type Plan } from '../../src/sql';
import { catalog } from './catalog';

const query = (text: string): Plan => plan(text, catalog).query;
const window = "TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE))";

/** The first column of a SELECT list over payments: its expression, and its type with ? where it can be null. */
function column(text: string): { expression: Expression; type: string } {
  const bound = query(`SELECT ${text} FROM payments`);
  if (bound.node !== 'project') throw new Error(bound.node);
  const [{ type, nullable }] = bound.schema;
  return { expression: bound.expressions[0], type: formatType(type) + (nullable ? '?' : '') };
}

/** Column names and types, `!` behind the one that carries event time. */
const columns = ({ schema, timeColumn }: Plan): string[] =>
  schema.map(
    ({ name, type, nullable }, i) => `${name} ${formatType(type)}${nullable ? '?' : ''}${i === timeColumn ? '!' : ''}`,
  );

describe('types of expressions', () => {
  test.each([
    ['card + 1', 'INT'],
    ['card + id', 'BIGINT'],
    ['card + 3000000000', 'BIGINT'],
    ['card + score', 'DOUBLE?'],
    ['amount + 1', 'DECIMAL(13,2)'],
    ['amount - 0.125', 'DECIMAL(12,3)'],
    ['amount * amount', 'DECIMAL(20,4)'],
    ['amount * 2', 'DECIMAL(20,2)'],
    ['amount * 2.0e0', 'DOUBLE'],
    ['amount / 2', 'DOUBLE?'],
    ['card / 2', 'DOUBLE?'],
    ['card % 2', 'INT?'],
    ['MOD(id, 7)', 'BIGINT?'],
    ['-amount', 'DECIMAL(10,2)'],
    ['card > amount', 'BOOLEAN'],
    ['score > 1', 'BOOLEAN?'],
    ['score IS NULL', 'BOOLEAN'],
    ['city IN (NULL)', 'BOOLEAN?'],
    ["city || '!'", 'STRING?'],
    ['id || card', 'STRING'],
    ["ts + INTERVAL '5' MINUTE", 'TIMESTAMP(3)'],
    ["INTERVAL '5' MINUTE + ts", 'TIMESTAMP(3)'],
    ["day - INTERVAL '1' DAY", 'TIMESTAMP(3)'],
    ['ts - day', 'BIGINT'],
    ["INTERVAL '1' SECOND * card", 'BIGINT'],
    ['(ts - ts) / 1000', 'DOUBLE?'],
    ['TIMESTAMPDIFF(SECOND, ts, day)', 'BIGINT'],
    ['EXTRACT(DAY FROM ts)', 'BIGINT'],
    ['EXTRACT(DAY FROM ts - ts)', 'BIGINT'],
    ['CAST(ts - ts AS DOUBLE)', 'DOUBLE'],
    ["DATE '2026-11-02'", 'DATE'],
    ['CASE WHEN online THEN 1 ELSE 2.5 END', 'DECIMAL(11,1)'],
    ['CASE WHEN online THEN amount END', 'DECIMAL(10,2)?'],
    ['CASE card WHEN 1 THEN NULL ELSE amount END', 'DECIMAL(10,2)?'],
    ['COALESCE(score, 0)', 'DOUBLE'],
    ['COALESCE(city, NULL)', 'STRING?'],
    ['COALESCE(card)', 'INT'],
    ['NULLIF(card, 1)', 'INT?'],
    ['IF(online, card, id)', 'BIGINT'],
    ['ABS(amount)', 'DECIMAL(10,2)'],
    ['FLOOR(amount)', 'DECIMAL(10,0)'],
    ['CEILING(score)', 'DOUBLE?'],
    ['SQRT(card)', 'DOUBLE?'],
    ['CHAR_LENGTH(city)', 'INT?'],
    ['UPPER(NULL)', 'STRING?'],
    ['CONCAT(card, day)', 'STRING'],
    ['CAST(city AS INT)', 'INT?'],
    ['CAST(amount AS STRING)', 'STRING'],
    ['NULL', 'STRING?'],
    ['SUM(card)', 'BIGINT?'],
    ['SUM(amount)', 'DECIMAL(38,2)?'],
    ['SUM(score)', 'DOUBLE?'],
    ['AVG(card)', 'DOUBLE?'],
    ['STDDEV(amount)', 'DOUBLE?'],
    ['MIN(ts)', 'TIMESTAMP(3)?'],
    ['MAX(city)', 'STRING?'],
    ['COUNT(score)', 'BIGINT'],
    ['COUNT(*) + 1', 'BIGINT'],
    ['SUM(amount) OVER (ORDER BY ts)', 'DECIMAL(38,2)'],
    ['SUM(amount) FILTER (WHERE online) OVER (ORDER BY ts)', 'DECIMAL(38,2)?'],
    ['STDDEV_SAMP(amount) OVER (ORDER BY ts)', 'DOUBLE?'],
    ['STDDEV_POP(amount) OVER (ORDER BY ts)', 'DOUBLE'],
  ])('%s is %s', (text, type) => {
    expect(column(text).type).toBe(type);
  });

  const amount: Expression = {
    op: 'column',
    index: 2,
    name: 'amount',
    type: { name: 'DECIMAL', precision: 10, scale: 2 },
  };

  test('a number beside a decimal column becomes units of its scale', () => {
    const { expression } = column('amount > 10.5');
    expect(expression).toMatchObject({ op: 'compare', left: amount, right: { op: 'literal', value: 1050 } });
  });

  test('a finer number casts the column, and loses no digit', () => {
    const { expression } = column('amount = 10.005');
    expect(expression).toMatchObject({
      left: { op: 'cast', input: amount, type: { name: 'DECIMAL', scale: 3 } },
      right: { value: 10005, type: { name: 'DECIMAL', scale: 3 } },
    });
  });

  test('factors of a decimal product keep their own scales', () => {
    const { expression } = column('amount * 1.125');
    expect(expression).toMatchObject({ left: amount, right: { value: 1125, type: { scale: 3 } }, type: { scale: 5 } });
  });

  test('both sides of a division are doubles', () => {
    expect(column('amount / 4').expression).toMatchObject({
      left: { op: 'cast', input: amount, type: { name: 'DOUBLE' } },
      right: { op: 'literal', value: 4, type: { name: 'DOUBLE' } },
    });
  });

  test('a text beside a time is read as a time, here and now', () => {
    const at = Date.UTC(2026, 10, 2, 10, 15);
    const literal = { op: 'literal', value: at, type: { name: 'TIMESTAMP' } };
    expect(column("ts < '2026-11-02 10:15'").expression).toMatchObject({ right: literal });
    expect(column("'2026-11-02 10:15' < ts").expression).toMatchObject({ left: literal });
    expect(column("ts IN ('2026-11-02 10:15')").expression).toMatchObject({ right: literal });
    expect(column("day = '2026-11-02'").expression).toMatchObject({
      right: { value: at - 36_900_000, type: { name: 'DATE' } },
    });
  });

  test.each([
    ["CAST('12.345' AS DECIMAL(10,2))", 1235],
    ["CAST('-12.345' AS DECIMAL(10,2))", -1235],
    ['CAST(2.5 AS DECIMAL(5,0))', 3],
    ['CAST(-2.9 AS INT)', -2],
    ['CAST(2.9 AS BIGINT)', 2],
    ['CAST(12.50 AS STRING)', '12.50'],
    ['CAST(-0.05 AS STRING)', '-0.05'],
    ['CAST(0.05 AS DOUBLE)', 0.05],
    ["CAST('true' AS BOOLEAN)", true],
    ["CAST(TIMESTAMP '2026-11-02 10:15:00' AS DATE)", Date.UTC(2026, 10, 2)],
    ["CAST(DATE '1969-12-31' AS STRING)", '1969-12-31'],
    ["CAST(TIMESTAMP '1969-12-31 23:00:00' AS DATE)", -86_400_000],
    ['CAST(NULL AS INT)', null],
    ['-0', 0],
    ['- -5', 5],
    ["INTERVAL '1.5' SECOND", 1500],
    ["INTERVAL '-2' HOURS", -7_200_000],
    ["-INTERVAL '2' DAY", -172_800_000],
  ])('%s is a constant', (text, value) => {
    expect(column(text).expression).toMatchObject({ op: 'literal', value });
  });
});

describe('what a SELECT becomes', () => {
  test('WHERE filters before the SELECT list, which keeps the declared spelling of names', () => {
    const bound = query('SELECT CARD, p.Amount * 2 AS double, ts FROM Payments p WHERE ONLINE');
    expect(explainPlan(bound)).toBe('project card, amount * 2 AS double, ts\n  filter online\n    scan payments');
    expect(columns(bound)).toEqual(['card INT', 'double DECIMAL(20,2)', 'ts TIMESTAMP(3)!']);
  });

  test('a window table function under GROUP BY becomes one window aggregate', () => {
    const bound = query(
      `SELECT card, window_start, SUM(amount) AS spend FROM ${window} GROUP BY card, window_start, window_end`,
    );
    expect(bound).toMatchObject({
      node: 'project',
      expressions: [{ index: 0 }, { index: 1 }, { index: 4 }],
      input: {
        node: 'window aggregate',
        window: { kind: 'tumble', size: 300_000, offset: 0 },
        keys: [{ op: 'column', index: 1 }],
        aggregates: [{ name: 'SUM', argument: { index: 2 }, filter: null, text: 'SUM(amount)' }],
        input: { node: 'scan', table: 'payments' },
        timeColumn: 3,
      },
    });
    expect(columns(bound)).toEqual(['card INT', 'window_start TIMESTAMP(3)', 'spend DECIMAL(38,2)']);
    if (bound.node === 'project') {
      expect(columns(bound.input)).toEqual([
        'card INT',
        'window_start TIMESTAMP(3)',
        'window_end TIMESTAMP(3)',
        'window_time TIMESTAMP(3)!',
        'SUM(amount) DECIMAL(38,2)',
      ]);
    }
  });

  test('HOP takes slide and size in this order, or by name in any', () => {
    const hop = (list: string): unknown => {
      const bound = query(`SELECT COUNT(*) FROM TABLE(HOP(${list})) GROUP BY window_end, window_start`);
      return bound.node === 'project' && bound.input.node === 'window aggregate' ? bound.input.window : null;
    };
    const wanted = { kind: 'hop', slide: 600_000, size: 3_600_000, offset: 60_000 };
    const [slide, size, offset] = ["INTERVAL '10' MINUTES", "INTERVAL '1' HOUR", "INTERVAL '1' MINUTE"];
    expect(hop(`TABLE payments, DESCRIPTOR(ts), ${slide}, ${size}, ${offset}`)).toEqual(wanted);
    expect(
      hop(`SIZE => ${size}, OFFSET => ${offset}, timecol => DESCRIPTOR(TS), SLIDE => ${slide}, DATA => TABLE payments`),
    ).toEqual(wanted);
    // S2.3: events between windows that do not touch belong to none.
    expect(hop(`TABLE payments, DESCRIPTOR(ts), ${size}, ${slide}`)).toMatchObject({ slide: 3_600_000, size: 600_000 });
    expect(hop(`TABLE payments, DESCRIPTOR(ts), ${slide}, ${size}, INTERVAL '-1' MINUTE`)).toMatchObject({
      offset: -60_000,
    });
  });

  test('a window table function reads subqueries and views, and windows stand on windows by window_time', () => {
    const five = `SELECT window_time AS wt, SUM(amount) AS s FROM ${window} GROUP BY window_start, window_end, window_time`;
    const hour = "DESCRIPTOR(wt), INTERVAL '1' HOUR)) GROUP BY window_start, window_end";
    const fromView = query(`CREATE VIEW five AS ${five}; SELECT SUM(s) FROM TABLE(TUMBLE(TABLE five, ${hour}`);
    const fromQuery = query(`SELECT SUM(s) FROM TABLE(TUMBLE((${five}), ${hour}`);
    expect(fromQuery).toEqual(fromView);
    expect(explainPlan(fromView)).toBe(
      [
        'project SUM(s)',
        '  window aggregate TUMBLE 1 h, SUM(s)',
        '    project window_time AS wt, SUM(amount) AS s',
        '      window aggregate TUMBLE 5 min, SUM(amount)',
        '        scan payments',
      ].join('\n'),
    );
  });

  test('HAVING and the SELECT list compute with keys and aggregates; equal aggregates are kept once', () => {
    const bound = query(
      'SELECT UPPER(city), SUM(amount) / COUNT(*) AS mean FROM payments GROUP BY UPPER(city) HAVING COUNT(*) > 2 AND SUM(amount) > 10',
    );
    expect(explainPlan(bound)).toBe(
      [
        'project `UPPER(city)`, CAST(SUM(amount) AS DOUBLE) / CAST(COUNT(*) AS DOUBLE) AS mean'.replace(
          '`UPPER(city)`',
          'UPPER(city)',
        ),
        '  filter COUNT(*) > 2 AND SUM(amount) > 10.00',
        '    aggregate SUM(amount), COUNT(*) per UPPER(city)',
        '      scan payments',
      ].join('\n'),
    );
    expect(columns(bound)).toEqual(['UPPER(city) STRING?', 'mean DOUBLE?']);
  });

  test('aggregates without GROUP BY make one row, whose values may be null', () => {
    const bound = query('SELECT COUNT(*), SUM(amount), MAX(ts) FROM payments');
    expect(bound).toMatchObject({ input: { node: 'aggregate', keys: [] } });
    expect(columns(bound)).toEqual(['COUNT(*) BIGINT', 'SUM(amount) DECIMAL(38,2)?', 'MAX(ts) TIMESTAMP(3)?']);
  });

  test('FILTER stands in the aggregate, and tells it from the same one without', () => {
    const bound = query('SELECT COUNT(*), COUNT(*) FILTER (WHERE online) FROM payments');
    expect(bound).toMatchObject({ input: { aggregates: [{ filter: null }, { filter: { name: 'online' } }] } });
  });

  test('OVER keeps every row and its event time, with one column per call', () => {
    const bound = query(
      "SELECT id, ts, AVG(amount) OVER w AS mean, COUNT(*) OVER (PARTITION BY card ORDER BY ts RANGE INTERVAL '30' MINUTE PRECEDING) FROM payments WINDOW w AS (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL '30' MINUTE PRECEDING AND CURRENT ROW)",
    );
    expect(bound).toMatchObject({
      timeColumn: 1,
      expressions: [{ index: 0 }, { index: 7 }, { index: 8 }, { index: 9 }],
      input: {
        node: 'over',
        partitionBy: [{ name: 'card' }],
        frame: { unit: 'range', preceding: 1_800_000 },
        timeColumn: 7,
      },
    });
  });

  test.each([
    ['', { unit: 'range', preceding: null }],
    ['RANGE UNBOUNDED PRECEDING', { unit: 'range', preceding: null }],
    ['ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW', { unit: 'rows', preceding: null }],
    ['ROWS 5 PRECEDING', { unit: 'rows', preceding: 5 }],
    ['ROWS BETWEEN CURRENT ROW AND CURRENT ROW', { unit: 'rows', preceding: 0 }],
    ["RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW", { unit: 'range', preceding: 3_600_000 }],
  ])('the frame of OVER (ORDER BY ts %s)', (text, frame) => {
    expect(query(`SELECT SUM(amount) OVER (ORDER BY ts ${text}) FROM payments`)).toMatchObject({ input: { frame } });
  });

  test('columns of the same name are numbered, as Flink does', () => {
    expect(columns(query('SELECT card, card, CARD + 0 AS Card FROM payments'))).toEqual([
      'card INT',
      'card0 INT',
      'Card1 INT',
    ]);
  });

  test('a view is read like a table, and a renamed event time still is one', () => {
    const bound = query(
      'CREATE VIEW v AS SELECT ts AS at, amount FROM payments; SELECT SUM(amount) OVER (ORDER BY at) FROM V',
    );
    expect(bound).toMatchObject({ input: { node: 'over', timeColumn: 0 } });
  });

  test('a long IN list is a shallow tree', () => {
    const list = Array.from({ length: 1000 }, (_, i) => i).join(', ');
    const { expression } = column(`card IN (${list})`);
    const depth = (one: Expression): number => (one.op === 'or' ? 1 + Math.max(depth(one.left), depth(one.right)) : 1);
    expect(depth(expression)).toBeLessThanOrEqual(11);
    expect(explainExpression(expression)).toBe(`card IN (${list})`);
  });
});

describe('a program', () => {
  test('settings are kept in order, and CREATE TABLE declares a sink', () => {
    const program = plan(
      "SET 'table.exec.state.ttl' = '1 h'; SET 'table.exec.state.ttl' = '0'; CREATE TABLE Out (c BIGINT, s DECIMAL(12,4), at TIMESTAMP(3) NOT NULL, WATERMARK FOR at AS at - INTERVAL '6' SECOND) WITH ('connector' = 'tidemark', 'k' = 'v'); INSERT INTO out SELECT card, amount, ts FROM payments",
      catalog,
    );
    expect(program.settings).toEqual([
      { key: 'table.exec.state.ttl', value: '1 h' },
      { key: 'table.exec.state.ttl', value: '0' },
    ]);
    expect(program.sink).toBe('Out');
    expect(Object.keys(program.tables)).toEqual(['out']);
    expect(program.tables.out).toMatchObject({
      node: 'scan',
      table: 'Out',
      timeColumn: 2,
      options: { connector: 'tidemark', k: 'v' },
    });
    expect(explainExpression(program.tables.out.watermark!)).toBe("at - INTERVAL '6' SECOND");
    expect(columns(program.query)).toEqual(['c BIGINT', 's DECIMAL(12,4)', 'at TIMESTAMP(3)!']);
    expect(program.query).toMatchObject({ expressions: [{ op: 'cast' }, { op: 'cast' }, { op: 'column' }] });
  });

  test('a plan is plain data: it survives cloning', () => {
    const program = plan(
      `SELECT card, AVG(amount) / 2 FROM ${window} WHERE city IN ('a', 'b') GROUP BY card, window_start, window_end`,
      catalog,
    );
    expect(JSON.parse(JSON.stringify(structuredClone(program)))).toEqual(JSON.parse(JSON.stringify(program)));
  });
});
