import { expect, test, vi } from 'vitest';
import { minutes } from '../../src/model';
import { pictured } from '../support/pictures';
import { snapshotOf, tunnel } from '../support/snapshot';
import { draw, asText, violations } from './draw.svelte';

const lateness = minutes(10);
const atThirteen = () => snapshotOf({ payments: tunnel, now: 13, lateness });

test('the state table washes the row that this step wrote, and says so', () => {
  const { words, all } = draw('state-table', atThirteen());
  expect(all('.changed-row')).toHaveLength(1);
  expect(words('.changed-row td')).toEqual(['just changed:\u00a04417', '10:00–10:05', '4', '€102.00']);
  expect(words('thead th')).toEqual(['card', 'window', 'count', 'sum']);
});

test('the result table shows the result as it stands, and when it became known', () => {
  const { words } = draw('result-table', atThirteen());
  expect(words('thead th')).toEqual(['card', 'window_start', 'spend', 'known at']);
  expect(words('.changed-row td').slice(1)).toEqual(['10:00', '€102.00', '10:13']);
});

test('a run that goes on after midnight says the date, however short it is', () => {
  const night = [
    { happened: 835, arrived: 835, card: '4417', cents: 1200 },
    { happened: 850, arrived: 850, card: '4417', cents: 300 },
  ];
  const { words } = draw('result-table', snapshotOf({ payments: night }));
  expect(words('tbody tr:first-child td').slice(1)).toEqual(['2026-11-02 23:55', '€12.00', '2026-11-03 00:10']);
});

test('a row that changed is among those that there is room for, and the rest is counted', () => {
  const { words, all } = draw('state-table', atThirteen(), { some: { limit: 3 } });
  expect(all('tbody tr')).toHaveLength(3);
  expect(all('.changed-row')).toHaveLength(1);
  expect(words('.rows-more')).toEqual(['and 8 more rows']);
});

test('the box is as high without rows as with them', () => {
  const height = (now: number) =>
    draw('state-table', snapshotOf({ payments: tunnel, now, lateness }), { some: { limit: 4 } })
      .all('.strut')[0]
      .getBoundingClientRect().height;
  expect(height(-1)).toBe(height(13));
});

test('a result without rows says so', () => {
  expect(draw('result-table', snapshotOf({ payments: [], now: -1 })).words('.rows-none')).toEqual([
    'Nothing has been emitted yet.',
  ]);
});

test('a row can be asked why', () => {
  const onwhy = vi.fn();
  const { all } = draw('result-table', atThirteen(), { onwhy });
  (all('button')[0] as HTMLElement).click();
  expect(onwhy.mock.calls[0][0]).toMatchObject({ kind: 'row', row: { card: '4417', spend: 10_200 } });
});

test.each(['state-table', 'result-table'] as const)('every cell of the %s is in its text', (figure) => {
  const { words, described } = draw(figure, atThirteen());
  const text = asText(described);
  for (const word of words('tbody td')) expect(text).toContain(word.replace('just changed:\u00a0', ''));
});

test.each([320, 720])('axe finds nothing at %i px', async (width) => {
  expect(await violations(draw('state-table', atThirteen(), { width }).box)).toEqual([]);
  expect(await violations(draw('result-table', atThirteen(), { width, onwhy: () => {} }).box)).toEqual([]);
});

test.each([
  ['result-table', 220],
  ['result-table', 640],
  ['changelog', 220],
] as const)('the Why? of every row of a %s %i px wide can be seen and pressed', async (figure, width) => {
  const onwhy = vi.fn();
  const { all, box } = draw(figure, await pictured('often', figure), { width, onwhy });
  const buttons = all('.ask button');
  expect(buttons.length).toBeGreaterThan(2);
  for (const button of buttons) {
    button.scrollIntoView({ block: 'center', inline: 'nearest' });
    all('.rows-scroll')[0].scrollLeft = 0;
    const { x, y, width: w, height: h } = button.getBoundingClientRect();
    expect(x + w).toBeLessThanOrEqual(box.getBoundingClientRect().right + 0.5);
    expect(w).toBeGreaterThanOrEqual(44);
    expect(button.contains(document.elementFromPoint(x + w / 2, y + h / 2))).toBe(true);
  }
});
