import { type Locator } from 'playwright';
import { describe, expect, test } from 'vitest';
import { playerIn, read, tabTo, type Reader } from './journey';
import { axe, settled, visit } from './visit';

const BET = 'the-watermark-is-a-bet.html';
const TIMES = 'event-time-and-processing-time.html';

const claim = ({ page }: Reader, id: string): Locator => page.locator(`[data-claim="${id}"]`);
const orders = ({ page }: Reader): Locator => page.locator('[data-orders="everyorder"]');
const picture = (cell: Locator): Locator => cell.locator('[data-picture] svg.picture').first();

describe('a claim', () => {
  test('is broken by the smallest log, which can be played', async () => {
    const reader = await read(BET);
    const cell = claim(reader, 'older');
    expect(await cell.innerText()).toContain('No event older than the watermark arrives.');
    await cell.getByRole('button', { name: 'Try to break it' }).click();
    await cell.getByText('It is not so.').waitFor();
    expect(await cell.getByRole('status').innerText()).toBe('A log that breaks the claim was found.');
    const log = cell.getByRole('group', { name: 'The log, in order of arrival' });
    expect(await log.locator('tbody tr').count()).toBe(2);
    expect(await log.locator('tbody').innerText()).toMatch(/10:01:30\s+10:01:30\s+10:01:40\s+10:00:00/);

    await cell.getByRole('button', { name: 'Play it' }).click();
    await picture(cell).waitFor();
    const player = playerIn(cell);
    await expect.poll(() => player.slider.isEnabled()).toBe(true);
    expect(await player.position()).toBe(await player.steps());
    await player.button('First').click();
    await expect.poll(player.position).toBe(0);
    await player.button('Forward').click();
    await expect.poll(player.position).toBe(1);
    await expect.poll(() => cell.locator('[data-figure] .said').first().innerText()).toContain('10:01:30');
    // The keys of the player move what was opened last.
    await cell.locator('blockquote').click();
    await reader.page.keyboard.press('ArrowRight');
    await expect.poll(player.position).toBe(2);

    await cell.getByRole('button', { name: 'Play it' }).click();
    await expect.poll(() => picture(cell).count()).toBe(0);
    expect(reader.troubles).toEqual([]);
  });

  test('that compares two runs shows both', async () => {
    const reader = await read(BET);
    const cell = claim(reader, 'slides');
    await cell.getByRole('button', { name: 'Try to break it' }).click();
    await cell.getByText('The other one:').waitFor();
    for (const name of ['Play it', 'Play the other run']) {
      await cell.getByRole('button', { name, exact: true }).click();
      await expect.poll(() => cell.getByRole('toolbar', { name: 'Player' }).count()).toBe(1);
      await picture(cell).waitFor();
      expect(await cell.getByRole('button', { name, exact: true }).getAttribute('aria-expanded')).toBe('true');
    }
    expect(reader.troubles).toEqual([]);
  });

  test('about a run of the lesson is broken by keyboard alone', async () => {
    const reader = await read(BET);
    const cell = claim(reader, 'enough');
    await tabTo(reader.page, cell.getByRole('button', { name: 'Try to break it' }));
    await reader.page.keyboard.press('Enter');
    await cell.getByText('It is not so.').waitFor();
    expect(await cell.innerText()).toContain('Here “dropped = 0” is false: dropped is 1.');
    await tabTo(reader.page, cell.getByRole('button', { name: 'Play it' }));
    await reader.page.keyboard.press('Enter');
    await picture(cell).waitFor();
    expect(reader.troubles).toEqual([]);
  });
});

test('a claim says what a search finds before anything runs, and without JavaScript', async () => {
  const { page: still } = await visit(BET, { javaScriptEnabled: false });
  const written = still.locator('[data-claim="older"]');
  await written.getByText('What a search finds').click();
  expect(await written.locator('details').innerText()).toContain('It is not so.');
  const log = written.getByRole('group', { name: 'The log, in order of arrival' });
  const rows = await log.locator('tbody').innerText();
  const verdict = await written.locator('.verdict').innerText();
  const tried = await written.locator('p.small').innerText();
  expect(rows).toMatch(/10:01:30\s+10:01:30\s+10:01:40\s+10:00:00/);

  // It is what the search in the browser finds, which takes its place.
  const reader = await read(BET);
  const cell = claim(reader, 'older');
  await cell.getByRole('button', { name: 'Try to break it' }).click();
  await cell.getByRole('button', { name: 'Play it' }).waitFor();
  expect(await cell.getByText('What a search finds').count()).toBe(0);
  expect(await cell.locator('.verdict').innerText()).toBe(verdict);
  expect(await cell.locator('p.small').innerText()).toBe(tried);
  expect(await cell.getByRole('group', { name: 'The log, in order of arrival' }).locator('tbody').innerText()).toBe(
    rows,
  );
  expect(reader.troubles).toEqual([]);
});

test('what was found about a run is not said of the run that a reader has made of it', async () => {
  const reader = await read(BET);
  const cell = claim(reader, 'enough');
  await expect.poll(() => cell.getByText('What a search finds').count()).toBe(1);
  const knob = reader.page.getByRole('textbox', { name: 'Wait' }).first();
  await knob.fill('2 min');
  await knob.press('Enter');
  await expect.poll(() => cell.getByText('What a search finds').count()).toBe(0);
  expect(reader.troubles).toEqual([]);
});

describe('every order', () => {
  test('is a bar of outcomes, and one of them opens an order that ends so', async () => {
    const reader = await read(TIMES);
    const cell = orders(reader);
    await cell.getByRole('button', { name: 'Run all 720 orders' }).click();
    await expect.poll(() => cell.getByRole('status').innerText()).toMatch(/^720 orders end in \d+ ways\.$/);
    const bars = cell.getByRole('button', { name: /^Outcome [A-Z0-9]+: / });
    await bars.first().waitFor();
    expect(await bars.count()).toBe(10);
    await cell.getByRole('button', { name: /^Show the \d+ rarer outcomes too$/ }).click();
    await expect.poll(() => bars.count()).toBeGreaterThan(10);
    const labels = await bars.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''));
    const counts = labels.map((text) => Number(/: (\d+) of 720/.exec(text)?.[1]));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(720);

    await cell.getByText('The same as a table').first().click();
    const table = cell.getByRole('group', { name: 'How 720 orders of arrival end' });
    const column = await table.locator('tbody td:nth-child(2)').allInnerTexts();
    expect(column.map(Number)).toEqual(counts);

    // The last bar has the focus of the Tab key; the arrows go from bar to bar.
    await bars.last().focus();
    await reader.page.keyboard.press('Home');
    await reader.page.keyboard.press('ArrowDown');
    await reader.page.keyboard.press('Enter');
    await expect.poll(() => bars.nth(1).getAttribute('aria-pressed')).toBe('true');
    await picture(cell).waitFor();
    const late = Number(/(\d+) late/.exec(labels[1])?.[1]);
    const log = cell.getByRole('group', { name: 'The log, in order of arrival' });
    expect(await log.locator('tbody tr').count()).toBe(6);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(reader.troubles).toEqual([]);
  });

  test('has one outcome where everything is waited for', async () => {
    const reader = await read(TIMES);
    const knob = reader.page.getByRole('textbox', { name: 'Wait' }).last();
    await knob.fill('2 h');
    await knob.press('Enter');
    const cell = orders(reader);
    await cell.getByRole('button', { name: 'Run all 720 orders' }).click();
    await expect.poll(() => cell.getByRole('status').innerText()).toBe('720 orders end in one way.');
    expect(reader.troubles).toEqual([]);
  });
});

test('axe finds nothing in what was found, in light and in dark, and nothing is wider than 320 px', async () => {
  for (const path of [BET, TIMES]) {
    const reader = await read(path);
    const { page } = reader;
    const cell = path === BET ? claim(reader, 'older') : orders(reader);
    await cell.getByRole('button', { name: /^Try to break it|^Run all/ }).click();
    if (path === BET) await cell.getByRole('button', { name: 'Play it' }).click();
    else await cell.getByRole('button', { name: /^Outcome A:/ }).click();
    await picture(cell).waitFor();
    await settled(page);
    expect(await axe(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    expect(await axe(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 640 });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    expect(reader.troubles).toEqual([]);
  }
});
