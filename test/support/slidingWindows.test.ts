import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlidingWindows } from './slidingWindows';

type Rec = [time: number, key?: string];
type Update = [key: string, start: number, end: number, values: unknown[]];

const sliding = (difference: number, grace = 1_000_000, emit: 'update' | 'close' = 'update') =>
  new SlidingWindows(difference, grace, emit);

/** What each record changes, the value of a record being its time; by start. */
const play = (windows: SlidingWindows, records: Rec[]): Update[][] =>
  records.map(([time, key = 'a']) =>
    windows
      .take(key, time, time)
      .map(({ key, start, end, values }): Update => [key, start, end, values])
      .sort((a, b) => a[1] - b[1]),
  );

test('S2.5 no sliding window starts before the epoch: early records share the first one', () => {
  expect(play(sliding(10), [[2], [5], [10]])).toEqual([
    [['a', 0, 10, [2]]],
    [
      ['a', 0, 10, [2, 5]],
      ['a', 3, 13, [5]],
    ],
    [
      ['a', 0, 10, [2, 5, 10]],
      ['a', 3, 13, [5, 10]],
      ['a', 6, 16, [10]],
    ],
  ]);
});

test('S5.2 a sliding window closes at end < stream time - grace', () => {
  const close = (newest: number): Update[] => play(sliding(10, 5, 'close'), [[20], [newest, 'b']])[1];
  expect(close(25)).toEqual([]);
  expect(close(26)).toEqual([['a', 10, 20, [20]]]);
});

test('S7.5 one window ends with each record, one begins after it; both ends are inclusive', () => {
  expect(play(sliding(10), [[20], [25], [31]])).toEqual([
    [['a', 10, 20, [20]]],
    [
      ['a', 15, 25, [20, 25]],
      ['a', 21, 31, [25]],
    ],
    [
      ['a', 21, 31, [25, 31]],
      ['a', 26, 36, [31]],
    ],
  ]);
  expect(play(sliding(10), [[20], [30]])[1]).toContainEqual(['a', 20, 30, [20, 30]]);
});

test('S7.5 a record out of order gets a window after it with what was already there', () => {
  expect(play(sliding(10), [[25], [20]])[1]).toEqual([
    ['a', 10, 20, [20]],
    ['a', 15, 25, [25, 20]],
    ['a', 21, 31, [25]],
  ]);
});

test('S5.8 a record too late for its own window still updates those that are open', () => {
  // Stream time 30, grace 5: [10, 20] has closed, [15, 25] has not.
  const windows = sliding(10, 5);
  expect(play(windows, [[25], [30], [20]])[2]).toEqual([
    ['a', 15, 25, [25, 20]],
    ['a', 20, 30, [25, 30, 20]],
    ['a', 21, 31, [25, 30]],
  ]);
  expect(windows.dropped).toBe(1);
});

test('S5.8 a record that got into no window is unknown to windows made later', () => {
  const windows = sliding(10, 0);
  // Only [11, 21] could hold 20 at stream time 21, and the key has no window yet.
  expect(play(windows, [[21, 'b'], [20], [22]])).toEqual([[['b', 11, 21, [21]]], [], [['a', 12, 22, [22]]]]);
  expect(windows.dropped).toBe(1);
});

test('S7.5 with nothing late, sliding windows are all spans of records that lie that close together', () => {
  const records = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom('a', 'b')), { maxLength: 40 });
  fc.assert(
    fc.property(records, fc.integer({ min: 0, max: 15 }), (all, difference) => {
      const sorted = (values: unknown[]) => (values as number[]).toSorted((a, b) => a - b);
      const found = new Map<string, unknown>();
      for (const [key, start, , values] of play(sliding(difference), all).flat())
        found.set(`${key} ${start}`, sorted(values));
      const expected = new Map<string, unknown>();
      for (const [time, key] of all) {
        for (const start of [Math.max(0, time - difference), time + 1]) {
          const inside = all.filter(([at, of]) => of === key && at >= start && at <= start + difference);
          if (inside.length > 0) expected.set(`${key} ${start}`, sorted(inside.map(([at]) => at)));
        }
      }
      expect(found).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});
