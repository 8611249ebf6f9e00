import { expect, test } from 'vitest';
import { passes, run } from './fakeKind';

const a = { key: 'a', value: 1 };
const b = { key: 'b', value: 2 };

test('ordered: the exact sequence, and only the fields that are named', () => {
  expect(passes('ordered', [[a, b]], [a, b])).toBe(true);
  expect(passes('ordered', [[{ ...a, more: true }, b]], [a, { key: 'b' }])).toBe(true);
  expect(passes('ordered', [[b, a]], [a, b])).toBe(false);
  expect(passes('ordered', [[a, b]], [a])).toBe(false);
  expect(passes('ordered', [[a]], [a, b])).toBe(false);
  expect(passes('ordered', [[{ key: 'a' }]], [a])).toBe(false);
});

test('ordered: an output has to appear after its event', () => {
  expect(
    passes(
      'ordered',
      [[a], [b]],
      [
        { after: 0, ...a },
        { after: 1, ...b },
      ],
    ),
  ).toBe(true);
  expect(
    passes(
      'ordered',
      [[a, b], []],
      [
        { after: 0, ...a },
        { after: 1, ...b },
      ],
    ),
  ).toBe(false);
  const late = [
    { after: 0, ...a },
    { after: 1, ...b },
  ];
  expect(passes('ordered', [[a, b], []], late, { ignore: ['after'] })).toBe(true);
});

test('set-per-event: order inside of one event is free, nothing else', () => {
  const expected = [
    { after: 0, ...a },
    { after: 0, ...b },
    { after: 1, ...a },
  ];
  expect(passes('set-per-event', [[b, a], [a]], expected)).toBe(true);
  expect(passes('set-per-event', [[a], [a, b]], expected)).toBe(false);
  expect(
    passes(
      'set-per-event',
      [
        [a, b],
        [a, a],
      ],
      expected,
    ),
  ).toBe(false);
  expect(passes('set-per-event', [[a, b], [a], [a]], expected)).toBe(false);
});

test('set-per-event: no output may appear at an event for which none is listed', () => {
  expect(passes('set-per-event', [[], []], [])).toBe(true);
  expect(passes('set-per-event', [[], [a]], [])).toBe(false);
});

test('set-per-event: an expectation that fits two outputs leaves the right one to the other', () => {
  const expected = [
    { after: 0, key: 'a' },
    { after: 0, key: 'a', value: 1 },
  ];
  const two = { key: 'a', value: 2 };
  expect(passes('set-per-event', [[a, two]], expected)).toBe(true);
  expect(passes('set-per-event', [[two, a]], expected)).toBe(true);
  expect(passes('set-per-event', [[two, two]], expected)).toBe(false);
});

test('set: order, event and counts are free', () => {
  expect(passes('set', [[b, b], [a]], [{ after: 0, ...a }, b])).toBe(true);
  expect(passes('set', [[b]], [a, b])).toBe(false);
  expect(passes('set', [[a, b]], [b])).toBe(false);
});

test('multiset and the contents at the end: counts matter', () => {
  for (const mode of ['multiset', 'set-final', 'final-set', 'final']) {
    expect(passes(mode, [[b], [a]], [a, b])).toBe(true);
    expect(passes(mode, [[b, b], [a]], [a, b])).toBe(false);
    expect(passes(mode, [[b], [a]], [a, b, b])).toBe(false);
    expect(passes(mode, [[b], [a]], [a, b], { config: { end: true } })).toBe(true);
    expect(passes(mode, [[b], [a]], [a], { config: { end: true } })).toBe(false);
  }
});

test('final-view-by-id: the changelog is applied', () => {
  const log = [
    { op: '+I', id: 1, value: 5 },
    { op: '+I', id: 2, value: 6 },
    { op: '-U', id: 1, value: 5 },
    { op: '+U', id: 1, value: 7 },
    { op: '−D', id: 2, value: 6 },
  ];
  expect(passes('final-view-by-id', [log], [{ id: 1, value: 7 }])).toBe(true);
  expect(passes('final-view-by-id', [log], [{ id: 1, value: 5 }])).toBe(false);
  expect(passes('final-view-by-id', [log.slice(0, 4)], [{ id: 1, value: 7 }])).toBe(false);
  expect(passes('final-view-by-id', [[{ op: '?', id: 1 }]], [{ id: 1 }])).toBe(false);
});

test('running-totals: the sum of everything so far, per window', () => {
  const put = [
    [{ window: [0, 10], value: 3 }],
    [
      { window: [0, 10], value: -3, retraction: true },
      { window: [0, 10], value: 5 },
      { window: [10, 20], value: 1 },
    ],
  ];
  const expected = (second: number) => [
    { after: 0, windowTotals: [[[0, 10], 3]] },
    {
      after: 1,
      windowTotals: [
        { window: [0, 10], value: second },
        { window: [10, 20], value: 1 },
      ],
    },
  ];
  expect(passes('running-totals', put, expected(5))).toBe(true);
  expect(passes('running-totals', put, expected(8))).toBe(false);
  expect(passes('running-totals', put, [{ after: 1, windowTotals: { '[0,10)': 5 } }])).toBe(false);
  expect(passes('running-totals', put, [{ after: 1, windowTotals: { '0,10': 5, '10,20': 1 } }])).toBe(true);
});

test('object: every field of the expectation', () => {
  const config = { end: true, window: { gap: 1 } };
  const put = [[{ value: 1, key: 'a' }]];
  expect(passes('object', put, { value: 1 }, { config })).toBe(true);
  expect(passes('object', put, { value: 2 }, { config })).toBe(false);
  expect(passes('object', put, { value: 1, id: 2 }, { config })).toBe(false);
  expect(passes('object', put, { value: 1 })).toBe(false);
});

test('by-profile: one expectation per system that the kind claims', () => {
  const events = [{ profile: true }];
  const byProfile = (kafka: string) => ({
    byProfile: { flink: [{ value: 'flink' }], kafka: [{ value: kafka }], feast: [{ value: '?' }] },
  });
  const all = { profile: 'all', compare: 'by-profile', events };
  expect(run({ ...all, expected: byProfile('kafka') }).status).toBe('passed');
  const wrong = run({ ...all, expected: byProfile('flink') });
  expect(wrong.status).toBe('failed');
  expect(wrong.reason?.what).toMatch(/^kafka: /);
  expect(run({ ...all, expected: { byProfile: { feast: [] } } }).status).toBe('failed');
});

test('facts are read after their event and never count as outputs', () => {
  const events = [{ value: 2 }, { put: [a] }, { value: 3 }];
  const expected = (total: number) => [
    { after: -1, total: 0 },
    { after: 0, total: 2 },
    { after: 1, ...a, total },
  ];
  expect(run({ events, expected: expected(2) }).status).toBe('passed');
  expect(run({ events, expected: expected(5) }).status).toBe('failed');
  expect(run({ events, expected: [{ after: 2, total: 5 }] }).status).toBe('passed');
  expect(run({ events, expected: [{ after: 2, total: 2 }] }).reason).toEqual({
    what: 'total after event 2',
    expected: 2,
    actual: 5,
  });
});

test('numbers: exact, unless there is a tolerance', () => {
  expect(passes('ordered', [[{ value: 0.30000000000000004 }]], [{ value: 0.3 }])).toBe(false);
  expect(passes('ordered', [[{ value: 0.30000000000000004 }]], [{ value: 0.3 }], { tolerance: 1e-9 })).toBe(true);
  expect(passes('ordered', [[{ value: 0.31 }]], [{ value: 0.3 }], { tolerance: 1e-9 })).toBe(false);
  expect(passes('ordered', [[{ value: null }]], [{ value: null }])).toBe(true);
  expect(passes('ordered', [[{ value: 0 }]], [{ value: null }])).toBe(false);
  expect(passes('ordered', [[{}]], [{ value: null }])).toBe(false);
});

test('values inside of values are compared whole', () => {
  expect(passes('ordered', [[{ nested: { x: 1, y: 2 } }]], [{ nested: { y: 2, x: 1 } }])).toBe(true);
  expect(passes('ordered', [[{ nested: { x: 1, y: 2 } }]], [{ nested: { x: 1 } }])).toBe(false);
  expect(passes('ordered', [[{ nested: [1, [2, 3]] }]], [{ nested: [1, [2, 4]] }])).toBe(false);
});

test('windows have no order, except where the case is ordered', () => {
  const put = [[{ windows: [[5, 15], [0, 10]] }]]; // prettier-ignore
  const windows = [[0, 10], [5, 15]]; // prettier-ignore
  expect(passes('set-per-event', put, [{ after: 0, windows }])).toBe(true);
  expect(passes('set-per-event', put, [{ after: 0, windows: windows.slice(1) }])).toBe(false);
  expect(passes('ordered', put, [{ after: 0, windows }])).toBe(false);
});

test('an output that is late or a retraction is only met by an expectation that says so', () => {
  for (const mark of ['late', 'retraction']) {
    expect(passes('set-per-event', [[{ ...a, [mark]: true }]], [{ after: 0, ...a }])).toBe(false);
    expect(passes('set-per-event', [[{ ...a, [mark]: true }]], [{ after: 0, ...a, [mark]: true }])).toBe(true);
    expect(passes('set-per-event', [[a]], [{ after: 0, ...a, [mark]: true }])).toBe(false);
    expect(passes('set-per-event', [[a]], [{ after: 0, ...a, [mark]: false }])).toBe(true);
  }
});

test('the first differing fact is reported', () => {
  expect(run({ events: [{ put: [a] }], expected: [b] }).reason).toEqual({
    what: 'output 0 differs',
    expected: b,
    actual: { after: 0, ...a },
  });
});

test('by-profile: without an event, a list may be all outputs or what stands in the end', () => {
  const output = (value: number | null, key = 'a') => ({ key, window: [0, 10], value });
  const meets = (flink: unknown, put: unknown[][]) =>
    run({
      profile: 'all',
      compare: 'by-profile',
      events: put.map((outputs) => ({ put: outputs })),
      expected: { byProfile: { flink, kafka: null } },
    }).status === 'passed';
  const put = [[output(1)], [output(2), output(7, 'b')], [output(null, 'b')]];
  expect(meets([output(2)], put)).toBe(true);
  expect(meets([output(1)], put)).toBe(false);
  expect(meets([output(1), output(2), output(7, 'b'), output(null, 'b')], put)).toBe(true);
  expect(meets([{ after: 1, ...output(2) }], put)).toBe(false);
  expect(meets([], [[output(1)], [output(null)]])).toBe(true);
  expect(meets([], [[output(1)]])).toBe(false);
});

test('what only restates a rule in words is not looked at, wherever it stands', () => {
  const config = { window: { type: 'session', gap: 5, merge: 'touching' }, bounds: 'inclusive' };
  const events = [{ put: [a], validity: 'until the next one' }];
  expect(run({ config, events, expected: [{ ...a, sources: 'two' }] }).status).toBe('passed');
  expect(run({ config, events: [{ put: [a], other: 1 }], expected: [a] }).status).toBe('failed');
  expect(run({ config: { window: { other: 1 } }, events: [], expected: [] }).status).toBe('failed');
});
