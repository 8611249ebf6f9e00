import { expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { describe as facts, layout, letterOf, type Outcome } from '../../src/figures/histogram';
import Histogram from '../../src/figures/Histogram.svelte';

const outcome = (count: number, rows: string[]): Outcome => ({
  count,
  late: 1,
  dropped: rows.length,
  updates: 0,
  rows,
});
const outcomes = [outcome(12, ['10:00 · 2']), outcome(9, []), outcome(3, ['10:00 · 1', '10:01 · 1'])];
const question = { outcomes, orders: 24, chosen: 1 };

test('bars are as long as their counts, from the same line', () => {
  for (const width of [280, 720]) {
    const { bars, height } = layout(question, width);
    const [first, second, third] = bars.map(({ bar }) => bar);
    expect(first.width / third.width).toBeCloseTo(4);
    expect(first.width / second.width).toBeCloseTo(12 / 9);
    expect(new Set(bars.map(({ bar }) => bar.x)).size).toBe(1);
    for (const { bar, count } of bars) {
      expect(bar.y + bar.height).toBeLessThan(height);
      expect(count.x + count.text.length * 6.6).toBeLessThanOrEqual(width);
    }
  }
});

test('the table has the numbers of the bars', () => {
  const { columns, rows } = facts(question);
  expect(columns.slice(0, 3)).toEqual(['outcome', 'orders', 'share']);
  expect(rows).toEqual([
    ['A', '12', '50 %', '1', '1', '0', '10:00 · 2', ''],
    ['B', '9', '37.5 %', '1', '0', '0', 'no rows', 'yes'],
    ['C', '3', '12.5 %', '1', '2', '0', '10:00 · 1; 10:01 · 1', ''],
  ]);
  expect([0, 25, 26].map(letterOf)).toEqual(['A', 'Z', '27']);
});

test('a bar is a button with the same words, by mouse and by keyboard', async () => {
  const onpick = vi.fn();
  const { container } = await render(Histogram, { ...question, width: 480, onpick });
  const bars = [...container.querySelectorAll<SVGElement>('[role=button]')];
  expect(bars.map((bar) => bar.getAttribute('aria-pressed'))).toEqual(['false', 'true', 'false']);
  expect(bars[0].getAttribute('aria-label')).toBe(
    'Outcome A: 12 of 24 orders (50 %), 1 late, 1 dropped, 0 taken back; result: 10:00 · 2.',
  );
  bars[2].dispatchEvent(new MouseEvent('click', { bubbles: true }));
  bars[0].focus();
  bars[0].dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  expect(onpick.mock.calls).toEqual([[2], [0]]);
});
