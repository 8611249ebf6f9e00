import { expect, test } from 'vitest';
import { makeFixture, makeWorldNow, streamOf } from '../../src/data';
import { columnOf, formatClock, formatTime, readRow, readValue, type Table } from '../../src/model';
import { PLAIN } from './golden';

const rowsOf = (table: Table) => Array.from({ length: table.length }, (_, row) => readRow(table, row));

test('every page view shows the price that the inventory had at that time', () => {
  const prices = rowsOf(makeFixture('inventory')) as [number, string, number, number][];
  for (const [, item, price, ts] of rowsOf(makeFixture('page_views')) as [number, number, number, number][]) {
    const last = prices.filter(([id, , , since]) => id === item && since <= ts).at(-1)!;
    expect(price).toBe(last[2]);
  }
});

test('the mean price of the last half hour is that of the article', () => {
  const views = rowsOf(makeFixture('page_views')) as [number, number, number, number][];
  const mean = (clock: string) => {
    const now = views.find(([, , , ts]) => formatClock(ts) === clock)![3];
    const seen = views.filter(([, , , ts]) => ts >= now - 30 * 60_000 && ts <= now);
    return seen.reduce((sum, [, , price]) => sum + price, 0) / seen.length / 100;
  };
  expect([mean('09:33'), mean('09:35')]).toEqual([36, 39]);
});

test('the rolling fixture has two cards, one with two payments at the same time', () => {
  const table = makeFixture('rolling');
  expect(
    rowsOf(table).map(([card, amount, ts]) => `${String(card)} ${formatTime(Number(ts))} ${Number(amount) / 100}`),
  ).toEqual([
    'A 2026-11-02 00:00:00 10',
    'A 2026-11-02 00:05:00 20',
    'A 2026-11-02 00:10:00 30',
    'B 2026-11-02 00:10:00 100',
    'B 2026-11-02 00:10:00 200',
    'A 2026-11-02 00:59:59 40',
    'A 2026-11-02 01:00:00 50',
    'A 2026-11-02 01:05:00 60',
    'A 2026-11-03 00:05:00 70',
  ]);
});

test('fixtures are streams without a mart', () => {
  const world = makeWorldNow({ preset: 'none', seed: 1, mode: 'realistic' });
  const { table } = streamOf(
    'views',
    { ...PLAIN, table: 'page_views', key: 'user_id', duplicates: 0, delay: { model: 'none' } },
    world,
  );
  expect(table.length).toBe(7);
  expect(readValue(columnOf(table, 'price'), 2)).toBe(3_000);
});
