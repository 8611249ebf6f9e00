import { expect, test } from 'vitest';
import { LATE, read, shareLink, tabTo, type Reader } from './journey';
import { axe } from './visit';

/** The player below a figure, by the name that its slider has on each clock. */
function clocksOf(reader: Reader, figure: string) {
  const bar = reader.page
    .locator('.docked')
    .filter({ has: reader.figure(figure) })
    .getByRole('toolbar', { name: 'Player' })
    .first();
  const slider = bar.getByRole('slider');
  return {
    slider,
    clock: (name: string) => bar.getByRole('radio', { name, exact: true }),
    announced: async () => (await slider.getAttribute('aria-valuetext')) ?? '',
    at: async () => Number(await slider.inputValue()),
  };
}

test('a run is scrubbed by event time, by keyboard alone: each place is a place of the watermark', async () => {
  const reader = await read(LATE);
  const { clock, slider, announced, at } = clocksOf(reader, 'plane');
  await tabTo(reader.page, clock('processing'));
  await reader.page.keyboard.press('ArrowRight');
  await expect.poll(() => slider.getAttribute('aria-label')).toBe('Event time');
  await slider.focus();
  await reader.page.keyboard.press('Home');
  await expect.poll(announced).toMatch(/^no watermark yet/);
  await reader.page.keyboard.press('ArrowRight');
  await expect.poll(announced).toMatch(/^event time \d\d:\d\d/);
  const watermark = reader.figure('plane').locator('.clocks .watermark dd');
  const first = /event time ([\d:.]+)\. /.exec(await announced())![1];
  await expect.poll(() => watermark.innerText()).toBe(first);
  await reader.page.keyboard.press('ArrowRight');
  await expect.poll(at).toBe(2);
  await expect.poll(() => watermark.innerText()).not.toBe(first);
  expect(/event time ([\d:.]+)\. /.exec(await announced())![1]).toBe(await watermark.innerText());
  expect(reader.troubles).toEqual([]);
});

test('by known-at time the result says what was known then, beside what is published now', async () => {
  const reader = await read(LATE);
  const { clock, slider, announced } = clocksOf(reader, 'plane');
  await clock('known at').check({ force: true });
  await expect.poll(() => slider.getAttribute('aria-label')).toBe('Known at');
  await slider.focus();
  await reader.page.keyboard.press('Home');
  await expect.poll(announced).toMatch(/^nothing known yet/);
  const table = reader.figure('view').locator('.rows-table');
  await expect.poll(() => table.locator('thead').innerText()).toMatch(/spend at T\s+spend now/);
  await reader.page.keyboard.press('ArrowRight');
  await expect.poll(announced).toMatch(/^known at \d\d:\d\d/);
  const note = reader.page
    .locator('.docked')
    .filter({ has: reader.figure('plane') })
    .locator('.dock .note');
  await expect
    .poll(() => note.innerText())
    .toMatch(/At [\d:.]+ \d+ rows? of the result (was|were) known; .*arrived later/);
  await reader.page.keyboard.press('End');
  await expect.poll(() => note.innerText()).toMatch(/it is what is published now/);
  expect(await axe(reader.page)).toEqual([]);
  await clock('processing').check({ force: true });
  await expect.poll(() => table.locator('thead').innerText()).not.toMatch(/at T/);
  expect(reader.troubles).toEqual([]);
});

test.each(['event', 'known at'])('a link opens a run on the clock that it was scrubbed by: %s', async (name) => {
  const reader = await read(LATE);
  const { clock, slider, announced, at } = clocksOf(reader, 'plane');
  await clock(name).check({ force: true });
  await expect.poll(announced).toMatch(/^(event time|known at|end of time)/);
  await slider.focus();
  await reader.page.keyboard.press('Home');
  await reader.page.keyboard.press('ArrowRight');
  await expect.poll(at).toBe(1);

  const again = await read(await shareLink(reader));
  const restored = clocksOf(again, 'plane');
  await expect.poll(() => restored.clock(name).isChecked()).toBe(true);
  await expect.poll(restored.announced).toBe(await announced());
  expect(await restored.at()).toBe(1);
  expect([...reader.troubles, ...again.troubles]).toEqual([]);
});
