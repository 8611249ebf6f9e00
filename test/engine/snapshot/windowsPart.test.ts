import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partOf } from '../../../src/engine/snapshot/parts';
import { type Profile } from '../../../src/engine/stream/options';
import { type TracedRun } from '../../../src/engine/run/tracedRun';
import { columnIndex, readRow, readValue, type SnapshotPart, type PartRequest, type Value } from '../../../src/model';
import { pay } from '../../support/graph';
import { paymentStreams, trace, type Drive } from '../../support/stream';

const runs = process.env.LONG ? 2_000 : 100;

const at = (run: TracedRun, step: number, request: PartRequest): SnapshotPart =>
  run.at(step, () => partOf({ run, step, input: run.trace.log.input[step], base: 0 }, request));

const atEnd = (run: TracedRun, request: PartRequest): SnapshotPart => at(run, run.steps - 1, request);

const column = ({ table }: SnapshotPart, name: string): Value[] => {
  const found = table.columns[columnIndex(table.schema, name)];
  return Array.from({ length: table.length }, (_, row) => readValue(found, row));
};

const HOPS = `SELECT card, window_start, window_end, COUNT(*) AS n
  FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.010' SECOND, INTERVAL '0.030' SECOND))
  GROUP BY card, window_start, window_end`;

test('S5.4 a late row counts in the windows that still live, not in one whose state is gone', () => {
  // [-10, 20) and the one before it went when 25 came; the row of 6 still enters [0, 30).
  const run = trace(HOPS, [pay(5), pay(25), pay(6, 26)], { lateness: 0 });
  const part = atEnd(run, { part: 'windows' });
  const rows = column(part, '#start').map((start, i) => [start, column(part, '#rows')[i], column(part, '#value')[i]]);
  expect(rows).toEqual([
    [-20, 1, 1],
    [-10, 1, 1],
    [0, 3, 3],
    [10, 1, 1],
    [20, 1, 1],
  ]);
});

test('S2.5 S5.4 the row count of a window is that of its last pane', () => {
  fc.assert(
    fc.property(paymentStreams(60), fc.nat(40), fc.nat(30), (stream, lateness, wait) => {
      const run = trace(HOPS, stream.events, { partitions: stream.partitions, lateness, wait });
      const part = atEnd(run, { part: 'windows' });
      expect(column(part, '#rows')).toEqual(column(part, '#value'));
    }),
    { numRuns: runs },
  );
});

const events = [pay(1), { ...pay(2), card: 9 }, { ...pay(3), card: 9 }, pay(4)];
const ABOVE = {
  'a triggered GROUP BY': `SELECT n, COUNT(*) AS cards
    FROM (SELECT card, COUNT(*) AS n FROM payments GROUP BY card) GROUP BY n`,
  'windows that fire': `SELECT n, COUNT(*) AS windows FROM (${HOPS}) GROUP BY n`,
};

test.each(Object.entries(ABOVE))('S6.2 rows of a GROUP BY above %s are no panes of it', (_what, sql) => {
  const run = trace(sql, events, {
    trigger: sql === ABOVE['windows that fire'] ? null : { type: 'repeat', of: { type: 'count', n: 1 } },
  });
  const panes = atEnd(run, { part: 'panes' });
  expect(panes.table.length).toBeGreaterThan(0);
  expect(new Set(column(panes, '#timing'))).toEqual(new Set([-1]));
  expect(new Set(column(panes, '#mode'))).toEqual(new Set([-1]));
  for (const name of ['#start', '#end']) expect(new Set(column(panes, name))).toEqual(new Set([0]));
  const windows = atEnd(run, { part: 'windows' });
  expect(windows.table.length).toBeGreaterThan(0);
  expect(new Set(column(windows, '#value'))).toEqual(new Set([null]));
  const result = atEnd(run, { part: 'result' }).table;
  expect(columnIndex(result.schema, '#start')).toBe(-1);
  expect(readRow(result, 0).length).toBeGreaterThan(2);
});

const SHAPES = {
  tumble: `TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.020' SECOND)`,
  hop: `HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.010' SECOND, INTERVAL '0.030' SECOND)`,
  cumulate: `CUMULATE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.010' SECOND, INTERVAL '0.030' SECOND)`,
  session: `SESSION(TABLE payments PARTITION BY card, DESCRIPTOR(ts), INTERVAL '0.015' SECOND)`,
};

test.each(Object.entries(SHAPES))('S2 S3 S17.6 a batch job has the windows of its result: %s', (_kind, shape) => {
  const sql = `SELECT card, window_start, window_end, COUNT(*) AS n FROM TABLE(${shape})
    WHERE amount > 0 GROUP BY card, window_start, window_end`;
  fc.assert(
    fc.property(paymentStreams(60), (stream) => {
      const run = trace(sql, stream.events, { partitions: stream.partitions, job: true });
      const part = atEnd(run, { part: 'windows' });
      expect(column(part, '#rows')).toEqual(column(part, '#value'));
      expect(part.table.length).toBe(atEnd(run, { part: 'result' }).table.length);
    }),
    { numRuns: runs / 2 },
  );
});

test.each([
  ['flink', {}],
  ['flink', { trigger: { type: 'repeat', of: { type: 'count', n: 1 } } }],
  ['kafka', { wait: null, lateness: 100_000 }],
] as [Profile, Drive][])('a look at the beginning first hides no key of %s %j from later looks', (profile, how) => {
  const crowd = Array.from({ length: 1_500 }, (_, i) => ({ ...pay(i), card: i >> 2 }));
  const run = (): TracedRun => trace(HOPS, crowd, { lateness: 0, profile, ...how });
  const looked = run();
  at(looked, 5, { part: 'windows' });
  const all = atEnd(run(), { part: 'windows' });
  expect(new Set(column(all, 'card')).size).toBe(375);
  expect(column(atEnd(looked, { part: 'windows' }), 'card')).toEqual(column(all, 'card'));
});
