import { describe, expect, test } from 'vitest';
import { explainPlan } from '../../src';
import { plan, type Plan } from '../../src/sql';
import { catalog, columns, MINUTE, query, tumble, under } from './joined';

const join = (on: string, kind = 'JOIN', list = '*'): Plan =>
  under(`SELECT ${list} FROM payments AS l ${kind} refunds AS r ON l.id = r.payment${on && ` AND ${on}`}`);

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

test('what a stream can run is bound the same in both modes', () => {
  const text =
    "SELECT l.id FROM payments AS l JOIN refunds AS r ON l.id = r.payment AND r.ts BETWEEN l.ts AND l.ts + INTERVAL '5' MINUTE";
  expect(plan(text, catalog, 'stream')).toEqual(plan(text, catalog, 'table'));
});
