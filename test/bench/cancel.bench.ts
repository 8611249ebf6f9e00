import { usually } from '../../src/notebook/options';
import { type ExactOptions, type RunSpec, type SessionApi } from '../../src/session/protocol';
import { createSession } from '../../src/session/session';
import { thisThread } from '../../src/session/host';
import { plantedPayments } from '../support/plantedPayments';
import { type BenchRow } from './workload';

/** Progress shows and Cancel works within this, ms. */
const PROMISE = 300;
/** A reader presses Cancel so long after Run, ms. */
const PRESSED = 600;

const calls = (call: (i: number) => string): string =>
  Array.from({ length: 300 }, (_, i) => `${call(i)} OVER w AS x${i}`).join(', ');
const over = (call: (i: number) => string): string => `SELECT ts, ${calls(call)} FROM payments
  WINDOW w AS (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW)`;
const side = `(SELECT * FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '1' DAY)))`;
const atTheEnd = { wait: 1e12 };
const batch = { mode: 'batch' } as const;

const DEFINITIONS: Record<string, [sql: string, options: Partial<ExactOptions>]> = {
  'OVER with 300 medians': [over((i) => `MEDIAN(amount + ${i})`), atTheEnd],
  'OVER with 300 sums, as a batch': [over((i) => `SUM(amount + ${i})`), batch],
  'a join of every row with every row': [
    'SELECT COUNT(*) AS n FROM payments a JOIN payments b ON a.card = b.card JOIN payments c ON a.card = c.card',
    {},
  ],
  'the same for none, as a batch': [
    'SELECT a.amount FROM payments a JOIN payments b ON a.card = b.card AND a.amount + b.amount < 0',
    batch,
  ],
  'a window join of a stream with itself': [
    `SELECT l.amount, r.amount AS other FROM ${side} l JOIN ${side} r
      ON l.card = r.card AND l.window_start = r.window_start AND l.window_end = r.window_end`,
    {},
  ],
};

const events = Array.from({ length: 2_000 }, (_, i) => {
  const at = 1.8e12 + i * 1_000;
  return { at, arrives: at, partition: null, values: { card: 1, amount: (i * 37) % 1_000 } };
});

const specOf = ([sql, options]: [string, Partial<ExactOptions>]): RunSpec => ({
  scenario: { data: { preset: 'none', seed: 7, mode: 'realistic' }, streams: { payments: plantedPayments(events) } },
  sql,
  options: { ...usually(), ...options },
  forks: [],
});

/** The longest time between two pauses, and from Cancel to the answer, null where the run has ended before; in ms. */
async function measure(spec: RunSpec): Promise<{ gap: number; cancel: number | null }> {
  const host = thisThread();
  let last = performance.now();
  let gap = 0;
  const lap = (): void => {
    gap = Math.max(gap, performance.now() - last);
  };
  const session: SessionApi = createSession({
    now: () => host.now(),
    pause: async () => {
      lap();
      await host.pause();
      last = performance.now();
    },
  });
  const pressed = performance.now() + PRESSED;
  const timer = setTimeout(() => void session.cancel(), PRESSED);
  const outcome = await session.run(spec);
  lap();
  clearTimeout(timer);
  return { gap, cancel: 'cancelled' in outcome ? performance.now() - pressed : null };
}

/** How long a page would hear nothing of a definition that asks for too much, and how long Cancel takes. */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [name, definition] of Object.entries(DEFINITIONS)) {
    await measure(specOf(definition));
    const { gap, cancel } = await measure(specOf(definition));
    const cancelled = cancel === null ? 'ended before' : `cancelled in ${cancel.toFixed(0)} ms`;
    const note = `above 1: within ${PROMISE} ms; ${gap.toFixed(0)} ms without a pause, ${cancelled}`;
    rows.push({ name, ratio: PROMISE / Math.max(gap, cancel ?? 0), note });
  }
  return rows;
}
