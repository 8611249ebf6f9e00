import { afterEach, expect, test } from 'vitest';
import { openKeep, progress, type Keep } from '../../../src/site/keep';
import { writeSaved, nothingSaved } from '../../../src/site/keep/saved';
import { memoryStore, type Row, type Store } from '../../../src/site/keep/store';
import { checksum } from '../../../src/site/keep/checksum';
import { memoryStorage, tab as noted } from './browser';

const open: Keep[] = [];

afterEach(() => {
  for (const keep of open.splice(0)) keep.close();
});

/** One tab. Tabs that are given the same store are tabs of one browser. */
async function tab(store: Store = memoryStore(), slug = 'lesson'): Promise<Keep> {
  const keep = await openKeep(slug, { store: async () => ({ ...store, close: () => undefined }) });
  open.push(keep);
  return keep;
}

/** Fails at the chosen writes, after the plan was made and before anything is stored. */
function failing(store: Store, fails: (write: number) => boolean): Store {
  let write = 0;
  return {
    ...store,
    change: async (slug, plan) => {
      if (!fails((write += 1))) return store.change(slug, plan);
      plan(await store.rows(slug));
      throw new DOMException('full', 'QuotaExceededError');
    },
  };
}

const row = (number: number, text: string, slug = 'lesson'): Row => ({
  slug,
  kind: 'kept',
  number,
  text,
  checksum: checksum(text),
});

const withRows = async (rows: Row[]): Promise<Store> => {
  const store = memoryStore();
  await store.change('lesson', () => ({ put: rows, remove: [], result: null }));
  return store;
};

/** A tab with this text in its cells, in a browser of its own. */
async function edits(texts: Record<string, string>): Promise<Keep> {
  const keep = await tab();
  await keep.write({ edits: texts });
  return keep;
}

const edited = (a: string) => ({ ...nothingSaved(), edits: { a } });

const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

test('what is written is read again, here and after a reload', async () => {
  const store = memoryStore();
  const keep = await tab(store);
  expect(keep.state).toBe('kept');
  expect(keep.reason).toBeNull();
  expect(await keep.write({ edits: { a: 'SELECT 1' }, knobs: { wait: 5 } })).toBe('saved');
  expect(await keep.write({ bets: { b: { value: 62, locked: true } }, hints: { e: 2 }, position: { a: 9 } })).toBe(
    'saved',
  );
  expect(await keep.write({ answers: { e: { setting: { wait: 30 }, passed: true } }, done: true })).toBe('saved');
  const expected = {
    revision: 3,
    edits: { a: 'SELECT 1' },
    knobs: { wait: 5 },
    seed: {},
    forks: {},
    bets: { b: { value: 62, locked: true } },
    answers: { e: { setting: { wait: 30 }, passed: true } },
    hints: { e: 2 },
    position: { a: 9 },
    done: true,
  };
  expect(keep.read()).toEqual(expected);
  expect((await tab(store)).read()).toEqual(expected);
});

test('a write is read at once, before it is stored', async () => {
  const keep = await tab();
  const writing = keep.write({ edits: { a: 'x' } });
  expect(keep.read().edits).toEqual({ a: 'x' });
  await writing;
});

test('an entry that is left out is taken away', async () => {
  const keep = await tab();
  await keep.write({ edits: { a: 'x', b: 'y' } });
  await keep.write({ edits: { b: 'y' } });
  expect(keep.read().edits).toEqual({ b: 'y' });
});

test('lessons do not see each other', async () => {
  const store = memoryStore();
  await (await tab(store, 'one')).write({ edits: { a: 'x' } });
  expect((await tab(store, 'two')).read().edits).toEqual({});
});

test('two tabs that change different cells lose nothing', async () => {
  const store = memoryStore();
  const [left, right] = [await tab(store), await tab(store)];
  expect(await left.write({ edits: { a: 'left' } })).toBe('saved');
  expect(await right.write({ edits: { b: 'right' } })).toBe('saved');
  expect(right.read().edits).toEqual({ a: 'left', b: 'right' });
  expect((await tab(store)).read().edits).toEqual({ a: 'left', b: 'right' });
});

test('two tabs that change the same cell keep both, and either may be chosen', async () => {
  for (const choice of ['here', 'other'] as const) {
    const store = memoryStore();
    const [left, right] = [await tab(store), await tab(store)];
    await left.write({ edits: { a: 'left' } });
    expect(await right.write({ edits: { a: 'right' } })).toBe('conflict');
    expect(right.read().edits).toEqual({ a: 'right' });
    const [conflict] = (await tab(store)).conflicts();
    expect(conflict).toMatchObject({ field: 'edits', key: 'a', here: 'right', others: [{ value: 'left' }] });
    const keep = choice === 'here' ? choice : conflict.others[0].id;
    expect(await right.resolve({ id: conflict.id, keep })).toBe('saved');
    const after = await tab(store);
    expect(after.read().edits).toEqual({ a: choice === 'here' ? 'right' : 'left' });
    expect(after.conflicts()).toEqual([]);
  }
});

test('the same change in two tabs is no conflict', async () => {
  const store = memoryStore();
  const [left, right] = [await tab(store), await tab(store)];
  await left.write({ answers: { e: { setting: { a: 1, b: 2 }, passed: true } } });
  expect(await right.write({ answers: { e: { setting: { b: 2, a: 1 }, passed: true } } })).toBe('saved');
  expect(right.conflicts()).toEqual([]);
});

test('a reset of a cell does not take away what another tab wrote since', async () => {
  const store = memoryStore();
  const left = await tab(store);
  await left.write({ edits: { a: 'old' } });
  const right = await tab(store);
  await left.write({ edits: { a: 'new' } });
  await right.write({ edits: {} });
  expect(right.read().edits).toEqual({ a: 'new' });
});

test('a locked bet is not replaced by one that is not', async () => {
  const store = memoryStore();
  const [left, right] = [await tab(store), await tab(store)];
  await left.write({ bets: { b: { value: 1, locked: true } } });
  expect(await right.write({ bets: { b: { value: 2, locked: false } } })).toBe('conflict');
  expect(right.read().bets.b).toEqual({ value: 1, locked: true });
  expect(right.conflicts()).toMatchObject([{ others: [{ value: { value: 2, locked: false } }] }]);
});

test('of hints the larger number stays, of positions the last', async () => {
  const store = memoryStore();
  const [left, right] = [await tab(store), await tab(store)];
  await left.write({ hints: { e: 3 }, position: { a: 30 } });
  expect(await right.write({ hints: { e: 1 }, position: { a: 10 } })).toBe('saved');
  expect(right.read()).toMatchObject({ hints: { e: 3 }, position: { a: 10 } });
});

test('another tab is told, and then knows', async () => {
  const store = memoryStore();
  const [left, right] = [await tab(store), await tab(store)];
  const told: string[] = [];
  right.onchange((saved) => told.push(saved.edits.a));
  await left.write({ edits: { a: 'left' } });
  await expect.poll(() => told).toEqual(['left']);
  expect(right.read().edits).toEqual({ a: 'left' });
  expect(await right.write({ edits: { a: 'on top of it' } })).toBe('saved');
});

test('a tab that does not listen has not learnt: its next write finds the conflict', async () => {
  const store = memoryStore();
  const [left, right] = [await tab(store), await tab(store)];
  await left.write({ edits: { a: 'left' } });
  await settle();
  expect(right.read().edits).toEqual({});
  expect(await right.write({ edits: { a: 'right' } })).toBe('conflict');
});

test('a tab is not told of its own writes', async () => {
  const keep = await tab();
  let told = 0;
  keep.onchange(() => (told += 1));
  await keep.write({ edits: { a: 'x' } });
  await settle();
  expect(told).toBe(0);
});

test('U-02 2 x 200 interleaved edits: each is kept, visibly forked, or replaced by a tab that had read it', async () => {
  for (const cells of [400, 3]) {
    const store = memoryStore();
    const tabs = [await tab(store), await tab(store)];
    const written: [key: string, value: string][] = [];
    const replaced = new Set<string>();
    for (let n = 0; n < 400; n += 1) {
      const keep = tabs[(n * 7 + (n >> 3)) % 2];
      const [key, value] = [`cell${(n * 13) % cells}`, `edit ${n}`];
      const { edits } = keep.read();
      replaced.add(edits[key]);
      written.push([key, value]);
      const writing = keep.write({ edits: { ...edits, [key]: value } });
      if (n % 5 === 0) await writing;
    }
    await Promise.all(tabs.map((keep) => keep.write({})));
    const after = await tab(store);
    const forked = after.conflicts().flatMap(({ key, others }) => others.map(({ value }) => `${key} ${String(value)}`));
    for (const [key, value] of written) {
      const there = after.read().edits[key] === value || forked.includes(`${key} ${value}`);
      expect(there || replaced.has(value), `${key} ${value}`).toBe(true);
    }
    if (cells === 400) expect([replaced, forked]).toEqual([new Set([undefined]), []]);
    else expect(forked.length).toBeGreaterThan(0);
  }
});

test('five revisions are kept', async () => {
  const store = memoryStore();
  const keep = await tab(store);
  for (let n = 0; n < 9; n += 1) await keep.write({ knobs: { n } });
  expect((await store.rows('lesson')).map(({ number }) => number).sort((a, b) => a - b)).toEqual([5, 6, 7, 8, 9]);
});

test('a damaged newest version gives way to the one before, and is never numbered again', async () => {
  const damaged = { ...row(8, writeSaved(edited('new'))), text: writeSaved(edited('nEw')) };
  const store = await withRows([row(7, writeSaved(edited('old'))), damaged]);
  const keep = await tab(store);
  expect(keep.read().edits).toEqual({ a: 'old' });
  expect(keep.reason).toContain('damaged');
  expect(await keep.write({ edits: { a: 'next' } })).toBe('saved');
  expect(keep.reason).toBeNull();
  const reopened = await tab(store);
  expect(reopened.read()).toMatchObject({ revision: 9, edits: { a: 'next' } });
});

test('U-06 a later format opens read-only, is never overwritten, and can be exported', async () => {
  const text = JSON.stringify({ format: 3, saved: { edits: { a: 'from tomorrow' }, knobs: 'new meaning', moods: 1 } });
  const store = await withRows([row(4, text)]);
  const keep = await tab(store);
  expect(keep.readOnly).toBe(true);
  expect(keep.read()).toMatchObject({ edits: { a: 'from tomorrow' }, knobs: {} });
  expect(await keep.write({ edits: { a: 'today' } })).toBe('refused');
  await expect(keep.reset()).rejects.toThrow('later version');
  expect(await store.rows('lesson')).toEqual([row(4, text)]);
  expect(JSON.parse(await keep.exportFile().text())).toMatchObject({ format: 3, stored: text });
});

test('a store that refuses to open leaves a keep in memory, and says so', async () => {
  const refuse = () => Promise.reject(new DOMException('denied', 'SecurityError'));
  const keep = await openKeep('refused', { store: refuse });
  expect(keep.state).toBe('memory');
  expect(keep.reason).toMatch(/^Not saved in this browser: the browser keeps nothing for this page/);
  expect(await keep.write({ edits: { a: 'x' } })).toBe('saved');
  expect(keep.read().edits).toEqual({ a: 'x' });
  expect(keep.reason).toMatch(/^Not saved in this browser/);
  expect((await openKeep('refused', { store: refuse })).read().edits).toEqual({ a: 'x' });
  expect(JSON.parse(await keep.exportFile().text())).toMatchObject({ saved: { edits: { a: 'x' } } });
});

test('U-03 no room at any write: it is said, editing goes on, export works, nothing saved before is lost', async () => {
  const actions: ((keep: Keep) => Promise<unknown>)[] = [
    (keep) => keep.write({ edits: { a: 'one' } }),
    (keep) => keep.write({ edits: { a: 'one', b: 'two' } }),
    (keep) => keep.write({ knobs: { wait: 3 } }),
    (keep) => keep.write({ bets: { b: { value: 1, locked: true } }, position: { a: 4 } }),
    (keep) => keep.write({ done: true }),
  ];
  for (let broken = 1; broken <= actions.length; broken += 1) {
    const store = memoryStore();
    const keep = await tab(failing(store, (write) => write === broken));
    for (const [n, act] of actions.entries()) {
      const before = await store.rows('lesson');
      const outcome = await act(keep);
      expect(outcome).toBe(n + 1 === broken ? 'refused' : 'saved');
      if (outcome !== 'refused') continue;
      expect(keep.reason).toBe(
        'Not saved: the browser has no room left for this site. Your work is still on this page; export it to a file to keep it.',
      );
      expect(await store.rows('lesson')).toEqual(before);
      const file = JSON.parse(await keep.exportFile().text()) as { saved: unknown };
      expect(file.saved).toEqual(keep.read());
    }
    await keep.write({});
    const { revision: _, ...content } = keep.read();
    expect(content).toMatchObject({
      edits: { a: 'one', b: 'two' },
      knobs: { wait: 3 },
      position: { a: 4 },
      done: true,
    });
    expect((await tab(store)).read()).toMatchObject(content);
    expect(keep.reason).toBeNull();
  }
});

test('U-03 no room for a choice, an import or a reset: each says so and changes nothing', async () => {
  const store = memoryStore();
  const left = await tab(store);
  const other = await tab(store);
  await left.write({ edits: { a: 'left' } });
  await other.write({ edits: { a: 'other' } });
  const keep = await tab(failing(store, () => true));
  const before = [await store.rows('lesson'), keep.read(), keep.conflicts()];
  expect(await keep.resolve({ id: keep.conflicts()[0].id, keep: keep.conflicts()[0].others[0].id })).toBe('refused');
  await expect(keep.importFile(left.exportFile())).rejects.toMatchObject({ facts: { where: 'lesson' } });
  await expect(keep.reset()).rejects.toThrow('no room left');
  expect([await store.rows('lesson'), keep.read(), keep.conflicts()]).toEqual(before);
});

test('a choice takes away the versions that the reader saw, and none that has come in their place', async () => {
  const store = memoryStore();
  const conflictOn = async (key: string): Promise<void> => {
    const [left, right] = [await tab(store), await tab(store)];
    await left.write({ edits: { ...left.read().edits, [key]: `left ${key}` } });
    await right.write({ edits: { ...right.read().edits, [key]: `right ${key}` } });
  };
  await conflictOn('a');
  const [early, late] = [await tab(store), await tab(store)];
  await late.resolve({ id: late.conflicts()[0].id, keep: 'here' });
  await conflictOn('b');
  expect(await early.resolve({ id: early.conflicts()[0].id, keep: 'here' })).toBe('saved');
  expect((await tab(store)).conflicts()).toMatchObject([{ key: 'b', others: [{ value: 'left b' }] }]);
});

test('an import that is stored though storage gave no answer is shown, and said to have failed', async () => {
  const store = memoryStore();
  const file = new Blob([await (await edits({ a: 'of the file' })).exportFile().text()]);
  const keep = await tab({
    ...store,
    change: async (slug, plan) => {
      await store.change(slug, plan);
      throw new Error('storage did not answer');
    },
  });
  const told: string[] = [];
  keep.onchange((saved) => told.push(saved.edits.a));
  await expect(keep.importFile(file)).rejects.toThrow('storage did not answer');
  expect([keep.read().edits.a, told]).toEqual(['of the file', ['of the file']]);
});

test('U-06 what is typed over the lesson of a later version is said not to be stored, and left for that version', async () => {
  const store = await withRows([row(1, writeSaved(edited('mine')))]);
  const memory = memoryStorage();
  const keep = await noted(store, memory);
  keep.onchange(() => undefined);
  const text = JSON.stringify({ format: 3, saved: { edits: { a: 'from tomorrow' } } });
  await store.change('lesson', () => ({ put: [row(2, text)], remove: [], result: null }));
  expect(await keep.write({ edits: { a: 'typed meanwhile' } })).toBe('refused');
  expect(keep.reason).toContain('later version');
  expect(keep.read().edits).toEqual({ a: 'typed meanwhile' });
  const again = await noted(store, memory);
  expect(await again.write({ edits: { b: 'typed later' } })).toBe('refused');
  expect([again.readOnly, again.reason]).toEqual([true, expect.stringContaining('reload the page')]);
  const left = Array.from({ length: memory.length }, (_, n) => memory.getItem(memory.key(n)!)).join();
  expect(left).toMatch(/typed meanwhile[^]*typed later|typed later[^]*typed meanwhile/);
});

test('reset empties the lesson and its conflicts, and the versions before it stay stored', async () => {
  const store = memoryStore();
  const [left, right] = [await tab(store), await tab(store)];
  await left.write({ edits: { a: 'left' } });
  await right.write({ edits: { a: 'right' } });
  await right.reset();
  expect(right.read()).toEqual({ ...nothingSaved(), revision: 3 });
  expect(right.conflicts()).toEqual([]);
  expect((await store.rows('lesson')).map(({ number }) => number).sort((a, b) => a - b)).toEqual([1, 2, 3]);
});

test('progress tells for each lesson whether it was begun and done', async () => {
  const store = memoryStore();
  await (await tab(store, 'begun')).write({ position: { a: 1 } });
  await (await tab(store, 'finished')).write({ done: true });
  const again = await tab(store, 'reset');
  await again.write({ edits: { a: 'x' } });
  await again.reset();
  expect(await progress({ store: async () => store })).toEqual({ begun: 'half', finished: 'done', reset: 'none' });
});
