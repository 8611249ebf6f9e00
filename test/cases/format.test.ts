import { expect, test } from 'vitest';
import { isList } from '../../src/cases/kind';
import { list, object } from '../../src/cases/fields';
import { readFile } from '../../src/cases/format';
import { MAX_TIME, MIN_TIME } from '../../src/model';
import { resolveEvents, specialTime } from '../../src/cases/times';
import { echo, run } from './fakeKind';

const reason = (given: Record<string, unknown>) => {
  const { status, reason } = run(given);
  return status === 'passed' ? 'passed' : (reason?.what ?? '');
};

test('a case as it should be passes', () => {
  expect(reason({})).toBe('passed');
  expect(reason({ notes: 'n', requires: ['batches'], sources: 'replayable', config: { validity: 'v' } })).toBe(
    'passed',
  );
});

test('a field, word or shape that the kind does not list is an error, never a pass', () => {
  expect(reason({ kind: 'nothing' })).toMatch(/unknown kind nothing/);
  expect(reason({ profile: 'spark' })).toMatch(/unknown profile/);
  expect(reason({ profile: 'feast' })).toMatch(/no profile feast/);
  expect(reason({ profile: 'all' })).toMatch(/by-profile/);
  expect(reason({ compare: 'roughly' })).toMatch(/unknown compare/);
  expect(reason({ surprise: 1 })).toMatch(/surprise is not a field/);
  expect(reason({ config: { surprise: 1 } })).toMatch(/config\.surprise is not a setting/);
  expect(reason({ config: { window: { surprise: 1 } } })).toMatch(/config\.window\.surprise/);
  expect(reason({ config: { window: { type: 'rolling' } } })).toMatch(/config\.window\.type is not "tumbling"/);
  expect(reason({ config: { window: { size: '5' } } })).toMatch(/config\.window\.size is not a number/);
  expect(reason({ config: { window: 5 } })).toMatch(/config\.window is not a setting/);
  expect(reason({ config: { trigger: { of: [{ n: 1 }, { m: 1 }] } } })).toMatch(/config\.trigger\.of\.m/);
  expect(reason({ config: { trigger: { of: [{ n: true }] } } })).toMatch(/config\.trigger\.of\.n is not a number/);
  expect(reason({ events: [{ put: [], value: 1 }] })).toMatch(/event 0 has a shape/);
  expect(reason({ events: [{ put: [] }, 5] })).toMatch(/event 1 is not an object/);
  expect(reason({ events: [{ watermark: true }] })).toMatch(/watermark is not a whole number/);
  expect(reason({ events: [{ watermark: 'SOON' }] })).toMatch(/watermark is not a whole number/);
  expect(reason({ expected: [{ surprise: 1 }] })).toMatch(/expected surprise is not an output/);
  expect(reason({ expected: [5] })).toMatch(/not an object/);
  expect(reason({ expected: [{ after: 3 }] })).toMatch(/there is no such event/);
  expect(reason({ expected: { error: 'other' } })).toMatch(/invalid-config/);
  expect(reason({ compare: 'object', expected: [] })).toMatch(/needs an object/);
});

test('a field of Object is not a field of a case', () => {
  expect(reason({ config: { constructor: 1 } })).toMatch(/config\.constructor is not a setting/);
  expect(reason({ config: JSON.parse('{"__proto__": 1}') as object })).toMatch(/config\.__proto__ is not a setting/);
  expect(reason({ expected: [{ toString: 1 }] })).toMatch(/expected toString/);
});

test('checks hold whichever file is loaded first', () => {
  // Types are imported with `import type`: an import of nothing but inline types would still load the file, in a circle.
  expect(list.holds([]) && isList([])).toBe(true);
  expect(object.holds({})).toBe(true);
});

test('a case without its fields is an error', () => {
  for (const name of ['id', 'kind', 'rule', 'events', 'expected', 'compare', 'profile']) {
    expect(run({ [name]: undefined }).status).toBe('failed');
  }
  expect(reason({ provenance: 'guessed' })).toMatch(/provenance/);
  expect(reason({ tolerance: -1 })).toMatch(/tolerance/);
  expect(reason({ ignore: 'after' })).toMatch(/ignore/);
  expect(reason({ events: Array.from({ length: 100_001 }, () => ({ value: 1 })) })).toMatch(/more than 100000/);
});

test('a kind of the format without an adapter is skipped, not passed', () => {
  expect(run({ kind: 'later' })).toMatchObject({ status: 'skipped', reason: { what: 'no adapter for kind later' } });
});

test('a refusal counts only while the operator is built, and only the engine’s own', () => {
  const refused = { error: 'invalid-config' };
  expect(reason({ config: { limit: -1 }, expected: refused })).toBe('passed');
  expect(reason({ config: { limit: 1 }, expected: refused })).toMatch(/must be refused/);
  expect(reason({ config: { limit: 0 }, expected: refused })).toMatch(/the adapter cannot/);
  expect(reason({ events: [{ boom: true }], expected: refused })).toMatch(/boom/);
  expect(reason({ config: { limit: -1 }, expected: [] })).toMatch(/refused/);
  expect(reason({ config: { limit: -1 }, compare: 'object', expected: {} })).toMatch(/refused/);
});

test('a refusal is one fact under any way to compare', () => {
  const narrow = (more: object) => run({ compare: 'object', ...more }, { ...echo, compares: ['set'] }).status;
  expect(narrow({ config: { limit: -1 }, expected: { error: 'invalid-config' } })).toBe('passed');
  expect(narrow({ expected: { value: 1 } })).toBe('failed');
});

test('settings may be left out only where there are none', () => {
  expect(reason({ config: undefined })).toMatch(/config is missing/);
  expect(run({ config: undefined }, { ...echo, config: {} }).status).toBe('passed');
});

test('times are whole numbers, bounds have two words, and an expected output says something', () => {
  expect(reason({ events: [{ ts: 0.5 }] })).toMatch(/ts is not a whole number or null: 0.5/);
  expect(reason({ events: [{ watermark: 1.5 }] })).toMatch(/watermark is not a whole number/);
  expect(reason({ windowBounds: 'open' })).toMatch(/windowBounds is not/);
  expect(reason({ events: [{ put: [{ value: 1 }] }], expected: [{}] })).toMatch(/says nothing/);
});

test('additional facts of the run are compared where the adapter gives them', () => {
  expect(reason({ dropped: 3 })).toBe('passed');
  expect(reason({ dropped: 4 })).toBe('dropped');
  expect(reason({ windowBounds: 'inclusive' })).toBe('passed');
});

test('special times', () => {
  expect(specialTime('MAX')).toBe(MAX_TIME);
  expect(specialTime('MIN')).toBe(MIN_TIME);
  expect(specialTime('MAX-1750')).toBe(MAX_TIME - 1750);
  expect(specialTime('MAX+5')).toBe(MAX_TIME);
  expect(specialTime('MIN-5')).toBe(MIN_TIME);
  expect(specialTime('MIN+5')).toBe(MIN_TIME + 5);
  expect(specialTime('MAXIMUM')).toBeNull();
  const events = [{ watermark: 'MAX' }, { watermark: 'MIN+3' }];
  expect(reason({ events, expected: [{ watermark: 'MAX' }, { watermark: 'MIN+3' }] })).toBe('passed');
  expect(reason({ events, expected: [{ watermark: 'MAX' }, { watermark: 'MIN+4' }] })).toMatch(/output 1 differs/);
  expect(reason({ config: { limit: 'MAX-1' } })).toBe('passed');
});

test('a text that looks like a time stays a text in data', () => {
  expect(resolveEvents([{ key: 'MAX', ts: 'MAX' }], {}, 'flink')).toEqual([{ key: 'MAX', ts: MAX_TIME }]);
});

test('S1.1 watermarks reach the adapter in one convention', () => {
  const events = [{ watermark: 10 }, { watermark: 'MAX' }, { watermark: 'MIN' }];
  expect(resolveEvents(events, {}, 'flink')).toEqual([
    { watermark: 10 },
    { watermark: MAX_TIME },
    { watermark: MIN_TIME },
  ]);
  expect(resolveEvents(events, { watermark: 'exclusive' }, 'beam')).toEqual([
    { watermark: 9 },
    { watermark: MAX_TIME },
    { watermark: MIN_TIME },
  ]);
});

test('"all data before T has arrived" is a watermark where there are watermarks', () => {
  expect(resolveEvents([{ time: 10 }], {}, 'flink')).toEqual([{ watermark: 9 }]);
  expect(resolveEvents([{ time: 10 }], {}, 'beam')).toEqual([{ watermark: 9 }]);
  expect(resolveEvents([{ time: 10 }], {}, 'kafka')).toEqual([{ time: 10 }]);
  expect(resolveEvents([{ time: 'MAX' }], {}, 'flink')).toEqual([{ watermark: MAX_TIME }]);
});

test('WINDOW_MAX is the last time of the window of the last element', () => {
  const after = (window: object, events: object[] = [{ ts: 13 }]) =>
    resolveEvents([...events, { watermark: 'WINDOW_MAX' }] as never, { window } as never, 'flink').at(-1);
  expect(after({ type: 'tumbling', size: 10 })).toEqual({ watermark: 19 });
  expect(after({ type: 'tumbling', size: 10, offset: 5 })).toEqual({ watermark: 14 });
  expect(after({ type: 'sliding', size: 10, slide: 2 })).toEqual({ watermark: 21 });
  expect(after({ type: 'session', gap: 4 })).toEqual({ watermark: 16 });
  expect(after({ type: 'global' })).toEqual({ watermark: MAX_TIME });
  expect(after({ type: 'tumbling', size: 10 }, [{ batch: [{ ts: 3 }, { ts: 33 }] }])).toEqual({ watermark: 39 });
  expect(() => after({ type: 'tumbling', size: 10 }, [])).toThrow(/without an element/);
  expect(reason({ events: [{ watermark: 'WINDOW_MAX' }] })).toMatch(/without an element/);
});

test('a file says what is wrong with it', () => {
  const file = (value: unknown) => () => readFile(typeof value === 'string' ? value : JSON.stringify(value));
  expect(readFile(JSON.stringify({ group: 'g', count: 1, cases: [{}] }))).toEqual({
    group: 'g',
    cases: [{}],
    trouble: null,
  });
  expect(file('{"group": ')).toThrow(/not JSON/);
  expect(file([])).toThrow(/not an object/);
  expect(file({ count: 0, cases: [] })).toThrow(/group/);
  expect(file({ group: 'g', count: 0 })).toThrow(/cases is not a list/);
});

test('an error around the cases is reported, and they still run', () => {
  const trouble = (value: unknown) => readFile(JSON.stringify(value)).trouble;
  expect(trouble({ group: 'g', count: 2, cases: [{}] })).toMatch(/count is 2, but there are 1/);
  expect(trouble({ group: 'g', cases: [] })).toMatch(/count is missing/);
  expect(trouble({ group: 'g', count: 0, cases: [], more: 1 })).toMatch(/unknown field more/);
});

test('an adapter that emits without end is stopped', () => {
  const many = Array.from({ length: 1_000_001 }, () => ({}));
  expect(reason({ kind: echo.kind, events: [{ put: many }] })).toMatch(/more than 1000000 outputs/);
});
