import { TidemarkError, isNull, type Column } from '../../../../model';
import { keyedResult, type AsOfJoin, type Plan, type TemporalJoin } from '../../../../sql/plan';
import { upTo } from '../../../batch/chunk';
import { type Used } from '../../../batch/operator';
import { walkInStep } from './asofWalk';
import { pairFilter, Pairs, pairTable, sidesOf, type Side, type Sides } from './sides';
import { totalOrder } from '../../../batch/order';
import { type Join } from './regular';

type Match = AsOfJoin['match'];

/**
 * Each left row with the nearest right row of its key whose time stands to its own as `match` says (S9.8). A null key
 * or time matches nothing; of right rows with one time the last by S19 counts (S9.6). The rest of the condition is
 * looked at after choosing: a row that fails it leaves no match behind (S9.4). Rows in the order of the left side.
 */
export function asofJoin(plan: AsOfJoin): Join {
  return (leftRows, rightRows, used) => {
    const sides = sidesOf(plan, leftRows, rightRows);
    return nearest(plan, sides, plan.match, null, timeOf(sides.left, plan.left), used);
  };
}

/**
 * Pairs the left rows with the right row that `match` chooses for each, by its time in `leftTime`. Rows in `order`; null:
 * as they come.
 */
export function nearest(
  plan: AsOfJoin | TemporalJoin,
  sides: Sides,
  match: Match,
  order: Int32Array | null,
  leftTime: Column,
  used: Used,
): ReturnType<Join> {
  const { left, right } = sides;
  const rightTime = timeOf(right, plan.right);
  // Where nothing is left to ask of a pair, a row that is alone need not be put in later.
  const padsNow = plan.kind === 'left' && plan.where === null;
  const pairs =
    (order === null &&
      walkInStep(plan, match, { side: left, time: leftTime }, { side: right, time: rightTime }, padsNow)) ||
    pairsOf(partnersOf(plan, sides, match, leftTime, rightTime), order, padsNow);
  pairFilter(plan, left.table, right.table)(pairs, 0);
  const result = plan.kind === 'left' && !padsNow ? padded(pairs, order ?? upTo(left.table.length)) : pairs;
  return pairTable(plan, left.table, right.table, result, used);
}

/** Of each left row the right row that `match` chooses, or -1. */
function partnersOf(
  plan: AsOfJoin | TemporalJoin,
  sides: Sides,
  match: Match,
  leftTime: Column,
  rightTime: Column,
): Int32Array {
  const { left, right } = sides;
  const times = rightTime.data as Float64Array;
  const lefts = inTimeOrder(leftTime.data as Float64Array, keysWithTime(left, leftTime));
  const rights: Walk = {
    time: times,
    keys: keysWithTime(right, rightTime),
    order: totalOrder(times, right.origin, right.rows, keyedResult(plan.right)),
  };
  return match === '<' || match === '<='
    ? before(lefts, rights, match === '<=', sides.keys)
    : after(lefts, rights, match === '>=', sides.keys);
}

/** The rows of `order` (null: as they come) that have a partner, or all of them. */
function pairsOf(partners: Int32Array, order: Int32Array | null, all: boolean): Pairs {
  const pairs = new Pairs(new Int32Array(partners.length), new Int32Array(partners.length));
  const { lefts, rights } = pairs;
  let count = 0;
  for (let i = 0; i < partners.length; i += 1) {
    const row = order === null ? i : order[i];
    const partner = partners[row];
    lefts[count] = row;
    rights[count] = partner;
    if (all || partner >= 0) count += 1;
  }
  pairs.length = count;
  return pairs;
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

/** Rows of a side, in an order: that of their times, where they are walked through. */
interface Walk {
  time: Float64Array;
  /** Key id of each row; -1 for a row that matches nothing. */
  keys: Int32Array;
  order: Int32Array;
}

const keysWithTime = ({ keys }: Side, time: Column): Int32Array =>
  time.valid === null ? keys : keys.map((key, row) => (isNull(time, row) ? -1 : key));

function inTimeOrder(time: Float64Array, keys: Int32Array): Walk {
  const order = upTo(keys.length);
  let at = 1;
  while (at < order.length && time[at - 1] <= time[at]) at += 1;
  return { time, keys, order: at >= order.length ? order : order.sort((a, b) => time[a] - time[b]) };
}

/**
 * Per left row the last right row of its key before it, or at its time if that counts; -1 for none. Both sides are
 * walked through once, so what a key has behind it does not matter.
 */
function before({ time, keys, order }: Walk, rights: Walk, isAtCounted: boolean, keyCount: number): Int32Array {
  const { time: rightTime, keys: rightKeys, order: rightOrder } = rights;
  const partners = new Int32Array(time.length);
  const last = new Int32Array(keyCount).fill(-1);
  const shift = isAtCounted ? 0 : 1;
  let next = 0;
  for (let i = 0; i < order.length; i += 1) {
    const row = order[i];
    for (const until = time[row] - shift; next < rightOrder.length; next += 1) {
      const other = rightOrder[next];
      if (rightTime[other] > until) break;
      if (rightKeys[other] >= 0) last[rightKeys[other]] = other;
    }
    partners[row] = keys[row] < 0 ? -1 : last[keys[row]];
  }
  return partners;
}

/** The same for the first one behind, from the end. Of rows of one time the last counts, which is met first. */
function after({ time, keys, order }: Walk, rights: Walk, isAtCounted: boolean, keyCount: number): Int32Array {
  const { time: rightTime, keys: rightKeys, order: rightOrder } = rights;
  const partners = new Int32Array(time.length);
  const first = new Int32Array(keyCount).fill(-1);
  const shift = isAtCounted ? 0 : 1;
  let next = rightOrder.length - 1;
  for (let i = order.length - 1; i >= 0; i -= 1) {
    const row = order[i];
    for (const from = time[row] + shift; next >= 0; next -= 1) {
      const other = rightOrder[next];
      if (rightTime[other] < from) break;
      const key = rightKeys[other];
      if (key >= 0 && (first[key] < 0 || rightTime[first[key]] !== rightTime[other])) first[key] = other;
    }
    partners[row] = keys[row] < 0 ? -1 : first[keys[row]];
  }
  return partners;
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
