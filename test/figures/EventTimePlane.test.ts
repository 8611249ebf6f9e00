import { expect, test, vi } from 'vitest';
import { tick } from 'svelte';
import { userEvent } from 'vitest/browser';
import { minutes } from '../../src/model';
import { crowd } from '../support/crowd';
import { pictured } from '../support/pictures';
import { snapshotOf, tunnel } from '../support/snapshot';
import { cutTexts, draw, overlappingTexts, asText, smallTexts, violations } from './draw.svelte';

const lateness = minutes(10);
const atThirteen = () => snapshotOf({ payments: tunnel, now: 13, lateness, card: '4417' });
const atTheEnd = () => snapshotOf({ payments: tunnel, now: 18.5, lateness, card: '4417', ends: true });
const mine = { where: { card: '4417' }, others: true };

test('the plane draws one dot per event', () => {
  const { all } = draw('event-time-plane', atThirteen(), { some: mine });
  expect(all('.picture .event')).toHaveLength(23);
  expect(all('.picture .event.aside')).toHaveLength(12);
});

test('a late event has a ring, one that is too late a cross and no fill', () => {
  const { all } = draw('event-time-plane', atTheEnd(), { some: mine });
  expect(all('.picture .event[data-fate="late, counted"] .late-ring')).toHaveLength(1);
  expect(all('.picture .event[data-fate="too late"] path.too-late')).toHaveLength(1);
  expect(all('.picture .event[data-fate="too late"] .dot')).toHaveLength(0);
});

test('a window fires, fires again and closes', () => {
  const { words, all } = draw('event-time-plane', atTheEnd(), { some: mine });
  expect(words('.pill-text.on-time').sort()).toEqual(['€31.00', '€32.00', '€62.00', '€87.00']);
  expect(words('.pill-text.late')).toEqual(['€102.00']);
  expect(all('.lid').length - all('.legend .lid').length).toBe(4);
});

test('an open window is dashed until it fires', () => {
  const { all } = draw('event-time-plane', atThirteen(), { some: mine });
  expect(all('.picture .band.open')).toHaveLength(1);
  expect(all('.picture .band.fired')).toHaveLength(2);
});

test('the watermark goes to the right edge when the input has ended', () => {
  const { all } = draw('event-time-plane', atTheEnd(), { some: mine });
  const edge = Number(all('line.now')[0].getAttribute('x2'));
  expect(Number(all('.water-end')[0].getAttribute('cx'))).toBeCloseTo(edge, 1);
});

test('the axes stay where they are while the run is played', () => {
  const ticks = (now: number) =>
    draw('event-time-plane', snapshotOf({ payments: tunnel, now, lateness, card: '4417' }), { some: mine }).words(
      '.picture .num',
    );
  const early = ticks(3).filter((text) => /^10:\d\d$/.test(text));
  const late = ticks(17).filter((text) => /^10:\d\d$/.test(text));
  expect(late).toEqual(early);
});

test.each([320, 360, 720, 1100])('at %i px no text is small, cut, or on another', (width) => {
  for (const snapshot of [atThirteen(), atTheEnd()]) {
    const { box } = draw('event-time-plane', snapshot, { width, some: mine });
    expect(smallTexts(box)).toEqual([]);
    expect(overlappingTexts(box)).toEqual([]);
    expect(cutTexts(box)).toEqual([]);
  }
});

test.each([320, 720])('sixty events of nine cards do not write over each other at %i px', (width) => {
  const { box, all } = draw('event-time-plane', snapshotOf({ payments: crowd(60, { span: 20, cards: 9 }), lateness }), {
    width,
  });
  expect(overlappingTexts(box)).toEqual([]);
  expect(cutTexts(box)).toEqual([]);
  expect(all('.picture .k0').length).toBeGreaterThan(0);
});

test('five thousand events are a few paths, and their fates keep their shapes', () => {
  const payments = crowd(5_000, { span: 600, cards: 3 });
  const { all, box } = draw('event-time-plane', snapshotOf({ payments, lateness: minutes(60), size: minutes(30) }));
  expect(all('.picture .event').length).toBeLessThanOrEqual(201);
  expect(all('.picture .swarm').length).toBeLessThanOrEqual(6);
  expect(all('.picture *').length).toBeLessThan(1_800);
  expect(all('.picture path.too-late.many')).toHaveLength(1);
  expect(overlappingTexts(box)).toEqual([]);
});

test.each([
  ['no event', []],
  ['one event', tunnel.slice(0, 1)],
])('with %s there is still a picture', (_what, payments) => {
  const { box, all } = draw('event-time-plane', snapshotOf({ payments, now: payments.length ? undefined : -1 }));
  expect(all('.picture .event')).toHaveLength(payments.length);
  expect(box.innerHTML).not.toMatch(/NaN|undefined|Infinity/);
});

test.each([360, 420, 720, 1100])(
  'at %i px no delay is written on the watermark or on the fall of an event',
  async (width) => {
    for (const run of ['retracting', 'sessions', 'cumulating', 'paced']) {
      const { all } = draw('event-time-plane', await pictured(run, 'event-time-plane'), { width });
      const lines = [...all('.picture path.water'), ...all('.picture line.fall')] as SVGGeometryElement[];
      const points = lines.flatMap((line) =>
        Array.from({ length: Math.ceil(line.getTotalLength()) }, (_, at) => line.getPointAtLength(at)),
      );
      for (const label of all('.picture .late-text') as SVGTextElement[]) {
        const { x, y, width: w, height: h } = label.getBBox();
        const crossed = points.filter((one) => one.x > x && one.x < x + w && one.y > y + 1 && one.y < y + h - 1);
        expect(crossed, `${run}: ${label.textContent}`).toEqual([]);
      }
    }
  },
);

test('the table says every dot, pill, delay and move of the watermark', () => {
  const { described, words, all } = draw('event-time-plane', atTheEnd(), { some: mine });
  const text = asText(described);
  for (const word of [...words('.pill-text'), ...words('.late-text').map((one) => one.replace(' on the way', ''))]) {
    expect(text).toContain(word);
  }
  expect(described.rows.filter((row) => row[1].startsWith('event, '))).toHaveLength(all('.picture .event').length);
  expect(described.rows.filter((row) => row[1] === 'watermark moves').at(-1)![2]).toBe('end of time');
  expect(described.rows.filter((row) => row[1] === 'window closes')).toHaveLength(4);
  expect(new Set(described.columns).size).toBe(described.columns.length);
});

test('rows of a result without windows are no firings', () => {
  const snapshot = atTheEnd();
  snapshot.parts['f.windows'].table.length = 0;
  const { all } = draw('event-time-plane', snapshot, { some: mine });
  expect(all('.picture .pill')).toHaveLength(0);
  expect(all('.picture .event')).toHaveLength(28);
});

test('the legend names what is drawn and nothing else', () => {
  const { words } = draw('event-time-plane', snapshotOf({ payments: tunnel, now: 6, card: '4417' }), {
    some: { where: { card: '4417' } },
  });
  expect(words('.legend li')).toContain('window, open');
  expect(words('.legend li')).not.toContain('late, counted');
  expect(words('.legend li')).not.toContain('fired late');
});

test('one tab stop leads to all marks, the arrow keys go on, Enter asks why', async () => {
  const onwhy = vi.fn();
  const { all, words } = draw('event-time-plane', atThirteen(), { some: mine, onwhy });
  expect(all('.target[tabindex="0"]')).toHaveLength(1);
  (all('.target[data-mark="e0.22"]')[0] as SVGElement).focus();
  await tick();
  expect(words('.readout')[0]).toContain('8 min 50 s on the way; late, counted');
  await userEvent.keyboard('{ArrowLeft}');
  expect(document.activeElement?.getAttribute('data-mark')).toBe('e0.21');
  await userEvent.keyboard('{Home}');
  expect(document.activeElement?.getAttribute('aria-label')).toContain('window 10:00–10:05 of 4417');
  await userEvent.keyboard('{Enter}');
  expect(onwhy).toHaveBeenCalledTimes(1);
  expect(onwhy.mock.calls[0][0]).toMatchObject({ kind: 'window', key: { card: '4417' } });
});

test('the arrow keys of a mark do not reach the player', async () => {
  const heard = vi.fn();
  document.addEventListener('keydown', heard);
  const { all } = draw('event-time-plane', atThirteen(), { some: mine });
  (all('.target[tabindex="0"]')[0] as SVGElement).focus();
  await userEvent.keyboard('{ArrowLeft}');
  document.removeEventListener('keydown', heard);
  expect(heard).not.toHaveBeenCalled();
});

test('the focus stays on a mark while the run is played, and finds another when the mark is gone', async () => {
  const { all, show } = draw('event-time-plane', atThirteen(), { some: mine });
  const focus = (): string | null | undefined => document.activeElement?.getAttribute('data-mark');
  (all('.target[data-mark="e0.22"]')[0] as SVGElement).focus();
  show(atTheEnd());
  expect(focus()).toBe('e0.22');
  show(snapshotOf({ payments: tunnel, now: 6, lateness, card: '4417' }));
  await tick();
  expect(focus()).toBe('watermark');
});

test('axe finds nothing', async () => {
  expect(await violations(draw('event-time-plane', atTheEnd(), { some: mine, width: 320 }).box)).toEqual([]);
});

test('a classic batch is one window over all time, which says its sum when everything is there', async () => {
  const { all, words, described } = draw('event-time-plane', await pictured('classic', 'event-time-plane'));
  expect(all('.picture .band.fired')).toHaveLength(1);
  expect(words('.picture .pill-text')).toEqual(['48']);
  expect(all('.picture .lid')).toHaveLength(1);
  const shown = described.rows.filter((row) => row[1].startsWith('window'));
  expect(shown.map((row) => [row[0], row[1], row[2], row[4]])).toEqual([
    ['12:04:59', 'window opens', 'all time', '9 rows by now'],
    ['12:09:00', 'window fires on time', 'all time', '48'],
    ['12:09:00', 'window closes', 'all time', '48'],
  ]);
});

test('S2.1 fixed windows in batch open with their first row, and all emit when the job has run', async () => {
  const before = draw('event-time-plane', await pictured('fixed', 'event-time-plane', {}, 5));
  expect(before.all('.picture .band.open').length).toBeGreaterThan(1);
  expect(before.all('.picture .pill')).toHaveLength(0);
  const { all, words, described } = draw('event-time-plane', await pictured('fixed', 'event-time-plane'));
  expect(all('.picture .band.fired')).toHaveLength(4);
  expect(words('.picture .pill-text').sort()).toEqual(['12', '14', '18', '4']);
  expect(new Set(described.rows.filter((row) => row[1] === 'window fires on time').map((row) => row[0]))).toEqual(
    new Set(['12:09:00']),
  );
});

test('a batch job that runs often emits all its windows each time, without retractions', async () => {
  const { words, described, all } = draw('event-time-plane', await pictured('often', 'event-time-plane'));
  expect(all('.picture .struck')).toHaveLength(0);
  const fires = described.rows.filter((row) => row[1].startsWith('window fires'));
  expect(fires.map((row) => [row[0], row[2], row[4]])).toEqual([
    ['12:06:00', '12:00–12:02', '5'],
    ['12:06:00', '12:02–12:04', '7'],
    ['12:08:00', '12:02–12:04', '18'],
    ['12:08:00', '12:04–12:06', '4'],
    ['12:08:00', '12:06–12:08', '3'],
    ['12:10:00', '12:00–12:02', '14'],
    ['12:10:00', '12:06–12:08', '12'],
  ]);
  expect(words('.picture .pill-text').sort()).toEqual(['12', '14', '18', '3', '4', '5', '7']);
});

test('a window too narrow for its value says it while it is pointed at or has the focus', async () => {
  const { all, words } = draw('event-time-plane', await pictured('retracting', 'event-time-plane'), { width: 320 });
  const silent = all('.picture .pill').length - words('.picture .pill-text').length;
  expect(silent).toBeGreaterThan(0);
  const marks = all('.target[data-mark^="w"]') as SVGElement[];
  const whispers: string[] = [];
  for (const mark of marks) {
    mark.focus();
    await tick();
    for (const text of words('.picture .whisper')) {
      whispers.push(text);
      expect(words('.readout')[0]).toContain(text.split(' ').at(-1)!.replace('−', ''));
    }
    mark.blur();
  }
  expect(whispers).toHaveLength(silent);
  await tick();
  expect(all('.picture .whisper')).toHaveLength(0);
});
