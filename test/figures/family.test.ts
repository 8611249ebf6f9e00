import { expect, test, vi } from 'vitest';
import { TRADEOFF } from '../../src/figures';
import { layout } from '../../src/figures/tradeoff';
import { BIGINT, DOUBLE, field, tableOf } from '../../src/model';
import { cutTexts, drawComponent, overlappingTexts, said, smallTexts, violations } from './draw.svelte';

const values = [0, 30_000, 60_000];
const others = [0, 60_000];
const schema = [field('point', BIGINT), field('completeness', DOUBLE, true), field('latencyP50', BIGINT, true)];
/** Point by point, the first knob inmost. */
const table = tableOf(schema, [
  [0, 0.7, 10_000],
  [1, 0.8, 40_000],
  [2, 0.9, 70_000],
  [3, 0.9, 15_000],
  [4, 0.95, 48_000],
  [5, null, null],
]);
const question = {
  table,
  values,
  x: 'latencyP50',
  y: 'completeness',
  knob: 'wait',
  unit: 'duration',
  current: 30_000,
  family: { knob: 'lateness', unit: 'duration', values: others, current: 60_000 },
} as const;

test('a second knob gives a curve for each of its values, with its label', () => {
  const { curves, points } = layout(question, 720);
  expect(curves.map(({ label }) => label?.text)).toEqual(['lateness 0 s', 'lateness 1 min']);
  expect(new Set(curves.map(({ dashes }) => dashes)).size).toBe(2);
  expect(curves.map(({ path }) => path.split('L').length)).toEqual([3, 2]);
  expect(points.map(({ value, other, current }) => [value, other, current])).toEqual([
    [0, 0, false],
    [30_000, 0, false],
    [60_000, 0, false],
    [0, 60_000, false],
    [30_000, 60_000, true],
  ]);
});

test('a point turns both knobs', () => {
  const onpick = vi.fn();
  const { all } = drawComponent(TRADEOFF.component, { ...question, width: 720, onpick }, 720);
  expect(all('.picture path.curve')).toHaveLength(2);
  all('.target')[3].dispatchEvent(new MouseEvent('click', { bubbles: true }));
  expect(onpick.mock.calls).toEqual([[0, 60_000]]);
  expect(all('[aria-pressed="true"]')[0].getAttribute('aria-label')).toBe(
    'wait 30 s, lateness 1 min: latency, median 48 s, completeness 95 %',
  );
});

test('the table says both knobs of each run', () => {
  const text = TRADEOFF.describe(question);
  expect(text.columns.slice(0, 2)).toEqual(['wait', 'lateness']);
  expect(text.rows.map((row) => row.slice(0, 2).join(' '))).toEqual([
    '0 s 0 s',
    '30 s 0 s',
    '1 min 0 s',
    '0 s 1 min',
    '30 s 1 min',
  ]);
  expect(text.rows.map((row) => row.at(-1))).toEqual(['', '', '', '', 'yes']);
  expect(said(text)).toContain('95 %');
});

test.each([320, 720])('at %i px texts are readable, and axe finds nothing', async (width) => {
  const { box } = drawComponent(TRADEOFF.component, { ...question, width }, width);
  expect(smallTexts(box)).toEqual([]);
  expect(overlappingTexts(box)).toEqual([]);
  expect(cutTexts(box)).toEqual([]);
  expect(await violations(box)).toEqual([]);
});
