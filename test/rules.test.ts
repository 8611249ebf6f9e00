import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** How many numbered rules each section of the semantics has, and which of them are remarks only. */
const SECTIONS: Readonly<Record<string, { rules: number; remarks?: readonly number[] }>> = {
  S1: { rules: 11 },
  S2: { rules: 9 },
  S3: { rules: 8 },
  S4: { rules: 13 },
  S5: { rules: 8 },
  S6: { rules: 5, remarks: [4] },
  S7: { rules: 8 },
  S8: { rules: 6 },
  S9: { rules: 9, remarks: [7] },
  S11: { rules: 4 },
  S19: { rules: 1 },
  S20: { rules: 4 },
};

/** S16 has no numbers; its sentences, as the words that a test of each has to say. */
const SQL_WINDOWS: readonly RegExp[] = [
  /count\(\*\) counts nulls/i,
  /ignore nulls/i,
  /nothing but nulls/i,
  /null is a group/i,
  /grouping sets/i,
  /cumulat.*(repeat|first row)/i,
];

/** The rows of S18, likewise. */
const DIFFERENCES: readonly RegExp[] = [
  /watermark W/i,
  /quiet key/i,
  /equality means expired|window dropped/i,
  /one gap apart/i,
  /session bounds/i,
  /late session element/i,
  /first emission/i,
  /late element inside the lateness/i,
  /empty on-time pane/i,
  /finished trigger/i,
  /negative window starts/i,
  /negative offset/i,
  /result timestamp/i,
  /outer stream join/i,
  /late row in an interval join/i,
  /hopping/i,
  /empty aggregate/i,
  /own event/i,
];

const NUMBERS = [
  ...Object.entries(SECTIONS).flatMap(([section, { rules, remarks = [] }]) =>
    Array.from({ length: rules }, (_, i) => i + 1)
      .filter((rule) => !remarks.includes(rule))
      .map((rule) => `${section}.${rule}`),
  ),
  'S17.6',
];

const TITLE = /\b(?:test|describe)(?:\.\w+)*(?:\((?:[^()]|\([^()]*\))*\))?\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;

function titles(): string[] {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((path) => path.endsWith('.test.ts') && path !== 'rules.test.ts');
  return sources.flatMap((path) =>
    [...readFileSync(join(import.meta.dirname, path), 'utf8').matchAll(TITLE)].map(([, , title]) => title),
  );
}

function cases(): string[] {
  const folder = join(import.meta.dirname, 'semantics');
  return readdirSync(folder).flatMap((name) => {
    const { cases } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { cases: { rule: string }[] };
    return cases.map(({ rule }) => rule);
  });
}

const named = [...titles(), ...cases()];

/** Whether a title names a rule: `S5.2`, and `S4.5-S4.9` all from the first to the last. */
function names(title: string, rule: string): boolean {
  const [section, number] = rule.slice(1).split('.').map(Number);
  const spans = title.matchAll(/\bS(\d+)\.(\d+)(?:\s*[-–]\s*(?:S\d+\.)?(\d+))?(?![\d.])/g);
  return [...spans].some(
    ([, of, first, last = first]) => Number(of) === section && number >= Number(first) && number <= Number(last),
  );
}

test('titles are found', () => {
  expect(named.length).toBeGreaterThan(1000);
  expect(names('S4.5-S4.9 triggers', 'S4.7')).toBe(true);
  expect(names('S1.11 declared', 'S1.1')).toBe(false);
});

test('every numbered rule is named by a test or a case', () => {
  expect(NUMBERS.length).toBe(85);
  expect(NUMBERS.filter((rule) => !named.some((title) => names(title, rule)))).toEqual([]);
});

test('every sentence on windows in SQL is named by a test or a case', () => {
  const ours = named.filter((title) => /\bS16\b/.test(title));
  expect(SQL_WINDOWS.filter((words) => !ours.some((title) => words.test(title))).map(String)).toEqual([]);
});

test('every difference of systems is named by a test or a case', () => {
  const ours = named.filter((title) => /\bS18\b/.test(title));
  expect(DIFFERENCES.filter((words) => !ours.some((title) => words.test(title))).map(String)).toEqual([]);
});
