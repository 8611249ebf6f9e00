import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collect, readCase, type RawCase } from '../../../src/cases';
import { parseLesson } from '../../../src/notebook/parse';
import { createSession } from '../../../src/session/session';
import { lessonOf } from '../../../src/site/build/caseLesson';
import { prepareLesson } from '../../../src/site/build/prepare';

const session = createSession();

const rawOf = (given: Record<string, unknown>): RawCase => {
  const raw = readCase({
    id: 'one',
    profile: 'flink',
    rule: 'a rule: with "quotes"',
    compare: 'ordered',
    expected: [],
    ...given,
  });
  if (typeof raw === 'string') throw new Error(raw);
  return raw;
};

const prepared = (raw: RawCase) => {
  const text = lessonOf(raw);
  if (text === null) throw new Error(`${raw.id} is no pipeline`);
  const place = { file: raw.id, slug: 'case-one', part: 'semantics', partTitle: 'Semantics' };
  return prepareLesson(parseLesson(text, place), raw.id, session);
};

/** The rows of the result at the end of the run, without the figure's own columns. */
async function result(given: Record<string, unknown>): Promise<string[]> {
  const { runs, lesson } = await prepared(rawOf(given));
  expect(lesson.title).toBe('a rule: with "quotes"');
  const { facts } = runs.answer.drawn['result-table'].figure!;
  const known = facts.columns.indexOf('known at');
  return facts.rows.map((row) => row.slice(0, known).join(' '));
}

const element = (ts: number, value: number, key = 'a') => ({ key, value, ts });

const window = (config: object, events: object[]) =>
  result({
    kind: 'window',
    config: { aggregate: 'sum', trigger: { type: 'window-end' }, allowedLateness: 0, ...config },
    events,
  });

test('windows fire at the watermarks of the case, and what is too late is too late', async () => {
  const events = [element(3, 1), element(9, 2), { watermark: 8 }, element(4, 4), { watermark: 9 }, element(5, 8)];
  expect(await window({ window: { type: 'tumbling', size: 10 } }, events)).toEqual(['a 00:00 00:00:10 7']);
  expect(await window({ window: { type: 'tumbling', size: 10 }, allowedLateness: 5 }, events)).toEqual([
    'a 00:00 00:00:10 15',
  ]);
  expect(await window({ window: { type: 'tumbling', size: 10 } }, events.slice(0, 4))).toEqual([]);
});

test('the end of the input ends the run', async () => {
  const events = [element(3, 1), { watermark: 'MAX' }];
  expect(await window({ window: { type: 'tumbling', size: 10 } }, events)).toEqual(['a 00:00 00:00:10 1']);
});

test('hopping and cumulating windows', async () => {
  const events = [element(3, 1), { watermark: 100 }];
  expect(await window({ window: { type: 'sliding', size: 10, slide: 5 } }, events)).toHaveLength(2);
  const cumulate = { window: { type: 'cumulate', step: 5, max: 10 } };
  expect(await result({ kind: 'sql-window-op', config: { aggregate: 'sum', trigger: { type: 'window-end' }, allowedLateness: 0, ...cumulate }, events })).toHaveLength(2); // prettier-ignore
});

test('a rolling aggregate', async () => {
  const config = { partitionBy: 'key', frame: { type: 'range', preceding: 10 }, aggregates: ['count', 'sum'] };
  const events = [{ id: 'r1', ...element(0, 1) }, { id: 'r2', ...element(10, 2) }, { watermark: 10 }];
  expect(await result({ kind: 'over-aggregate', config, events })).toEqual(['r1 a 00:00 1 1', 'r2 a 00:00:10 2 3']);
});

test('what is no pipeline, or more than a document can say, has no run', () => {
  const config = { aggregate: 'sum', trigger: { type: 'window-end' }, window: { type: 'tumbling', size: 10 } };
  const of = (more: object, events: object[] = [element(3, 1)], kind = 'window') =>
    lessonOf(rawOf({ kind, config: { ...config, ...more }, events }));
  expect(of({})).not.toBeNull();
  expect(of({}, [element(3, 1)], 'timers')).toBeNull();
  expect(of({}, [])).toBeNull();
  expect(of({}, [element(3, 1), { snapshotRestore: true }])).toBeNull();
  expect(of({}, [element(3, 1), { watermark: 'MAX' }, element(4, 1)])).toBeNull();
  expect(of({}, [{ key: 'a', ts: 3, value: null }])).toBeNull();
  expect(of({ evictor: { type: 'count', keep: 1 } })).toBeNull();
  expect(of({ time: 'processing' })).toBeNull();
  expect(of({ window: { type: 'global' } })).toBeNull();
  expect(of({ trigger: { type: 'or-finally' } })).toBeNull();
});

test('a window that SQL refuses is refused when the document is read', () => {
  const config = { aggregate: 'sum', trigger: { type: 'window-end' }, window: { type: 'tumbling', size: -1 } };
  expect(() => prepared(rawOf({ kind: 'window', config, events: [element(3, 1)] }))).toThrow(/SIZE must be longer/);
});

test('an offset shifts the grid of windows', async () => {
  const events = [element(3, 1), element(13, 2), { watermark: 100 }];
  expect(await window({ window: { type: 'tumbling', size: 10, offset: 4 } }, events)).toEqual([
    'a 23:59:54 00:00:04 1',
    'a 00:00:04 00:00:14 2',
  ]);
});

describe('every case of the project that is a pipeline runs as one', () => {
  const folder = join(import.meta.dirname, '../../semantics');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const { work } = collect(files.map((path) => ({ path, content: readFileSync(join(folder, path), 'utf8') })));
  const raws = work.map(({ value }) => readCase(value)).filter((raw) => typeof raw !== 'string');
  test.each(files)('%s', async (path) => {
    const { cases } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as { cases: { id: string }[] };
    const own = raws.filter(({ id }) => cases.some((one) => one.id === id));
    for (const raw of own) if (lessonOf(raw) !== null) await prepared(raw);
  });
});
