import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Saved } from '../../../src/site/keep';
import { memoryStore } from '../../../src/site/keep/store';
import { contentOf, LONG, tab } from './browser';

test('attack 1: an edit that is too long hides nothing and evicts nothing, however much is saved after it', async () => {
  const store = memoryStore();
  const keep = await tab(store);
  await keep.write({ edits: { a: 'mine' }, bets: { b: { value: 62, locked: true } } });
  expect(await keep.write({ edits: { ...keep.read().edits, big: LONG } })).toBe('refused');
  expect(keep.reason).toMatch(/^Not saved: the SQL of big does not fit \(a text of at most 200000 characters\)/);
  for (let n = 0; n < 7; n += 1) {
    const outcome = await keep.write({ edits: { ...keep.read().edits, a: `mine ${n}` } });
    expect(outcome).toBe('refused');
    expect(keep.read().edits).toMatchObject({ a: `mine ${n}`, big: LONG });
  }
  expect((await tab(store)).read()).toMatchObject({ edits: { a: 'mine 6' }, bets: { b: { value: 62, locked: true } } });
  expect(await keep.write({ edits: { ...keep.read().edits, big: 'short' } })).toBe('saved');
  expect(keep.reason).toBeNull();
  const after = await tab(store);
  expect([after.reason, after.read().edits]).toEqual([null, { a: 'mine 6', big: 'short' }]);
});

test('attack 1: a whole that is too large refuses what is too much, and stays open and exportable', async () => {
  const store = memoryStore();
  const keep = await tab(store);
  let stored = 0;
  for (let n = 0; n < 14; n += 1) {
    const outcome = await keep.write({ edits: { ...keep.read().edits, [`c${n}`]: 'y'.repeat(199_999) } });
    if (outcome === 'saved') stored += 1;
  }
  expect(stored).toBe(11);
  expect(keep.reason).toContain('for the whole lesson');
  const kept = (await tab(store)).read();
  expect(Object.keys(kept.edits)).toHaveLength(stored);
  const back = await tab();
  await back.importFile(keep.exportFile());
  expect(contentOf(back.read())).toEqual(contentOf(kept));
});

test('attack 1: of 501 entries 500 are kept and the last is named', async () => {
  const store = memoryStore();
  const keep = await tab(store);
  const edits = Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`cell${n}`, 'x']));
  expect(await keep.write({ edits })).toBe('refused');
  expect(keep.reason).toContain('the SQL of cell500');
  expect(Object.keys((await tab(store)).read().edits)).toHaveLength(500);
});

test('attack 1: any document that is written is read the same, or what cannot be is named and the rest is read', async () => {
  const key = fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'toString', '', '7', '\u202e', 'a\u200b', 'k'.repeat(101)),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  const word = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', '\0', LONG));
  const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, NaN, Infinity));
  const anything = fc.oneof(word, number, fc.boolean(), fc.constantFrom(null, undefined, {}, []));
  const entries = <T>(value: fc.Arbitrary<T>) =>
    fc.array(fc.tuple(key, value), { maxLength: 6 }).map((pairs) => Object.fromEntries(pairs));
  const hostile = fc.record(
    {
      edits: entries(fc.oneof(word, anything)),
      knobs: entries(fc.oneof(number, anything)),
      bets: entries(fc.oneof(fc.record({ value: anything, locked: fc.boolean() }), anything)),
      answers: entries(fc.record({ setting: entries(anything), passed: fc.boolean() })),
      hints: entries(number),
      position: entries(number),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (first, second) => {
      const store = memoryStore();
      const keep = await tab(store);
      const outcomes = [await keep.write(first as Partial<Saved>), await keep.write(second as Partial<Saved>)];
      const reopened = await tab(store);
      expect(reopened.reason).toBeNull();
      if (outcomes[1] === 'refused') expect(keep.reason).toMatch(/^Not saved: .+ does not fit \(.+\)/);
      const back = await tab();
      await back.importFile(keep.exportFile());
      expect(contentOf(back.read())).toEqual(contentOf(reopened.read()));
      if (!outcomes.includes('refused')) {
        expect(JSON.stringify(contentOf(reopened.read()))).toBe(JSON.stringify(contentOf(keep.read())));
      }
    }),
    { numRuns: process.env.LONG ? 5_000 : 120 },
  );
});
