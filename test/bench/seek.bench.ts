import { openTracedRun } from '../../src/engine/run/openRun';
import { type topicOf } from '../../src/engine/log/topic';
import { DEFAULTS } from '../../src/engine/stream/options';
import { type TracedRun } from '../../src/engine/run/tracedRun';
import { snapshotOf } from '../../src/engine/snapshot/snapshot';
import { type PartRequest } from '../../src/model';
import { plan } from '../../src/sql';
import { catalog, paymentsOf } from './w1.bench';
import { workload, type BenchRow } from './workload';

const EVENTS = 40_000;
const USERS = 1_000;
const SEEKS = 200;

const sql = `SELECT user, window_start, COUNT(*) AS n, SUM(amount) AS total
  FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY user, window_start, window_end`;

/** What the figures of a lesson ask for: one user's events and windows, the watermark, and the state behind them. */
const parts: Record<string, PartRequest> = {
  events: { part: 'events', where: { user: 7 } },
  windows: { part: 'windows', where: { user: 7 } },
  watermarks: { part: 'watermarks' },
  state: { part: 'state', where: { user: 7 } },
};

function run(topic: ReturnType<typeof topicOf>): TracedRun {
  const { query } = plan(sql, catalog);
  const options = {
    ...DEFAULTS,
    wait: 60_000,
    lateness: 600_000,
    edge: 'closed' as const,
    lookup: null,
    job: null,
    changes: [],
    rangeRows: 1_024,
  };
  const made = openTracedRun({ plan: query, topics: [topic], end: true, options });
  made.advance(() => true);
  return made;
}

function time(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

/** From any step of a long run to any other: what a reader waits for when the scrubber is dragged. */
export async function bench(): Promise<BenchRow[]> {
  const topic = paymentsOf(workload(EVENTS, USERS));
  const replay = Math.min(...Array.from({ length: 5 }, () => time(() => run(topic))));
  const looked = run(topic);
  let step = 1;
  const times = Array.from({ length: SEEKS }, () => {
    step = (step * 48_271) % 2_147_483_647;
    return time(() => snapshotOf(looked, step % looked.steps, parts));
  });
  const first = times[0];
  times.sort((a, b) => a - b);
  const median = times[SEEKS / 2];
  const note = `median ${median.toFixed(1)} ms (aim 50), worst ${times[SEEKS - 1].toFixed(1)} ms, first ${first.toFixed(1)} ms; ${looked.steps} steps, whole run ${replay.toFixed(0)} ms`;
  return [{ name: 'seek: whole run / seek with four parts', ratio: replay / median, note }];
}
