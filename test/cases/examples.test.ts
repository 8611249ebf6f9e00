import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect, isItem, isList, runOne, type Json } from '../../src/cases';
import { KINDS } from '../../src/cases/kinds';

// One case of each family of the format, as it is explained there.
const file = join(import.meta.dirname, 'examples.json');
const { work, troubles } = collect([{ path: 'examples.json', content: readFileSync(file, 'utf8') }]);
const named = work.map(({ value }) => [isItem(value) ? String(value.id as string) : '', value] as const);
const canRun = (value: Json): boolean => isItem(value) && KINDS.has(value.kind as string);

test('the examples are as the format says', () => {
  expect(troubles).toEqual([]);
  expect(work).toHaveLength(8);
});

test.each(named)('%s', (_, value) => {
  expect(runOne(value)).toMatchObject({ status: canRun(value) ? 'passed' : 'skipped' });
});

/** The same case with its first expected number one larger. */
function wrong(value: Json, changed = { done: false }): Json {
  if (changed.done) return value;
  if (typeof value === 'number') {
    changed.done = true;
    return value + 1;
  }
  if (isList(value)) return value.map((one) => wrong(one, changed));
  if (!isItem(value)) return value;
  const spared = ['after', 'event'];
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, spared.includes(name) ? one : wrong(one, changed)]),
  );
}

test.each(named.filter(([, value]) => canRun(value)))('%s fails with another expectation', (_, value) => {
  const item = isItem(value) ? value : {};
  expect(runOne({ ...item, expected: wrong(item.expected) }).status).toBe('failed');
});
