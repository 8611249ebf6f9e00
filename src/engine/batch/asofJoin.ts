import { TidemarkError, isNull, type Column } from '../../model';
import { keyedResult, type AsOfJoin, type Plan, type TemporalJoin } from '../../sql/plan';
import { upTo } from './groups';
import { byKey, pairFilter, Pairs, pairTable, sidesOf, type Side, type Sides } from './joinSides';
import { totalOrder } from './order';
import { type Join } from './regularJoin';

type Match = AsOfJoin['match'];

/**
 * Each left row with the nearest right row of its key whose time stands to its own as `match` says (S9.8). A null key
 * or time matches nothing; of right rows with one time the last by S19 counts (S9.6). The rest of the condition is
 * looked at after choosing: a row that fails it leaves no match behind (S9.4). Rows in the order of the left side.
 */
export function asofJoin(plan: AsOfJoin): Join {
  return (leftRows, rightRows) => {
    const sides = sidesOf(plan, leftRows, rightRows);
    const { left } = sides;
    return nearest(plan, sides, plan.match, upTo(left.table.length), timeOf(left, plan.left));
  };
}

/** Pairs the left rows in `order` with the right row that `match` chooses for each, by its time in `leftTime`. */
export function nearest(
  plan: AsOfJoin | TemporalJoin,
  { left, right, keys }: Sides,
  match: Match,
  order: Int32Array,
  leftTime: Column,
): ReturnType<Join> {
  const rightTime = timeOf(right, plan.right);
  const times = rightTime.data as Float64Array;
  const timed = right.keys.map((key, row) => (isNull(rightTime, row) ? -1 : key));
  const versions = byKey(timed, keys, totalOrder(times, right.origin, right.rows, keyedResult(plan.right)));
  const pairs = new Pairs();
  for (const row of order) {
    const key = left.keys[row];
    if (key < 0 || isNull(leftTime, row)) continue;
    const first = versions.starts[key];
    const end = versions.starts[key + 1];
    const at = choose(versions.rows, times, first, end, leftTime.data[row], match);
    if (at >= first && at < end) pairs.add(row, versions.rows[at]);
  }
  pairFilter(plan, left.table, right.table)(pairs, 0);
  return pairTable(plan, left.table, right.table, plan.kind === 'left' ? padded(pairs, order) : pairs);
}

/** The event-time column of a side. Throws a TidemarkError where the query has lost it. */
export function timeOf({ table }: Side, { timeColumn }: Plan): Column {
  if (timeColumn >= 0) return table.columns[timeColumn];
  throw new TidemarkError({
    what: 'an as-of join needs an event-time column on both sides',
    where: 'JOIN',
    hint: 'Keep the time column in the SELECT list of both inputs.',
  });
}

/** Place of the chosen one among `rows[first … end)`, which are in time order; outside of it where there is none. */
function choose(rows: Int32Array, times: Float64Array, first: number, end: number, time: number, match: Match): number {
  if (match === '<=') return behind(rows, times, first, end, time) - 1;
  if (match === '<') return behind(rows, times, first, end, time - 1) - 1;
  const next = behind(rows, times, first, end, match === '>' ? time : time - 1);
  // Of rows with the same time the last one counts.
  return next === end ? end : behind(rows, times, next, end, times[rows[next]]) - 1;
}

/** First of `rows[first … end)` whose time is behind `time`. */
function behind(rows: Int32Array, times: Float64Array, first: number, end: number, time: number): number {
  let low = first;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[rows[middle]] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Every row of `order` once: with its partner, or alone. */
function padded(pairs: Pairs, order: Int32Array): Pairs {
  const result = new Pairs();
  let at = 0;
  for (const row of order) {
    const found = at < pairs.length && pairs.lefts[at] === row;
    result.add(row, found ? pairs.rights[at] : -1);
    if (found) at += 1;
  }
  return result;
}
