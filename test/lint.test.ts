import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { afterAll, expect, test } from 'vitest';

// The rules of test/eslint.config.js are themselves tested: a selector with a slip would forbid nothing.

const ROOT = join(import.meta.dirname, '..');

/** Files that exist, since typed rules need to know them; their text is replaced. */
const BELOW = 'src/model/time.ts';
const PAGE = 'src/widgets/resize.ts';
const COMPONENT = 'src/site/Prose.svelte';
const TEST = 'test/support/seed.ts';

// Typed rules read these files and what they import, not the whole project.
const folder = mkdtempSync(join(ROOT, 'node_modules/.lint-'));
afterAll(() => rmSync(folder, { recursive: true }));
const project = join(folder, 'tsconfig.json');
const files = [BELOW, PAGE, COMPONENT, TEST].map((path) => join(ROOT, path));
writeFileSync(project, JSON.stringify({ extends: join(ROOT, 'src/tsconfig.json'), files, include: [] }));
const eslint = new ESLint({
  cwd: ROOT,
  overrideConfigFile: join(ROOT, 'test/eslint.config.js'),
  overrideConfig: { languageOptions: { parserOptions: { project: [project] } } },
});

const RULES = [
  'no-restricted-syntax',
  'no-restricted-globals',
  'no-eval',
  'no-new-func',
  '@typescript-eslint/no-implied-eval',
  'svelte/no-at-html-tags',
];

async function forbidden(path: string, text: string): Promise<boolean> {
  const [{ messages }] = await eslint.lintText(text, { filePath: join(ROOT, path) });
  const broken = messages.find((message) => message.fatal);
  if (broken) throw new Error(`${path}: ${broken.message}`);
  return messages.some(({ ruleId }) => RULES.includes(ruleId ?? ''));
}

test.each([
  'export const x = Math.log(2);',
  'export const x = Math.hypot(3, 4);',
  "export const x = Math['exp'](1);",
  'export const { pow } = Math;',
  'export const x = 2 ** 3;',
  'export let x = 2; x **= 3;',
  'export const x = Math.random();',
  'export const x = Date.now();',
  'export const x = new Date(0);',
  "export const x = new Intl.NumberFormat('en');",
  'export const x = performance.now();',
  "export const x = 'a'.localeCompare('b');",
  'export const x = (1000).toLocaleString();',
  'export const x = [2, 1].sort((a, b) => a > b);',
  'export const x = [2, 1].toSorted((a, b) => { return a < b; });',
])('below the page is forbidden: %s', async (text) => {
  expect(await forbidden(BELOW, text)).toBe(true);
});

test.each([
  "export const f = (o: { profile: string }) => o.profile === 'kafka';",
  "export const f = (o: { profile: string }) => 'beam' !== o.profile;",
  "export function f(profile: string) { switch (profile) { case 'spark': return 1; default: return 2; } }",
])('the name of a profile is not compared: %s', async (text) => {
  expect(await forbidden(BELOW, text)).toBe(true);
  expect(await forbidden(PAGE, text)).toBe(true);
});

test.each([
  'export const x = Math.sqrt(2) + Math.imul(2, 3) + Math.PI;',
  'export const x = [2, 1].sort((a, b) => a - b);',
  "export const x = ['b', 'a'].map((s) => s.length > 1);",
])('below the page is allowed: %s', async (text) => {
  expect(await forbidden(BELOW, text)).toBe(false);
});

test.each([
  "document.body.innerHTML = '<b>';",
  "document.body['append'](''); document.body.outerHTML = '';",
  "document.body.insertAdjacentHTML('beforeend', '<b>');",
  "document.write('<b>');",
  "document.createElement('iframe').srcdoc = '<b>';",
  "document.body.setAttribute('style', 'color:red');",
  "document.body.setAttribute('onclick', 'x');",
  "eval('1');",
  "export const f = new Function('return 1');",
  "setTimeout('alert(1)', 0);",
  "export const g = (s: { html(t: string): void }) => { s.html('<b>'); };",
])('in the page is forbidden: %s', async (text) => {
  expect(await forbidden(PAGE, text)).toBe(true);
});

test('what is forbidden below is allowed in the page', async () => {
  expect(await forbidden(PAGE, 'export const x = Math.log(2) + Date.now() + 2 ** 3;')).toBe(false);
});

test.each([
  '<script lang="ts">let x = \'\';</script>{@html x}',
  '<iframe title="x" srcdoc="<b>"></iframe>',
  '<p style="color: red">x</p>',
  '<p style:color="red">x</p>',
])('in a component is forbidden: %s', async (text) => {
  expect(await forbidden(COMPONENT, text)).toBe(true);
});

test.each([
  'export const said = 1;',
  'export const makingsOf = (x: number): number => x;',
  'export interface Intake { now: number }',
  'export const reads = { says: 1 };',
  'export class Line { #wire = 1; get(): number { return this.#wire; } }',
  'export const topicFeed = 1;',
  'export const inputLevels = [1];',
  'export const MOST_SAID = 8;',
  'export function lineOf(): void {}',
  'export const wires = [1];',
])('a private word of the project is no name: %s', async (text) => {
  for (const path of [BELOW, PAGE, TEST]) expect(await forbidden(path, text)).toBe(true);
});

test.each([
  'export const essays = 1;',
  'export const feedback = 1;',
  'export const wireless = 1;',
  'export const struck = 1;',
  "export const text = 'the watermark says';",
  'export const deadline = (lineOffset: number): number => lineOffset;',
])('a word that only looks like one is allowed: %s', async (text) => {
  expect(await forbidden(BELOW, text)).toBe(false);
});
