import { expect, test } from 'vitest';
import { encodeLink, openWork, progress, type LinkState, type Saved } from '../../../src/site/keep';
import { type Opened } from '../../../src/site/keep/opened';
import { memoryStore, type Store } from '../../../src/site/keep/store';
import { contentOf } from './browser';

const LESSON = 'lesson';

const open = (store: Store, hash = ''): Promise<Opened> => openWork(LESSON, hash, { store: async () => store });

const link = (more: Partial<LinkState> = {}): Promise<string> =>
  encodeLink({ lesson: LESSON, seed: null, knobs: {}, edits: {}, forks: {}, moment: {}, bets: {}, ...more });

const later = (wait: number) => ({ at: 3, action: { do: 'set' as const, wait } });

/** Of each kind of work: the reader's own, what a link shows, and what the reader makes of that. */
const KINDS: { [F in keyof Saved]?: [own: Saved[F], shown: Saved[F], changed: Saved[F]] } = {
  edits: [{ a: 'my own' }, { a: 'of the link' }, { a: 'over the link' }],
  knobs: [{ k: 1 }, { k: 2 }, { k: 3 }],
  seed: [{ data: 1 }, { data: 2 }, { data: 3 }],
  forks: [{ a: [later(1)] }, { a: [later(2)] }, { a: [later(3)] }],
  bets: [{ b: { value: 1, locked: false } }, { b: { value: 2, locked: true } }, { b: { value: 3, locked: true } }],
  answers: [{ e: { setting: { w: 1 }, passed: true } }, {}, { e: { setting: { w: 3 }, passed: false } }],
  hints: [{ e: 2 }, {}, { e: 1 }],
  position: [{ a: 9 }, {}, { a: 3 }],
};

const own = Object.fromEntries(Object.entries(KINDS).map(([field, [value]]) => [field, value])) as Partial<Saved>;

const full = link({
  seed: 2,
  knobs: { k: 2 },
  edits: { a: 'of the link' },
  forks: { a: [later(2)] },
  bets: { b: 2 },
});

test.each(Object.entries(KINDS))(
  'attack 2: %s changed where a link is shown are kept with the link, and own work comes back whole',
  async (field, [, shown, changed]) => {
    for (const hash of [await full, await link()]) {
      const store = memoryStore();
      await (await open(store)).keep!.write({ ...own, done: true });
      const { keep } = await open(store, hash);
      if (hash === (await full)) expect(keep!.read()[field as keyof Saved]).toEqual(shown);
      expect(await keep!.write({ [field]: changed })).toBe('saved');
      expect(keep!.conflicts()).toEqual([]);

      const back = (await open(store)).keep!;
      expect(contentOf(back.read())).toEqual(expect.objectContaining({ ...own, done: true }));
      expect([back.conflicts(), back.reason]).toEqual([[], null]);
      const again = (await open(store, hash)).keep!;
      expect(again.read()[field as keyof Saved]).toEqual(changed);
      expect(again.conflicts()).toEqual([]);
    }
  },
);

test('a link opens as it was sent, and to look at it stores nothing', async () => {
  const store = memoryStore();
  const { keep, saved, link: followed, trouble, remarks } = await open(store, await full);
  expect(saved).toMatchObject({ seed: { data: 2 }, knobs: { k: 2 }, bets: { b: { value: 2, locked: true } } });
  expect([followed?.lesson, trouble, keep!.lasts]).toEqual([LESSON, null, true]);
  expect(remarks).toMatchObject([{ text: expect.stringContaining('shows a link'), go: { hash: '' } }]);
  expect(await store.names()).toEqual([]);
});

test('an entry of a link that is taken away stays away', async () => {
  const store = memoryStore();
  const hash = await full;
  await (await open(store, hash)).keep!.write({ edits: {}, seed: {} });
  expect((await open(store, hash)).saved).toMatchObject({ edits: {}, seed: {}, knobs: { k: 2 } });
});

test('what was changed under links is offered beside own work, and counts as progress', async () => {
  const store = memoryStore();
  const hashes = [await link({ seed: 2 }), await link({ seed: 3 })];
  expect(await (await open(store)).also).toEqual([]);
  await (await open(store, hashes[0])).keep!.write({ edits: { a: 'x' } });
  await (await open(store, hashes[1])).keep!.write({ done: true });
  const also = await (await open(store)).also;
  expect(also.map(({ go }) => go?.hash)).toEqual(hashes);
  expect(also.map(({ text }) => text)).toEqual([
    expect.stringContaining('(1 of 2)'),
    expect.stringContaining('(2 of 2)'),
  ]);
  expect(await (await open(store, hashes[0])).also).toEqual([]);
  expect(await progress({ store: async () => store })).toEqual({ [LESSON]: 'done' });
});

test('links do not see each other, and a file goes from a link to own work', async () => {
  const store = memoryStore();
  const [one, two] = [await link({ seed: 2 }), await link({ seed: 3 })];
  const { keep } = await open(store, one);
  await keep!.write({ edits: { a: 'under the first' } });
  expect((await open(store, two)).saved).toMatchObject({ seed: { data: 3 }, edits: {} });
  const mine = (await open(store)).keep!;
  await mine.importFile(keep!.exportFile());
  expect(mine.read()).toMatchObject({ seed: { data: 2 }, edits: { a: 'under the first' } });
});

test.each([
  ['cut short', async () => (await link()).slice(0, -3), 'not a link'],
  ['of another lesson', () => link({ lesson: 'another' }), 'another lesson'],
])('a link that is %s is said, and own work is shown', async (_, made, message) => {
  const store = memoryStore();
  await (await open(store)).keep!.write(own);
  const { saved, link: followed, trouble } = await open(store, await made());
  expect(saved).toMatchObject(own);
  expect([followed, trouble?.what]).toEqual([null, expect.stringContaining(message)]);
});

test('where nothing is kept, a link is shown all the same', async () => {
  const { keep, saved } = await openWork(LESSON, await full, { keeps: false });
  expect([keep, saved.seed]).toEqual([null, { data: 2 }]);
});
