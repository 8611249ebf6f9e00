import { describe, expect, test } from 'vitest';
import { checksum } from '../../src/site/keep/checksum';
import { LATE, live, read, readerOf, say, shareLink, shown, tabTo, type } from './journey';
import { newPage, settled, site } from './visit';

const GROUPED = (hours: number) =>
  `SELECT card, window_start, window_end, SUM(amount) AS spend
FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '${hours}' HOUR))
GROUP BY card, window_start, window_end;`;

describe('the player', () => {
  test('a step forward and back shows the same again: sentence, clocks, picture and text', async () => {
    const reader = await read(LATE);
    const { button, slider, position } = reader.player('plane');
    await reader.figure('plane').getByText('The same as a table').click();
    await button('Back').click();
    const at = await position();
    const before = await shown(reader, 'plane');
    await button('Forward').click();
    await expect.poll(position).toBe(at + 1);
    const after = await shown(reader, 'plane');
    for (const part of ['sentence', 'picture', 'text']) expect(after[part], part).not.toBe(before[part]);
    await button('Back').click();
    expect(await shown(reader, 'plane')).toEqual(before);
    await slider.press('Home');
    const start = await shown(reader, 'plane');
    expect(start.clocks).not.toBe(before.clocks);
    await button('Last').click();
    await slider.fill(String(at));
    expect(await shown(reader, 'plane')).toEqual(before);
    expect(reader.troubles).toEqual([]);
  });

  test('the next moments lead to the event that is dropped; its mark is on the line', async () => {
    const reader = await read(LATE);
    const { button, slider, position, steps } = reader.player('plane');
    expect(await reader.page.locator('.docked svg.mark.dropped').count()).toBeGreaterThan(0);
    const sentence = reader.figure('plane').locator('.said');
    await button('First').click();
    await expect.poll(() => sentence.innerText()).toContain('Nothing has happened yet');
    for (let n = 0; n < 12 && !/too late/.test(await sentence.innerText()); n++) {
      const before = await sentence.innerText();
      await button('Next moment').click();
      await expect.poll(() => sentence.innerText()).not.toBe(before);
    }
    expect(await sentence.innerText()).toContain('It is set aside');
    const at = await position();
    await slider.press('ArrowRight');
    await expect.poll(position).toBe(at + 1);
    await slider.press('End');
    await expect.poll(position).toBe(await steps());
    await slider.press('PageDown');
    await expect.poll(position).toBeLessThan(await steps());
    await slider.press('Home');
    await expect.poll(position).toBe(0);
    expect(await slider.getAttribute('aria-valuetext')).toContain('step 0 of');
    expect(reader.troubles).toEqual([]);
  });

  test('another wait from here on, or one event more, is another future, and can be taken back', async () => {
    const reader = await read(LATE);
    const { button, steps } = reader.player('plane');
    const { page } = reader;
    const original = await steps();
    await button('First').click();
    await button('Fork').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Wait', { exact: true }).fill('1 h');
    await dialog.getByRole('button', { name: 'Run from here' }).click();
    const forked = page.getByText('This is another future: one thing was changed');
    await forked.first().waitFor();
    await expect.poll(steps).not.toBe(original);
    await page.getByRole('button', { name: 'Back to the original' }).first().click();
    await expect.poll(() => forked.count()).toBe(0);
    await expect.poll(steps).toBe(original);

    await button('Fork').click();
    await dialog.getByLabel('add an event').check();
    await expect.poll(() => dialog.getByLabel('amount').count()).toBe(1);
    await dialog.getByLabel('Event time').fill('10:30');
    await dialog.getByLabel('card', { exact: true }).fill('4417');
    await dialog.getByLabel('amount').fill('8.00');
    await dialog.getByRole('button', { name: 'Run from here' }).click();
    await forked.first().waitFor();
    await expect.poll(steps).toBeGreaterThan(original);
    expect(reader.troubles).toEqual([]);
  });

  test('another seed is another run', async () => {
    const reader = await read(LATE);
    const { button, steps } = reader.player('plane');
    const original = await steps();
    await button('Seed').click();
    await reader.page.getByRole('dialog').getByRole('textbox', { name: 'Seed' }).fill('8');
    await reader.page.getByRole('dialog').getByRole('button', { name: 'Run with this seed' }).click();
    await expect.poll(() => reader.page.getByText('seed 8').count()).toBeGreaterThan(0);
    await expect.poll(steps).not.toBe(original);
    expect(reader.troubles).toEqual([]);
  });
});

describe('bets, exercises, sweeps', () => {
  test('a bet is locked before the run tells; the gap is said, and why; it is kept with knobs', async () => {
    const reader = await read(LATE);
    const { page } = reader;
    const bet = reader.bet('promise');
    expect(await bet.getByRole('button', { name: 'Lock my bet' }).isDisabled()).toBe(true);
    await bet.getByRole('radio', { name: '0' }).check();
    await bet.getByRole('button', { name: 'Lock my bet' }).click();
    expect(await bet.getByRole('radio', { name: '1' }).isDisabled()).toBe(true);
    expect(await bet.innerText()).not.toContain('Your answer');
    await bet.getByRole('button', { name: 'Run and see' }).click();
    await bet.getByText('Your answer').waitFor();
    expect(await bet.innerText()).toMatch(
      /Off by 1\.[\s\S]*A watermark is an assertion[\s\S]*The payment from the tunnel/,
    );
    await say(page.getByRole('textbox', { name: 'Wait, as a duration' }).first(), '5 min');
    await expect.poll(() => reader.sql('hourly').innerText()).toMatch(/wait 5 min/);
    await page.waitForTimeout(500);

    await page.reload();
    await live(page);
    await bet.getByText('Locked: 0.').waitFor();
    expect(await bet.getByRole('radio', { name: '0' }).isChecked()).toBe(true);
    expect(await page.getByRole('textbox', { name: 'Wait, as a duration' }).first().inputValue()).toBe('5 min');
    expect(reader.troubles).toEqual([]);
  });

  test('an exercise fails as it is handed out, hints, passes, and shows a solution that comes off again', async () => {
    const reader = await read(LATE);
    const exercise = reader.exercise('keep');
    const check = exercise.getByRole('button', { name: 'Run checks' });
    await check.click();
    await exercise.getByText('does not hold').first().waitFor();
    expect(await exercise.getByRole('list', { name: 'Checks' }).innerText()).toContain('Payments dropped: 1.');
    expect(await exercise.getByText('passed', { exact: true }).count()).toBe(0);
    await exercise.getByRole('button', { name: 'Hint' }).click();
    await exercise.getByText('Two settings are called waiting').waitFor();

    const lateness = exercise.getByRole('textbox', { name: 'Allowed lateness, as a duration' });
    await lateness.focus();
    await reader.page.keyboard.press('Control+A');
    await reader.page.keyboard.type('30 min');
    await reader.page.keyboard.press('Enter');
    await exercise.getByText('passed', { exact: true }).waitFor();
    expect(await exercise.getByRole('list', { name: 'Checks' }).innerText()).not.toContain('does not hold');

    await exercise.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => lateness.inputValue()).toBe('0 s');
    await exercise.getByText('A solution').click();
    await exercise.getByRole('button', { name: 'Lay it over mine and check' }).click();
    await expect.poll(() => lateness.inputValue()).toBe('30 min');
    await expect.poll(() => exercise.getByText('✓ holds').count()).toBe(3);
    await exercise.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => lateness.inputValue()).toBe('0 s');
    expect(reader.troubles).toEqual([]);
  });

  test('a sweep runs with progress; a point opens its run', async () => {
    const reader = await read(LATE);
    const sweep = reader.page.locator('[data-sweep="tradeoff"]');
    await sweep.getByRole('button', { name: 'Run all 10' }).click();
    await sweep.getByRole('progressbar', { name: 'Runs done' }).waitFor();
    const points = sweep.locator('[data-marks] [role=button]');
    await expect.poll(() => points.count()).toBe(10);
    await expect.poll(() => reader.sql('busy').innerText()).toMatch(/wait 0 s/);
    await points.nth(7).focus();
    await reader.page.keyboard.press('Enter');
    await expect.poll(() => reader.sql('busy').innerText()).toMatch(/wait 1 min/);
    expect(await sweep.getByRole('status').last().innerText()).toContain('1 min');
    await sweep.getByText('The same as a table').click();
    await sweep.getByRole('button', { name: 'Open 5 min' }).click();
    await expect.poll(() => reader.sql('busy').innerText()).toMatch(/wait 5 min/);
    expect(reader.troubles).toEqual([]);
  });
});

describe('SQL', () => {
  test('a typo is said at the cell with its line and what to try; the rest works; Reset restores', async () => {
    const reader = await read(LATE);
    const sql = reader.sql('hourly');
    const author = await sql.getByRole('group', { name: /^SQL of/ }).innerText();
    await type(reader, sql, GROUPED(1).replace('SUM(amount)', 'SUM(amont)'));
    await sql.getByRole('button', { name: 'Run', exact: true }).click();
    const alert = sql.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/line 1, column \d+/);
    expect(await alert.innerText()).toContain('amount');
    const other = reader.player('lanes');
    await other.slider.press('Home');
    await other.button('Forward').click();
    await expect.poll(other.position).toBe(1);
    await sql.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => alert.count()).toBe(0);
    expect((await sql.getByRole('textbox').innerText()).replace(/\s+/g, ' ').trim()).toBe(
      author.replace(/\s+/g, ' ').trim(),
    );
    expect(reader.troubles).toEqual([]);
  });

  test('what was typed is there after a reload, and runs only when the reader says so', async () => {
    const reader = await read(LATE);
    const { steps } = reader.player('plane');
    const original = await steps();
    await type(reader, reader.sql('hourly'), GROUPED(2));
    await reader.page.waitForTimeout(600);
    await reader.page.reload();
    await live(reader.page);
    await expect.poll(() => reader.sql('hourly').innerText()).toContain("INTERVAL '2' HOUR");
    await reader.sql('hourly').getByText('not run yet').waitFor();
    expect(await steps()).toBe(original);
    await reader.sql('hourly').getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(steps).not.toBe(original);
    expect(reader.troubles).toEqual([]);
  });
});

describe('links', () => {
  test('a link restores seed, knobs, edits, step and bets; its SQL is shown and not run', async () => {
    const one = await read(LATE);
    await say(one.page.getByRole('textbox', { name: 'Wait, as a duration' }).first(), '7 min');
    await type(one, one.sql('patient'), GROUPED(3));
    await one.bet('promise').getByRole('radio', { name: '1' }).check();
    await one.bet('promise').getByRole('button', { name: 'Lock my bet' }).click();
    await one.player('plane').button('Seed').click();
    await one.page.getByRole('dialog').getByRole('textbox', { name: 'Seed' }).fill('11');
    await one.page.getByRole('dialog').getByRole('button', { name: 'Run with this seed' }).click();
    await settled(one.page);
    await one.player('plane').slider.press('Home');
    for (let n = 0; n < 5; n++) await one.player('plane').slider.press('ArrowRight');
    await expect.poll(one.player('plane').position).toBe(5);
    // The slider moves first; the picture follows.
    const announced = one.figure('plane').locator('.said');
    await expect.poll(() => announced.innerText()).toMatch(/^5\n/);
    const sentence = await announced.innerText();
    const link = await shareLink(one);

    const two = readerOf(await newPage());
    await two.page.goto(link);
    await settled(two.page);
    await live(two.page);
    await expect.poll(two.player('plane').position).toBe(5);
    await expect.poll(() => two.figure('plane').locator('.said').innerText()).toBe(sentence);
    expect(await two.page.getByText('seed 11').count()).toBeGreaterThan(0);
    expect(await two.page.getByRole('textbox', { name: 'Wait, as a duration' }).first().inputValue()).toBe('7 min');
    await two.bet('promise').getByText('Locked: 1.').waitFor();
    await two.sql('patient').getByText('not run yet').waitFor();
    expect(await two.sql('patient').innerText()).toContain("INTERVAL '3' HOUR");
    const steps = await two.player('lanes').steps();
    await two.sql('patient').getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(two.player('lanes').steps).not.toBe(steps);
    expect([...one.troubles, ...two.troubles]).toEqual([]);
  });

  test('a link that is cut short, changed or of another version says so; the lesson is the author’s', async () => {
    const one = await read(LATE);
    await say(one.page.getByRole('textbox', { name: 'Wait, as a duration' }).first(), '7 min');
    const link = new URL(await shareLink(one)).hash;
    const flipped = link.replace(/(\.\w{20})(\w)/, (_, head: string, one: string) => head + (one === 'A' ? 'B' : 'A'));
    const newer = `9.${link.split('.')[1]}`;
    const links = [
      { hash: link.slice(0, -12), message: 'cut short' },
      { hash: flipped, message: 'changed on its way' },
      { hash: `#s=${newer}.${checksum(newer)}`, message: 'of another version' },
    ];
    for (const { hash, message } of links) {
      const two = readerOf(await newPage());
      await two.page.goto(new URL(LATE, site).href + hash);
      await two.page.getByRole('alert').getByText(message).waitFor();
      await live(two.page);
      expect(await two.page.getByText('changed', { exact: true }).count()).toBe(0);
      expect(await two.page.getByRole('textbox', { name: 'Wait, as a duration' }).first().inputValue()).toBe('2 min');
      expect(two.troubles).toEqual([]);
    }
  });
});

test('a bet, the player and an exercise by keyboard alone, from the top of the lesson', async () => {
  const reader = await read(LATE);
  const { page } = reader;
  const bet = reader.bet('promise');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await tabTo(page, reader.player('plane').button('First'));
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect.poll(reader.player('plane').position).toBe(2);
  await tabTo(page, reader.player('plane').button('Next moment'));
  await page.keyboard.press('Enter');
  await expect.poll(reader.player('plane').position).toBeGreaterThan(2);

  await tabTo(page, bet.getByRole('radio').first());
  await page.keyboard.press('Space');
  await tabTo(page, bet.getByRole('button', { name: 'Lock my bet' }));
  await page.keyboard.press('Enter');
  await bet.getByRole('button', { name: 'Run and see' }).waitFor();
  await page.keyboard.press('Enter');
  await bet.getByText('Your answer').waitFor();
  expect(await bet.evaluate((cell) => cell.contains(document.activeElement))).toBe(true);

  const exercise = reader.exercise('keep');
  await tabTo(page, exercise.getByRole('textbox', { name: 'Allowed lateness, as a duration' }));
  await page.keyboard.press('Control+A');
  await page.keyboard.type('30 min');
  await tabTo(page, exercise.getByRole('button', { name: 'Run checks' }));
  await page.keyboard.press('Enter');
  await exercise.getByText('passed', { exact: true }).waitFor();
  expect(reader.troubles).toEqual([]);
});

describe('when something breaks', () => {
  test('a worker that dies is replaced, and what was typed stays', async () => {
    const reader = await read(LATE);
    await type(reader, reader.sql('hourly'), GROUPED(4));
    await reader.page.workers()[0].evaluate(() => {
      close();
    });
    const { slider, button, position } = reader.player('plane');
    await slider.press('Home');
    await button('Forward').click();
    await expect.poll(() => reader.page.locator('.notices').innerText()).not.toBe('');
    await expect.poll(() => reader.figure('plane').locator('.said').innerText()).toMatch(/^1\s/);
    await button('Forward').click();
    await expect.poll(position).toBe(2);
    await expect.poll(() => reader.figure('plane').locator('.said').innerText()).toMatch(/^2\s/);
    expect(await reader.sql('hourly').getByRole('textbox').innerText()).toContain("INTERVAL '4' HOUR");
    expect(reader.troubles).toEqual([]);
  });

  test('an engine that breaks again and again is started by one press, and what it left is run', async () => {
    const { page } = await newPage();
    await page.addInitScript(breakableWorkers);
    const reader = readerOf({ page, troubles: [] });
    await page.goto(new URL(LATE, site).href);
    await settled(page);
    await live(page);
    await page.evaluate(() => (globalThis as unknown as { breakAll: () => void }).breakAll());
    const trouble = page.locator('article').getByRole('alert');
    await expect.poll(() => trouble.innerText()).toContain('The engine was lost 4 times');
    expect(await page.locator('.notices').innerText()).not.toContain('started again');
    const sql = reader.sql('hourly');
    await type(reader, sql, GROUPED(2));
    await sql.getByRole('button', { name: 'Run' }).click();
    await expect.poll(() => sql.innerText()).toContain('Not run: the engine has stopped.');
    expect(await trouble.count()).toBe(1);
    await page.evaluate(() => ((globalThis as unknown as { broken: boolean }).broken = false));
    await sql.getByRole('button', { name: 'Start the engine again' }).click();
    await expect.poll(() => trouble.count()).toBe(0);
    await expect.poll(() => reader.figure('view').innerText()).toMatch(/10:00\s+12:00/);
    expect(await sql.innerText()).not.toContain('Not run');
  });

  test('where storage is refused the page says so, and everything works', async () => {
    const reader = readerOf(await newPage());
    await reader.page.addInitScript(() => {
      const refuse = (): never => {
        throw new DOMException('storage is refused', 'SecurityError');
      };
      Object.defineProperty(globalThis, 'indexedDB', { get: refuse });
      Object.defineProperty(globalThis, 'localStorage', { get: refuse });
    });
    await reader.page.goto(new URL(LATE, site).href);
    await live(reader.page);
    await expect.poll(() => reader.page.locator('.notices').innerText()).not.toBe('');
    const bet = reader.bet('promise');
    await bet.getByRole('radio', { name: '1' }).check();
    await bet.getByRole('button', { name: 'Lock my bet' }).click();
    await bet.getByRole('button', { name: 'Run and see' }).click();
    await bet.getByText('As you expected.').waitFor();
    await reader.page.getByRole('button', { name: /^Theme/ }).click();
    expect(await reader.page.locator('html').getAttribute('data-theme')).toBe('dark');
    expect(reader.troubles).toEqual([]);
  });

  test('what one tab writes is not lost to another one', async () => {
    const one = await read(LATE);
    const page = await one.page.context().newPage();
    const two = readerOf({ page, troubles: one.troubles });
    await page.goto(new URL(LATE, site).href);
    await settled(page);
    await live(page);
    await type(one, one.sql('hourly'), GROUPED(5));
    await type(two, two.sql('patient'), GROUPED(6));
    await expect.poll(() => two.sql('hourly').innerText()).toContain("INTERVAL '5' HOUR");
    await expect.poll(() => one.sql('patient').innerText()).toContain("INTERVAL '6' HOUR");
    await expect.poll(() => one.page.locator('.notices').innerText()).toContain('Another tab');
    expect(await one.sql('hourly').getByRole('textbox').innerText()).toContain("INTERVAL '5' HOUR");
    await page.reload();
    await live(page);
    await expect.poll(() => two.sql('hourly').innerText()).toContain("INTERVAL '5' HOUR");
    expect(await two.sql('patient').innerText()).toContain("INTERVAL '6' HOUR");
    expect(one.troubles).toEqual([]);
  });
});

/** Workers of the page break at one call, and then every new one does as it begins. */
function breakableWorkers(): void {
  const page = globalThis as unknown as { Worker: typeof Worker; broken: boolean; breakAll: () => void };
  const made: Worker[] = [];
  const end = (worker: Worker): boolean => worker.dispatchEvent(new ErrorEvent('error', { message: 'broken' }));
  page.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      made.push(this);
      if (page.broken) setTimeout(() => end(this));
    }
  };
  page.breakAll = () => {
    page.broken = true;
    made.forEach(end);
  };
}
