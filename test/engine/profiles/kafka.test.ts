import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readStep, TidemarkError } from '../../../src/model';
import { drive, emitted, paymentStreams, finalRows, trace, type Drive, type Payment } from '../../support/stream';
import { put, hopping, play, sessions, windows, type Rec } from '../../support/kafkaWindows';

const total = (window: string): string =>
  `SELECT card, window_start, window_end, COUNT(*) AS n, SUM(amount) AS total, MAX(amount) AS most FROM TABLE(${window})
   GROUP BY card, window_start, window_end`;
const TUMBLE = total(`TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.050' SECOND)`);
const HOP = total(`HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.020' SECOND, INTERVAL '0.070' SECOND)`);
const SESSION = total(`SESSION(TABLE payments PARTITION BY card, DESCRIPTOR(ts), INTERVAL '0.030' SECOND)`);
const DISTINCT = TUMBLE.replace('COUNT(*)', 'COUNT(DISTINCT amount)');
const CLOSE = { trigger: { type: 'window-end' } } as const;
const kafka = { profile: 'kafka' } as const;

const pay = (time: number, amount: number, append = time): Payment => ({ time, amount, append, card: 1 });

test('S18 first emission: in SQL every record is an update, the old value taken back first', () => {
  expect(emitted(drive(TUMBLE, [pay(3, 5), pay(7, 2)], kafka))).toEqual([
    ['+I', 1, 0, 50, 1, 5, 5],
    ['-U', 1, 0, 50, 1, 5, 5],
    ['+U', 1, 0, 50, 2, 7, 5],
  ]);
});

test('S13.1 accumulating sends the new value alone', () => {
  const kinds = emitted(drive(TUMBLE, [pay(3, 5), pay(7, 2)], { ...kafka, accumulation: 'accumulating' }));
  expect(kinds.map(([kind]) => kind)).toEqual(['+I', '+U']);
});

test('S3.6 in SQL a session that grows is deleted under its old bounds', () => {
  expect(emitted(drive(SESSION, [pay(3, 5), pay(7, 2)], kafka))).toEqual([
    ['+I', 1, 3, 3, 1, 5, 5],
    ['-D', 1, 3, 3, 1, 5, 5],
    ['+I', 1, 3, 7, 2, 7, 5],
  ]);
});

test('S1.1 the watermark of the run closes nothing, nor does the end of the input', () => {
  expect(emitted(drive(TUMBLE, [pay(3, 5), pay(49, 2)], { ...kafka, ...CLOSE }))).toEqual([]);
  expect(emitted(drive(TUMBLE, [pay(3, 5), pay(50, 2)], { ...kafka, ...CLOSE }))).toEqual([['+I', 1, 0, 50, 1, 5, 5]]);
});

test('S1.1 stream time is one for all partitions: what is too late in one of them is late', () => {
  const events = [
    { ...pay(10, 1), partition: 0 },
    { ...pay(60, 1), partition: 0 },
    { ...pay(20, 5, 61), partition: 1 },
  ];
  const { counters } = trace(TUMBLE, events, { ...kafka, partitions: 2 }).engine;
  expect([counters.late, counters.dropped]).toEqual([1, 1]);
});

test('S2.9 windows cut by the clock ignore event time', () => {
  expect(emitted(drive(TUMBLE, [pay(3, 5, 60)], { ...kafka, time: 'processing' }))).toEqual([
    ['+I', 1, 50, 100, 1, 5, 5],
  ]);
});

test('steps in words: written, fired early or late, dropped, merged, purged', () => {
  const run = trace(SESSION, [pay(3, 5), pay(7, 2), pay(90, 1), pay(9, 4, 91)], kafka);
  const { log } = run.trace;
  const steps = Array.from({ length: log.length }, (_, at) => readStep(log, at, () => 0)).filter(
    (one) => one.operator === 1,
  );
  expect(steps.map((one) => [one.kind, 'start' in one ? [one.start, one.end] : null])).toEqual([
    ['state written', [3, 3]],
    ['window fired', [3, 3]],
    ['windows merged', [3, 3]],
    ['state written', [3, 7]],
    ['window fired', [3, 7]],
    ['state written', [90, 90]],
    ['window fired', [90, 90]],
    ['window purged', [3, 7]],
    ['row dropped', [9, 9]],
  ]);
});

test('S3.2 a session that grows in order is not late, though its end is the newest record', () => {
  const { log } = trace(SESSION, [pay(3, 5), pay(7, 2), pay(5, 1, 8)], kafka).trace;
  const timings = Array.from({ length: log.length }, (_, at) => readStep(log, at, () => 0)).flatMap((one) =>
    one.kind === 'window fired' ? [one.timing] : [],
  );
  expect(timings).toEqual(['early', 'early', 'late']);
});

const definition = fc.constantFrom(TUMBLE, HOP, SESSION, DISTINCT);
const options: fc.Arbitrary<Drive> = fc.record({
  lateness: fc.integer({ min: 0, max: 60 }),
  trigger: fc.constantFrom(null, CLOSE.trigger),
});
const runs = process.env.LONG ? 2000 : 60;

test('S19 ranges of 1, 7 and 256 rows give the same emissions and the same trace', () => {
  fc.assert(
    fc.property(paymentStreams(80, 40), definition, options, ({ events, partitions }, sql, how) => {
      const settled = { ...kafka, ...how, partitions };
      const one = trace(sql, events, { ...settled, rangeRows: 1 });
      for (const rangeRows of [7, 256]) {
        const other = trace(sql, events, { ...settled, rangeRows });
        expect(other.trace.hash).toBe(one.trace.hash);
        expect(emitted(drive(sql, events, { ...settled, rangeRows }))).toEqual(emitted(one.engine));
      }
    }),
    { numRuns: runs },
  );
});

test('S11.4 a run restored after any step continues as before', () => {
  fc.assert(
    fc.property(paymentStreams(80, 30), definition, options, fc.nat(200), ({ events, partitions }, sql, how, step) => {
      const run = trace(sql, events, { ...kafka, ...how, partitions });
      const { counters } = run.engine;
      const end = { ...counters };
      const at = step % Math.max(1, run.steps);
      const look = (): unknown => [run.engine.operators[0].operator.state!.rows, { ...counters }];
      const first = run.at(at, look);
      run.at(0, look);
      expect(run.at(at, look)).toEqual(first);
      run.at(run.steps - 1, look);
      expect(counters).toEqual(end);
    }),
    { numRuns: runs },
  );
});

test('S6.3 without late rows the final result equals that of the flink profile', () => {
  fc.assert(
    fc.property(paymentStreams(0, 40), fc.constantFrom(TUMBLE, HOP, DISTINCT), ({ events }, sql) => {
      const later = events.map((event) => ({
        ...event,
        partition: 0,
        time: event.time + 200,
        append: event.time + 200,
      }));
      expect(finalRows(drive(sql, later, kafka))).toEqual(finalRows(drive(sql, later)));
    }),
    { numRuns: runs },
  );
});

const at = (...times: number[]): Rec[] => times.map((ts) => ({ ts }));

test('S18 first emission: every record updates its windows', () => {
  expect(play(windows(hopping(10)), at(3, 7, 12), true)).toEqual([
    [['a', 0, 10, [3], 3]],
    [['a', 0, 10, [3, 7], 7]],
    [['a', 10, 20, [12], 12]],
  ]);
});

test('S18 result timestamp: the largest record time in the window, also when an older one comes', () => {
  expect(play(windows(hopping(10)), at(7, 3), true)[1]).toEqual([['a', 0, 10, [7, 3], 7]]);
});

test('S2.5 no hopping window starts before the epoch', () => {
  expect(play(windows(hopping(10, 5)), at(2, 7))).toEqual([
    [['a', 0, 10, [2]]],
    [
      ['a', 0, 10, [2, 7]],
      ['a', 5, 15, [7]],
    ],
  ]);
});

test('S2.5 a record from before the epoch is refused', () => {
  const drive = windows(hopping(10));
  expect(play(drive, at(-1, 1))).toEqual([[], [['a', 0, 10, [1]]]]);
  expect(drive.counters.dropped).toBe(1);
});

test('S3.2 sessions one gap apart merge, and one more millisecond keeps them apart', () => {
  expect(play(windows(sessions(5)), at(10, 15))[1]).toContainEqual(['a', 10, 15, [10, 15]]);
  expect(play(windows(sessions(5)), at(10, 16))[1]).toEqual([['a', 16, 16, [16]]]);
});

test('S3.6 a session that grows deletes the old one first, then says the new one', () => {
  expect(play(windows(sessions(5)), at(10, 12), true)[1]).toEqual([
    ['a', 10, 10, null, 10],
    ['a', 10, 12, [10, 12], 12],
  ]);
});

test('S3.6 a record at the time of a session of one instant updates it, without a delete', () => {
  expect(play(windows(sessions(5)), at(10, 10))[1]).toEqual([['a', 10, 10, [10, 10]]]);
});

test('S3.6 a record inside of a session deletes and says the same session again', () => {
  expect(play(windows(sessions(5)), at(10, 14, 12))[2]).toEqual([
    ['a', 10, 14, null],
    ['a', 10, 14, [10, 14, 12]],
  ]);
});

test('S3.3 a bridging record fuses sessions, each deleted in order', () => {
  expect(play(windows(sessions(5)), at(10, 20, 15))[2]).toEqual([
    ['a', 10, 10, null],
    ['a', 20, 20, null],
    ['a', 10, 20, [10, 20, 15]],
  ]);
});

test('S3.8 a late record is judged by the session that it would be part of', () => {
  // Stream time 30, grace 0, gap 10: what ends before 20 has closed. 18 alone would have, but [25, 25] is near enough.
  const near = windows(sessions(10), { grace: 0 });
  expect(play(near, at(25, 30, 18))[2]).toEqual([
    ['a', 25, 30, null],
    ['a', 18, 30, [25, 30, 18]],
  ]);
  const alone = windows(sessions(10), { grace: 0 });
  expect(play(alone, [{ ts: 30, key: 'b' }, { ts: 18 }])[1]).toEqual([]);
  expect(alone.drops).toMatchObject([{ from: 18, to: 18 }]);
});

test('S5.2 a window is closed when its end is at stream time - grace, not one before', () => {
  const late = (newest: number): number => {
    const drive = windows(hopping(10), { grace: 5 });
    play(drive, at(3, newest, 4));
    return drive.counters.dropped;
  };
  expect(late(14)).toBe(0);
  expect(late(15)).toBe(1);
});

test('S5.2 windows with inclusive ends close behind the dot: a session at end < stream time - grace - gap', () => {
  const late = (newest: number): number => {
    const drive = windows(sessions(10), { grace: 5 });
    play(drive, [{ ts: 3 }, { ts: newest, key: 'b' }, { ts: 3 }]);
    return drive.counters.dropped;
  };
  expect(late(18)).toBe(0);
  expect(late(19)).toBe(1);
});

test('S1.1 stream time is that of all keys: a record of another key closes', () => {
  const drive = windows(hopping(10), { emit: 'close', grace: 0 });
  expect(play(drive, [{ ts: 3 }, { ts: 5 }, { ts: 10, key: 'b' }])).toEqual([[], [], [['a', 0, 10, [3, 5]]]]);
});

test('S1.1 stream time never falls', () => {
  const drive = windows(hopping(10), { grace: 0 });
  play(drive, at(25, 3));
  expect(play(drive, at(12))[0]).toEqual([]);
  expect(drive.counters.dropped).toBe(2);
});

test('S1.1 neither a watermark nor the end of the input closes anything', () => {
  const drive = windows(hopping(10), { emit: 'close', grace: 0 });
  play(drive, at(3));
  expect(drive.advance(1_000)).toEqual([]);
  expect(drive.end()).toEqual([]);
  expect(put(drive, { ts: 10 })).toEqual([['a', 0, 10, [3], 3]]);
});

test('S4.2 closing says each window once, in the order of window ends, then start, then key', () => {
  const drive = windows(hopping(10, 5), { emit: 'close', grace: 0 });
  expect(play(drive, [{ ts: 6, key: 'b' }, { ts: 7 }, { ts: 40 }])[2]).toEqual([
    ['b', 0, 10, [6]],
    ['a', 0, 10, [7]],
    ['b', 5, 15, [6]],
    ['a', 5, 15, [7]],
  ]);
});

test('S5.4 a late record still enters those of its hopping windows that live', () => {
  const drive = windows(hopping(10, 5), { grace: 0 });
  // Stream time 12: [0, 10) has closed, [5, 15) has not.
  expect(play(drive, at(12, 7))[1]).toEqual([['a', 5, 15, [12, 7]]]);
  expect(drive.counters.dropped).toBe(1);
  expect(drive.drops).toEqual([]);
});

test('S5.2 a window that has closed is purged', () => {
  const drive = windows(hopping(10), { grace: 5 });
  play(drive, at(3, 14));
  expect(drive.operator.state!.rows).toBe(2);
  play(drive, at(15));
  expect(drive.operator.state!.rows).toBe(1);
});

test('S13.1 as a changelog the old value is taken back before the new one', () => {
  const drive = windows(hopping(10), { retract: true }, 'COUNT');
  drive.row(['a', 1], { time: 1 });
  expect(drive.row(['a', 1], { time: 2 }).map(({ change, row, time }) => [change, row.value, time])).toEqual([
    ['−U', 1, 1],
    ['+U', 2, 2],
  ]);
});

test('S3.6 a deleted session carries its old value', () => {
  const drive = windows(sessions(5), { retract: true }, 'SUM');
  drive.row(['a', 7], { time: 1 });
  expect(drive.row(['a', 8], { time: 2 }).map(({ change, row }) => [change, row.window_end, row.value])).toEqual([
    ['−D', 1, 7],
    ['+I', 2, 15],
  ]);
});

test.each([
  ['size', hopping(0)],
  ['slide', hopping(10, 0)],
  ['slide longer than the window', hopping(10, 11)],
  ['gap', sessions(0)],
])('S2.4 a window without a sensible %s is refused', (_, shape) => {
  expect(() => windows(shape)).toThrow(TidemarkError);
});

test('S11.4 a snapshot goes on in another operator: streams, windows, keys', () => {
  const drive = windows(sessions(5), { grace: 0, emit: 'close' });
  play(drive, [
    { ts: 10, key: 'x' },
    { ts: 12, key: 'y' },
  ]);
  drive.keyframeRestore();
  expect(
    play(drive, [
      { ts: 13, key: 'x' },
      { ts: 30, key: 'z' },
    ]),
  ).toEqual([
    [],
    [
      ['y', 12, 12, [12]],
      ['x', 10, 13, [10, 13]],
    ],
  ]);
});
