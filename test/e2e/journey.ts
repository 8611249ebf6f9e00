import { type Locator, type Page } from 'playwright';
import { expect } from 'vitest';
import { visit, type Visit } from './visit';

/** Steps of a reader through a lesson, by roles, names and the `data-*` of cells. */
export interface Reader extends Visit {
  sql: (id: string) => Locator;
  figure: (id: string) => Locator;
  bet: (id: string) => Locator;
  exercise: (id: string) => Locator;
  /** The player that stands under a figure. */
  player: (figure: string) => Player;
}

export interface Player {
  button: (name: string) => Locator;
  slider: Locator;
  position: () => Promise<number>;
  steps: () => Promise<number>;
}

export const LATE = 'the-event-that-came-late.html';
export const TWICE = 'processed-twice.html';

export async function read(path: string, options: Parameters<typeof visit>[1] = {}): Promise<Reader> {
  const reader = readerOf(await visit(path, options));
  await live(reader.page);
  return reader;
}

export function readerOf({ page, troubles }: Visit): Reader {
  const figure = (id: string) => page.locator(`[data-figure="${id}"]`);
  return {
    page,
    troubles,
    figure,
    sql: (id) => page.locator(`[data-sql="${id}"]`),
    bet: (id) => page.locator(`[data-predict="${id}"]`),
    exercise: (id) => page.locator(`[data-exercise="${id}"]`),
    player: (id) => playerIn(page.locator('.docked').filter({ has: figure(id) })),
  };
}

export function playerIn(scope: Locator): Player {
  const toolbar = scope.getByRole('toolbar', { name: 'Player' }).first();
  const slider = toolbar.getByRole('slider', { name: 'Step' });
  return {
    button: (name) => toolbar.getByRole('button', { name, exact: true }),
    slider,
    position: async () => Number(await slider.inputValue()),
    steps: async () => Number(await slider.getAttribute('max')),
  };
}

/** Waits until every run of the page has come from the worker. */
export async function live(page: Page): Promise<void> {
  await expect
    .poll(() => page.getByRole('toolbar', { name: 'Player' }).locator('input[type=range]:disabled').count())
    .toBe(0);
}

/** Reaches an element by Tab (or another key) alone. */
export async function tabTo(page: Page, wanted: Locator, key = 'Tab'): Promise<void> {
  const target = await wanted.elementHandle();
  for (let n = 0; n < 150; n++) {
    if (await page.evaluate((element) => element === document.activeElement, target)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${String(wanted)} is not reached by ${key}`);
}

/** What a figure says, by sentence, clocks, picture and text track, once all four show the same step. */
export async function shown(reader: Reader, id: string): Promise<Record<string, string>> {
  const figure = reader.figure(id);
  const look = async () => ({
    sentence: await figure.locator('.said').innerText(),
    clocks: await figure.locator('dl').first().innerText(),
    picture: await figure.locator('svg.picture').evaluate(drawing),
    text: await figure.locator('details').innerText(),
  });
  let before = await look();
  for (let calm = 0; calm < 3;) {
    await reader.page.waitForTimeout(120);
    const now = await look();
    calm = JSON.stringify(now) === JSON.stringify(before) ? calm + 1 : 0;
    before = now;
  }
  return before;
}

/** The shapes of a picture. The order of attributes is that of their last change, and means nothing. */
const drawing = (svg: Element): string =>
  [...svg.querySelectorAll('*')]
    .map((shape) => {
      const attributes = [...shape.attributes].map(({ name, value }) => `${name}=${value}`).sort();
      return [shape.tagName, ...attributes, shape.children.length ? '' : shape.textContent].join(' ');
    })
    .join('\n');

/** Opens the editor of a cell and replaces all of its text. */
export async function type(reader: Reader, sql: Locator, text: string): Promise<void> {
  const editor = sql.getByRole('textbox');
  if ((await editor.count()) === 0) await sql.getByRole('button', { name: 'Edit' }).click();
  await editor.click();
  await reader.page.keyboard.press('Control+A');
  await reader.page.keyboard.insertText(text);
}

export async function say(field: Locator, text: string): Promise<void> {
  await field.fill(text);
  await field.press('Tab');
}

export async function shareLink(reader: Reader): Promise<string> {
  await reader.page.getByRole('button', { name: 'Share this moment' }).click();
  const field = reader.page.getByRole('dialog').getByRole('textbox', { name: 'Link' });
  await expect.poll(() => field.inputValue()).toContain('#s=');
  const link = await field.inputValue();
  await reader.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  return link;
}
