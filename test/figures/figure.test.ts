import { expect, test } from 'vitest';
import { minutes } from '../../src/model';
import { pictured } from '../support/pictures';
import { snapshotOf, tunnel } from '../support/snapshot';
import { cutTexts, draw } from './draw.svelte.ts';

const right = (one: Element): number => one.getBoundingClientRect().right;

test.each([280, 320, 340, 400])('at %i px no pill, ring or label of a plane leaves the picture', async (width) => {
  const snapshots = [snapshotOf({ payments: tunnel, now: 18.5, lateness: minutes(10) })];
  for (const run of ['retracting', 'discarding', 'sessions']) snapshots.push(await pictured(run, 'event-time-plane'));
  for (const snapshot of snapshots) {
    const { box, all } = draw('event-time-plane', snapshot, { width });
    const edge = right(box) + 0.5;
    expect(all('.pill, .pill-ring, .pill-text').filter((one) => right(one) > edge)).toEqual([]);
    expect(cutTexts(box)).toEqual([]);
    for (const text of all('.pill-text')) {
      const pill = text.previousElementSibling!;
      expect(right(text)).toBeLessThanOrEqual(right(pill) + 0.5);
    }
  }
});

test('the label of now stays clear of the line under the picture, wherever the run stands', async () => {
  const last = (await pictured('retracting', 'event-time-plane')).step;
  for (let step = 0; step <= last; step += 1) {
    const { box, all } = draw('event-time-plane', await pictured('retracting', 'event-time-plane', {}, step), {
      width: 340,
    });
    const label = all('.moves text')[0];
    if (!label) continue;
    const hint = box.querySelector('.readout')!.getBoundingClientRect();
    expect(label.getBoundingClientRect().bottom, `step ${step}`).toBeLessThanOrEqual(hint.top - 8);
    box.remove();
  }
});

test.each([
  ['changelog', 340],
  ['result-table', 280],
] as const)('a %s shows what it is about at %i px, without scrolling sideways', async (figure, width) => {
  const snapshot = await pictured('retracting', figure);
  const { box, words } = draw(figure, snapshot, { width });
  const scroll = box.querySelector('.rows-scroll')!;
  expect(scroll.scrollWidth).toBeLessThanOrEqual(scroll.clientWidth);
  expect(words('thead th')).toContain('total');
  expect(words('thead th')).toContain('window_start');
  expect(words('thead th')).not.toContain('window_end');
  // Who asks for columns gets them, and the text track has all of them.
  const asked = draw(figure, snapshot, { width, some: { columns: ['window_end', 'total'] } });
  expect(asked.words('thead th')).toContain('window_end');
  const wide = draw(figure, snapshot, { width: 900 });
  expect(draw(figure, snapshot, { width }).described.columns).toEqual(wide.described.columns);
  expect(wide.words('thead th')).toContain('window_end');
});
