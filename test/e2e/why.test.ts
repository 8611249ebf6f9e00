import { describe, expect, test } from 'vitest';
import { LATE, read, tabTo } from './journey';
import { axe } from './visit';

const JOINS = 'joining-two-streams.html';
const QUIET = 'one-quiet-partition.html';

const ask = async (path: typeof LATE, options: Parameters<typeof read>[1] = {}) => {
  const reader = await read(path, options);
  const figure = reader.figure('plane');
  const { slider, steps } = reader.player('plane');
  // About 10:10: the card has paid, and its hour is not over.
  await slider.fill(String(Math.floor((await steps()) * 0.35)));
  return { reader, figure, panel: figure.locator('[data-why]') };
};

describe('why, and why not', () => {
  test('by mouse: a row of the result says the events that made it, and the focus goes back', async () => {
    const reader = await read(LATE);
    const view = reader.figure('view');
    const button = view.getByRole('button', { name: /^Why\?/ }).first();
    await button.click();
    const panel = view.locator('[data-why]');
    await expect.poll(() => panel.innerText()).toMatch(/made from \d+ events?/);
    expect(await panel.getByRole('table').first().innerText()).toContain('4417');
    await panel.getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => panel.count()).toBe(0);
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(reader.troubles).toEqual([]);
  });

  test('by keyboard: a window that has not fired is asked for, and the change makes it fire', async () => {
    const { reader, figure, panel } = await ask(LATE);
    const { page, troubles } = reader;
    const summary = figure.getByText('The same as a table');
    await tabTo(page, summary, 'Shift+Tab');
    await page.keyboard.press('Enter');
    const form = figure.getByRole('form', { name: 'Why is there no result?' });
    for (const [label, value] of [
      ['card', '4417'],
      ['from', '10:00'],
      ['to', '11:00'],
    ]) {
      await tabTo(page, form.getByLabel(label, { exact: true }));
      await page.keyboard.type(value);
    }
    await page.keyboard.press('Enter');
    const reason = panel.locator('[data-reason]');
    await expect.poll(() => reason.innerText()).toMatch(/has not fired: the watermark is at .* \(S4\.1\)/);
    const fire = panel.getByRole('button', { name: /^Make it fire/ }).first();
    await tabTo(page, fire);
    await page.keyboard.press('Enter');
    await page.getByText('This is another future').first().waitFor();
    await expect.poll(() => panel.count()).toBe(0);
    await tabTo(page, form.getByRole('button', { name: 'Ask why' }));
    await page.keyboard.press('Enter');
    await expect.poll(() => panel.innerText()).toContain('has fired 1 time');
    expect(troubles).toEqual([]);
  });

  test('at 320 px nothing sticks out, and a wrong time is told', async () => {
    const { reader, figure, panel } = await ask(LATE, { viewport: { width: 320, height: 640 }, colorScheme: 'dark' });
    await figure.getByText('The same as a table').click();
    const form = figure.getByRole('form', { name: 'Why is there no result?' });
    await form.getByLabel('card', { exact: true }).fill('4417');
    await form.getByLabel('from', { exact: true }).fill('ten');
    await form.getByLabel('to', { exact: true }).fill('11:00');
    await form.getByRole('button', { name: 'Ask why' }).click();
    await expect.poll(() => form.innerText()).toContain('ten');
    await form.getByLabel('from', { exact: true }).fill('10:00');
    await form.getByRole('button', { name: 'Ask why' }).click();
    await panel.locator('[data-reason]').waitFor();
    expect(await reader.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    expect(reader.troubles).toEqual([]);
  });

  test('the events of an answer and its window are outlined in every picture of the run, and told in the text, until it is closed', async () => {
    const reader = await read(LATE);
    const [view, plane] = [reader.figure('view'), reader.figure('plane')];
    const outlined = plane.locator('svg.picture [aria-current="true"], svg.picture ~ * [aria-current="true"]');
    const labels = () => outlined.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
    const { slider, steps } = reader.player('plane');
    await slider.fill(String(await steps()));
    await view
      .getByRole('button', { name: /^Why\?/ })
      .first()
      .click();
    const panel = view.locator('[data-why]');
    await expect.poll(() => panel.innerText()).toMatch(/made from \d+ events?/);
    const events = await panel
      .getByRole('group', { name: /^Events of payments/ })
      .locator('tbody tr')
      .count();
    await expect.poll(async () => (await labels()).filter((one) => /: happened/.test(one!)).length).toBe(events);
    expect((await labels()).filter((one) => !/: happened/.test(one!)).length).toBeGreaterThan(0);
    for (const mark of await labels()) expect(mark).toContain('4417');
    await plane.getByText('The same as a table').click();
    const text = new RegExp(
      `^Outlined in the pictures of this run: the window .* and ${events} events? \\(payments, partition`,
    );
    await expect.poll(() => plane.locator('details .outlined').innerText()).toMatch(text);
    await panel.getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => outlined.count()).toBe(0);
    expect(await plane.locator('details .outlined').count()).toBe(0);
    expect(reader.troubles).toEqual([]);
  });

  test.each(['light', 'dark'] as const)('axe finds nothing in an open answer, %s', async (colorScheme) => {
    const { reader, figure, panel } = await ask(LATE, { colorScheme });
    await figure.getByText('The same as a table').click();
    const form = figure.getByRole('form', { name: 'Why is there no result?' });
    await form.getByLabel('card', { exact: true }).fill('4417');
    await form.getByLabel('from', { exact: true }).fill('10:00');
    await form.getByLabel('to', { exact: true }).fill('11:00');
    await form.getByRole('button', { name: 'Ask why' }).click();
    await panel.locator('[data-reason]').waitFor();
    await expect.poll(() => panel.innerText()).toMatch(/made from \d+ events?/);
    await panel.getByText('How its state came about').click();
    expect(await axe(reader.page)).toEqual([]);
    expect(reader.troubles).toEqual([]);
  });

  test('a passage of time is a change too: with nothing more from the quiet shop its partition is idle, and the window fires', async () => {
    const reader = await read(QUIET);
    const figure = reader.figure('goeson');
    const panel = figure.locator('[data-why]');
    const { slider, steps } = reader.player('goeson');
    await slider.fill(String(Math.floor((await steps()) * 0.4)));
    await figure.getByText('The same as a table').click();
    const form = figure.getByRole('form', { name: 'Why is there no result?' });
    const askFor = async () => {
      await form.getByLabel('from', { exact: true }).fill('10:01');
      await form.getByLabel('to', { exact: true }).fill('10:02');
      await form.getByRole('button', { name: 'Ask why' }).click();
    };
    await askFor();
    const reason = panel.locator('[data-reason]');
    await expect
      .poll(() => reason.innerText())
      .toMatch(/has not fired: .* partition 2 of sales .* holds it back \(S4\.1\)/);
    const wait = panel.getByRole('button', {
      name: /^Make it fire.*would fire with [^(]* without any event/,
    });
    await wait.click();
    await reader.page.getByText('This is another future').first().waitFor();
    await expect.poll(() => panel.count()).toBe(0);
    await askFor();
    await expect.poll(() => reason.innerText()).toContain('has fired 1 time');
    expect(reader.troubles).toEqual([]);
  });

  test('an event of a join is asked about by keyboard: what it waits for is said, and the change brings it in', async () => {
    const reader = await read(JOINS);
    const figure = reader.figure('held');
    const panel = figure.locator('[data-why]');
    const mark = figure
      .locator('svg.picture')
      .getByRole('button', { name: /: no partner, kept/ })
      .first();
    await mark.focus();
    await reader.page.keyboard.press('Enter');
    await expect
      .poll(() => panel.locator('[data-reason]').innerText())
      .toMatch(
        /^The event of (logins|payments), partition \d, offset \d+, has no partner yet: no row of its key for .* has arrived \(S8\.1\)/,
      );
    expect(await figure.locator('svg.picture [aria-current="true"]').count()).toBe(1);
    expect(await panel.locator('[data-outlined]').innerText()).toMatch(/1 event \((logins|payments), partition/);
    await panel
      .getByRole('button', { name: /^Bring it in/ })
      .first()
      .click();
    await reader.page.getByText('This is another future').first().waitFor();
    await expect.poll(() => panel.count()).toBe(0);
    expect(reader.troubles).toEqual([]);
  });
});
