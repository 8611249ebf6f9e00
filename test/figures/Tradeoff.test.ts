import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { BIGINT, DOUBLE, field, tableOf, type Value } from '../../src/model';
import { cutTexts, drawComponent, overlappingTexts, asText, smallTexts, violations } from './draw.svelte';
import { describe, layout } from '../../src/figures/tradeoff';
import Tradeoff from '../../src/figures/Tradeoff.svelte';

const schema = [field('point', BIGINT), field('completeness', DOUBLE, true), field('latencyP50', BIGINT, true)];
const rows: Value[][] = [
  [0, 0.71, 20_000],
  [15_000, 0.82, 31_000],
  [30_000, 0.91, 47_000],
  [60_000, 0.972, 78_000],
  [120_000, 0.991, 141_000],
  [300_000, 0.9987, 312_000],
  [600_000, 1, 605_000],
];
const question = { x: 'latencyP50', y: 'completeness', knob: 'wait', unit: 'duration', current: 120_000 } as const;

/** What the knob was set to, and the table that says the place of it. */
const runs = (some: Value[][]) => ({
  values: some.map(([value]) => Number(value)),
  table: tableOf(
    schema,
    some.map(([, ...metrics], point) => [point, ...metrics]),
  ),
});

const curve = (
  some: Value[][] = rows,
  { width = 720, ...more }: { width?: number; onpick?: (value: number) => void } = {},
) => drawComponent(Tradeoff, { ...question, ...runs(some), width, ...more }, width);

test('the curve has a point per run, and marks the one that is shown', () => {
  const { all } = curve();
  expect(all('.picture circle.run')).toHaveLength(7);
  expect(all('.picture circle.run.current')).toHaveLength(1);
  expect(all('[aria-pressed="true"]')[0].getAttribute('aria-label')).toBe(
    'wait 2 min: latency, median 2 min 21 s, completeness 99.1 %',
  );
});

test('a point opens its run, by pointer and by key', async () => {
  const onpick = vi.fn();
  const { all } = curve(rows, { onpick });
  all('.target')[0].dispatchEvent(new MouseEvent('click', { bubbles: true }));
  (all('.target')[0] as SVGElement).focus();
  await userEvent.keyboard('{ArrowRight}{Enter}');
  expect(onpick.mock.calls).toEqual([
    [0, null],
    [15_000, null],
  ]);
});

test('a run without an answer has no point', () => {
  expect(curve([...rows.slice(0, 2), [900_000, null, null]]).all('.picture circle.run')).toHaveLength(2);
});

test.each([
  ['none', []],
  ['one', rows.slice(0, 1)],
  ['two of the same', [rows[0], [5_000, 0.71, 20_000]]],
])('%s of the runs is still a picture', (_what, some) => {
  const { box, all } = curve(some);
  expect(all('.picture circle.run:not(.current)')).toHaveLength(some.length);
  expect(box.innerHTML).not.toMatch(/NaN|undefined|Infinity/);
});

test('every number is in the table', () => {
  const described = describe({ ...question, ...runs(rows) });
  const text = asText(described);
  const { words } = curve();
  for (const label of words('.picture text.over')) expect(text).toContain(label);
  expect(described.rows).toHaveLength(7);
});

test.each([320, 720, 1100])('at %i px texts are readable, and axe finds nothing', async (width) => {
  const { box } = curve(rows, { width });
  expect(smallTexts(box)).toEqual([]);
  expect(overlappingTexts(box)).toEqual([]);
  expect(cutTexts(box)).toEqual([]);
  expect(await violations(box)).toEqual([]);
});

const values = [0, 30_000, 60_000];
const others = [0, 60_000];
/** Point by point, the first knob inmost. */
const table = tableOf(schema, [
  [0, 0.7, 10_000],
  [1, 0.8, 40_000],
  [2, 0.9, 70_000],
  [3, 0.9, 15_000],
  [4, 0.95, 48_000],
  [5, null, null],
]);
const twoKnobs = {
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
  const { curves, points } = layout(twoKnobs, 720);
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
  const { all } = drawComponent(Tradeoff, { ...twoKnobs, width: 720, onpick }, 720);
  expect(all('.picture path.curve')).toHaveLength(2);
  all('.target')[3].dispatchEvent(new MouseEvent('click', { bubbles: true }));
  expect(onpick.mock.calls).toEqual([[0, 60_000]]);
  expect(all('[aria-pressed="true"]')[0].getAttribute('aria-label')).toBe(
    'wait 30 s, lateness 1 min: latency, median 48 s, completeness 95 %',
  );
});

test('the table says both knobs of each run', () => {
  const text = describe(twoKnobs);
  expect(text.columns.slice(0, 2)).toEqual(['wait', 'lateness']);
  expect(text.rows.map((row) => row.slice(0, 2).join(' '))).toEqual([
    '0 s 0 s',
    '30 s 0 s',
    '1 min 0 s',
    '0 s 1 min',
    '30 s 1 min',
  ]);
  expect(text.rows.map((row) => row.at(-1))).toEqual(['', '', '', '', 'yes']);
  expect(asText(text)).toContain('95 %');
});

test.each([320, 720])('at %i px texts are readable, and axe finds nothing', async (width) => {
  const { box } = drawComponent(Tradeoff, { ...twoKnobs, width }, width);
  expect(smallTexts(box)).toEqual([]);
  expect(overlappingTexts(box)).toEqual([]);
  expect(cutTexts(box)).toEqual([]);
  expect(await violations(box)).toEqual([]);
});
