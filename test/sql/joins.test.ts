import { describe, expect, test } from 'vitest';
import { explainPlan } from '../../src';
import { type Catalog, plan, type Plan, setOptions } from '../../src/sql';
import { catalog } from './joined';

const query = (text: string, from: Catalog = catalog): Plan => plan(text, from).query;
/** What the SELECT list reads from. */
const under = (text: string): Plan => {
  const bound = query(text);
  if (bound.node !== 'project') throw new Error(bound.node);
  return bound.input;
};
/** Names of the columns, ? where they can be null, ! behind the event time. */
const columns = ({ schema, timeColumn }: Plan): string =>
  schema.map(({ name, nullable }, i) => name + (nullable ? '?' : '') + (i === timeColumn ? '!' : '')).join(' ');
const join = (on: string, kind = 'JOIN', list = '*'): Plan =>
  under(`SELECT ${list} FROM payments AS l ${kind} refunds AS r ON l.id = r.payment${on && ` AND ${on}`}`);

const MINUTE = 60_000;
const tumble = (table: string): string => `TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '5' MINUTE))`;

describe('the kind of a join is read off its ON', () => {
  test('equalities alone make a regular join, which loses event time', () => {
    const bound = join('r.amount < l.amount');
    expect(bound).toMatchObject({
      node: 'join',
      kind: 'inner',
      leftKeys: [{ name: 'id', index: 0 }],
      rightKeys: [{ name: 'payment', index: 1 }],
      nullSafe: false,
      where: { op: 'compare', left: { index: 10 }, right: { index: 2 } },
      timeColumn: -1,
    });
    expect(columns(bound)).toBe('id card amount city? score? online day ts id0 payment amount0 city0? ts0');
  });

  test.each<[string, number, number]>([
    ["r.ts BETWEEN l.ts - INTERVAL '1' HOUR AND l.ts + INTERVAL '5' MINUTE", -60 * MINUTE, 5 * MINUTE],
    ["l.ts BETWEEN r.ts - INTERVAL '1' HOUR AND r.ts + INTERVAL '5' MINUTE", -5 * MINUTE, 60 * MINUTE],
    ["r.ts >= l.ts AND r.ts <= l.ts + INTERVAL '5' MINUTE", 0, 5 * MINUTE],
    ["r.ts > l.ts AND r.ts < l.ts + INTERVAL '5' MINUTE", 1, 5 * MINUTE - 1],
    ["l.ts < r.ts AND l.ts + INTERVAL '5' MINUTE > r.ts", 1, 5 * MINUTE - 1],
    ["r.ts - l.ts >= INTERVAL '1' MINUTE AND r.ts - l.ts < INTERVAL '2' MINUTE", MINUTE, 2 * MINUTE - 1],
    ["l.ts - r.ts <= INTERVAL '1' MINUTE AND INTERVAL '-2' MINUTE <= l.ts - r.ts", -MINUTE, 2 * MINUTE],
    [
      "r.ts - INTERVAL '1' MINUTE >= l.ts + INTERVAL '1' MINUTE AND r.ts <= l.ts + 3 * INTERVAL '1' MINUTE",
      2 * MINUTE,
      3 * MINUTE,
    ],
    ["r.ts BETWEEN l.ts AND l.ts + INTERVAL '9' MINUTE AND r.ts <= l.ts + INTERVAL '5' MINUTE", 0, 5 * MINUTE],
    ["-(l.ts - r.ts) BETWEEN INTERVAL '0' SECOND AND INTERVAL '1' SECOND", 0, 1000],
    ['r.ts = l.ts', 0, 0],
  ])('S8.1 %s is an interval from %i to %i ms, an excluded end moved by one', (on, lower, upper) => {
    expect(join(on)).toMatchObject({ node: 'interval join', lower, upper, timeOf: 'latest', timeColumn: -1 });
    // Bounds in WHERE are as good as those in ON, if the join is an inner one.
    expect(under(`SELECT l.id FROM payments AS l JOIN refunds AS r ON l.id = r.payment WHERE ${on}`)).toMatchObject({
      node: 'interval join',
      lower,
      upper,
    });
  });

  test.each([
    ["r.ts >= l.ts - INTERVAL '1' HOUR"],
    ['r.ts <> l.ts'],
    ["r.ts BETWEEN l.day AND l.day + INTERVAL '1' HOUR"],
    ["r.ts BETWEEN l.ts AND l.ts + INTERVAL '1' HOUR * l.card"],
    ["(r.ts BETWEEN l.ts AND l.ts + INTERVAL '1' HOUR OR online)"],
    ["r.ts BETWEEN TIMESTAMP '2026-11-02 00:00:00' AND l.ts"],
  ])('%s bounds no interval: it is a condition on the pair', (on) => {
    const bound = join(on);
    expect(bound).toMatchObject({ node: 'join', leftKeys: [{ name: 'id' }] });
    expect(bound).toHaveProperty('where.op');
  });

  test('conditions on one side stay in WHERE, those on both go into an inner join only', () => {
    const where = "WHERE online AND r.ts BETWEEN l.ts AND l.ts + INTERVAL '5' MINUTE";
    expect(under(`SELECT l.id FROM payments AS l JOIN refunds AS r ON l.id = r.payment ${where}`)).toMatchObject({
      node: 'filter',
      predicate: { name: 'online' },
      input: { node: 'interval join', where: null },
    });
    expect(under(`SELECT l.id FROM payments AS l LEFT JOIN refunds AS r ON l.id = r.payment ${where}`)).toMatchObject({
      node: 'filter',
      predicate: { op: 'and' },
      input: { node: 'join', kind: 'left', where: null },
    });
  });

  test.each<[string, string, string]>([
    ['JOIN', 'inner', 'id payment'],
    ['INNER JOIN', 'inner', 'id payment'],
    ['LEFT JOIN', 'left', 'id payment?'],
    ['LEFT OUTER JOIN', 'left', 'id payment?'],
    ['RIGHT JOIN', 'right', 'id? payment'],
    ['FULL OUTER JOIN', 'full', 'id? payment?'],
  ])('%s is %s, and what may be missing can be null', (written, kind, result) => {
    const text = `SELECT l.id, r.payment FROM payments AS l ${written} refunds AS r ON l.id = r.payment`;
    expect(under(text)).toMatchObject({ kind });
    expect(columns(query(text))).toBe(result);
  });

  test('S8.5 IS NOT DISTINCT FROM joins nulls; beside it = still joins none', () => {
    const on = (text: string): Plan => under(`SELECT l.id FROM payments AS l JOIN refunds AS r ON ${text}`);
    expect(on('l.city IS NOT DISTINCT FROM r.city')).toMatchObject({ nullSafe: true, where: null });
    expect(on('l.city IS NOT DISTINCT FROM r.city AND l.id = r.payment')).toMatchObject({
      nullSafe: true,
      leftKeys: [{ name: 'city' }, { name: 'id' }],
      where: { op: 'compare', operator: '=', left: { name: 'id' } },
    });
    expect(on('l.id = r.payment AND l.city IS DISTINCT FROM r.city')).toMatchObject({
      nullSafe: false,
      where: { op: 'not' },
    });
  });

  test('keys of different types meet in the wider one', () => {
    expect(under('SELECT 1 FROM payments AS l JOIN cards AS c ON l.id = c.card')).toMatchObject({
      leftKeys: [{ op: 'column', name: 'id' }],
      rightKeys: [{ op: 'cast', input: { name: 'card', index: 0 }, type: { name: 'BIGINT' } }],
    });
  });

  test('three inputs: the first join is the left side of the second', () => {
    expect(
      explainPlan(
        query(
          'SELECT l.id, holder FROM payments AS l JOIN refunds AS r ON l.id = r.payment LEFT JOIN cards AS c ON c.card = l.card',
        ),
      ),
    ).toBe(
      [
        'project id, holder',
        '  join left: card = card',
        '    join inner: id = payment',
        '      scan payments',
        '      scan refunds',
        '    scan cards',
      ].join('\n'),
    );
  });
});

describe('which time a result follows is said by what is built on it', () => {
  const VIEW =
    "CREATE VIEW j AS SELECT l.ts AS lt, r.ts AS rt, l.card FROM payments AS l KIND refunds AS r ON l.id = r.payment AND r.ts BETWEEN l.ts AND l.ts + INTERVAL '5' MINUTE;";
  const by = (time: string, kind = 'JOIN'): Plan =>
    query(`${VIEW.replace('KIND', kind)} SELECT COUNT(*) OVER (ORDER BY ${time}) AS n FROM j WHERE card = 1`);

  test.each<[string, 'left' | 'right', number, number]>([
    ['lt', 'left', 0, 7],
    ['rt', 'right', 1, 12],
  ])('ORDER BY %s follows the %s side', (time, timeOf, column, inner) => {
    expect(by(time)).toMatchObject({
      input: {
        node: 'over',
        timeColumn: column,
        input: {
          node: 'filter',
          timeColumn: column,
          input: { node: 'project', timeColumn: column, input: { node: 'interval join', timeOf, timeColumn: inner } },
        },
      },
    });
  });

  test('a side that may be missing has no time to follow', () => {
    expect(() => by('rt', 'LEFT JOIN')).toThrow(/OVER follows event time/);
    expect(() => by('lt', 'RIGHT JOIN')).toThrow(/OVER follows event time/);
    expect(by('rt', 'RIGHT JOIN')).toMatchObject({ input: { node: 'over' } });
  });

  test('a join in an interval of a join in an interval: the second is bounded by one time of the first', () => {
    const bound = query(
      `${VIEW.replace('KIND', 'JOIN')} SELECT j.lt FROM j JOIN payments AS p ON j.card = p.card AND p.ts BETWEEN j.rt AND j.rt + INTERVAL '1' MINUTE`,
    );
    expect(bound).toMatchObject({
      input: { node: 'interval join', left: { timeColumn: 1, input: { timeOf: 'right' } } },
    });
  });
});

describe('windows', () => {
  test('S2.6 CUMULATE, with an offset before the epoch', () => {
    const shape = (text: string): unknown =>
      (under(`SELECT COUNT(*) FROM TABLE(${text}) GROUP BY window_start, window_end`) as { window: unknown }).window;
    expect(
      shape("CUMULATE(TABLE payments, DESCRIPTOR(ts), INTERVAL '10' MINUTE, INTERVAL '1' HOUR, INTERVAL '-7' MINUTE)"),
    ).toEqual({
      kind: 'cumulate',
      step: 10 * MINUTE,
      size: 60 * MINUTE,
      offset: -7 * MINUTE,
    });
    expect(
      shape(
        "CUMULATE(DATA => TABLE payments, TIMECOL => DESCRIPTOR(ts), STEP => INTERVAL '1' MINUTE, SIZE => INTERVAL '5' MINUTE)",
      ),
    ).toEqual({
      kind: 'cumulate',
      step: MINUTE,
      size: 5 * MINUTE,
      offset: 0,
    });
    expect(shape("TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' HOUR, -INTERVAL '59' MINUTE)")).toMatchObject({
      offset: -59 * MINUTE,
    });
    expect(
      shape("HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '1' HOUR, INTERVAL '-59' SECOND)"),
    ).toMatchObject({
      offset: -59_000,
    });
  });

  test('S3.1 sessions are per key of PARTITION BY', () => {
    expect(
      under(
        "SELECT card, city, window_end, COUNT(*) FROM TABLE(SESSION(DATA => TABLE payments PARTITION BY (city, card), TIMECOL => DESCRIPTOR(ts), GAP => INTERVAL '5' MINUTE)) GROUP BY card, city, window_start, window_end",
      ),
    ).toMatchObject({
      node: 'window aggregate',
      window: { kind: 'session', gap: 5 * MINUTE },
      keys: [{ name: 'card' }, { name: 'city' }],
    });
    expect(
      under(
        `SELECT COUNT(*) FROM TABLE(SESSION(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE)) GROUP BY window_start, window_end`,
      ),
    ).toMatchObject({ keys: [] });
  });

  test('windows may be put on in a subquery, and grouped outside', () => {
    const text = `WITH w AS (SELECT city AS c, window_start AS s, window_end AS e, amount * 2 AS a FROM ${tumble('payments')} WHERE online) SELECT s, c, SUM(a) AS x FROM w GROUP BY e, s, c`;
    expect(explainPlan(query(text))).toBe(
      [
        'project window_start AS s, c, SUM(a) AS x',
        '  window aggregate TUMBLE 5 min, SUM(a) per c',
        '    project city AS c, amount * 2 AS a, ts',
        '      filter online',
        '        scan payments',
      ].join('\n'),
    );
  });

  test('equal windows on both sides make a window join, which keeps window_time', () => {
    const text = `SELECT l.id, r.id AS other, r.window_time AS at, l.window_time FROM ${tumble('payments')} AS l KIND (SELECT payment, window_start, window_end, id, window_time FROM ${tumble('refunds')} WHERE amount > 1) AS r ON r.payment = l.id AND r.window_end = l.window_end AND l.window_start = r.window_start AND r.ID < l.id`;
    const bound = query(text.replace('KIND', 'JOIN'));
    expect(bound).toMatchObject({
      timeColumn: 3,
      input: {
        node: 'window join',
        window: { kind: 'tumble', size: 5 * MINUTE, offset: 0 },
        leftKeys: [{ name: 'id', index: 0 }],
        rightKeys: [{ name: 'payment', index: 0 }],
        // Behind the left columns and their windows, in the order of the right side's SELECT.
        where: { op: 'compare', left: { index: 12 }, right: { index: 0 } },
        timeColumn: 10,
        right: { node: 'project', timeColumn: 2, input: { node: 'filter' } },
      },
    });
    expect(columns((bound as { input: Plan }).input)).toBe(
      'id card amount city? score? online day ts window_start window_end window_time! payment id0 ts0 window_start0 window_end0 window_time0',
    );
    expect(query(text.replace('KIND', 'RIGHT JOIN'))).toMatchObject({ timeColumn: 2, input: { timeColumn: 16 } });
    expect(query(text.replace('KIND', 'FULL JOIN'))).toMatchObject({ timeColumn: -1 });
  });

  test('a window join is a relation like any other: its windows can be grouped by, and its time goes on', () => {
    const text = `CREATE VIEW j AS SELECT l.card, l.window_time AS t FROM ${tumble('payments')} AS l JOIN ${tumble('refunds')} AS r ON l.id = r.payment AND l.window_start = r.window_start AND l.window_end = r.window_end; SELECT card, COUNT(*) FROM TABLE(TUMBLE(TABLE j, DESCRIPTOR(t), INTERVAL '1' HOUR)) GROUP BY card, window_start, window_end`;
    expect(query(text)).toMatchObject({
      input: { node: 'window aggregate', input: { input: { node: 'window join' } } },
    });
  });
});

describe('EXISTS and IN', () => {
  test('S8.5 EXISTS is a semi join, NOT EXISTS an anti join; times bound them as they do others', () => {
    const exists = (not: string): Plan =>
      under(
        `SELECT id FROM payments AS l WHERE online AND ${not} EXISTS (SELECT 1 FROM refunds WHERE payment = l.id AND ts BETWEEN l.ts AND l.ts + INTERVAL '5' MINUTE AND amount > 3) AND card > 2`,
      );
    const inputs = {
      left: { node: 'filter', predicate: { op: 'and' } },
      right: { node: 'filter', predicate: { op: 'compare', left: { index: 2 } } },
    };
    expect(exists('')).toMatchObject({
      node: 'interval join',
      kind: 'semi',
      lower: 0,
      upper: 5 * MINUTE,
      where: null,
      ...inputs,
    });
    expect(exists('NOT')).toMatchObject({ node: 'interval join', kind: 'anti', ...inputs });
    expect(columns(exists(''))).toBe('id card amount city? score? online day ts');
  });

  test('names are looked for inside first: id = l.id', () => {
    expect(
      under('SELECT id FROM payments AS l WHERE EXISTS (SELECT * FROM refunds AS r WHERE id = l.id AND online)'),
    ).toMatchObject({
      kind: 'semi',
      leftKeys: [{ name: 'id', index: 0 }],
      rightKeys: [{ name: 'id', index: 0 }],
      where: { name: 'online' },
    });
  });

  test('IN is a semi join with the column of the subquery, whatever it is made of', () => {
    expect(under('SELECT id FROM payments WHERE card IN (SELECT card FROM cards WHERE holder = city)')).toMatchObject({
      node: 'join',
      kind: 'semi',
      leftKeys: [{ name: 'city' }, { name: 'card' }],
      rightKeys: [{ name: 'holder' }, { name: 'card' }],
    });
    expect(
      under(
        'SELECT id FROM payments WHERE card + 1 NOT IN (SELECT card FROM cards UNION ALL SELECT MAX(card) + 1 FROM cards GROUP BY holder)',
      ),
    ).toMatchObject({ kind: 'anti', leftKeys: [{ op: 'arithmetic' }], right: { node: 'union all' } });
  });

  test('a subquery may have one of its own, about its own rows', () => {
    const text =
      'SELECT id FROM payments AS p WHERE EXISTS (SELECT * FROM refunds AS r WHERE r.payment = p.id AND amount > 2 AND NOT EXISTS (SELECT * FROM cards AS c WHERE c.holder = r.city) AND id IN (SELECT id FROM payments WHERE card IN (SELECT card FROM cards)))';
    expect(explainPlan(query(text))).toBe(
      [
        'project id',
        '  join semi: id = payment',
        '    scan payments',
        '    join semi: id = id',
        '      join anti: city = holder',
        '        filter amount > 2.00',
        '          scan refunds',
        '        scan cards',
        '      join semi: card = card',
        '        scan payments',
        '        scan cards',
      ].join('\n'),
    );
  });

  test('several of them stand on each other', () => {
    expect(
      under(
        'SELECT id FROM payments AS p WHERE card IN (SELECT card FROM cards) AND NOT (EXISTS (SELECT * FROM refunds WHERE payment = p.id))',
      ),
    ).toMatchObject({ kind: 'anti', left: { kind: 'semi', left: { node: 'scan' } } });
  });
});

describe('versions and nearest rows', () => {
  const at = (rest: string, kind = 'JOIN'): Plan => under(`SELECT p.id, rate FROM payments AS p ${kind} ${rest}`);

  test('S9.1 FOR SYSTEM_TIME AS OF the left time; the result keeps it', () => {
    expect(at('rates FOR SYSTEM_TIME AS OF p.ts AS r ON p.city = r.city')).toMatchObject({
      node: 'temporal join',
      kind: 'inner',
      time: 'event',
      leftKeys: [{ name: 'city', index: 3 }],
      rightKeys: [{ name: 'city', index: 0 }],
      timeColumn: 7,
    });
    expect(at('rates FOR SYSTEM_TIME AS OF p.ts ON p.city = rates.city', 'LEFT JOIN')).toMatchObject({ kind: 'left' });
  });

  test('S9.4 a condition on the version is checked after the version is chosen', () => {
    expect(
      at('rates FOR SYSTEM_TIME AS OF p.ts AS r ON p.city = r.city AND r.rate = p.score AND r.rate > 1'),
    ).toMatchObject({
      leftKeys: [{ name: 'city' }],
      where: { op: 'and' },
    });
  });

  test('S9.7 PROCTIME() asks for what is there now', () => {
    expect(at('rates FOR SYSTEM_TIME AS OF PROCTIME() AS r ON p.city = r.city')).toMatchObject({ time: 'processing' });
  });

  test('a view that keeps the last row of each key is a table of versions', () => {
    const bound = query(
      'CREATE VIEW v AS SELECT payment AS k, amount, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY payment ORDER BY ts DESC) AS rn FROM refunds) WHERE rn = 1; SELECT p.id, v.amount FROM payments AS p JOIN v FOR SYSTEM_TIME AS OF p.ts ON p.id = v.k',
    );
    expect(bound).toMatchObject({
      input: { node: 'temporal join', rightKeys: [{ name: 'k', index: 0 }], right: { node: 'project', timeColumn: 2 } },
    });
    expect(explainPlan(bound)).not.toContain('deduplicate');
  });

  test.each<[string, string]>([
    ['p.ts >= r.ts', '<='],
    ['p.ts > r.ts', '<'],
    ['r.ts >= p.ts', '>='],
    ['p.ts < r.ts', '>'],
  ])('S9.8 ASOF JOIN … ON %s takes right times that are %s the left one', (on, match) => {
    const text = (kind: string): string =>
      `SELECT p.id, r.id FROM payments AS p ${kind} refunds AS r ON p.id = r.payment AND ${on}`;
    expect(under(text('ASOF JOIN'))).toMatchObject({
      node: 'asof join',
      kind: 'inner',
      match,
      where: null,
      timeColumn: 7,
    });
    expect(under(text('ASOF LEFT JOIN'))).toMatchObject({ node: 'asof join', kind: 'left', match });
  });
});

describe('unions and names', () => {
  test('UNION ALL unifies types, takes the first names, and keeps a time that all have in one place', () => {
    const bound = query(
      'SELECT id, amount AS a, ts FROM payments UNION ALL SELECT 1, 2.125, ts FROM refunds UNION ALL SELECT id, amount, ts FROM refunds',
    );
    expect(bound).toMatchObject({ node: 'union all', timeColumn: 2, inputs: [{}, {}, {}] });
    expect(bound.schema).toMatchObject([
      { type: { name: 'BIGINT' } },
      { type: { name: 'DECIMAL', precision: 11, scale: 3 } },
      {},
    ]);
    expect(columns(bound)).toBe('id a ts!');
    expect(columns(query('SELECT ts, city FROM payments UNION ALL SELECT day, city FROM payments'))).toBe('ts city?');
  });

  test('a name of WITH hides a table, and is visible to the names after it', () => {
    const text =
      'WITH cards AS (SELECT id AS n FROM payments), twice AS (SELECT n FROM cards UNION ALL SELECT n FROM cards) SELECT n FROM twice';
    expect(explainPlan(query(text))).toBe(
      [
        'project n',
        '  union all',
        ...Array(2).fill(['    project n', '      project id AS n', '        scan payments']).flat(),
      ].join('\n'),
    );
  });

  test('WITH stands in views, subqueries and INSERT as well', () => {
    const text =
      'CREATE VIEW v AS WITH a AS (SELECT card, holder FROM cards) SELECT * FROM a; INSERT INTO cards WITH b AS (SELECT * FROM v) SELECT card, holder FROM (WITH c AS (SELECT * FROM b) SELECT * FROM c) AS d';
    expect(plan(text, catalog).sink).toBe('cards');
  });
});

describe('the first rows of each key', () => {
  const first = (order: string, where: string, list = 'id, amount'): Plan =>
    query(
      `SELECT ${list} FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY card ORDER BY ${order}) AS rn, amount FROM payments) AS x WHERE ${where}`,
    );

  test.each<[string, 'first' | 'last']>([
    ['ts', 'first'],
    ['ts ASC', 'first'],
    ['ts DESC', 'last'],
  ])('S13.4 ORDER BY %s and rn = 1 keeps the %s row', (order, keep) => {
    const bound = first(order, 'rn = 1');
    expect(bound).toMatchObject({
      input: { node: 'project', input: { node: 'deduplicate', keep, keys: [{ name: 'card' }], timeColumn: -1 } },
    });
    expect(columns(bound)).toBe('id amount');
  });

  test.each<[string, number]>([
    ['rn <= 3', 3],
    ['rn < 3', 2],
    ['3 >= x.rn', 3],
    ['3 > rn', 2],
    ['rn BETWEEN 1 AND 4', 4],
    ['rn = 1', 1],
    ['rn <= 5 AND rn <= 2', 2],
  ])('%s keeps %i', (where, limit) => {
    expect(first('amount DESC, id', where)).toMatchObject({
      input: { input: { node: 'top n', limit, rank: null, orderBy: [{ descending: true }, { descending: false }] } },
    });
  });

  test('more than one row by time is a top n', () => {
    expect(first('ts', 'rn <= 2')).toMatchObject({
      input: { input: { node: 'top n', orderBy: [{ descending: false }] } },
    });
  });

  test('the place is kept where it is read, and only there', () => {
    expect(first('amount', 'rn <= 2', 'rn, id')).toMatchObject({ input: { input: { rank: 'rn' } } });
    expect(columns(first('amount', 'rn <= 2', '*'))).toBe('id rn amount');
    expect(first('amount', 'rn <= 2 AND rn * amount > 3')).toMatchObject({
      input: { node: 'filter', input: { input: { rank: 'rn' } } },
    });
    expect(first('ts', 'rn = 1', 'rn, id')).toMatchObject({
      input: { expressions: [{}, {}, { op: 'literal', value: 1 }], input: { node: 'deduplicate' } },
    });
  });

  test('other conditions pick among the rows that were kept', () => {
    expect(first('amount', 'amount > 3 AND rn <= 2')).toMatchObject({
      input: { node: 'filter', input: { input: { limit: 2 } } },
    });
  });

  test('the best groups: ROW_NUMBER over what GROUP BY gives', () => {
    expect(
      explainPlan(
        query(
          'SELECT card, n FROM (SELECT card, n, ROW_NUMBER() OVER (ORDER BY n DESC) AS rn FROM (SELECT card, COUNT(*) AS n FROM payments GROUP BY card)) WHERE rn <= 3',
        ),
      ),
    ).toBe(
      [
        'project card, n',
        '  project card, n',
        '    top n first 3 by n DESC',
        '      project card, COUNT(*) AS n',
        '        aggregate COUNT(*) per card',
        '          scan payments',
      ].join('\n'),
    );
  });
});

describe('rows before, and different values', () => {
  test('LAG follows any frame, and its own arguments tell it from another', () => {
    const over = '(PARTITION BY card ORDER BY ts';
    const bound = under(
      `SELECT LAG(amount) OVER ${over}), LAG(amount, 2, 0) OVER ${over}), SUM(amount) OVER ${over} ROWS 5 PRECEDING), LAG(amount, 1) OVER ${over}) FROM payments`,
    );
    expect(bound).toMatchObject({
      node: 'over',
      frame: { unit: 'rows', preceding: 5 },
      aggregates: [
        { name: 'LAG', lag: { rows: 1, otherwise: null } },
        { name: 'LAG', lag: { rows: 2, otherwise: 0 } },
        { name: 'SUM' },
      ],
    });
    expect(columns(bound)).toContain('ts! LAG(amount)? LAG(amount, 2, 0) SUM(amount)');
    expect(under(`SELECT LAG(score, 1, 2) OVER ${over}) FROM payments`)).toMatchObject({
      aggregates: [{ lag: { otherwise: 2 } }],
    });
    expect(under(`SELECT LAG(amount, 1, 2.5) OVER ${over}) FROM payments`)).toMatchObject({
      aggregates: [{ lag: { otherwise: 250 } }],
    });
  });

  test('each value once, and the first and last of a group', () => {
    const bound = query(
      'SELECT COUNT(DISTINCT city), COUNT(city), APPROX_COUNT_DISTINCT(city), FIRST_VALUE(amount), LAST_VALUE(city), MAX(DISTINCT card) FROM payments GROUP BY card',
    );
    expect(bound).toMatchObject({
      input: {
        node: 'aggregate',
        aggregates: [
          { name: 'COUNT', distinct: true },
          { name: 'COUNT', distinct: false },
          { name: 'APPROX_COUNT_DISTINCT', type: { name: 'BIGINT' } },
          { name: 'FIRST_VALUE', type: { name: 'DECIMAL' } },
          { name: 'LAST_VALUE' },
          { name: 'MAX', distinct: true },
        ],
      },
    });
    expect(bound.schema.map((one) => one.nullable)).toEqual([false, false, false, false, true, false]);
  });
});

test('settings of the text become options of its run; the last of equal ones holds, and 0 is none', () => {
  const of = (text: string): unknown => setOptions(plan(`${text} SELECT id FROM payments`, catalog));
  expect(
    of(
      "SET 'table.exec.state.ttl' = '1 h'; SET 'table.exec.source.idle-timeout' = '30 s'; SET 'pipeline.auto-watermark-interval' = '200 ms';",
    ),
  ).toEqual({
    ttl: 3_600_000,
    idle: 30_000,
    emitEvery: 200,
  });
  expect(
    of(
      "SET 'table.exec.state.ttl' = '1 h'; SET 'table.exec.state.ttl' = '0'; SET 'pipeline.auto-watermark-interval' = '0';",
    ),
  ).toEqual({
    ttl: null,
    emitEvery: 0,
  });
  expect(of('')).toEqual({});
});

test('what a stream can run is bound the same in both modes', () => {
  const text =
    "SELECT l.id FROM payments AS l JOIN refunds AS r ON l.id = r.payment AND r.ts BETWEEN l.ts AND l.ts + INTERVAL '5' MINUTE";
  expect(plan(text, catalog, 'stream')).toEqual(plan(text, catalog, 'table'));
});
