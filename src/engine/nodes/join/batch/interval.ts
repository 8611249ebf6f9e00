import { type IntervalJoin } from '../../../../sql/plan';
import { byKey, pairFilter, Pairs, pairTable, sidesOf, type Sides } from './sides';
import { orderOf, type OrderedSide } from './order';
import { resultOf, type Join } from './regular';

/**
 * Pairs of one key whose times are close (S8.1), as the stream says them once the watermark has passed. Rows in the
 * total order of the left side, then of the right one (S19); right rows without a partner come last.
 */
export function intervalJoin(plan: IntervalJoin): Join {
  return (leftRows, rightRows) => {
    const sides = sidesOf(plan, leftRows, rightRows);
    const left = orderOf(sides.left, plan.left, plan.node);
    const right = orderOf(sides.right, plan.right, plan.node);
    const pairs = matches(plan, sides, left, right);
    pairFilter(plan, sides.left.table, sides.right.table)(pairs, 0);
    const result = resultOf(plan.kind, pairs, left.order, right.order);
    return pairTable(plan, sides.left.table, sides.right.table, result);
  };
}

function matches({ lower, upper }: IntervalJoin, sides: Sides, left: OrderedSide, right: OrderedSide): Pairs {
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
