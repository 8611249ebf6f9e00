import { expect, test } from 'vitest';
import { checksum } from '../../../src/site/keep/checksum';
import { memoryStore, type Row } from '../../../src/site/keep/store';
import { tab } from './browser';

test('attack 1: a file with 230 versions of a cell is imported where it was exported', async () => {
  const store = memoryStore();
  const [left, right] = [await tab(store), await tab(store)];
  for (let n = 0; n <= 230; n += 1) await (n % 2 ? left : right).write({ edits: { a: `${n}.` } });
  const back = await tab();
  await back.importFile((await tab(store)).exportFile());
  expect(back.conflicts()).toHaveLength(1);
  expect(back.conflicts()[0].others).toHaveLength(230);
});

test('attack 1: versions that are more than a file holds are refused with a reason, before anything is lost', async () => {
  const store = memoryStore();
  const [left, right] = [await tab(store), await tab(store)];
  const outcomes: string[] = [];
  for (let n = 0; n < 16; n += 1) {
    outcomes.push(await (n % 2 ? left : right).write({ edits: { a: `${n}`.padStart(199_999, 'z') } }));
  }
  expect(outcomes).toContain('refused');
  expect([left.reason, right.reason].join()).toContain('more versions side by side than can be kept');
  const back = await tab();
  await back.importFile((await tab(store)).exportFile());
  expect(back.conflicts()[0].others.length).toBeGreaterThan(10);
});

test('attack 1: the last readable revision is never evicted, whatever becomes of those after it', async () => {
  const store = memoryStore();
  await (await tab(store)).write({ edits: { a: 'mine' } });
  for (let round = 0; round < 8; round += 1) {
    await store.change('lesson', (rows) => {
      const newest = Math.max(...rows.map((row) => row.number));
      const put: Row[] = [2, 3, 4, 5, 6, 7].map((n) => {
        const text = 'not what was written';
        return { slug: 'lesson', kind: 'kept', number: newest + n, text, checksum: checksum('') };
      });
      return { put, remove: [], result: null };
    });
    const keep = await tab(store);
    expect(keep.reason).toContain('damaged');
    expect(keep.read().edits).toMatchObject({ a: 'mine' });
    await keep.write({ edits: { ...keep.read().edits, b: `round ${round}` } });
  }
});

test('attack 12: two tabs that type in one cell make one conflict, with every version that gave way', async () => {
  const store = memoryStore();
  const tabs = [await tab(store), await tab(store)];
  for (let n = 0; n < 60; n += 1) await tabs[n % 2].write({ edits: { a: `text ${n}` } });
  const reader = await tab(store);
  const conflicts = reader.conflicts();
  expect(conflicts).toMatchObject([{ field: 'edits', key: 'a', here: 'text 59' }]);
  expect(new Set(conflicts[0].others.map(({ value }) => value)).size).toBe(conflicts[0].others.length);
  const { id, others } = conflicts[0];
  expect(await reader.resolve({ id, keep: others[3].id })).toBe('saved');
  const after = await tab(store);
  expect([after.read().edits, after.conflicts()]).toEqual([{ a: others[3].value }, []]);
});
