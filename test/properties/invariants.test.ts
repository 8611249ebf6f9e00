import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { snapshotOf } from '../../src/engine/snapshot/snapshot';
import { type Accumulation, type Trigger } from '../../src/engine/stream/options';
import { type TracedRun } from '../../src/engine/run/tracedRun';
import { adds, readRow, type PartRequest } from '../../src/model';
import { plan } from '../../src/sql';
import { type Plan } from '../../src/sql/plan';
import { scan, timing } from '../support/graph';
import { catalog, drive, emitted, trace, type Drive, type Payment } from '../support/stream';

/** What holds of every run, whatever it computes: a thousand small logs each, fifty thousand with LONG=1. */
const runs = process.env.LONG ? 50_000 : 1_000;

/** How far an event may lag behind the newest one, ms. */
const DISORDER = 60;

const windowed = (shape: string, key = 'card, '): string =>
  `SELECT ${key}window_start, window_end, COUNT(*) AS n, SUM(amount) AS total, MIN(amount) AS least
   FROM TABLE(${shape}) GROUP BY ${key}window_start, window_end`;
const tumble = (table: string): string => `TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '0.030' SECOND))`;

const WINDOWS = {
  tumble: windowed("TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.040' SECOND)"),
  hop: windowed("HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.020' SECOND, INTERVAL '0.050' SECOND)", ''),
  cumulate: windowed("CUMULATE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.020' SECOND, INTERVAL '0.060' SECOND)"),
  session: windowed("SESSION(TABLE payments PARTITION BY card, DESCRIPTOR(ts), INTERVAL '0.025' SECOND)"),
};
const APPENDING = {
  ...WINDOWS,
  filter: 'SELECT card, amount * 2 AS twice, ts FROM payments WHERE amount > 0',
  range: `SELECT card, ts, SUM(amount) OVER w AS total, MAX(amount) OVER w AS most FROM payments
          WINDOW w AS (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL '0.050' SECOND PRECEDING AND CURRENT ROW)`,
  union: `WITH u AS (SELECT amount, ts FROM payments UNION ALL SELECT amount, ts FROM refunds)
          SELECT window_end, COUNT(*) AS n, SUM(amount) AS s FROM ${tumble('u')} GROUP BY window_start, window_end`,
  'interval join': `SELECT p.ts AS paid, r.ts AS back, p.amount FROM payments AS p LEFT JOIN refunds AS r
          ON p.card = r.card AND r.ts BETWEEN p.ts AND p.ts + INTERVAL '0.040' SECOND`,
  'window join': `SELECT p.ts AS paid, r.ts AS back, p.window_end AS e FROM ${tumble('payments')} AS p
          FULL JOIN ${tumble('refunds')} AS r
          ON p.card = r.card AND p.window_start = r.window_start AND p.window_end = r.window_end`,
};
const UPDATING = {
  groups: 'SELECT card, COUNT(*) AS n, SUM(amount) AS total, MIN(amount) AS least FROM payments GROUP BY card',
  having: 'SELECT card, AVG(amount) AS mean FROM payments GROUP BY card HAVING COUNT(*) > 1',
  'groups of groups':
    'SELECT n, COUNT(*) AS cards FROM (SELECT card, COUNT(*) AS n FROM payments GROUP BY card) AS t GROUP BY n',
  join: 'SELECT p.card, p.amount, r.amount AS back FROM payments AS p LEFT JOIN refunds AS r ON p.card = r.card',
  'not exists': `SELECT card, amount FROM payments AS p
          WHERE NOT EXISTS (SELECT * FROM refunds AS r WHERE r.card = p.card AND r.amount > p.amount)`,
  'top two': `SELECT card, total FROM (SELECT card, total, ROW_NUMBER() OVER (ORDER BY total DESC, card) AS rn
          FROM (SELECT card, SUM(amount) AS total FROM payments GROUP BY card) AS t) AS x WHERE rn <= 2`,
};
const both = { ...catalog, refunds: scan('refunds') };
const plans = (texts: Record<string, string>): Record<string, Plan> =>
  Object.fromEntries(Object.entries(texts).map(([name, sql]) => [name, plan(sql, both).query]));
const PLANS = plans({ ...APPENDING, ...UPDATING });
const oneOf = (texts: object): fc.Arbitrary<string> => fc.constantFrom(...Object.keys(texts));

/** Two arrival times of one event, both within the bound. */
interface Twice extends Payment {
  append: number;
  other: number;
}
const stream = (longest: number): fc.Arbitrary<Twice[]> =>
  fc.array(
    fc
      .record({
        time: fc.integer({ min: -40, max: 160 }),
        card: fc.nat(2),
        amount: fc.option(fc.integer({ min: -9, max: 30 }), { freq: 9 }),
        partition: fc.nat(1),
        delay: fc.nat(DISORDER),
        again: fc.nat(DISORDER),
      })
      .map(({ delay, again, ...one }) => ({ ...one, append: one.time + delay, other: one.time + again })),
    { maxLength: longest },
  );
interface Log {
  events: Twice[];
  refunds: Twice[];
}
const log: fc.Arbitrary<Log> = fc.record({ events: stream(8), refunds: stream(4) });
const PATIENT = { partitions: 2, wait: DISORDER };

const trigger: fc.Arbitrary<Trigger | null> = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 1, max: 3 }).map((n) => ({ type: 'count' as const, n })),
  fc.integer({ min: 5, max: 30 }).map((interval) => ({ type: 'continuous-event-time' as const, interval })),
  fc.integer({ min: 5, max: 30 }).map((delay) => ({ type: 'processing-delay' as const, delay })),
);
/** A definition with options that it takes, and a log. */
const anything = fc
  .record({
    name: oneOf(PLANS),
    log,
    trigger,
    accumulation: fc.constantFrom<Accumulation>('accumulating', 'discarding', 'retracting'),
    lateness: fc.constantFrom(0, 30),
    timing: timing.filter(({ watermark }) => watermark?.type !== 'perfect'),
  })
  .map(({ name, log, trigger, accumulation, lateness, timing }) => {
    const how: Drive = { ...timing, partitions: 2, others: { refunds: log.refunds } };
    if (name in WINDOWS) Object.assign(how, { trigger, accumulation, lateness });
    return { name, query: PLANS[name], log, how };
  });

/** The rows that stand when the clock says `time`, as sorted text. */
function standingAt({ results, inputs }: TracedRun['engine'], time: number): string[] {
  const counts = new Map<string, number>();
  for (let row = 0; row < results.rows.length; row += 1) {
    if (inputs.processing(results.rows.input[row]) > time) continue;
    const text = JSON.stringify(readRow(results.rows, row));
    counts.set(text, (counts.get(text) ?? 0) + (adds(results.rows.kind[row]) ? 1 : -1));
  }
  return [...counts].flatMap(([text, count]) => Array.from({ length: count }, () => text)).sort();
}
/** One row at a time, so that each emission stands under the input that caused it. */
const stepwise = (query: Plan, events: Payment[], how: Drive): TracedRun['engine'] =>
  drive(query, events, { ...how, rangeRows: 1 });
const atTheEnd = (query: Plan, { events, refunds }: Log, how: Drive = {}): string[] =>
  standingAt(drive(query, events, { ...PATIENT, ...how, others: { refunds } }), Infinity);

const before = (events: Twice[], time: number): Twice[] => events.filter(({ append }) => append <= time);
const arrivals = ({ events, refunds }: Log): number[] => [...events, ...refunds].map(({ append }) => append);

const everything: Record<string, PartRequest> = {
  events: { part: 'events' },
  watermarks: { part: 'watermarks' },
  state: { part: 'state' },
  result: { part: 'result' },
};
const seen = (run: TracedRun, step: number): string =>
  JSON.stringify(snapshotOf(run, step, everything), (_, value: unknown) =>
    ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value,
  );

describe('S17.6 S19 S20 invariants of every run', { timeout: process.env.LONG ? 3_600_000 : 180_000 }, () => {
  test('the final result of a stream equals batch', () => {
    fc.assert(
      fc.property(oneOf(PLANS), log, (name, log) => {
        expect(atTheEnd(PLANS[name], log)).toEqual(atTheEnd(PLANS[name], log, { job: true }));
      }),
      { numRuns: runs },
    );
  });

  test('any order of arrival within the bound gives the same end', () => {
    fc.assert(
      fc.property(oneOf(APPENDING), log, (name, log) => {
        const turn = (events: Twice[]): Twice[] => events.map((one) => ({ ...one, append: one.other }));
        const other = { events: turn(log.events), refunds: turn(log.refunds) };
        expect(atTheEnd(PLANS[name], other)).toEqual(atTheEnd(PLANS[name], log));
      }),
      { numRuns: runs },
    );
  });

  test('how the input is cut into ranges changes nothing, neither emissions nor trace', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 2, max: 9 }), ({ query, log, how }, rangeRows) => {
        const one = trace(query, log.events, { ...how, rangeRows: 1 });
        const more = trace(query, log.events, { ...how, rangeRows });
        expect(more.trace.hash).toBe(one.trace.hash);
        const untraced = drive(query, log.events, { ...how, rangeRows: 256 });
        expect(emitted(untraced)).toEqual(emitted(one.engine));
      }),
      { numRuns: runs },
    );
  });

  test('a step looks the same whether the run came from its beginning or from another step', () => {
    fc.assert(
      fc.property(anything, fc.nat(), fc.nat(), ({ query, log, how }, here, there) => {
        const run = trace(query, log.events, how);
        const [a, b] = [here, there].map((step) => (step % (run.steps + 1)) - 1);
        const first = seen(run, a);
        seen(run, b);
        expect(seen(run, a)).toBe(first);
        expect(seen(trace(query, log.events, how), b)).toBe(seen(run, b));
      }),
      { numRuns: runs },
    );
  });

  test('a changing result equals, at any moment, a batch over the rows so far', () => {
    const spoken: Drive = { trigger: { type: 'count', n: 1 }, accumulation: 'retracting' };
    fc.assert(
      fc.property(oneOf({ ...UPDATING, ...WINDOWS }), log, fc.nat(), (name, log, which) => {
        const times = arrivals(log);
        const time = times.length ? times[which % times.length] : 0;
        const how = { ...PATIENT, ...(name in WINDOWS ? spoken : {}), others: { refunds: log.refunds } };
        const sofar = { events: before(log.events, time), refunds: before(log.refunds, time) };
        expect(standingAt(stepwise(PLANS[name], log.events, how), time)).toEqual(
          atTheEnd(PLANS[name], sofar, { job: true }),
        );
      }),
      { numRuns: runs },
    );
  });

  test('no result uses an event that had not arrived', () => {
    fc.assert(
      fc.property(anything, fc.nat(), ({ query, log, how }, which) => {
        const times = arrivals(log);
        const time = times.length ? times[which % times.length] : 0;
        // Whether a partition that is ahead has to wait depends on whether the others are at their end (S20.2).
        const open: Drive = { ...how, maxDrift: null, extras: { end: false } };
        const emittedBy = (events: Twice[], refunds: Twice[]): unknown[] => {
          const run = stepwise(query, events, { ...open, others: { refunds } });
          const { rows } = run.results;
          return emitted(run).filter((_, row) => run.inputs.processing(rows.input[row]) <= time);
        };
        expect(emittedBy(log.events, log.refunds)).toEqual(
          emittedBy(before(log.events, time), before(log.refunds, time)),
        );
      }),
      { numRuns: runs },
    );
  });
});
