import { makeColumn, takeRows, TIMESTAMP, type Table } from '../../../../model';
import { type IntervalJoin, type Plan, type RegularJoin, type WindowJoin } from '../../../../sql/plan';
import { CHUNK_ROWS, Collector, lazily, pushTable, upTo } from '../../../batch/chunk';
import { type BatchFamily, type BatchOperator, type Used } from '../../../batch/operator';
import { PairIndex } from '../../../state/pairs';
import { startOf, windowsAt, type Grid } from '../../../stream/windows';
import { gridOf } from '../../../windowing/shapes';
import { windowed } from '../../../windowed';
import { type JoinPlan } from '../joinState';
import { asofJoin, temporalJoin } from './asof';
import {
  byKey,
  orderOf,
  pairFilter,
  Pairs,
  pairTable,
  resultOf,
  sidesOf,
  type Join,
  type Joined,
  type OrderedSide,
  type Side,
  type Sides,
} from './sides';

export const batch = {
  join: joining(regularJoin),
  'interval join': joining(intervalJoin),
  'window join': joining(windowJoin),
  'temporal join': joining(temporalJoin),
  'asof join': joining(asofJoin),
} satisfies BatchFamily;

/** All joins have seen both sides before they answer. */
function joining<P extends JoinPlan>(join: Join<P>): BatchOperator<P['node']> {
  return (node, job, consume, used) => {
    const plan = node as JoinPlan as P;
    const collected = (side: Plan): Collector => {
      const collector = new Collector(side.schema);
      job.push(side, collector.take);
      return collector;
    };
    const { table, origin } = join(plan, sidesOf(plan, collected(plan.left), collected(plan.right)), used);
    pushTable(table, origin, consume);
  };
}

/**
 * Every pair of rows with equal keys for which the rest of the condition holds. Rows in order of the left row, then of
 * the right one; right rows without a partner (right and full joins) come last.
 */
function regularJoin(plan: RegularJoin, sides: Sides, used: Used): Joined {
  const [lefts, rights] = [sides.left, sides.right].map(({ table }) => upTo(table.length));
  return pairTable(plan, sides, resultOf(plan.kind, equals(plan, sides), lefts, rights), used);
}

function equals(plan: RegularJoin, sides: Sides): Pairs {
  const { left, right, keys } = sides;
  const partners = byKey(right.keys, keys, upTo(right.table.length));
  const pairs = new Pairs();
  const keep = pairFilter(plan, sides);
  let settled = 0;
  for (let row = 0; row < left.table.length; row += 1) {
    const key = left.keys[row];
    if (key < 0) continue;
    for (let i = partners.starts[key]; i < partners.starts[key + 1]; i += 1) pairs.add(row, partners.rows[i]);
    if (pairs.length - settled < CHUNK_ROWS) continue;
    keep(pairs, settled);
    settled = pairs.length;
  }
  keep(pairs, settled);
  return pairs;
}

/**
 * Pairs of one key whose times are close (S8.1), as the stream says them once the watermark has passed. Rows in the
 * total order of the left side, then of the right one (S19); right rows without a partner come last.
 */
function intervalJoin(plan: IntervalJoin, sides: Sides, used: Used): Joined {
  const left = orderOf(sides.left, plan.left, 'an interval join');
  const right = orderOf(sides.right, plan.right, 'an interval join');
  const pairs = near(plan, sides, left, right);
  pairFilter(plan, sides)(pairs, 0);
  return pairTable(plan, sides, resultOf(plan.kind, pairs, left.order, right.order), used);
}

function near({ lower, upper }: IntervalJoin, sides: Sides, left: OrderedSide, right: OrderedSide): Pairs {
  const { starts, rows } = byKey(sides.right.keys, sides.keys, right.order);
  const pairs = new Pairs();
  // Left rows come in the order of their times, so the first partner of a key only moves up.
  const first = starts.slice();
  for (const row of left.order) {
    const key = sides.left.keys[row];
    if (key < 0) continue;
    const least = left.time[row] + lower;
    const most = left.time[row] + upper;
    const end = starts[key + 1];
    let at = first[key];
    while (at < end && right.time[rows[at]] < least) at += 1;
    first[key] = at;
    for (; at < end && right.time[rows[at]] <= most; at += 1) pairs.add(row, rows[at]);
  }
  return pairs;
}

/**
 * Pairs of one key and one window, as the stream says them once the watermark has passed. Each side is laid out with a
 * row for each of its windows; then rows of equal window and key are paired. Rows by window end, then in the total
 * order of the left side, then of the right one (S19); right rows without a partner come last.
 */
function windowJoin(plan: WindowJoin, sides: Sides, used: Used): Joined {
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
  pairFilter(wide, { left, right })(pairs, 0);
  const result = resultOf(plan.kind, pairs, upTo(left.rows.length), upTo(right.rows.length));
  const { table } = pairTable(wide, { left, right }, result, used);
  const { lefts, rights, length } = result;
  const origin = lazily(() => ({
    id0: Float64Array.from({ length }, (_, i) => (lefts[i] < 0 ? -1 : left.rows[lefts[i]])),
    id1: Float64Array.from({ length }, (_, i) => (rights[i] < 0 ? -1 : right.rows[rights[i]])),
    id2: Float64Array.from({ length }, (_, i) => (lefts[i] < 0 ? right.ends[rights[i]] : left.ends[lefts[i]])),
    append: null,
  }));
  return { table, origin };
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
  const { time, order } = orderOf(side, plan, 'a window join');
  const drawn = new Pairs();
  const endOf: number[] = [];
  for (const row of order) {
    for (const [, end] of windowsAt(grid, time[row])) {
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
