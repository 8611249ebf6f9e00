import { expect, test } from 'vitest';
import { catalogOf, field, INT, plan, runBatch, runStream, STRING, TIMESTAMP, type Value } from '../../src/index';

const YEAR = 365 * 86_400_000;
const BASE = Date.UTC(2026, 10, 2, 10);
const SENTINEL = Date.UTC(9999, 11, 31, 23, 59, 59);
const SCHEMA = [field('k', STRING), field('n', INT), field('ts', TIMESTAMP)];

/** Forty events a few seconds apart, but for what is done to their times. */
const events = (timeOf: (i: number) => number): Value[][] =>
  Array.from({ length: 40 }, (_, i) => [`c${(i * 7) % 3}`, i, timeOf(i)]);
const steady = (i: number): number => BASE + i * 7_000;
const LOGS: Record<string, Value[][]> = {
  'a gap of a year': events((i) => steady(i) + (i < 20 ? 0 : YEAR)),
  'a first event of 1970': events((i) => (i === 0 ? 0 : steady(i))),
  'a sentinel of 9999 at the end': events((i) => (i === 39 ? SENTINEL : steady(i))),
  'a sentinel of 9999 in the middle': events((i) => (i === 20 ? SENTINEL : steady(i))),
  'newest first': events((i) => steady(39 - i)),
  'newest first, a day apart': events((i) => BASE + (39 - i) * 86_400_000),
  'a year after each event': events((i) => BASE + i * YEAR),
};

const over = (table: string): string =>
  `SELECT k, window_start, window_end, COUNT(*) AS n, SUM(n) AS total FROM TABLE(${table}) GROUP BY k, window_start, window_end`;
const hop = `SELECT * FROM TABLE(HOP(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '3' MINUTE))`;
const DEFINITIONS: Record<string, string> = {
  tumble: over(`TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE)`),
  'tumble, 1 ms': over(`TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '0.001' SECOND)`),
  hop: over(`HOP(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '5' MINUTE)`),
  'hop, a slice of which is no window': over(`HOP(TABLE a, DESCRIPTOR(ts), INTERVAL '2' MINUTE, INTERVAL '5' MINUTE)`),
  cumulate: over(`CUMULATE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '1' HOUR)`),
  session: over(`SESSION(TABLE a PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' MINUTE)`),
  'sets of a window': over(`TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE)`).replace(
    'SUM(n)',
    'COUNT(DISTINCT n)',
  ),
  'over a range': `SELECT k, ts, SUM(n) OVER (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '1' MINUTE PRECEDING AND CURRENT ROW) AS s FROM a`,
  'over rows': `SELECT k, ts, SUM(n) OVER (PARTITION BY k ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS s FROM a`,
  lag: `SELECT k, ts, LAG(n) OVER (PARTITION BY k ORDER BY ts) AS s FROM a`,
  'interval join': `SELECT a.n, b.n AS m FROM a JOIN b ON a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '1' MINUTE AND a.ts`,
  'left interval join': `SELECT a.n, b.n AS m FROM a LEFT JOIN b ON a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '1' MINUTE AND a.ts - INTERVAL '1' SECOND`,
  'window join': `SELECT l.n, r.n AS m, l.window_end FROM (${hop}) l JOIN (${hop.replace('TABLE a', 'TABLE b')}) r
    ON l.k = r.k AND l.window_start = r.window_start AND l.window_end = r.window_end`,
  'version join': `CREATE VIEW v AS SELECT k, n, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM b) WHERE rn = 1;
    SELECT a.n, v.n AS m FROM a LEFT JOIN v FOR SYSTEM_TIME AS OF a.ts ON a.k = v.k`,
  'windows of windows': `SELECT window_start, window_end, SUM(n) AS total FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end`,
};

const rowsOf = (rows: object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
const cases = Object.keys(DEFINITIONS).flatMap((name) => Object.keys(LOGS).map((log) => [name, log] as const));

test.each(cases)('%s over %s: a stream gives what batch gives', (name, log) => {
  const input = { schema: SCHEMA, rows: LOGS[log] };
  const inputs = { a: input, b: input };
  // As a plan: operators take more than SQL does.
  const { query } = plan(DEFINITIONS[name], catalogOf(inputs));
  // Nothing is late: the watermark waits for longer than time is.
  const { rows } = runStream({ plan: query, streams: inputs, options: { wait: 2 * SENTINEL } });
  const wanted = runBatch({ plan: query, tables: inputs }).rows;
  expect(wanted.length).toBeGreaterThan(0);
  expect(rowsOf(rows)).toEqual(rowsOf(wanted));
});
