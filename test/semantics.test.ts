import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collect, isItem, readCase, runCase } from '../src/cases';
import { KINDS } from './cases/kinds';
import { wrong } from './cases/wrong';

const FOLDER = join(import.meta.dirname, 'semantics');

const files = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((path) => ({ path, content: readFileSync(join(FOLDER, path), 'utf8') }));
const { work, troubles } = collect(files);
const groups = [...new Set(work.map(({ group }) => group))];

test('the files of cases are as the format says', () => {
  expect(troubles).toEqual([]);
});

test('there are at least 150 of them', () => {
  expect(work.length).toBeGreaterThanOrEqual(150);
});

test('every group is named by its section, and every rule by its number', () => {
  for (const { group, value } of work) {
    expect(group).toMatch(/^S\d+ /);
    const raw = readCase(value);
    expect(typeof raw === 'string' ? raw : raw.rule, group).toMatch(/^S\d+(\.\d+)? /);
  }
});

for (const group of groups) {
  const cases = work.filter((one) => one.group === group);
  describe(group, () => {
    test.each(cases.map(({ value }) => [name(value), value] as const))('%s', (_, value) => {
      expect(runCase(value, KINDS)).toMatchObject({ status: 'passed', reason: null });
    });
  });
}

test('no case passes with another expectation', () => {
  const changed = work.flatMap(({ value }) => {
    const raw = readCase(value);
    if (typeof raw === 'string' || !isItem(value)) return [];
    const expected = wrong(value.expected);
    return JSON.stringify(expected) === JSON.stringify(value.expected) ? [] : [{ ...value, expected }];
  });
  expect(changed.length).toBeGreaterThan(work.length / 2);
  const verdicts = changed.map((value) => runCase(value, KINDS));
  expect(verdicts.filter(({ status }) => status !== 'failed').map(({ id }) => id)).toEqual([]);
});

function name(value: (typeof work)[number]['value']): string {
  const raw = readCase(value);
  return typeof raw === 'string' ? raw : `${raw.id}: ${raw.rule}`;
}
