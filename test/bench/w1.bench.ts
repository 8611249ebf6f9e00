import { openRun, openTracedRun } from '../../src/engine/run/openRun';
import { topicOf } from '../../src/engine/log/topic';
import { DEFAULTS } from '../../src/engine/stream/options';
import { ResultLog } from '../../src/engine/stream/results';
import { BIGINT, field, makeColumn, MONEY, TIMESTAMP, type Schema } from '../../src/model';
import { plan, type Catalog } from '../../src/sql';
import { race, workload, type BenchRow, type Workload } from './workload';

const SIZE = 60_000;
const WAIT = 60_000;
export const LATENESS = 600_000;

const schema: Schema = [field('user', BIGINT), field('amount', MONEY), field('ts', TIMESTAMP)];
export const catalog: Catalog = {
  payments: { node: 'scan', table: 'payments', schema, timeColumn: 2, watermark: null, primaryKey: [], options: {} },
};
const sql = `SELECT user, window_start, COUNT(*) AS n, SUM(amount) AS total
  FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY user, window_start, window_end`;

export function paymentsOf(data: Workload): ReturnType<typeof topicOf> {
  const columns = schema.map((one) => makeColumn(one.type, 0));
  columns[0].data = data.user;
  columns[1].data = data.amount;
  columns[2].data = data.time;
  return topicOf(
    {
      name: 'payments',
      table: { schema, columns, length: data.n },
      time: data.time,
      append: data.append,
      partition: new Int32Array(data.n),
    },
    1,
  );
}

/** The engine over a log that is there: watermark, keyed windows, projection, result log (its buffers reused, as in the hand loop). Returns rows out and the sum of all totals. */
export function engineFor(data: Workload): () => [number, number] {
  const topic = paymentsOf(data);
  const { query } = plan(sql, catalog);
  const results = new ResultLog(query.schema);
  return () => {
    const run = openRun({
      plan: query,
      topics: [topic],
      end: true,
      options: {
        ...DEFAULTS,
        wait: WAIT,
        lateness: LATENESS,
        edge: 'closed',
        lookup: null,
        job: null,
        changes: [],
        rangeRows: 1_024,
        results,
      },
    });
    run.advance(() => true);
    const { rows } = run.results;
    let sum = 0;
    for (let row = 0; row < rows.length; row += 1)
      sum += rows.kind[row] === 1 || rows.kind[row] === 3 ? -rows.columns[3].data[row] : rows.columns[3].data[row];
    return [rows.length, sum];
  };
}

/** The same with every step kept and hashed, and keyframes; nothing is reused, since a reader keeps the run. */
function traced(data: Workload): () => [number, number] {
  const topic = paymentsOf(data);
  const { query } = plan(sql, catalog);
  return () => {
    const run = openTracedRun({
      plan: query,
      topics: [topic],
      end: true,
      options: {
        ...DEFAULTS,
        wait: WAIT,
        lateness: LATENESS,
        edge: 'closed',
        lookup: null,
        job: null,
        changes: [],
        rangeRows: 1_024,
      },
    });
    run.advance(() => true);
    if (run.trace.hash === '') throw new Error('a run has a hash');
    return [run.engine.results.length, run.steps];
  };
}

/** The practical limit: one fused loop for exactly this workload, with reused buffers. */
export function hand({ n, keys, time, user, amount }: Workload): () => [number, number] {
  const ring = 16;
  const sums = new Float64Array(ring * keys);
  const counts = new Int32Array(ring * keys);
  const touched = Array.from({ length: ring }, () => new Int32Array(keys));
  const outUser = new Float64Array(4 * n);
  const outStart = new Float64Array(4 * n);
  const outCount = new Float64Array(4 * n);
  const outSum = new Float64Array(4 * n);
  const outKind = new Uint8Array(4 * n);
  return () => {
    const lengths = new Int32Array(ring);
    const startOf = new Float64Array(ring).fill(-1);
    let out = 0;
    let newest = -Infinity;
    let fired = 0;
    let oldest = 0;
    const write = (key: number, start: number, count: number, sum: number, kind: number): void => {
      outUser[out] = key;
      outStart[out] = start;
      outCount[out] = count;
      outSum[out] = sum;
      outKind[out] = kind;
      out += 1;
    };
    const close = (watermark: number): void => {
      while (fired + SIZE - 1 <= watermark && fired <= newest) {
        const slot = (fired / SIZE) % ring;
        if (startOf[slot] === fired)
          for (let i = 0; i < lengths[slot]; i += 1)
            write(
              touched[slot][i],
              fired,
              counts[slot * keys + touched[slot][i]],
              sums[slot * keys + touched[slot][i]],
              0,
            );
        fired += SIZE;
      }
      while (oldest + SIZE - 1 + LATENESS <= watermark && oldest <= newest) {
        const slot = (oldest / SIZE) % ring;
        if (startOf[slot] === oldest) {
          for (let i = 0; i < lengths[slot]; i += 1) {
            sums[slot * keys + touched[slot][i]] = 0;
            counts[slot * keys + touched[slot][i]] = 0;
          }
          lengths[slot] = 0;
          startOf[slot] = -1;
        }
        oldest += SIZE;
      }
    };
    let due = SIZE - 1;
    for (let i = 0; i < n; i += 1) {
      const at = time[i];
      const start = Math.floor(at / SIZE) * SIZE;
      const watermark = newest - WAIT - 1;
      if (start + SIZE - 1 + LATENESS > watermark) {
        const slot = (start / SIZE) % ring;
        startOf[slot] = start;
        const group = slot * keys + user[i];
        const late = start < fired;
        if (late && counts[group] > 0) write(user[i], start, counts[group], sums[group], 1);
        if (counts[group] === 0) {
          touched[slot][lengths[slot]] = user[i];
          lengths[slot] += 1;
        }
        counts[group] += 1;
        sums[group] += amount[i];
        if (late) write(user[i], start, counts[group], sums[group], 2);
      }
      if (at > newest) {
        newest = at;
        if (newest - WAIT - 1 >= due) {
          close(newest - WAIT - 1);
          due = fired + SIZE - 1;
        }
      }
    }
    close(Infinity);
    let sum = 0;
    for (let row = 0; row < out; row += 1) sum += outKind[row] === 1 ? -outSum[row] : outSum[row];
    return [out, sum];
  };
}

/** What most people would write: a Map of objects. */
function plain({ n, time, user, amount }: Workload): () => number {
  return () => {
    const groups = new Map<string, { count: number; sum: number }>();
    let newest = -Infinity;
    for (let i = 0; i < n; i += 1) {
      const start = Math.floor(time[i] / SIZE) * SIZE;
      newest = Math.max(newest, time[i]);
      if (start + SIZE - 1 + LATENESS <= newest - WAIT - 1) continue;
      const id = `${start}|${user[i]}`;
      const group = groups.get(id);
      if (group) {
        group.count += 1;
        group.sum += amount[i];
      } else groups.set(id, { count: 1, sum: amount[i] });
    }
    return groups.size;
  };
}

/** W1: tumbling one-minute sum and count per user in event time, from disordered input. */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const data = workload(1_000_000, 10_000);
  const contenders = { engine: engineFor(data), hand: hand(data), plain: plain(data) };
  const [out, sum] = contenders.engine();
  const [handOut, handSum] = contenders.hand();
  if (out !== handOut || sum !== handSum)
    throw new Error(`engine and hand loop disagree: ${out} rows ${sum}, ${handOut} rows ${handSum}`);
  const best = race(contenders, 12);
  rows.push({
    name: 'W1 engine / hand loop',
    ratio: best.hand / best.engine,
    note: `aim 0.5; ${ns(best.engine, data.n)} an event, hand ${ns(best.hand, data.n)}`,
  });
  rows.push({
    name: 'W1 engine / plain Map',
    ratio: best.plain / best.engine,
    note: `above 1: faster than a Map; ${ns(best.plain, data.n)}`,
  });
  const small = workload(100_000, 10_000);
  const withTrace = race({ traced: traced(small), hand: hand(small) }, 16);
  rows.push({
    name: 'W1 traced / hand loop',
    ratio: withTrace.hand / withTrace.traced,
    note: `aim 0.1, 100,000 events; ${ns(withTrace.traced, small.n)}`,
  });
  return rows;
}

const ns = (ms: number, n: number): string => `${Math.round((ms * 1e6) / n)} ns`;
