import { expect, test } from 'vitest';
import { pictured } from '../support/pictures';
import { cutTexts, draw, overlappingTexts, asText, smallTexts, violations } from './draw.svelte.ts';

const plane = async (run: string, some: Record<string, unknown> = {}, width = 720, at: 'end' | number = 'end') =>
  draw('event-time-plane', await pictured(run, 'event-time-plane', some, at), { width, some });

test('S4.10 panes are marked early, on time and late', async () => {
  const { words } = await plane('retracting');
  expect(words('.pill-text.early')).toEqual(['3', '4', '10', '5']);
  expect(words('.pill-text.on-time tspan:last-child')).toEqual(['12', '4', '18', '5']);
  expect(words('.pill-text.late')).toEqual(['−514']);
});

test('S6.3 what a pane takes back is struck out, and said in words', async () => {
  const { words, described } = await plane('retracting');
  expect(words('.pill-text .struck').sort()).toEqual(['−10', '−3', '−4', '−5', '−5']);
  const late = described.rows.find((row) => row[1] === 'window fires late');
  expect(late?.[4]).toBe('14, takes back 5');
});

test('S6.1 a pane that holds only what is new has a plus', async () => {
  const { words } = await plane('discarding');
  expect(words('.pill-text.late')).toEqual(['+9']);
  expect(words('.pill-text .struck')).toEqual([]);
});

test('S3.3 sessions that become one have no edge between them', async () => {
  const { all, described, words } = await plane('sessions');
  expect(all('.picture path.band.outline').length).toBeGreaterThan(4);
  expect(words('.pill-text.late')).toEqual(['−5 −2236']);
  const joins = described.rows.filter((row) => row[1] === 'session becomes part of a longer one').map((row) => row[2]);
  expect(joins).toContain('12:02:24–12:05:19');
  expect(described.rows.some((row) => row[1] === 'session grows to' && row[2] === '12:00:26–12:05:19')).toBe(true);
});

test('S2.9 windows by the clock lie across the plane, from their start to their end', async () => {
  const { all, words } = await plane('arrival');
  const bands = all('.picture rect.band');
  expect(bands).toHaveLength(3);
  expect(new Set(bands.map((band) => band.getAttribute('x'))).size).toBe(1);
  expect(words('.pill-text.on-time').sort()).toEqual(['12', '18', '18']);
});

test('the window without end goes all across, and its panes are there', async () => {
  const { words, all, described } = await plane('paced');
  expect(all('.picture rect.band.open')).toHaveLength(1);
  expect(words('.pill-text.early')).toEqual(['+29', '+19']);
  expect(described.rows.some((row) => row[2] === 'all time')).toBe(true);
});

test('S1.8 partitions are thin lines, dotted while they are idle', async () => {
  const some = { partitions: true, ideal: true };
  const { all, described } = await plane('freed', some);
  expect(all('.picture .thin-water:not(.idle)')).toHaveLength(3);
  expect(all('.picture .thin-water.idle').length).toBeGreaterThan(0);
  expect(all('.picture .ideal')).toHaveLength(1);
  const text = asText(described);
  expect(text).toContain('partition 2: idle, watermark | 10:00:29.999');
  expect(text).toContain('perfect watermark moves');
  expect((await plane('stuck')).all('.picture .thin-water')).toHaveLength(0);
});

test('every pill is in the table, with when it came', async () => {
  for (const run of ['retracting', 'sessions', 'arrival', 'paced', 'cumulating']) {
    const { described, all } = await plane(run);
    for (const timing of ['early', 'on time', 'late']) {
      const pills = all(`.picture .pill.${timing.replace(' ', '-')}`).length;
      expect(described.rows.filter((row) => row[1] === `window fires ${timing}`)).toHaveLength(pills);
    }
  }
});

test.each(['retracting', 'sessions', 'arrival', 'paced', 'cumulating', 'freed'])(
  '%s: texts are readable and apart at any width and step',
  async (run) => {
    for (const width of [320, 720]) {
      for (const at of ['end', 20, 40] as const) {
        const { box } = await plane(run, { partitions: true, ideal: true }, width, at);
        expect(smallTexts(box)).toEqual([]);
        expect(overlappingTexts(box)).toEqual([]);
        expect(cutTexts(box)).toEqual([]);
        expect(box.innerHTML).not.toMatch(/NaN|undefined|Infinity| style=/);
      }
    }
  },
);

test.each(['sessions', 'arrival', 'paced', 'cumulating'])('window lanes show the windows of %s', async (run) => {
  for (const width of [320, 720]) {
    const { box, described, all } = draw('window-lanes', await pictured(run, 'window-lanes'), { width });
    // Where windows are too narrow to be read, a phone shows the newest.
    if (width === 720) expect(described.rows).toHaveLength(all('.picture rect.band').length);
    expect(overlappingTexts(box)).toEqual([]);
    expect(cutTexts(box)).toEqual([]);
    expect(box.innerHTML).not.toMatch(/NaN|undefined|Infinity/);
  }
});

test('a session that is part of a longer one is no lane window of its own, and leaves a seam', async () => {
  const { all, described } = draw('window-lanes', await pictured('sessions', 'window-lanes'));
  expect(all('.picture rect.band')).toHaveLength(2);
  expect(all('.picture .seam').length).toBeGreaterThan(0);
  expect(described.rows[0].at(-1)).toContain('12:02:24–12:05:19 at 12:08:19');
});

test('axe finds nothing', async () => {
  expect(await violations((await plane('sessions', {}, 320)).box)).toEqual([]);
});
