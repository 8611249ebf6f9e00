import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collect, readCase, runOne } from '../../src/cases';

const FOLDER = join(import.meta.dirname, '../semantics');

const files = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((path) => ({ path, content: readFileSync(join(FOLDER, path), 'utf8') }));
const { work, troubles } = collect(files);
const groups = [...new Set(work.map(({ group }) => group))];

test('the files of cases are as the format says', () => {
  expect(troubles).toEqual([]);
});

test('every group is that of a section, and every rule names its section', () => {
  for (const { group, value } of work) {
    const section = /^S\d+/.exec(group)?.[0];
    const raw = readCase(value);
    expect(section, group).toBeDefined();
    expect(typeof raw === 'string' ? raw : raw.rule, group).toMatch(new RegExp(`^${section}(\\.\\d+)?\\b`));
  }
});

for (const group of groups) {
  const cases = work.filter((one) => one.group === group);
  describe(group, () => {
    test.each(cases.map(({ value }) => [name(value), value] as const))('%s', (_, value) => {
      expect(runOne(value)).toMatchObject({ status: 'passed', reason: null });
    });
  });
}

function name(value: (typeof work)[number]['value']): string {
  const raw = readCase(value);
  return typeof raw === 'string' ? raw : `${raw.id}: ${raw.rule}`;
}
