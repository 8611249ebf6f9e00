import fc from 'fast-check';
import { usually } from '../../src/notebook/options';
import { type RunSpec } from '../../src/session/protocol';
import { plantedPayments } from './plantedPayments';

/**
 * Definitions that are valid and ask for far more than a page can give: long windows with short slides, streams joined
 * with themselves, hundreds of aggregates, texts that grow, deep views, triggers of a millisecond over years, wide rows,
 * long lists and conditions, hundreds of unions, sorts and ranks of everything.
 */

const MS = 1;
const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const YEAR = 365 * DAY;
const BASE = 20_759 * DAY;
const SENTINEL = Date.UTC(9999, 11, 31);
const SPANS = [MS, SECOND, MINUTE, HOUR, DAY, 30 * DAY, YEAR];

const span = fc.constantFrom(...SPANS);
const seconds = (ms: number): string => `INTERVAL '${ms / SECOND}' SECOND`;
const list = (count: number, one: (i: number) => string, between = ', '): string =>
  Array.from({ length: count }, (_, i) => one(i)).join(between);

/** Up to 2,000 planted events: near or far apart, with a gap, from 1970 to 9999, newest first, of few keys or many. */
const stream = fc
  .record({
    count: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 60 }) }, fc.integer({ min: 1, max: 2_000 })),
    apart: span,
    keys: fc.constantFrom(1, 1, 3, 50, 2_000),
    odd: fc.constantFrom('none', 'none', 'gap', '1970', '9999', 'newest first'),
    late: fc.constantFrom(0, 0, MINUTE, YEAR),
  })
  .map(({ count, apart, keys, odd, late }) =>
    plantedPayments(
      Array.from({ length: count }, (_, i) => {
        const place = odd === 'newest first' ? count - i : i;
        const gap = odd === 'gap' && i > count / 2 ? YEAR : 0;
        const at =
          odd === '1970' && i === 0 ? 0 : odd === '9999' && i === count - 1 ? SENTINEL : BASE + place * apart + gap;
        const arrives = Math.max(at, odd === 'newest first' ? BASE + count * apart + i : at) + (i % 7 === 0 ? late : 0);
        return { at, arrives, partition: null, values: { card: 1 + (i % keys), amount: (i * 37) % 1_000 } };
      }),
    ),
  );

const table = fc.oneof(
  span.map((size) => `TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), ${seconds(size)}))`),
  fc
    .record({ slide: span, times: fc.constantFrom(2, 60, 1_000, 8_640, 10_000) })
    .map(
      ({ slide, times }) => `TABLE(HOP(TABLE payments, DESCRIPTOR(ts), ${seconds(slide)}, ${seconds(slide * times)}))`,
    ),
  fc
    .record({ step: span, times: fc.constantFrom(2, 60, 1_000, 8_640) })
    .map(
      ({ step, times }) =>
        `TABLE(CUMULATE(TABLE payments, DESCRIPTOR(ts), ${seconds(step)}, ${seconds(step * times)}))`,
    ),
  span.map((gap) => `TABLE(SESSION(TABLE payments PARTITION BY card, DESCRIPTOR(ts), ${seconds(gap)}))`),
);
const CALLS: readonly ((i: number) => string)[] = [
  (i) => `SUM(amount + ${i})`,
  (i) => `AVG(CAST(amount AS DOUBLE) * ${i})`,
  (i) => `COUNT(DISTINCT amount + ${i})`,
  (i) => `MEDIAN(amount + ${i})`,
  (i) => `STDDEV_SAMP(amount * ${i})`,
  (i) => `MIN(amount - ${i})`,
  (i) => `LAST_VALUE(amount + ${i})`,
  (i) => `COUNT(*) FILTER (WHERE amount > ${i})`,
];
const calls = fc
  .record({ call: fc.constantFrom(...CALLS), count: fc.constantFrom(1, 1, 2, 30, 300, 900) })
  .map(({ call, count }) => list(count, (i) => `${call(i)} AS x${i}`));
const keyed = fc.boolean().map((is) => (is ? 'card, ' : ''));

const windows = fc
  .record({ table, calls, keyed })
  .map(
    (one) =>
      `SELECT ${one.keyed}window_start, ${one.calls} FROM ${one.table} GROUP BY ${one.keyed}window_start, window_end`,
  );
const groups = fc.record({ calls, keyed }).map((one) => `SELECT ${one.keyed}${one.calls} FROM payments GROUP BY card`);
const kind = fc.constantFrom('JOIN', 'LEFT JOIN', 'FULL JOIN');
const windowJoin = fc.record({ table, kind }).map(
  (
    one,
  ) => `SELECT l.amount, r.amount AS other FROM (SELECT * FROM ${one.table}) l ${one.kind} (SELECT * FROM ${one.table}) r
      ON l.card = r.card AND l.window_start = r.window_start AND l.window_end = r.window_end`,
);
const regularJoin = fc.record({ sides: fc.integer({ min: 1, max: 4 }), kind, counted: fc.boolean() }).map(
  (one) => `SELECT ${one.counted ? 'COUNT(*) AS n' : 'a.amount'} FROM payments a
      ${list(one.sides, (i) => `${one.kind} payments p${i} ON a.card = p${i}.card`, ' ')}`,
);
const intervalJoin = fc
  .record({ span, kind })
  .map(
    (one) =>
      `SELECT a.amount FROM payments a ${one.kind} payments b ON a.card = b.card AND b.ts BETWEEN a.ts - ${seconds(one.span)} AND a.ts`,
  );
const over = fc
  .record({
    calls: fc.record({ call: fc.constantFrom(...CALLS), count: fc.constantFrom(1, 5, 300) }),
    frame: fc.oneof(
      span.map((back) => `RANGE BETWEEN ${seconds(back)} PRECEDING AND CURRENT ROW`),
      fc.constantFrom(1, 100, 10_000).map((back) => `ROWS BETWEEN ${back} PRECEDING AND CURRENT ROW`),
    ),
  })
  .map(
    ({ calls: { call, count }, frame }) =>
      `SELECT ts, ${list(count, (i) => `${call(i)} OVER w AS x${i}`)} FROM payments WINDOW w AS (PARTITION BY card ORDER BY ts ${frame})`,
  );
const rank = fc
  .record({
    most: fc.constantFrom(1, 10, 1_000_000),
    order: fc.constantFrom('amount DESC', 'ts DESC', 'ts'),
    counted: fc.boolean(),
  })
  .map(({ most, order, counted }) => {
    const ranked = `SELECT card, amount, rn FROM (SELECT card, amount, ts,
      ROW_NUMBER() OVER (PARTITION BY card ORDER BY ${order}) AS rn FROM payments) WHERE rn <= ${most}`;
    return counted ? `SELECT rn, SUM(amount) AS s, COUNT(*) AS n FROM (${ranked}) GROUP BY rn` : ranked;
  });
/** A view on a view, so many times: each makes the text longer, the rows more, or the plan deeper. */
const VIEWS: readonly ((below: string, i: number) => string)[] = [
  (below) => `SELECT card, ts, c || c AS c FROM ${below}`,
  (below) => `SELECT card, ts, UPPER(c) || 'ß' AS c FROM ${below}`,
  (below) => `SELECT card, ts, c FROM ${below} UNION ALL SELECT card, ts, c FROM ${below}`,
  (below) => `SELECT card, MAX(ts) AS ts, MIN(c) AS c FROM ${below} GROUP BY card`,
  (below, i) => `SELECT card, ts, CASE WHEN CHAR_LENGTH(c) > ${i} THEN c ELSE c || '-' END AS c FROM ${below}`,
  (below) => `SELECT l.card, l.ts, r.c FROM ${below} l JOIN ${below} r ON l.card = r.card`,
];
const views = fc
  .record({
    layers: fc.array(fc.constantFrom(...VIEWS), { minLength: 1, maxLength: 3 }),
    count: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ layers, count }) => {
    const made = list(
      count,
      (i) => `CREATE VIEW v${i} AS ${layers[i % layers.length](i === 0 ? 'v' : `v${i - 1}`, i)};`,
      '\n',
    );
    return `CREATE VIEW v AS SELECT card, ts, CAST(amount AS STRING) AS c FROM payments;\n${made}\nSELECT card, c FROM v${count - 1}`;
  });
/** Expressions that are long, or deep, or many. */
const EXPRESSIONS: readonly ((count: number) => string)[] = [
  (count) => `amount IN (${list(count, (i) => `${i}`)})`,
  (count) => `CASE ${list(count, (i) => `WHEN amount = ${i} THEN ${i}`, ' ')} ELSE -1 END`,
  (count) => list(count, (i) => `amount <> ${i + 1_000}`, ' AND '),
  (count) => list(count, (i) => `amount * ${i}`, ' + '),
  (count) => `${'('.repeat(count)}amount${')'.repeat(count)}`,
  (count) => `${'ABS('.repeat(count)}amount${')'.repeat(count)}`,
  (count) => list(count, () => 'CAST(amount AS STRING)', ' || '),
];
const wide = fc
  .record({
    expression: fc.constantFrom(...EXPRESSIONS),
    size: fc.constantFrom(1, 10, 60, 5_000),
    columns: fc.constantFrom(1, 30, 300, 1_400),
  })
  .map(
    ({ expression, size, columns }) => `SELECT ${list(columns, (i) => `${expression(size)} AS x${i}`)} FROM payments`,
  );
const unions = fc
  .record({ count: fc.constantFrom(2, 60, 400, 1_000), grouped: fc.boolean() })
  .map(({ count, grouped }) => {
    const all = list(count, (i) => `SELECT card, amount + ${i} AS amount, ts FROM payments`, ' UNION ALL ');
    return grouped ? `SELECT card, MIN(amount) AS least, COUNT(*) AS n FROM (${all}) GROUP BY card` : all;
  });
/** Values before and behind, and ranks by a sum that changes with every row. */
const behind = fc
  .constantFrom(1, 30, 400)
  .map(
    (count) =>
      `SELECT ts, ${list(count, (i) => `LAG(amount, ${i + 1}) OVER w AS x${i}`)} FROM payments WINDOW w AS (PARTITION BY card ORDER BY ts)`,
  );
const rankOfSums = fc.constantFrom(1, 1_000_000).map(
  (most) => `SELECT card, total, rn FROM (SELECT card, total, ROW_NUMBER() OVER (ORDER BY total DESC) AS rn
    FROM (SELECT card, SUM(amount) AS total FROM payments GROUP BY card)) WHERE rn <= ${most}`,
);
const extremes = calls.map(
  (some) => `SELECT ${some} FROM (SELECT card, MAX(amount) AS amount, COUNT(*) AS n FROM payments GROUP BY card)`,
);
const sql = fc.oneof(
  { weight: 4, arbitrary: windows },
  groups,
  windowJoin,
  regularJoin,
  intervalJoin,
  { weight: 2, arbitrary: over },
  rank,
  { weight: 2, arbitrary: views },
  wide,
  unions,
  behind,
  rankOfSums,
  extremes,
);

const trigger = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  fc.record({ type: fc.constantFrom('continuous-event-time', 'continuous-processing-time'), interval: span }),
  fc.record({ type: fc.constant('count' as const), n: fc.constantFrom(1, 5) }),
);
const options = fc.record({
  wait: fc.constantFrom(0, MINUTE, YEAR, 2 * SENTINEL),
  lateness: fc.constantFrom(0, 0, MINUTE, YEAR),
  trigger,
  mode: fc.constantFrom('stream', 'stream', 'stream', 'batch'),
  ttl: fc.constantFrom(null, null, MS, DAY),
  profile: fc.constantFrom('flink', 'flink', 'flink', 'flink', 'flink', 'beam', 'kafka', 'spark'),
});
/** What these have no word for. */
const WITHOUT: Record<string, object> = {
  kafka: { wait: 0, trigger: null, ttl: null },
  spark: { lateness: 0, trigger: null, ttl: null },
  beam: { ttl: null },
};

export const hostileRuns: fc.Arbitrary<RunSpec> = fc.record({ stream, sql, options }).map((one) => ({
  scenario: { data: { preset: 'none', seed: 7, mode: 'realistic' }, streams: { payments: one.stream } },
  sql: one.sql,
  options: { ...usually(), ...one.options, ...WITHOUT[one.options.profile] },
  forks: [],
}));
