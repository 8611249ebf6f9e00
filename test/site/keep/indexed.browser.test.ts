import { afterEach, expect, test } from 'vitest';
import { encodeLink, openKeep, progress, type Keep } from '../../../src/site/keep';
import { decodeLink } from '../../../src/site/keep/link';
import { indexedStore } from '../../../src/site/keep/indexed';
import { type Edits } from './tab';
import tabUrl from './tab?worker&url';

const open: Keep[] = [];
let lessons = 0;

afterEach(() => {
  for (const keep of open.splice(0)) keep.close();
});

const newSlug = () => `lesson-${(lessons += 1)}-${performance.now().toString(36).replace('.', '')}`;

async function tab(slug: string): Promise<Keep> {
  const keep = await openKeep(slug);
  open.push(keep);
  return keep;
}

function editElsewhere(edits: Edits): Promise<{ written: [string, string][]; replaced: string[] }> {
  const worker = new Worker(tabUrl, { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.addEventListener(
      'message',
      ({ data }: MessageEvent<{ written: [string, string][]; replaced: string[] }>) => {
        worker.terminate();
        resolve(data);
      },
    );
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.postMessage(edits);
  });
}

test('what is written is there after a reload', async () => {
  const slug = newSlug();
  const keep = await tab(slug);
  expect([keep.state, keep.reason]).toEqual(['kept', null]);
  expect(await keep.write({ edits: { a: 'SELECT 1' }, done: true })).toBe('saved');
  keep.close();
  expect((await tab(slug)).read()).toMatchObject({ revision: 1, edits: { a: 'SELECT 1' }, done: true });
  expect(await progress()).toMatchObject({ [slug]: 'done' });
});

test('U-02 2 x 200 edits of different cells at the same time: 400 are kept', async () => {
  const slug = newSlug();
  const both = await Promise.all(['left', 'right'].map((who) => editElsewhere({ slug, who, count: 200, cells: 0 })));
  const keep = await tab(slug);
  expect(keep.read().edits).toEqual(Object.fromEntries(both.flatMap(({ written }) => written)));
  expect(Object.keys(keep.read().edits)).toHaveLength(400);
  expect(keep.conflicts()).toEqual([]);
});

test('U-02 2 x 200 edits of the same five cells at the same time: each is kept, forked, or was read before it was replaced', async () => {
  const slug = newSlug();
  const both = await Promise.all(['left', 'right'].map((who) => editElsewhere({ slug, who, count: 200, cells: 5 })));
  const keep = await tab(slug);
  const replaced = new Set(both.flatMap((one) => one.replaced));
  const forked = keep.conflicts().flatMap(({ key, others }) => others.map(({ value }) => `${key} ${String(value)}`));
  for (const [key, value] of both.flatMap(({ written }) => written)) {
    const there = keep.read().edits[key] === value || forked.includes(`${key} ${value}`);
    expect(there || replaced.has(value), `${key} ${value}`).toBe(true);
  }
  expect(keep.read().revision).toBe(400);
});

test('another tab is told', async () => {
  const slug = newSlug();
  const keep = await tab(slug);
  let told = '';
  keep.onchange((saved) => (told = saved.edits.cell0));
  await editElsewhere({ slug, who: 'other', count: 1, cells: 1 });
  await expect.poll(() => told).toBe('other 0');
  expect(keep.read().edits).toEqual({ cell0: 'other 0' });
});

test('a plan that fails half-way leaves nothing behind', async () => {
  const slug = newSlug();
  const store = await indexedStore();
  const row = { slug, kind: 'kept' as const, number: 1, text: '', checksum: '' };
  const uncloneable = { ...row, number: 2, text: (() => '') as unknown as string };
  await expect(store.change(slug, () => ({ put: [row, uncloneable], remove: [], result: 1 }))).rejects.toThrow();
  await expect(
    store.change(slug, () => {
      throw new Error('no plan');
    }),
  ).rejects.toThrow('no plan');
  expect(await store.rows(slug)).toEqual([]);
  store.close();
});

test('a database that the browser closes meanwhile is opened again', async () => {
  const slug = newSlug();
  const store = await indexedStore();
  store.close();
  await store.change(slug, () => ({ put: [], remove: [], result: null }));
  expect(await store.rows(slug)).toEqual([]);
  store.close();
});

test.each([
  [
    'throws',
    () => {
      throw new DOMException('denied', 'SecurityError');
    },
  ],
  [
    'answers with an error',
    () =>
      ({
        open: () => {
          const request = {
            error: new DOMException('A mutation was not allowed', 'InvalidStateError'),
            onerror: () => undefined,
          };
          setTimeout(() => request.onerror());
          return request;
        },
      }) as unknown as IDBFactory,
  ],
])('U-04 storage that %s leaves a usable lesson with a banner and an export', async (_, factory) => {
  const keep = await openKeep(newSlug(), { store: () => indexedStore(factory) });
  expect(keep.state).toBe('memory');
  expect(keep.reason).toMatch(/^Not saved in this browser: .+ export it to a file to keep it\.$/);
  expect(await keep.write({ edits: { a: 'x' } })).toBe('saved');
  const file = keep.exportFile();
  await keep.reset();
  await keep.importFile(file);
  expect(keep.read().edits).toEqual({ a: 'x' });
});

test('links are packed and unpacked by the browser', async () => {
  const state = {
    lesson: 'late',
    seed: 7,
    knobs: { wait: 1 },
    edits: { a: 'SELECT é価 FROM t '.repeat(100) },
    forks: {},
    moment: { a: [3, 0] as [number, number] },
    bets: { b: null },
  };
  const link = await encodeLink(state);
  expect(link.length).toBeLessThan(400);
  expect(await decodeLink(link)).toEqual(state);
  for (let at = 0; at < link.length; at += 1) {
    await expect(decodeLink(link.slice(0, at))).rejects.toMatchObject({ facts: { where: 'the link' } });
  }
});
