import { expect, test } from 'vitest';
import { checksum } from '../../../src/site/keep/checksum';
import { nothingSaved } from '../../../src/site/keep/saved';
import { memoryStore } from '../../../src/site/keep/store';
import { contentOf, cutOff, LONG, memoryStorage, tab } from './browser';

test('attack 11: what was typed last is there again though the page went before it was stored', async () => {
  const store = memoryStore();
  const memory = memoryStorage();
  const keep = await tab(cutOff(store), memory);
  for (const text of ['S', 'SE', 'SEL']) void keep.write({ edits: { a: text } });
  expect(await store.rows('lesson')).toEqual([]);
  const again = await tab(store, memory);
  expect(again.read().edits).toEqual({ a: 'SEL' });
  expect(memory.length).toBe(0);
  expect((await tab(store, memory)).read()).toMatchObject({ revision: 1, edits: { a: 'SEL' } });
  expect(again.conflicts()).toEqual([]);
});

test('attack 11: nothing is left noted once it is stored', async () => {
  const memory = memoryStorage();
  const keep = await tab(memoryStore(), memory);
  const writing = keep.write({ edits: { a: 'x' } });
  expect(memory.length).toBe(1);
  await writing;
  expect(memory.length).toBe(0);
});

test('attack 11: a note that comes late gives way to what was written meanwhile, and stays beside it', async () => {
  const store = memoryStore();
  const memory = memoryStorage();
  await (await tab(store)).write({ edits: { a: 'old', b: 'old' } });
  void (await tab(cutOff(store), memory)).write({ edits: { a: 'left behind', b: 'new' } });
  await (await tab(store)).write({ edits: { a: 'another', b: 'newer' } });
  const keep = await tab(store, memory);
  expect(keep.read().edits).toEqual({ a: 'another', b: 'newer' });
  expect(keep.conflicts()).toMatchObject([{ key: 'a', others: [{ value: 'left behind' }] }]);
});

test('attack 11: notes that are cut short, foreign or hostile are passed over', async () => {
  const memory = memoryStorage();
  const noted = (text: string) => `${checksum(text)}${text}`;
  const texts = [
    '',
    'short',
    noted('no JSON'),
    noted('{"changes":7,"aside":[]}'),
    noted('{"changes":[{}],"aside":[]}'),
  ];
  texts.push(noted(JSON.stringify({ changes: [{ field: 'edits', key: 'a', value: LONG }], aside: [] })));
  for (const [n, text] of texts.entries()) memory.setItem(`tidemark-waiting/lesson/${n}`, text);
  const keep = await tab(memoryStore(), memory);
  expect(contentOf(keep.read())).toEqual(contentOf(nothingSaved()));
  expect(await keep.write({ edits: { a: 'x' } })).toBe('saved');
});

test('attack 11: storage that refuses a note stops nothing', async () => {
  const refuse = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  const keep = await tab(memoryStore(), { ...memoryStorage(), setItem: refuse, key: refuse });
  expect(await keep.write({ edits: { a: 'x' } })).toBe('saved');
});
