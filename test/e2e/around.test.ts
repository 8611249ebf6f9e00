import { expect, test } from 'vitest';
import { LATE, live, playerIn, TWICE } from './journey';
import { site, visit } from './visit';

// The pages around the lessons, and what they have in common.

test('the lab data is made with progress and can be cancelled; the small one shows its facts', async () => {
  const { page, troubles } = await visit('data.html');
  const make = page.getByRole('button', { name: 'Make the data' });
  await page.getByLabel('Size').selectOption('lab');
  await make.click();
  await expect.poll(() => page.getByRole('progressbar').getAttribute('value')).not.toBe(null);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Cancelled').waitFor();
  expect(await page.getByRole('progressbar').count()).toBe(0);
  await page.getByLabel('Size').selectOption('page');
  await make.click();
  await page.getByText(/rows in 6 tables/).waitFor();
  const facts = page.getByRole('group', { name: 'Measured against its targets' });
  expect(await facts.getByRole('row').count()).toBeGreaterThan(10);
  expect(troubles).toEqual([]);
});

test('the first page plays by itself and can be stopped', async () => {
  const { page, troubles } = await visit('index.html');
  const { button, position, steps } = playerIn(page.locator('main'));
  await button('Pause').waitFor();
  const at = await position();
  expect(at).toBeGreaterThan((await steps()) / 5);
  await expect.poll(position).toBeGreaterThan(at);
  await button('Pause').click();
  const stopped = await position();
  await page.waitForTimeout(800);
  expect(await position()).toBe(stopped);
  expect(await button('Play').count()).toBe(1);
  expect(troubles).toEqual([]);
});

test('the first page rests where less motion is asked for', async () => {
  const { page, troubles } = await visit('index.html', { reducedMotion: 'reduce' });
  await live(page);
  const { button, position } = playerIn(page.locator('main'));
  const at = await position();
  await page.waitForTimeout(1000);
  expect(await position()).toBe(at);
  expect(await button('Play').count()).toBe(1);
  expect(troubles).toEqual([]);
});

test('the theme that was chosen stands before the page is drawn', async () => {
  const { page, troubles } = await visit(TWICE, { colorScheme: 'light' });
  await page.getByRole('button', { name: /^Theme/ }).click();
  await page.route('**/assets/*.js', () => undefined);
  await page.goto(new URL(LATE, site).href, { waitUntil: 'commit' });
  await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark');
  expect(troubles).toEqual([]);
});
