import { expect, test } from 'vitest';
import { runCase } from '../../src/cases';
import { KINDS } from './kinds';

/** What the format leaves open is read in every plain way; what it does not, is an error. */
const outcome = (kind: string, profile: string, compare: string, config: object, events: object[], expected: unknown) =>
  runCase({ id: 'one', kind, profile, rule: 'a spelling', config, events, expected, compare } as never, KINDS).status;

const session = (gapRule: unknown[]) =>
  outcome(
    'window',
    'flink',
    'set-per-event',
    { window: { type: 'session-dynamic', gapRule }, trigger: { type: 'window-end' } },
    [{ key: 'a', value: 1, ts: 0 }, { key: 'b', value: 7, ts: 0 }, { watermark: 2 }, { watermark: 4 }],
    [
      { after: 2, key: 'a', window: [0, 3], ts: 2 },
      { after: 3, key: 'b', window: [0, 5], ts: 4 },
    ],
  );

test.each([
  [[{ key: 'a', gap: 3 }, { gap: 5 }]],
  [[{ when: { key: 'a' }, gap: 3 }, { default: 5 }]],
  [[{ if: { key: 'a' }, gap: 3 }, { otherwise: 5 }]],
  [[{ match: 'a', gap: 3 }, { else: 5 }]],
  [[{ key: ['a'], value: 1, gap: 3 }, 5]],
  [
    [
      { value: [7, 8], gap: 5 },
      { key: '*', gap: 3 },
    ],
  ],
  [
    [
      ['a', 3],
      ['b', 5],
    ],
  ],
  [
    [
      ['a', null, 3],
      [null, 7, 5],
    ],
  ],
])('gaps of sessions: %j', (gapRule) => {
  expect(session(gapRule)).toBe('passed');
});

test('a gap rule that says something unknown, or nothing about a row, is an error', () => {
  expect(session([{ colour: 'red', gap: 3 }, { gap: 5 }])).toBe('failed');
  expect(session([{ key: 'a', gap: 3 }])).toBe('failed');
});

test.each([[['MIN', 'MAX']], [null], ['global']])('the global window as %j', (window) => {
  const config = { window: { type: 'global' }, trigger: { type: 'count', n: 1 } };
  const events = [{ key: 'a', value: 1, ts: 0 }];
  expect(outcome('window', 'flink', 'ordered', config, events, [{ after: 0, window }])).toBe('passed');
  expect(outcome('window', 'flink', 'ordered', config, events, [{ after: 0, window: [0, 1] }])).toBe('failed');
});

test('the values of a pane in any order', () => {
  const config = { window: { type: 'tumbling', size: 10 }, watermark: 'exclusive', aggregate: 'list' };
  const element = (value: number) => ({ key: 'a', value, ts: 1 });
  const events = [{ batch: [element(10), element(9)] }, { watermark: 10 }];
  expect(outcome('panes', 'beam', 'ordered', config, events, [{ after: 1, values: [10, 9] }])).toBe('passed');
  expect(outcome('panes', 'beam', 'ordered', config, events, [{ after: 1, values: [10, 10] }])).toBe('failed');
});

test('the end of a window that has none', () => {
  const events = [{ key: 'a', value: 1, ts: 3 }];
  for (const end of ['MAX', null]) {
    const expected = [{ value: 1, window: [3, end] }];
    expect(outcome('validity-windows', 'any', 'final-set', { aggregate: 'sum' }, events, expected)).toBe('passed');
  }
});

test('a final list of sessions as one object, as one item, as items', () => {
  const config = { window: { type: 'session', gap: 5 } };
  const windows = [
    [0, 5],
    [9, 14],
  ];
  for (const expected of [{ windows }, [{ windows }], windows.map((window) => ({ window }))]) {
    expect(outcome('session-windows', 'flink', 'final', config, [{ ts: 9 }, { ts: 0 }], expected)).toBe('passed');
  }
});

test('sides of a join, and what is no side', () => {
  const join = (left: string, right: string) =>
    outcome(
      'stream-join',
      'kafka',
      'ordered',
      { join: 'inner', before: 5, after: 5, grace: 0 },
      [
        { side: left, key: 'a', value: 'l', ts: 0 },
        { side: right, key: 'a', value: 'r', ts: 1 },
      ],
      [{ after: 1, left: 'l', right: 'r' }],
    );
  expect(join('L', 'R')).toBe('passed');
  expect(join('left', 'right')).toBe('passed');
  expect(join('L', 'X')).toBe('failed');
  expect(join('later', 'R')).toBe('failed');
});

test('what a kind needs is not guessed', () => {
  const element = [{ key: 'a', value: 1 }];
  const window = { window: { type: 'tumbling', size: 10 } };
  expect(outcome('window', 'flink', 'ordered', window, element, [])).toBe('failed');
  expect(outcome('window', 'flink', 'ordered', { ...window, time: 'processing' }, element, [])).toBe('passed');
  expect(outcome('watermark-generator', 'flink', 'ordered', {}, [], [{ after: -1, watermark: 'MIN' }])).toBe('failed');
  expect(outcome('session-windows', 'flink', 'final', { window: { type: 'session' } }, [], [])).toBe('failed');
  const idle = [{ channel: 2, status: 'idle' }];
  expect(outcome('watermark-merge', 'flink', 'ordered', { channels: 2 }, idle, [])).toBe('failed');
  const frame = { partitionBy: 'key', frame: { type: 'rows', preceding: 1 } };
  expect(outcome('over-aggregate', 'flink', 'set-final', frame, [{ id: 'r', ts: 1, value: 1 }], [])).toBe('failed');
  const grouped = { window: { type: 'tumbling', size: 10 }, groupBy: ['colour'] };
  expect(outcome('sql-window', 'flink', 'set-final', grouped, [], [])).toBe('failed');
});
