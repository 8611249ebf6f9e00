import fc from 'fast-check';
import { expect, test } from 'vitest';
import { usually } from '../../src/notebook/options';
import { type ExactOptions, type RunSpec, type SessionApi } from '../../src/session/protocol';
import { counted } from '../support/counted';
import { hostileRuns } from '../support/hostile';
import { plantedPayments } from '../support/plantedPayments';
import type * as Page from '../support/page';

/**
 * Progress shows and Cancel works within 300 ms. How long that is depends on the machine; how much is done between two
 * pauses does not. So time goes by the work here: it is counted by the code itself, wherever it loops or calls.
 */
const { module: page, work } = await counted<typeof Page>('test/support/page.ts');

/** Calls and turns of loops in a millisecond, of code that counts, on a slow machine. */
const PER_MS = 50_000;
/** Between two pauses: 200 ms of that machine. */
const MOST = 200 * PER_MS;
const PATIENCE = 40;
const runs = process.env.LONG ? 300 : 12;

/** The most that is done in one go: while a run is opened or cancelled, looked at, and asked why not. */
async function longest(spec: RunSpec): Promise<{ most: number; pauses: number }> {
  let most = 0;
  let pauses = 0;
  let last = work.done;
  const lap = (): void => {
    most = Math.max(most, work.done - last);
    last = work.done;
  };
  const session: SessionApi = page.createSession({
    now: () => work.done / PER_MS,
    pause: async () => {
      lap();
      pauses += 1;
      if (pauses === PATIENCE) await session.cancel();
    },
  });
  const outcome = await session.run(spec);
  lap();
  if ('ok' in outcome) {
    const { id, steps } = outcome.ok;
    for (const step of [steps >> 1, steps - 1, 0]) {
      await session.state(id, step, { result: { part: 'result', where: {} }, state: { part: 'state' } });
      lap();
    }
    await session.whyNot(id, steps >> 1, { stream: 'payments', partition: 0, offset: 0 });
    lap();
  }
  return { most, pauses };
}

const list = (count: number, one: (i: number) => string, between = ', '): string =>
  Array.from({ length: count }, (_, i) => one(i)).join(between);
const many = (call: (i: number) => string, after = '', count = 300): string =>
  list(count, (i) => `${call(i)}${after} AS x${i}`);
const sums = (i: number): string => `SUM(amount + ${i})`;
const medians = (i: number): string => `MEDIAN(amount + ${i})`;
const over = (call: (i: number) => string, frame: string): string =>
  `SELECT ts, ${many(call, ' OVER w')} FROM payments WINDOW w AS (PARTITION BY card ORDER BY ts ${frame})`;
const hour = `RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW`;
const hop = `TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '1' DAY))`;
const side = `(SELECT * FROM ${hop})`;
const atTheEnd = { wait: 1e12 };
const batch = { mode: 'batch' } as const;

const DEFINITIONS: Record<string, [sql: string, options?: Partial<ExactOptions>, keys?: number]> = {
  'hundreds of sums over an hour, all at one watermark': [over(sums, hour), atTheEnd],
  'hundreds of medians over an hour, all at one watermark': [over(medians, hour), atTheEnd],
  'hundreds of sums over rows': [over(sums, 'ROWS BETWEEN 1000 PRECEDING AND CURRENT ROW'), atTheEnd],
  'hundreds of values before': [over((i) => `LAG(amount, ${i + 1})`, ''), atTheEnd],
  'many keys in one window': [
    `SELECT card, window_start, ${many(sums)} FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' DAY))
      GROUP BY card, window_start, window_end`,
    {},
    2_000,
  ],
  'late rows of thousands of windows': [
    `SELECT window_start, SUM(amount) AS total FROM TABLE(CUMULATE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' SECOND,
      INTERVAL '8640' SECOND)) GROUP BY window_start, window_end`,
    { lateness: 1e9, wait: 0 },
  ],
  'a window join of a stream with itself': [
    `SELECT l.amount, r.amount AS other FROM ${side} l JOIN ${side} r
      ON l.card = r.card AND l.window_start = r.window_start AND l.window_end = r.window_end`,
  ],
  'every row with every row, and again': [
    'SELECT COUNT(*) AS n FROM payments a JOIN payments b ON a.card = b.card JOIN payments c ON a.card = c.card',
  ],
  'no row with any': [
    'SELECT a.amount FROM payments a FULL JOIN payments b ON a.card = b.card AND a.amount + b.amount < 0',
  ],
  'the newest row first': [
    `SELECT amount, rn FROM (SELECT amount, ROW_NUMBER() OVER (PARTITION BY card ORDER BY ts DESC) AS rn FROM payments)
      WHERE rn <= 1000000`,
  ],
  'a batch of hundreds of sums over an hour': [over(sums, hour), batch],
  'a batch of hundreds of medians over an hour': [over(medians, hour), batch],
  'a batch that joins every row with every row, for none': [
    'SELECT a.amount FROM payments a JOIN payments b ON a.card = b.card AND a.amount + b.amount < 0',
    batch,
  ],
  'a batch of window joins': [
    `SELECT l.amount FROM ${side} l JOIN ${side} r
      ON l.card = r.card AND l.window_start = r.window_start AND l.window_end = r.window_end`,
    batch,
  ],
};

const events = (keys: number): Parameters<typeof plantedPayments>[0] =>
  Array.from({ length: 2_000 }, (_, i) => {
    const at = 1.8e12 + i * 1_000;
    const values = { card: i % keys, amount: (i * 37) % 1_000 };
    return { at, arrives: i % 7 === 0 ? at + 1e7 : at, partition: null, values };
  });

test.each(Object.keys(DEFINITIONS))('between two pauses little is done: %s', async (name) => {
  const [sql, options, keys = 1] = DEFINITIONS[name];
  const streams = { payments: plantedPayments(events(keys)) };
  const data = { preset: 'none', seed: 7, mode: 'realistic' } as const;
  const { most, pauses } = await longest({
    scenario: { data, streams },
    sql,
    options: { ...usually(), ...options },
    forks: [],
  });
  expect(most).toBeLessThan(MOST);
  // It is worth a test only where it takes more than a moment.
  expect(pauses).toBeGreaterThan(2);
});

test('between two pauses little is done, whatever is asked for', async () => {
  await fc.assert(
    fc.asyncProperty(hostileRuns, async (spec) => {
      expect((await longest(spec)).most).toBeLessThan(MOST);
    }),
    { numRuns: runs },
  );
});

const DOCUMENTS: Record<string, string> = {
  'thousands of keys': list(10_000, (i) => `k${i}: 1`, '\n'),
  'brackets in brackets': '['.repeat(100_000),
  'lists in lists': list(2_000, (i) => `${' '.repeat(i)}-`, '\n').slice(0, 150_000),
  'one long line': 'a'.repeat(150_000),
};

test.each(Object.keys(DOCUMENTS))('a document is read, or refused, in a moment: %s', (name) => {
  const text = `---\ntitle: A\n---\n\`\`\`scenario id=day\n${DOCUMENTS[name]}\n\`\`\`\n`;
  const before = work.done;
  try {
    page.parseLesson(text, { slug: 'a', part: 'time' } as Parameters<typeof page.parseLesson>[1]);
  } catch {
    // Most of these are no scenarios.
  }
  expect(work.done - before).toBeLessThan(MOST);
});
