import { expect, test } from 'vitest';
import { read, shareLink, tabTo } from './journey';
import { axe } from './visit';

const FOUR = 'four-engines-four-answers.html';

test('runs side by side stand at one time, and say at each what they do not agree on', async () => {
  const reader = await read(FOUR);
  const { page } = reader;
  const card = page.locator('[data-compare]').first();
  const slider = card.getByRole('slider', { name: 'Processing time' });
  const announced = async () => (await slider.getAttribute('aria-valuetext')) ?? '';
  const answers = card.locator('.answers tbody td span');
  const differing = card.locator('td.differs');
  const count = Number(/^(\d+) of \d+ end differently/.exec(await card.locator('.count').innerText())![1]);
  expect(await card.locator('.answers tbody tr').count()).toBe(count);
  const tags = await differing.allInnerTexts();
  expect(tags.length).toBeGreaterThanOrEqual(count);
  for (const tag of tags) expect(tag).toMatch(/≠ [a-z ]+ · S\d+/);
  const height = (await card.boundingBox())!.height;

  await tabTo(page, slider);
  await page.keyboard.press('Home');
  await expect.poll(announced).toBe('before the first event: all say the same.');
  expect(new Set(await answers.allInnerTexts())).toEqual(new Set(['–']));
  expect(await differing.count()).toBe(0);
  const next = card.getByRole('button', { name: 'Next answer' });
  await next.click();
  await expect.poll(announced).toMatch(/^\d\d:\d\d/);
  expect((await card.boundingBox())!.height).toBe(height);
  await slider.focus();
  await page.keyboard.press('End');
  await expect.poll(() => differing.allInnerTexts()).toEqual(tags);
  expect(reader.troubles).toEqual([]);
});

test('a window that differs says why, by which rule, and which events are behind it', async () => {
  const reader = await read(FOUR, { viewport: { width: 320, height: 800 } });
  const { page } = reader;
  const card = page.locator('[data-compare]').first();
  const first = card.locator('.answers tbody th').getByRole('button').first();
  await tabTo(page, first);
  await page.keyboard.press('Enter');
  await expect.poll(() => first.getAttribute('aria-pressed')).toBe('true');
  const why = card.locator('.why');
  await expect.poll(() => why.innerText()).toMatch(/\(S\d+(\.\d+)?/);
  expect(await axe(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  expect(reader.troubles).toEqual([]);
});

test('a link opens a comparison where it stood', async () => {
  const reader = await read(FOUR);
  const card = reader.page.locator('[data-compare]').first();
  const slider = card.getByRole('slider', { name: 'Processing time' });
  await slider.focus();
  await reader.page.keyboard.press('Home');
  for (let n = 0; n < 3; n += 1) await card.getByRole('button', { name: 'Next answer' }).click();
  const place = await slider.inputValue();
  const announced = (await slider.getAttribute('aria-valuetext')) ?? '';
  expect(Number(place)).toBeGreaterThan(0);
  expect(place).not.toBe(await slider.getAttribute('max'));

  const again = await read(await shareLink(reader));
  const there = again.page.locator('[data-compare]').first();
  const restored = there.getByRole('slider', { name: 'Processing time' });
  await expect.poll(() => restored.inputValue()).toBe(place);
  expect(await restored.getAttribute('aria-valuetext')).toBe(announced);
  await expect.poll(() => there.locator('.said').allInnerTexts()).toEqual(await card.locator('.said').allInnerTexts());
  expect([...reader.troubles, ...again.troubles]).toEqual([]);
});

test('the window that is chosen in the list is outlined in each picture, and the text says so', async () => {
  const reader = await read(FOUR);
  const card = reader.page.locator('[data-compare]').first();
  const first = card.locator('.answers tbody th').getByRole('button').first();
  const [window] = (await first.innerText()).split('\n');
  expect(await card.locator('[aria-current]').count()).toBe(0);
  await first.click();
  const announced = card.locator('.marked');
  await expect.poll(() => announced.count()).toBe(4);
  for (const text of await announced.allInnerTexts())
    expect(text).toMatch(new RegExp(`^(Outlined|Not in this picture now): ${window}, `));
  // Those that have said something of it have it in their results.
  const answers = await card.locator('.answers tbody tr').first().locator('td span').allInnerTexts();
  const sides = card.locator('.side');
  for (const [side, answer] of answers.entries()) {
    const outlined = answer !== '–';
    await expect.poll(() => sides.nth(side).locator('[aria-current]').count()).toBe(outlined ? 1 : 0);
    expect(await announced.nth(side).innerText()).toMatch(outlined ? /^Outlined/ : /^Not in this picture now/);
  }
  expect(answers).not.toEqual(answers.map(() => '–'));
  await first.click();
  await expect.poll(() => card.locator('[aria-current]').count()).toBe(0);
  expect(await announced.count()).toBe(0);
  expect(reader.troubles).toEqual([]);
});
