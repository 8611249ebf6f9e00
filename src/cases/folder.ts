import { readFile } from './format';
import { isItem, type Json } from './kind';
import { type Status, type CaseVerdict } from './run';

export interface CaseSource {
  /** As it is shown. */
  path: string;
  content: string;
}

export interface Work {
  group: string;
  value: Json;
}

/** The cases of some files, and in words what is wrong with the files themselves. */
export function collect(files: readonly CaseSource[]): { work: Work[]; troubles: string[] } {
  const work: Work[] = [];
  const troubles: string[] = [];
  const places = new Map<string, string>();
  for (const { path, content } of files) {
    try {
      const { group, cases, trouble } = readFile(content);
      if (trouble !== null) troubles.push(`${path}: ${trouble}`);
      for (const value of cases) {
        const id = isItem(value) && typeof value.id === 'string' ? value.id : null;
        const first = id === null ? undefined : places.get(id);
        if (first !== undefined) troubles.push(`${path}: id ${String(id)} is in ${first} already`);
        else if (id !== null) places.set(id, path);
        work.push({ group, value });
      }
    } catch (thrown) {
      troubles.push(`${path}: ${(thrown as Error).message}`);
    }
  }
  if (files.length === 0) troubles.push('no file with cases');
  return { work, troubles };
}

/** The report as text, and whether everything is as it should be. */
export function report(
  results: readonly { group: string; verdict: CaseVerdict }[],
  troubles: readonly string[],
  allowSkip: boolean,
): { lines: string[]; ok: boolean } {
  const groups = new Map<string, Record<Status, number>>();
  const total: Record<Status, number> = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  for (const { group, verdict } of results) {
    const status = verdict.status === 'skipped' && !allowSkip ? 'failed' : verdict.status;
    const counts = groups.get(group) ?? { passed: 0, failed: 0, skipped: 0 };
    groups.set(group, counts);
    counts[status] += 1;
    total[status] += 1;
    if (status === 'failed') failures.push(...told(verdict));
  }
  const width = Math.max(0, ...[...groups.keys()].map((name) => name.length));
  const lines = [...groups].map(([name, counts]) => `${name.padEnd(width)}  ${inWords(counts)}`);
  const ok = total.failed === 0 && troubles.length === 0;
  return { lines: [...lines, ...failures, ...troubles, inWords(total)], ok };
}

const inWords = ({ passed, failed, skipped }: Record<Status, number>): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

function told({ id, kind, profile, rule, reason }: CaseVerdict): string[] {
  const lines = ['', `failed: ${id} (${kind}, ${profile})`, `  rule: ${rule}`, `  ${reason?.what ?? ''}`];
  if (reason?.expected !== undefined) lines.push(`  expected: ${JSON.stringify(reason.expected)}`);
  if (reason?.actual !== undefined) lines.push(`  actual:   ${JSON.stringify(reason.actual)}`);
  return lines;
}
