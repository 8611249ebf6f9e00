import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect, isItem, runCase, type Json } from '../../src/cases';
import { KINDS } from './kinds';
import { wrong } from './wrong';

// One case of each family of the format, as it is explained there.
const file = join(import.meta.dirname, 'examples.json');
const { work, troubles } = collect([{ path: 'examples.json', content: readFileSync(file, 'utf8') }]);
const named = work.map(({ value }) => [isItem(value) ? String(value.id as string) : '', value] as const);
const canRun = (value: Json): boolean => isItem(value) && !!KINDS.get(value.kind as string);

test('the examples are as the format says', () => {
  expect(troubles).toEqual([]);
  expect(work).toHaveLength(8);
});

test.each(named)('%s', (_, value) => {
  expect(runCase(value, KINDS)).toMatchObject({ status: canRun(value) ? 'passed' : 'skipped' });
});

test.each(named.filter(([, value]) => canRun(value)))('%s fails with another expectation', (_, value) => {
  const item = isItem(value) ? value : {};
  expect(runCase({ ...item, expected: wrong(item.expected) }, KINDS).status).toBe('failed');
});
