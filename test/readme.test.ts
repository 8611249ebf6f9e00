import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cellsOf } from '../src/notebook/settle';
import { parseLesson } from '../src/notebook/parse';
import { lessonFiles, readLesson } from './support/lessons';

const ROOT = join(import.meta.dirname, '..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

const first = (pattern: RegExp) => pattern.exec(readme)?.[1] ?? '';

test('the lesson in the README is a lesson', () => {
  const place = { file: 'README.md', slug: 'example', part: '01-why', partTitle: 'Why' };
  const lesson = parseLesson(first(/````markdown\n(.*?)````/s), place);
  expect(cellsOf(lesson).map((cell) => `${cell.kind} ${cell.id}`)).toEqual([
    'scenario day',
    'sql spend',
    'figure plane',
  ]);
});

test('the figure that the README embeds exists', () => {
  const slug = first(/lesson="([^"]+)"/);
  const file = lessonFiles().find(({ place }) => place.slug === slug);
  const figures = file ? cellsOf(readLesson(file)).filter((cell) => cell.kind === 'figure') : [];
  expect(figures.map((cell) => cell.id)).toContain(first(/figure="([^"]+)"/));
});

test('the commands in the README are scripts of package.json', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = [...readme.matchAll(/npm (?:run )?(start|test|[a-z]+)\b/g)].map(([, name]) => name);
  const wrong = named.filter((name) => name !== 'ci' && name !== 'run' && !(name in scripts));
  expect(named).toEqual(expect.arrayContaining(['start', 'test', 'bench']));
  expect(wrong).toEqual([]);
});

test('the files that the README names exist', () => {
  const paths = [...readme.matchAll(/`((?:src|test|lessons)\/[\w./-]+)`/g)].map(([, path]) => path);
  expect(paths.length).toBeGreaterThan(3);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
