import { type Locator, type Page } from 'playwright';
import { describe, expect, inject, test } from 'vitest';
import { livePlayer } from './player';
import { visit } from './visit';

const lessons = inject('pages').filter((path) => !/^(index|embed|404|data|semantics|semantics-run)\.html$/.test(path));

const BUTTONS = ['First', 'Back', 'Play', 'Forward', 'Last', 'Next moment'];

/** Reaches an element by Tab (or Shift+Tab) alone, as a reader without a pointer does. */
async function tabTo(page: Page, wanted: Locator, key = 'Tab'): Promise<void> {
  const target = await wanted.elementHandle();
  for (let n = 0; n < 200; n++) {
    await page.keyboard.press(key);
    if (await page.evaluate((element) => element === document.activeElement, target)) return;
  }
  throw new Error(`${String(wanted)} is not reached by ${key}`);
}

test('there are lessons to try', () => {
  expect(lessons.length).toBeGreaterThanOrEqual(2);
});

describe.each(lessons)('%s', (path) => {
  test('the player can be reached and worked by keyboard alone', async () => {
    const { page, troubles } = await visit(path);
    const { button, slider, position, steps } = await livePlayer(page);
    for (const name of BUTTONS) expect(await button(name).count(), name).toBe(1);

    await tabTo(page, slider);
    await page.keyboard.press('Home');
    await expect.poll(position).toBe(0);
    await page.keyboard.press('ArrowRight');
    await expect.poll(position).toBe(1);

    await tabTo(page, button('Forward'), 'Shift+Tab');
    await page.keyboard.press('Enter');
    await expect.poll(position).toBe(2);
    await page.keyboard.press('Space');
    await expect.poll(position).toBe(3);

    await tabTo(page, button('Back'), 'Shift+Tab');
    await page.keyboard.press('Enter');
    await expect.poll(position).toBe(2);

    await tabTo(page, button('Next moment'));
    await page.keyboard.press('Enter');
    await expect.poll(position).toBeGreaterThan(2);

    await tabTo(page, button('First'), 'Shift+Tab');
    await page.keyboard.press('Enter');
    await expect.poll(position).toBe(0);

    await tabTo(page, button('Last'));
    await page.keyboard.press('Enter');
    await expect.poll(position).toBe(await steps());
    expect(troubles).toEqual([]);
  });

  test('what has the focus can be seen', async () => {
    const { page } = await visit(path, { reducedMotion: 'reduce' });
    await livePlayer(page);
    const unseen: string[] = [];
    for (let n = 0; n < 30; n++) {
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      if ((await focused.count()) && !(await isMarked(page, focused))) {
        unseen.push(await focused.evaluate((element) => element.outerHTML.slice(0, 120)));
      }
    }
    expect(unseen).toEqual([]);
  });
});

/** Whether the picture around the element differs from the one without the focus, however the mark is drawn. */
async function isMarked(page: Page, focused: Locator): Promise<boolean> {
  const box = await focused.boundingBox();
  if (!box || box.y + box.height <= 0 || box.y >= 800) return false;
  const clip = { x: Math.max(0, box.x - 6), y: Math.max(0, box.y - 6), width: box.width + 12, height: box.height + 12 };
  const element = await focused.elementHandle();
  const withFocus = await page.screenshot({ clip });
  await element?.evaluate((one) => {
    (one as HTMLElement).blur();
  });
  const without = await page.screenshot({ clip });
  await element?.evaluate((one) => {
    (one as HTMLElement).focus({ preventScroll: true });
  });
  return !withFocus.equals(without);
}
