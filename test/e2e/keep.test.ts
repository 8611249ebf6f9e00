import { expect, test } from 'vitest';
import { encodeLink } from '../../src/site/keep';
import { LATE, live, read, readerOf, type } from './journey';
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

test('attack 2: a link says that it is shown, keeps own text through typing, and gives it back', async () => {
  const reader = await read(LATE);
  const { page } = reader;
  const sql = reader.sql('hourly');
  await type(reader, sql, 'SELECT 1 AS my_own');
  await open(page, await linkTo({ hourly: 'SELECT 2 AS of_the_link' }));
  await expect.poll(() => sql.innerText()).toContain('of_the_link');
  const notice = page.locator('.notices');
  await expect.poll(() => notice.innerText()).toContain('This page shows a link');
  expect(await notice.innerText()).toContain('Your own text of hourly is kept');

  await type(reader, sql, 'SELECT 3 AS typed_over_the_link');
  const conflict = page.locator('.conflict');
  await expect.poll(() => conflict.innerText()).toContain('my_own');
  await open(page);
  await expect.poll(() => sql.innerText()).toContain('typed_over_the_link');
  expect(await conflict.innerText()).toContain('my_own');
  await conflict.getByRole('button', { name: 'Take this one' }).click();
  await expect.poll(() => sql.innerText()).toContain('my_own');
  await expect.poll(() => conflict.count()).toBe(0);

  await open(page, await linkTo({ hourly: 'SELECT 2 AS of_the_link' }));
  await expect.poll(() => sql.innerText()).toContain('of_the_link');
  await notice.getByRole('button', { name: 'Show my own work' }).press('Enter');
  await expect.poll(() => sql.innerText()).toContain('my_own');
  expect(page.url()).not.toContain('#s=');
  expect(reader.troubles).toEqual([]);
});

test('attack 2: Reset over a link keeps own text beside, and so does typing where a link has the author’s text', async () => {
  const reader = await read(LATE);
  const { page } = reader;
  const sql = reader.sql('hourly');
  await type(reader, sql, 'SELECT 1 AS my_own');
  await type(reader, reader.sql('patient'), 'SELECT 1 AS my_second');
  await open(page, await linkTo({ hourly: 'SELECT 2 AS of_the_link' }));
  await expect.poll(() => sql.innerText()).toContain('of_the_link');
  await sql.getByRole('button', { name: /Reset/ }).click();
  await type(reader, reader.sql('patient'), 'SELECT 3 AS over_the_authors');
  const conflicts = page.locator('.conflict');
  await expect.poll(() => conflicts.count()).toBe(2);
  await open(page);
  await expect.poll(() => conflicts.count()).toBe(2);
  expect((await conflicts.allInnerTexts()).join()).toMatch(/my_own[^]*my_second|my_second[^]*my_own/);
  expect(reader.troubles).toEqual([]);
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
