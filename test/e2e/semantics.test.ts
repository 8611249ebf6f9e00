import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { livePlayer } from './player';
import { axe, visit } from './visit';

const PAGE = 'semantics.html';

test('the semantics page is found from the contents', async () => {
  const { page } = await visit('index.html');
  await page.getByRole('link', { name: 'Semantics' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Semantics' }).waitFor();
});

test('every case can be read without JavaScript', async () => {
  const { page } = await visit(PAGE, { javaScriptEnabled: false });
  const cases = page.locator('details.case');
  expect(await cases.count()).toBeGreaterThan(0);
  const first = cases.first();
  await first.locator('summary').click();
  expect(await first.getByRole('table', { name: 'Input' }).isVisible()).toBe(true);
  expect(await first.getByRole('table', { name: 'Expected' }).isVisible()).toBe(true);
  expect(await first.getByRole('table', { name: 'What the engine does' }).isVisible()).toBe(true);
});

test('cases are filtered and opened by keyboard alone', async () => {
  const { page, troubles } = await visit(PAGE);
  const cases = page.locator('details.case');
  const all = await cases.count();
  const kind = page.getByLabel('Kind');
  await expect.poll(() => kind.isEnabled()).toBe(true);
  await kind.focus();
  await page.keyboard.type('key-hash');
  await expect.poll(() => kind.inputValue()).toBe('key-hash');
  await expect.poll(() => page.getByRole('status').first().innerText()).toMatch(all === 1 ? /all pass/ : / of /);
  for (const shown of await cases.locator('summary').allInnerTexts()) expect(shown).toContain('key-hash');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await cases.first().getAttribute('open')).not.toBeNull();
  expect(await axe(page)).toEqual([]);
  expect(troubles).toEqual([]);
});

test('an address that names a case opens it', async () => {
  const { page } = await visit(PAGE);
  const id = (await page.locator('details.case').last().getAttribute('id')) ?? '';
  const { page: named } = await visit(`${PAGE}#${id}`);
  await expect.poll(() => named.locator(`#${id}`).getAttribute('open')).not.toBeNull();
});

test('a case that is a pipeline opens as a run that can be stepped through', async () => {
  const html = readFileSync(join(inject('folder'), PAGE), 'utf8');
  const id = /semantics-run\.html\?case=([\w-]+)/.exec(html)?.[1] ?? '';
  const { page, troubles } = await visit(`${PAGE}#case-${id}`);
  await page.locator(`#case-${id}`).getByRole('link', { name: 'Open as a run' }).click();
  const { button, position, steps } = await livePlayer(page);
  await button('First').click();
  await expect.poll(position).toBe(0);
  await button('Last').click();
  await expect.poll(position).toBe(await steps());
  expect(await axe(page)).toEqual([]);
  await page.getByRole('link', { name: 'The case as a table' }).click();
  await expect.poll(() => page.locator(`#case-${id}`).getAttribute('open')).not.toBeNull();
  expect(troubles).toEqual([]);
});

test('an address that names no case says so', async () => {
  const { page } = await visit('semantics-run.html?case=no-such-case');
  await page.getByText('there is no run of case no-such-case').waitFor();
});
