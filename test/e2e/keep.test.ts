import { type Locator, type Page } from 'playwright';
import { expect, test } from 'vitest';
import { encodeLink } from '../../src/site/keep';
import { LATE, live, read, readerOf, say, type, type Reader } from './journey';
import { newPage, settled, site } from './visit';

const SLUG = LATE.replace('.html', '');

const linkTo = (edits: Record<string, string>, knobs: Record<string, number> = {}): Promise<string> =>
  encodeLink({ lesson: SLUG, seed: null, knobs, edits, forks: {}, moment: {}, bets: {} });

async function open(page: Parameters<typeof readerOf>[0]['page'], hash = '') {
  await page.goto('about:blank');
  await page.goto(new URL(LATE, site).href + hash);
  await settled(page);
  await live(page);
}

/** One piece of work of each kind, the `n`-th. */
async function work(reader: Reader, n: number): Promise<void> {
  const { page } = reader;
  const dialog = page.getByRole('dialog');
  await type(reader, reader.sql('hourly'), `SELECT ${n} AS mine`);
  await say(page.getByRole('textbox', { name: 'Wait, as a duration' }).first(), `${n + 2} min`);
  await say(reader.exercise('keep').getByRole('textbox', { name: 'Wait, as a duration' }), `${n} min`);
  await reader
    .bet('promise')
    .getByRole('radio', { name: `${n % 2}`, exact: true })
    .check();
  await reader.player('plane').button('Seed').click();
  await dialog.getByRole('textbox', { name: 'Seed' }).fill(`${20 + n}`);
  await dialog.getByRole('button', { name: 'Run with this seed' }).click();
  await page
    .getByText(`seed ${20 + n}`)
    .first()
    .waitFor();
  await reader.player('lanes').button('First').click();
  for (let fork = 0; fork < n; fork += 1) {
    await reader.player('lanes').button('Fork').click();
    await dialog.getByLabel('Wait', { exact: true }).fill(`${fork + 1} h`);
    await dialog.getByRole('button', { name: 'Run from here' }).click();
    await page.getByText(fork ? `${fork + 1} things were changed` : 'one thing was changed').waitFor();
  }
}

/** The text of a cell, in the editor or outside of it. */
async function textOf(sql: Locator): Promise<string> {
  const editor = sql.getByRole('textbox');
  return (await editor.count()) ? editor.innerText() : sql.innerText();
}

/** Of each kind, whether the `n`-th piece of work is shown. */
const isShown = async (reader: Reader, n: number): Promise<Record<string, boolean>> => {
  const wait = (place: Page | Locator) => place.getByRole('textbox', { name: 'Wait, as a duration' }).first();
  return {
    text: (await textOf(reader.sql('hourly'))).includes(`SELECT ${n} AS mine`),
    knob: (await wait(reader.page).inputValue()) === `${n + 2} min`,
    answer: (await wait(reader.exercise('keep')).inputValue()) === `${n} min`,
    bet: await reader
      .bet('promise')
      .getByRole('radio', { name: `${n % 2}`, exact: true })
      .isChecked(),
    seed: (await reader.page.getByText(`seed ${20 + n}`).count()) > 0,
    forks: (await reader.page.getByText(n === 1 ? 'one thing was changed' : `${n} things were changed`).count()) === 1,
  };
};

const ALL = { text: true, knob: true, answer: true, bet: true, seed: true, forks: true };

test('attack 2: own work of every kind is put aside by a link, changes are kept with the link, and each comes back', async () => {
  const reader = await read(LATE);
  const { page } = reader;
  const notice = page.locator('.notices');
  const link = await linkTo({ hourly: 'SELECT 0 AS of_the_link' });
  await work(reader, 1);
  await expect.poll(() => isShown(reader, 1)).toEqual(ALL);
  await page.goto(new URL(LATE, site).href + link);
  await expect.poll(() => reader.sql('hourly').innerText()).toContain('of_the_link');
  await live(page);
  expect(await notice.innerText()).toContain('your own work in this lesson stays as it is');
  await work(reader, 2);
  await expect.poll(() => isShown(reader, 2)).toEqual(ALL);

  await notice.getByRole('button', { name: 'Show my own work' }).press('Enter');
  await expect.poll(() => isShown(reader, 1)).toEqual(ALL);
  expect(page.url()).not.toContain('#s=');
  expect(await page.locator('.conflict').count()).toBe(0);
  await live(page);

  await notice.getByRole('button', { name: 'Show that link' }).press('Enter');
  await expect.poll(() => isShown(reader, 2)).toEqual(ALL);
  expect(page.url()).toContain('#s=');
  expect(await page.locator('.conflict').count()).toBe(0);
  expect(reader.troubles).toEqual([]);
});

test('attack 2: Reset where a link is shown takes away what the link shows, and nothing of one’s own', async () => {
  const reader = await read(LATE);
  const sql = reader.sql('hourly');
  await type(reader, sql, 'SELECT 1 AS my_own');
  const link = await linkTo({ hourly: 'SELECT 2 AS of_the_link' });
  await open(reader.page, link);
  await expect.poll(() => sql.innerText()).toContain('of_the_link');
  await sql.getByRole('button', { name: /Reset/ }).click();
  await expect.poll(() => sql.getByText('not run yet').count()).toBe(0);
  await open(reader.page);
  await expect.poll(() => sql.innerText()).toContain('my_own');
  await open(reader.page, link);
  expect(await sql.innerText()).not.toMatch(/of_the_link|my_own/);
  expect(reader.troubles).toEqual([]);
});

test('where nothing can be saved, a link is not shown in the place of work before the reader agrees', async () => {
  const reader = readerOf(await newPage());
  await reader.page.addInitScript(() => {
    Object.defineProperty(globalThis, 'indexedDB', {
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  });
  await open(reader.page);
  const sql = reader.sql('hourly');
  await type(reader, sql, 'SELECT 1 AS my_own');
  const link = await linkTo({ hourly: 'SELECT 2 AS of_the_link' });
  await reader.page.evaluate((hash) => (location.hash = hash), link);
  const anyway = reader.page.getByRole('button', { name: 'Show it anyway' });
  await anyway.waitFor();
  expect(await textOf(sql)).toContain('my_own');
  await anyway.click();
  await expect.poll(() => sql.innerText()).toContain('of_the_link');
});

test('attack 7: a link and kept work with names that JavaScript knows open as others do', async () => {
  const reader = readerOf(await newPage());
  const names = ['toString', 'constructor', 'hasOwnProperty', 'valueOf', '__proto__'];
  const strange = JSON.parse(
    `{${names.map((name) => `"${name}":"SELECT 1"`).join()},"hourly":"SELECT 5 AS five"}`,
  ) as Record<string, string>;
  await open(reader.page, await linkTo(strange));
  await expect.poll(() => reader.sql('hourly').innerText()).toContain('five');
  expect(await reader.page.getByText('The lesson is shown as its author wrote it').count()).toBe(0);
  expect(reader.troubles).toEqual([]);
});

test('attack 11: a tab that is closed right after the last key loses nothing of it', async () => {
  const { page, troubles } = await read(LATE);
  const context = page.context();
  for (let round = 0; round < (process.env.LONG ? 60 : 4); round += 1) {
    const reader = readerOf({ page: await context.newPage(), troubles });
    await open(reader.page);
    await type(reader, reader.sql('hourly'), `SELECT ${round} AS last`);
    await reader.page.close();
    const again = readerOf({ page: await context.newPage(), troubles });
    await open(again.page);
    await expect.poll(() => again.sql('hourly').innerText()).toContain(`SELECT ${round} AS last`);
    await again.page.close();
  }
});

test('attack 12: two tabs that type in one cell make one box', async () => {
  const one = await read(LATE);
  const page = await one.page.context().newPage();
  const two = readerOf({ page, troubles: one.troubles });
  await open(page);
  for (let n = 0; n < 12; n += 1) {
    await Promise.all([
      type(one, one.sql('hourly'), `SELECT ${n} AS one`),
      type(two, two.sql('hourly'), `SELECT ${n} AS two`),
    ]);
  }
  await page.reload();
  await live(page);
  expect(await page.locator('.conflict').count()).toBeLessThanOrEqual(1);
  expect(one.troubles).toEqual([]);
});

test('attack 1: a text that is too long is said where it stands, and work elsewhere is kept', async () => {
  const reader = await read(LATE);
  await type(reader, reader.sql('patient'), 'SELECT 1 AS mine');
  await type(reader, reader.sql('hourly'), `SELECT 1 -- ${'x'.repeat(200_001)}`);
  await expect.poll(() => reader.sql('hourly').innerText()).toContain('is not saved');
  for (const letter of 'letters') await reader.page.keyboard.type(letter);
  await type(reader, reader.sql('patient'), 'SELECT 2 AS mine_too');
  await expect.poll(() => reader.page.locator('.notices').innerText()).toContain('the SQL of hourly does not fit');
  await reader.page.reload();
  await live(reader.page);
  await expect.poll(() => reader.sql('patient').innerText()).toContain('mine_too');
  expect(await reader.sql('hourly').innerText()).not.toContain('xxx');
  expect(reader.troubles).toEqual([]);
});
