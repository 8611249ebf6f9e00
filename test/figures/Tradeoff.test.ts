import { expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { TRADEOFF } from '../../src/figures';
import { BIGINT, DOUBLE, field, tableOf, type Value } from '../../src/model';
import { cutTexts, drawComponent, overlappingTexts, said, smallTexts, violations } from './draw.svelte';

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
) => drawComponent(TRADEOFF.component, { ...question, ...runs(some), width, ...more }, width);

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
  const described = TRADEOFF.describe({ ...question, ...runs(rows) });
  const text = said(described);
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
