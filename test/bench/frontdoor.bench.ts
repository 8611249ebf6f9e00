import { DuckDBInstance } from '@duckdb/node-api';
import { BIGINT, field, MONEY, runBatch, runStream, TIMESTAMP, type Value } from '../../src';
import { hand, LATENESS } from './w1.bench';
import { race, workload, type BenchRow } from './workload';

export const only = 'node';

const EVENTS = 1_000_000;
const ROUNDS = 9;
const MINUTE = 60_000;
const WAIT = 60_000;

const schema = [field('user', BIGINT), field('amount', MONEY), field('ts', TIMESTAMP)];
const windows = `SELECT user, window_start, COUNT(*) AS n, SUM(amount) AS total
  FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY user, window_start, window_end`;
const groups = 'SELECT user, COUNT(*) AS n, SUM(amount) AS total FROM payments GROUP BY user';

/** What most people would write over rows: a Map of objects, and an object for each result. */
function loop(rows: readonly (readonly Value[])[]): () => object[] {
  return () => {
    const found = new Map<string, { user: Value; start: number; n: number; total: number }>();
    let newest = -Infinity;
    for (const [user, amount, ts] of rows as [number, number, number][]) {
      newest = Math.max(newest, ts);
      const start = Math.floor(ts / MINUTE) * MINUTE;
      if (start + MINUTE - 1 <= newest - WAIT - 1) continue;
      const id = `${start}|${user}`;
      const group = found.get(id);
      if (group) {
        group.n += 1;
        group.total += amount;
      } else found.set(id, { user, start, n: 1, total: amount });
    }
    return [...found.values()];
  };
}

/** The library's functions, over rows and over columns, beside a loop and DuckDB on one thread. */
export async function bench(): Promise<BenchRow[]> {
  const data = workload(EVENTS, 10_000);
  const { n, user, amount, time } = data;
  const rows = Array.from({ length: n }, (_, i): Value[] => [user[i], amount[i], time[i]]);
  const byRows = { payments: { schema, rows } };
  const byColumns = { payments: { schema, columns: [user, amount, time] } };
  const options = { wait: WAIT };
  const streams = race(
    {
      loop: loop(rows),
      hand: hand(data),
      fresh: () => hand(data)(),
      rows: () => runStream({ sql: windows, streams: byRows, options }).rows,
      columns: () =>
        runStream({ sql: windows, streams: byColumns, options: { ...options, lateness: LATENESS } }).columns,
    },
    ROUNDS,
  );
  const duck = await (await DuckDBInstance.create()).connect();
  await duck.run('SET threads = 1; CREATE TABLE payments (user BIGINT, amount BIGINT, ts BIGINT)');
  const appender = await duck.createAppender('payments');
  for (let i = 0; i < n; i += 1) {
    for (const one of [user, amount, time]) appender.appendBigInt(BigInt(one[i]));
    appender.endRow();
  }
  appender.closeSync();
  let duckBest = Infinity;
  const batch = race(
    {
      rows: () => runBatch({ sql: groups, tables: byRows }).rows,
      columns: () => runBatch({ sql: groups, tables: byColumns }).columns,
    },
    ROUNDS,
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    await (await duck.run('SELECT user, COUNT(*), SUM(amount) FROM payments GROUP BY user')).getColumns();
    duckBest = Math.min(duckBest, performance.now() - begun);
  }
  return [
    {
      name: 'runStream of rows: time / Map loop',
      ratio: streams.rows / streams.loop,
      note: `aim 2 at most; ${ms(streams.rows)}, loop ${ms(streams.loop)}`,
    },
    {
      name: 'hand loop of W1 / runStream of columns',
      ratio: streams.hand / streams.columns,
      note: `aim 0.45; ${ms(streams.columns)}, hand ${ms(streams.hand)} with buffers that it keeps`,
    },
    {
      name: 'the same, each call with buffers of its own',
      ratio: streams.fresh / streams.columns,
      note: ms(streams.fresh),
    },
    {
      name: 'runBatch of columns: time / DuckDB',
      ratio: batch.columns / duckBest,
      note: `aim 1.5 at most; ${ms(batch.columns)}, DuckDB on one thread ${ms(duckBest)}`,
    },
    { name: 'runBatch of rows: time / DuckDB', ratio: batch.rows / duckBest, note: ms(batch.rows) },
  ];
}

const ms = (time: number): string => `${Math.round(time)} ms`;
