import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, inject, test } from 'vitest';

const folder = inject('folder');
const pages = inject('pages');

const KB = 1000;
const STATIC = /(?:\bfrom|\bimport)\s*["']([^"']+\.js)["']/g;
const LATER = /\bimport\(\s*["'`]([^"'`]+\.js)["'`]/g;

const read = (path: string) => readFileSync(join(folder, path), 'utf8');

const scripts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'));

const next = (path: string, kind: RegExp) =>
  [...read(path).matchAll(kind)].map(([, to = '']) => posix.join(posix.dirname(path), to));

/** The script and all that it imports at once, without what `except` already brings. */
function closure(from: string[], except = new Set<string>()): Set<string> {
  const seen = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path) || except.has(path)) return;
    seen.add(path);
    next(path, STATIC).forEach(visit);
  };
  from.forEach(visit);
  return seen;
}

const gzipped = (paths: Iterable<string>) =>
  [...paths].reduce((sum, path) => sum + gzipSync(read(path), { level: 9 }).length, 0);

/** What a page asks for before anyone does anything. */
function eager(page: string): Set<string> {
  const html = read(page);
  const sources = [
    ...html.matchAll(/<script[^>]*\bsrc="([^"]+)"/g),
    ...html.matchAll(/<link[^>]*rel="modulepreload"[^>]*href="([^"]+)"/g),
  ].map(([, path = '']) => posix.join(posix.dirname(page), path));
  return closure(sources);
}

describe.each(pages)('%s', (page) => {
  test('asks for at most 60 kB of JavaScript at once', () => {
    const paths = eager(page);
    expect(paths.size).toBeGreaterThan(0);
    expect(gzipped(paths), [...paths].join(' ')).toBeLessThanOrEqual(60 * KB);
  });
});

test('no file imports itself by way of others', () => {
  const above: string[] = [];
  const done = new Set<string>();
  const visit = (path: string): void => {
    expect(above, `${path} imports itself`).not.toContain(path);
    if (done.has(path)) return;
    above.push(path);
    next(path, STATIC).forEach(visit);
    above.pop();
    done.add(path);
  };
  scripts.forEach(visit);
});

test('the worker starts with at most 40 kB', () => {
  const entries = scripts.filter((path) => /engine-worker-[\w-]+\.js$/.test(path));
  expect(entries.length).toBeGreaterThan(0);
  for (const entry of entries) expect(gzipped(closure([entry])), entry).toBeLessThanOrEqual(40 * KB);
});

test('what the worker loads when it is first needed comes in pieces of at most 40 kB', () => {
  const entries = scripts.filter((path) => /engine-worker-[\w-]+\.js$/.test(path));
  for (const entry of entries) {
    const first = closure([entry]);
    const pieces = new Set<string>();
    // A piece may load another one later: the engine asks for the language and for the batch executor.
    const found = (path: string): void => {
      if (pieces.has(path)) return;
      pieces.add(path);
      next(path, STATIC).forEach(found);
      next(path, LATER).forEach(found);
    };
    for (const part of first) next(part, LATER).forEach(found);
    expect(pieces.size, [...pieces].join(' ')).toBeGreaterThanOrEqual(5);
    for (const path of pieces) expect(gzipped([path]), path).toBeLessThanOrEqual(40 * KB);
  }
});

test('the editor comes later, in at most 130 kB', () => {
  const first = new Set(pages.flatMap((page) => [...eager(page)]));
  const isEditor = (path: string) => read(path).includes('cm-content');
  expect([...first].filter(isEditor)).toEqual([]);
  const later = [...new Set(scripts.flatMap((path) => next(path, LATER)))];
  const editors = later.filter((path) => [...closure([path], first)].some(isEditor));
  expect(editors.length).toBeGreaterThan(0);
  for (const path of editors) expect(gzipped(closure([path], first)), path).toBeLessThanOrEqual(130 * KB);
});

test('embed.js is one classic script of at most 8 kB', () => {
  expect(gzipped(['embed.js'])).toBeLessThanOrEqual(8 * KB);
  expect(read('embed.js').length).toBeLessThanOrEqual(8 * KB);
  expect(read('embed.js')).not.toMatch(/\bimport\b|\bexport\b|\beval\b|\bFunction\(/);
});

test('no script turns text into code', () => {
  const evaluating = scripts.filter((path) => /\beval\(|\bnew Function\(/.test(read(path)));
  expect(evaluating).toEqual([]);
});

test('every page works from any folder: no address starts at the root', () => {
  const rooted = pages.filter((page) => /(?:src|href)="\//.test(read(page)));
  expect(rooted).toEqual([]);
});
