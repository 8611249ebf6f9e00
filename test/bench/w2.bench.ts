import { openRun } from '../../src/engine/run/openRun';
import { type topicOf } from '../../src/engine/log/topic';
import { DEFAULTS } from '../../src/engine/stream/options';
import { ResultLog } from '../../src/engine/stream/results';
import { plan } from '../../src/sql';
import { catalog, paymentsOf } from './w1.bench';
import { race, workload, type BenchRow, type Workload } from './workload';

const overBy = (window: string): string => `SELECT user, ts, AVG(amount) OVER (
  PARTITION BY user ORDER BY ts RANGE BETWEEN INTERVAL ${window} PRECEDING AND CURRENT ROW) AS mean FROM payments`;

/** The engine over a log that is there: watermark, rolling state, projection, result log. Returns the sum of all means. */
export function engineFor(data: Workload, window = "'30' MINUTE"): () => number {
  const topic: ReturnType<typeof topicOf> = paymentsOf(data);
  const { query } = plan(overBy(window), catalog);
  const results = new ResultLog(query.schema);
  return () => {
    const run = openRun({
      plan: query,
      topics: [topic],
      end: true,
      options: {
        ...DEFAULTS,
        wait: 0,
        lateness: 0,
        edge: 'closed',
        lookup: null,
        job: null,
        changes: [],
        rangeRows: 1_024,
        results,
      },
    });
    run.advance(() => true);
    const means = results.rows.columns[2].data;
    let sum = 0;
    for (let row = 0; row < results.length; row += 1) sum += means[row];
    return sum;
  };
}

/** One cursor over the ordered log takes out what has left: the practical limit. */
function cursor({ n, keys, time, user, amount }: Workload, span: number): () => number {
  const sums = new Float64Array(keys);
  const counts = new Float64Array(keys);
  const means = new Float64Array(n);
  return () => {
    sums.fill(0);
    counts.fill(0);
    let tail = 0;
    for (let i = 0; i < n; i += 1) {
      const oldest = time[i] - span;
      while (time[tail] < oldest) {
        sums[user[tail]] -= amount[tail];
        counts[user[tail]] -= 1;
        tail += 1;
      }
      const key = user[i];
      sums[key] += amount[i];
      counts[key] += 1;
      means[i] = sums[key] / (counts[key] * 100);
    }
    let sum = 0;
    for (let i = 0; i < n; i += 1) sum += means[i];
    return sum;
  };
}

/** A chain of rows per key: what any input order needs. */
function chain({ n, keys, time, user, amount }: Workload, span: number): () => number {
  const sums = new Float64Array(keys);
  const counts = new Float64Array(keys);
  const head = new Int32Array(keys);
  const tail = new Int32Array(keys);
  const next = new Int32Array(n);
  const means = new Float64Array(n);
  return () => {
    sums.fill(0);
    counts.fill(0);
    head.fill(-1);
    for (let i = 0; i < n; i += 1) {
      const key = user[i];
      const oldest = time[i] - span;
      let at = head[key];
      while (at >= 0 && time[at] < oldest) {
        sums[key] -= amount[at];
        counts[key] -= 1;
        at = at === tail[key] ? -1 : next[at];
      }
      if (at < 0) head[key] = i;
      else {
        head[key] = at;
        next[tail[key]] = i;
      }
      tail[key] = i;
      sums[key] += amount[i];
      counts[key] += 1;
      means[i] = sums[key] / (counts[key] * 100);
    }
    let sum = 0;
    for (let i = 0; i < n; i += 1) sum += means[i];
    return sum;
  };
}

/** What most people would write: per user an array of events, re-read from its first one that still counts. */
function plain({ n, time, user, amount }: Workload, span: number): () => number {
  return () => {
    const users = new Map<number, { events: { at: number; amount: number }[]; sum: number }>();
    let sum = 0;
    for (let i = 0; i < n; i += 1) {
      let one = users.get(user[i]);
      if (!one) users.set(user[i], (one = { events: [], sum: 0 }));
      while (one.events.length > 0 && one.events[0].at < time[i] - span) one.sum -= one.events.shift()!.amount;
      one.events.push({ at: time[i], amount: amount[i] });
      one.sum += amount[i];
      sum += one.sum / (one.events.length * 100);
    }
    return sum;
  };
}

/** W2: rolling 30-minute average per user as of every event, ordered input. */
export async function bench(): Promise<BenchRow[]> {
  const data = workload(1_000_000, 10_000, { ordered: true });
  const span = 30 * 60_000;
  const contenders = {
    engine: engineFor(data),
    cursor: cursor(data, span),
    chain: chain(data, span),
    plain: plain(data, span),
  };
  const wanted = contenders.chain();
  for (const [name, run] of Object.entries(contenders)) {
    const got = run();
    if (Math.abs(got - wanted) > 1e-6 * wanted) throw new Error(`${name} disagrees: ${got}, not ${wanted}`);
  }
  const best = race(contenders, 12);
  const ns = (ms: number): string => `${Math.round((ms * 1e6) / data.n)} ns`;
  const rows = [
    {
      name: 'W2 engine / cursor loop',
      ratio: best.cursor / best.engine,
      note: `aim 0.3; ${ns(best.engine)} an event, cursor ${ns(best.cursor)}`,
    },
    { name: 'W2 engine / per-key chain', ratio: best.chain / best.engine, note: `aim 0.8; chain ${ns(best.chain)}` },
    {
      name: 'W2 engine / plain Map',
      ratio: best.plain / best.engine,
      note: `above 1: faster than a Map; ${ns(best.plain)}`,
    },
  ];
  const growth = race({ one: engineFor(data, "'1' MINUTE"), long: engineFor(data, "'120' MINUTE") }, 6);
  rows.push({ name: 'W2 120 min / 1 min', ratio: growth.long / growth.one, note: 'cost per event; aim at most 1.2' });
  return rows;
}
