import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** Folders of behaviour as a whole, which belongs to no one file. */
const WHOLE = ['agreement', 'e2e', 'errors', 'properties'];

/** What the whole repository or the whole site keeps to. */
const OF_ALL = ['imports', 'layout', 'lessons', 'lint', 'readme', 'rules', 'semantics'];

/** What a test file is about: a file, a folder, or a helper of the tests. */
const isThere = (name: string): boolean =>
  ['.ts', '.svelte', '.svelte.ts', ''].some((end) => existsSync(join(ROOT, 'src', name + end))) ||
  ['.ts', ''].some((end) => existsSync(join(ROOT, 'test', name + end)));

test('the test of src/a/b.ts is test/a/b.test.ts, except where behaviour belongs to no one file', () => {
  const names = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.test.ts') && !WHOLE.includes(path.split('/')[0]))
    .map((path) => path.replace(/(\.browser)?\.test\.ts$/, ''));
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => !OF_ALL.includes(name) && !isThere(name))).toEqual([]);
});
