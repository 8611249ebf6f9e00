import { expect, test } from 'vitest';
import { MIN_TIME, type Timing } from '../../src/model';
import { type WindowShape } from '../../src/sql/plan';
import { type WindowSettings } from '../../src/engine/nodes/aggregate/windowFiring';
import { type Trigger } from '../../src/engine/stream/options';
import { Panes, session, timed, tumble, valuesOf, type Fired } from '../support/panes';

// Streaming Systems (Akidau, Chernyak, Lax), chapter 2, and takidau/streamingbook, BeamModelTest.java; times in s after 12:00.
const SCORES = [
  { value: 5, event: 26, seen: 299 },
  { value: 7, event: 144, seen: 339 },
  { value: 3, event: 219, seen: 373 },
  { value: 4, event: 259, seen: 399 },
  { value: 8, event: 186, seen: 426 },
  { value: 3, event: 399, seen: 439 },
  { value: 9, event: 85, seen: 499 },
  { value: 8, event: 446, seen: 519 },
  { value: 1, event: 466, seen: 540 },
];
/** [processing time, watermark], exclusive. */
const HEURISTIC: [number, number][] = [
  [360, 120],
  [450, 240],
  [460, 360],
  [570, 510],
];
const EARLY_LATE: Trigger = {
  type: 'after-watermark',
  early: { type: 'processing-delay', delay: 60_000 },
  late: { type: 'count', n: 1 },
};

/** Runs the example; answers the panes by window, `minute-minute` after 12:00. */
function run(
  shape: WindowShape,
  settings: Partial<WindowSettings>,
  { extra = [] as typeof SCORES, watermarks = HEURISTIC } = {},
): Record<string, Fired[]> {
  const panes = new Panes(shape, { profile: 'beam', lateness: 1e9, ...settings });
  const fired: Fired[] = [];
  const moments = [
    ...[...SCORES, ...extra].map(({ value, event, seen }) => ({ at: seen, put: { value, event }, to: MIN_TIME })),
    ...watermarks.map(([at, to]) => ({ at, put: null, to })),
  ].sort((a, b) => a.at - b.at);
  for (const { at, put, to } of moments) {
    fired.push(...panes.clock(at * 1_000));
    if (put) fired.push(...panes.put(put.event * 1_000, put.value));
    else fired.push(...panes.watermark(to * 1_000 - 1));
  }
  fired.push(...panes.clock(1_000_000), ...panes.end());
  const byWindow: Record<string, Fired[]> = {};
  for (const one of fired) {
    const [start, end] = one.window.map((time) => time / 60_000);
    (byWindow[`${start}-${end}`] ??= []).push(one);
  }
  return byWindow;
}

const each = <T>(byWindow: Record<string, Fired[]>, look: (fired: Fired[]) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(byWindow).map(([window, fired]) => [window, look(fired)]));
/** A sum over nothing is null in SQL and 0 in the book. */
const withZero = (fired: Fired[]): [number, Timing][] =>
  timed(fired).map(([value, timing]) => [Number(value ?? 0), timing]);

test('S6.5 fixed two-minute windows give 14, 18, 4, 12 when nothing comes late', () => {
  const all = run(tumble(120_000), { trigger: { type: 'default' } }, { watermarks: [] });
  expect(each(all, valuesOf)).toEqual({ '0-2': [14], '2-4': [18], '4-6': [4], '6-8': [12] });
});

test('S6.5 the heuristic watermark without lateness loses the 9', () => {
  const all = run(tumble(120_000), { trigger: { type: 'default' }, lateness: 0 });
  expect(each(all, valuesOf)).toEqual({ '0-2': [5], '2-4': [18], '4-6': [4], '6-8': [12] });
});

test('S4.9 S6.5 early, on time and late, accumulating: 5 5 14, 10 18, 4 4, 3 12', () => {
  const all = run(tumble(120_000), { trigger: EARLY_LATE, accumulation: 'accumulating' });
  expect(each(all, timed)).toEqual({
    '0-2': [
      [5, 'early'],
      [5, 'on time'],
      [14, 'late'],
    ],
    '2-4': [
      [10, 'early'],
      [18, 'on time'],
    ],
    '4-6': [
      [4, 'early'],
      [4, 'on time'],
    ],
    '6-8': [
      [3, 'early'],
      [12, 'on time'],
    ],
  });
});

test('S4.11 S6.5 discarding, the on-time pane may be empty', () => {
  const all = run(tumble(120_000), { trigger: EARLY_LATE, accumulation: 'discarding' });
  expect(each(all, withZero)).toEqual({
    '0-2': [
      [5, 'early'],
      [0, 'on time'],
      [9, 'late'],
    ],
    '2-4': [
      [10, 'early'],
      [8, 'on time'],
    ],
    '4-6': [
      [4, 'early'],
      [0, 'on time'],
    ],
    '6-8': [
      [3, 'early'],
      [9, 'on time'],
    ],
  });
});

test('S5.2 S6.5 with two minutes of lateness the 6 still counts and the 9 does not', () => {
  const extra = [{ value: 6, event: 53, seen: 399 }];
  const how = { trigger: EARLY_LATE, accumulation: 'accumulating' as const, lateness: 120_000 };
  expect(each(run(tumble(120_000), how, { extra }), timed)).toEqual({
    '0-2': [
      [5, 'early'],
      [5, 'on time'],
      [11, 'late'],
    ],
    '2-4': [
      [10, 'early'],
      [18, 'on time'],
    ],
    '4-6': [
      [4, 'early'],
      [4, 'on time'],
    ],
    '6-8': [
      [3, 'early'],
      [12, 'on time'],
    ],
  });
});

test('S3.3 S6.3 S6.5 sessions: what they were is taken back when they grow together', () => {
  const all = run(session(60_000), { trigger: EARLY_LATE, accumulation: 'retracting' });
  const emitted = each(all, (fired) => timed(fired.filter(({ change }) => change === '+I' || change === '+U')));
  // Bounds in minutes: a session ends a minute behind its last score.
  const named = Object.fromEntries(
    Object.entries(emitted).map(([window, panes]) => {
      const [start, end] = window.split('-').map(Number);
      return [`${Math.floor(start)}-${Math.floor(end)}`, panes];
    }),
  );
  expect(named).toEqual({
    '0-1': [
      [5, 'early'],
      [5, 'on time'],
    ],
    '2-3': [[7, 'early']],
    '2-5': [
      [22, 'early'],
      [22, 'on time'],
    ],
    '6-7': [[3, 'early']],
    '0-5': [[36, 'late']],
    '6-8': [
      [12, 'early'],
      [12, 'on time'],
    ],
  });
  const sum = Object.values(all)
    .flat()
    .reduce((total, { value, change }) => total + (change === '+I' || change === '+U' ? 1 : -1) * Number(value), 0);
  expect(sum).toBe(48);
});

// Table 2-1: the window 12:06-12:08 with panes of the inputs [3] and [8, 1].
const table21 = (accumulation: 'accumulating' | 'discarding' | 'retracting'): [string, unknown][] => {
  const panes = new Panes(tumble(120_000), { profile: 'beam', trigger: EARLY_LATE, accumulation, lateness: 60_000 });
  panes.clock(0);
  const fired = [
    ...panes.put(399_000, 3),
    ...panes.clock(60_000),
    ...panes.put(446_000, 8),
    ...panes.put(466_000, 1),
    ...panes.watermark(479_999),
  ];
  return fired.map(({ change, value }) => [change, value]);
};

test('S6.1 S6.2 S6.3 Table 2-1: discarding 3 9, accumulating 3 12, retracting 3 -3 12', () => {
  expect(table21('discarding')).toEqual([
    ['+I', 3],
    ['+I', 9],
  ]);
  expect(table21('accumulating')).toEqual([
    ['+I', 3],
    ['+I', 12],
  ]);
  expect(table21('retracting')).toEqual([
    ['+I', 3],
    ['−U', 3],
    ['+U', 12],
  ]);
});
