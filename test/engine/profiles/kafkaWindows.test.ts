import { expect, test } from 'vitest';
import { TidemarkError } from '../../../src/model';
import { feed, hopping, play, sessions, windows, type Rec } from '../../support/kafkaWindows';

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
  expect(feed(drive, { ts: 10 })).toEqual([['a', 0, 10, [3], 3]]);
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
