import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Keep } from '../../../src/site/keep';
import { memoryStore, type Row, type Store } from '../../../src/site/keep/store';
import { contentOf, tab } from './browser';

/** What the first released version stored and exported. It is never written anew. */
const first = JSON.parse(readFileSync(join(import.meta.dirname, 'format1.json'), 'utf8')) as {
  file: string;
  rows: Row[];
};

const content = {
  edits: { spend: 'SELECT 2' },
  knobs: { wait: 0.5 },
  seed: {},
  forks: {},
  bets: { promise: { value: 62, locked: true } },
  answers: { e: { setting: { edge: 'closed' }, passed: true } },
  hints: { e: 2 },
  position: { spend: 9 },
  done: true,
};

async function holdsAll(keep: Keep): Promise<void> {
  expect(contentOf(keep.read())).toEqual(content);
  expect(keep.conflicts()).toMatchObject([{ key: 'spend', others: [{ value: 'SELECT 1 -- é' }] }]);
  expect([keep.reason, keep.readOnly]).toEqual([null, false]);
}

async function stored(): Promise<Store> {
  const store = memoryStore();
  await store.change('lesson', () => ({ put: first.rows, remove: [], result: null }));
  return store;
}

test('U-06 a lesson of format 1 opens whole, is written in this format over it, and opens the same', async () => {
  const store = await stored();
  const keep = await tab(store);
  await holdsAll(keep);
  expect(await keep.write({ seed: { data: 7 } })).toBe('saved');
  expect(await keep.write({ seed: {} })).toBe('saved');
  await holdsAll(await tab(store));
  expect((await store.rows('lesson')).map(({ text }) => (JSON.parse(text) as { format: number }).format)).toEqual([
    1, 1, 1, 2, 2,
  ]);
});

test('U-06 a file of format 1 is imported whole, and one that was changed is not', async () => {
  const keep = await tab();
  await expect(keep.importFile(new Blob([first.file.replace('SELECT 2', 'SELECT 3')]))).rejects.toThrow('checksum');
  await keep.importFile(new Blob([first.file]));
  await holdsAll(keep);
});

test('a version that format 1 put aside is not put aside a second time', async () => {
  const keep = await tab(await stored());
  await keep.importFile(new Blob([first.file]));
  await holdsAll(keep);
});
