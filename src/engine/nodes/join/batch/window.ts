import { makeColumn, takeRows, TIMESTAMP, type Table } from '../../../../model';
import { type Plan, type WindowJoin } from '../../../../sql/plan';
import { PairIndex } from '../../../state/pairs';
import { firstEnd, gridOf, lastEnd, startOf, type Grid } from '../../../stream/windows';
import { windowed } from '../../../windowed';
import { lazily, upTo } from '../../../batch/chunk';
import { orderOf } from './order';
import { byKey, pairFilter, Pairs, pairTable, sidesOf, type Side } from './sides';
import { resultOf, type Join } from './regular';

/**
 * Pairs of one key and one window, as the stream says them once the watermark has passed. Each side is laid out with a
 * row for each of its windows; then rows of equal window and key are paired. Rows by window end, then in the total
 * order of the left side, then of the right one (S19); right rows without a partner come last.
 */
export function windowJoin(plan: WindowJoin): Join {
  return (leftRows, rightRows) => {
    const sides = sidesOf(plan, leftRows, rightRows);
    const grid = gridOf(plan.window);
    const places = new PairIndex();
    const windows = new Map<number, number>();
    const left = layOut(sides.left, plan.left, grid, windows, places);
    const right = layOut(sides.right, plan.right, grid, windows, places);
    const partners = byKey(right.places, places.size, upTo(right.rows.length));
    const pairs = new Pairs();
    for (let row = 0; row < left.rows.length; row += 1) {
      const place = left.places[row];
      if (place < 0) continue;
      for (let i = partners.starts[place]; i < partners.starts[place + 1]; i += 1) pairs.add(row, partners.rows[i]);
    }
    const wide = { ...plan, left: widened(plan.left), right: widened(plan.right) };
    pairFilter(wide, left.table, right.table)(pairs, 0);
    const result = resultOf(plan.kind, pairs, upTo(left.rows.length), upTo(right.rows.length));
    const { table } = pairTable(wide, left.table, right.table, result);
    const { lefts, rights, length } = result;
    const origin = lazily(() => ({
      id0: Float64Array.from({ length }, (_, i) => (lefts[i] < 0 ? -1 : left.rows[lefts[i]])),
      id1: Float64Array.from({ length }, (_, i) => (rights[i] < 0 ? -1 : right.rows[rights[i]])),
      id2: Float64Array.from({ length }, (_, i) => (lefts[i] < 0 ? right.ends[rights[i]] : left.ends[lefts[i]])),
      append: null,
    }));
    return { table, origin };
  };
}

const widened = (plan: Plan): Plan => ({ ...plan, schema: windowed(plan.schema) });

/** The rows of a side, once for each of their windows. */
interface LaidOut {
  /** With the window's columns behind their own. */
  table: Table;
  /** Row numbers of the side. */
  rows: Int32Array;
  ends: Float64Array;
  /** Number of (window, key); -1 where the key equals nothing. */
  places: Int32Array;
}

/** By window end, then in the total order. A row in a gap between windows is in none (S2.3). */
function layOut(side: Side, plan: Plan, grid: Grid, windows: Map<number, number>, places: PairIndex): LaidOut {
  const { time, order } = orderOf(side, plan, 'window join');
  const drawn = new Pairs();
  const endOf: number[] = [];
  for (const row of order) {
    for (let end = firstEnd(grid, time[row]); end <= lastEnd(grid, time[row]); end += grid.slide) {
      drawn.add(row, endOf.length);
      endOf.push(end);
    }
  }
  const sorted = upTo(drawn.length).sort((a, b) => endOf[a] - endOf[b] || a - b);
  const rows = sorted.map((at) => drawn.lefts[at]);
  const ends = Float64Array.from(sorted, (at) => endOf[at]);
  const placed = Int32Array.from(rows, (row, i) => {
    if (side.keys[row] < 0) return -1;
    let window = windows.get(ends[i]);
    if (window === undefined) windows.set(ends[i], (window = windows.size));
    return places.numberOf(window, side.keys[row]);
  });
  const bounds = [ends.map((end) => startOf(grid, end)), ends, ends.map((end) => end - 1)];
  const columns = [
    ...takeRows(side.table, rows).columns,
    ...bounds.map((data) => ({ ...makeColumn(TIMESTAMP, 0), data })),
  ];
  return { table: { schema: windowed(plan.schema), columns, length: rows.length }, rows, ends, places: placed };
}
