import { makeColumn, takeRows, TIMESTAMP, type Table } from '../../../../model';
import { type IntervalJoin, type Plan, type RegularJoin, type WindowJoin } from '../../../../sql/plan';
import { CHUNK_ROWS, Collector, lazily, pushTable, upTo } from '../../../batch/chunk';
import { type BatchFamily, type BatchOperator, type Used } from '../../../batch/operator';
import { PIECE, sorted, type Pieces } from '../../../pieces';
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

/** Pairs that are made in one go. */
const SOME = 16 * PIECE;

/** All joins have seen both sides before they answer. */
function joining<P extends JoinPlan>(join: Join<P>): BatchOperator<P['node']> {
  return function* (node, job, consume, used) {
    const plan = node as JoinPlan as P;
    const [left, right] = [plan.left, plan.right].map(({ schema }) => new Collector(schema));
    yield* job.push(plan.left, left.take);
    yield* job.push(plan.right, right.take);
    const { table, origin } = yield* join(plan, sidesOf(plan, left, right), used);
    yield* pushTable(table, origin, consume);
  };
}

/**
 * Every pair of rows with equal keys for which the rest of the condition holds. Rows in order of the left row, then of
 * the right one; right rows without a partner (right and full joins) come last.
 */
function* regularJoin(plan: RegularJoin, sides: Sides, used: Used): Pieces<Joined> {
  const [lefts, rights] = [sides.left, sides.right].map(({ table }) => upTo(table.length));
  const pairs = yield* equals(plan, sides);
  return yield* pairTable(plan, sides, yield* resultOf(plan.kind, pairs, lefts, rights), used);
}

function* equals(plan: RegularJoin, sides: Sides): Pieces<Pairs> {
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
    yield* keep(pairs, settled);
    settled = pairs.length;
    yield;
  }
  yield* keep(pairs, settled);
  return pairs;
}

/**
 * Pairs of one key whose times are close (S8.1), as the stream says them once the watermark has passed. Rows in the
 * total order of the left side, then of the right one (S19); right rows without a partner come last.
 */
function* intervalJoin(plan: IntervalJoin, sides: Sides, used: Used): Pieces<Joined> {
  const left = yield* orderOf(sides.left, plan.left, 'an interval join');
  const right = yield* orderOf(sides.right, plan.right, 'an interval join');
  const pairs = yield* near(plan, sides, left, right);
  yield* pairFilter(plan, sides)(pairs, 0);
  return yield* pairTable(plan, sides, yield* resultOf(plan.kind, pairs, left.order, right.order), used);
}

function* near({ lower, upper }: IntervalJoin, sides: Sides, left: OrderedSide, right: OrderedSide): Pieces<Pairs> {
  const { starts, rows } = byKey(sides.right.keys, sides.keys, right.order);
  const pairs = new Pairs();
  // Left rows come in the order of their times, so the first partner of a key only moves up.
  const first = starts.slice();
  let settled = 0;
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
    if (pairs.length < settled + SOME) continue;
    settled = pairs.length;
    yield;
  }
  return pairs;
}

/**
 * Pairs of one key and one window, as the stream says them once the watermark has passed. Each side is laid out with a
 * row for each of its windows; then rows of equal window and key are paired. Rows by window end, then in the total
 * order of the left side, then of the right one (S19); right rows without a partner come last.
 */
function* windowJoin(plan: WindowJoin, sides: Sides, used: Used): Pieces<Joined> {
  const grid = gridOf(plan.window);
  const places = new PairIndex();
  const windows = new Map<number, number>();
  const left = yield* layOut(sides.left, plan.left, grid, windows, places);
  const right = yield* layOut(sides.right, plan.right, grid, windows, places);
  const partners = byKey(right.places, places.size, upTo(right.rows.length));
  const pairs = new Pairs();
  let settled = 0;
  for (let row = 0; row < left.rows.length; row += 1) {
    const place = left.places[row];
    if (place < 0) continue;
    for (let i = partners.starts[place]; i < partners.starts[place + 1]; i += 1) pairs.add(row, partners.rows[i]);
    if (pairs.length < settled + SOME) continue;
    settled = pairs.length;
    yield;
  }
  const wide = { ...plan, left: widened(plan.left), right: widened(plan.right) };
  yield* pairFilter(wide, { left, right })(pairs, 0);
  const result = yield* resultOf(plan.kind, pairs, upTo(left.rows.length), upTo(right.rows.length));
  const { table } = yield* pairTable(wide, { left, right }, result, used);
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
function* layOut(side: Side, plan: Plan, grid: Grid, windows: Map<number, number>, places: PairIndex): Pieces<LaidOut> {
  const { time, order } = yield* orderOf(side, plan, 'a window join');
  const drawn = new Pairs();
  const endOf: number[] = [];
  for (const row of order) {
    for (const [, end] of windowsAt(grid, time[row])) {
      drawn.add(row, endOf.length);
      endOf.push(end);
      if (endOf.length % SOME === 0) yield;
    }
  }
  const byEnd = yield* sorted(upTo(drawn.length), (a, b) => endOf[a] - endOf[b] || a - b);
  const rows = new Int32Array(byEnd.length);
  const ends = new Float64Array(byEnd.length);
  const placed = new Int32Array(byEnd.length).fill(-1);
  for (const [i, at] of byEnd.entries()) {
    if (i % SOME === 0) yield;
    const row = drawn.lefts[at];
    rows[i] = row;
    ends[i] = endOf[at];
    if (side.keys[row] < 0) continue;
    let window = windows.get(ends[i]);
    if (window === undefined) windows.set(ends[i], (window = windows.size));
    placed[i] = places.numberOf(window, side.keys[row]);
  }
  const bounds = [ends.map((end) => startOf(grid, end)), ends, ends.map((end) => end - 1)];
  const columns = [
    ...takeRows(side.table, rows).columns,
    ...bounds.map((data) => ({ ...makeColumn(TIMESTAMP, 0), data })),
  ];
  return { table: { schema: windowed(plan.schema), columns, length: rows.length }, rows, ends, places: placed };
}
