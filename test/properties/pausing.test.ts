import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emitted, given, paymentStreams, type Drive } from '../support/stream';
import { openTracedRun } from '../../src/engine/run/openRun';
import { type TracedRun } from '../../src/engine/run/tracedRun';

const runs = process.env.LONG ? 300 : 12;
const hop = `TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.001' SECOND, INTERVAL '0.100' SECOND))`;
const perWindow = (values: string): string =>
  `SELECT card, window_start, ${values} FROM ${hop} GROUP BY card, window_start, window_end`;
const many = (call: (i: number) => string): string =>
  Array.from({ length: 400 }, (_, i) => `${call(i)} AS x${i}`).join(', ');
const over = (frame: string): string =>
  `SELECT card, ${many((i) => `SUM(amount + ${i}) OVER w`)}, LAG(amount) OVER w AS before FROM payments
    WINDOW w AS (PARTITION BY card ORDER BY ts ${frame})`;
const side = `(SELECT card, amount, window_start, window_end FROM ${hop})`;
const DEFINITIONS = {
  sums: perWindow('SUM(amount) AS total'),
  sets: perWindow('COUNT(DISTINCT amount) AS n'),
  join: `SELECT l.card, r.amount FROM ${side} l JOIN ${side} r
    ON l.card = r.card AND l.window_start = r.window_start AND l.window_end = r.window_end`,
  'windows below an aggregate': `SELECT card, COUNT(*) AS n FROM (${perWindow('SUM(amount) AS total')}) GROUP BY card`,
  job: perWindow('SUM(amount) AS total'),
  clock: perWindow('SUM(amount) AS total'),
  'windows below a rank': `SELECT card, total FROM (SELECT card, total, ROW_NUMBER() OVER (PARTITION BY card ORDER BY total DESC) AS rn
    FROM (${perWindow('SUM(amount) AS total')})) WHERE rn <= 3`,
  'frames of time': over(`RANGE BETWEEN INTERVAL '0.100' SECOND PRECEDING AND CURRENT ROW`),
  'frames of rows': over('ROWS BETWEEN 3 PRECEDING AND CURRENT ROW'),
  'rounded frames': over(`RANGE BETWEEN INTERVAL '0.100' SECOND PRECEDING AND CURRENT ROW`),
  'many sums per window': perWindow(many((i) => `SUM(amount + ${i})`)),
  'many sums and a trigger': perWindow(many((i) => `SUM(amount + ${i})`)),
  'pairs of pairs': `SELECT a.card, c.amount FROM payments a JOIN payments b ON a.card = b.card LEFT JOIN payments c ON a.card = c.card`,
  'pairs by time': `SELECT a.card, b.amount FROM (SELECT a.card, a.ts FROM payments a JOIN payments b ON a.card = b.card
    AND b.ts BETWEEN a.ts - INTERVAL '1' SECOND AND a.ts) a JOIN payments b ON a.card = b.card AND b.ts BETWEEN a.ts - INTERVAL '1' SECOND AND a.ts`,
  ranks: `SELECT card, rn FROM (SELECT a.card, ROW_NUMBER() OVER (ORDER BY a.amount DESC) AS rn
    FROM payments a JOIN payments b ON a.card = b.card) WHERE rn <= 1000`,
} as const;

const HOW: Partial<Record<keyof typeof DEFINITIONS, Drive>> = {
  job: { job: true, extras: { ticks: [40, 90] } },
  'rounded frames': { hop: 20, edge: 'hop-aligned' },
  'many sums and a trigger': { trigger: { type: 'count', n: 1 } },
  clock: { trigger: { type: 'continuous-processing-time', interval: 1 } },
};

/** Runs to the end, and pauses wherever it is asked whether it may; says how often that was. */
function pausing(run: TracedRun): number {
  let pauses = 0;
  while (!run.advance(() => false)) pauses += 1;
  return pauses;
}

test.each(Object.keys(DEFINITIONS) as (keyof typeof DEFINITIONS)[])(
  '%s: a run that pauses inside its inputs gives the same steps and results',
  (name) => {
    let inside = 0;
    fc.assert(
      fc.property(paymentStreams(60), fc.nat(40), ({ events, partitions }, lateness) => {
        const how: Drive = { partitions, wait: 60, lateness, ...HOW[name] };
        const { setup } = given(DEFINITIONS[name], events, how);
        const whole = openTracedRun(setup);
        whole.advance(() => true);
        const paused = openTracedRun(setup);
        const pauses = pausing(paused);
        expect(paused.trace.hash).toBe(whole.trace.hash);
        expect(emitted(paused.engine)).toEqual(emitted(whole.engine));
        expect(paused.engine.counters).toEqual(whole.engine.counters);
        inside = Math.max(inside, pauses - whole.engine.next);
      }),
      { numRuns: runs },
    );
    // More often than between its inputs alone.
    expect(inside).toBeGreaterThan(0);
  },
);

test('a run that has paused inside a range is not saved before it is through', () => {
  const events = Array.from({ length: 30 }, (_, i) => ({ time: 10 * i, append: 10 * i, card: i % 3, amount: i }));
  const { engine } = openTracedRun(given(DEFINITIONS.sums, events, { wait: 60 }).setup);
  const saved = (): boolean => {
    try {
      engine.checkpoint();
      return true;
    } catch {
      return false;
    }
  };
  const seen = new Set<boolean>();
  while (!engine.finished) {
    engine.advance(
      () => false,
      Infinity,
      () => false,
    );
    seen.add(saved());
  }
  expect(seen).toEqual(new Set([false, true]));
  expect(saved()).toBe(true);
});
