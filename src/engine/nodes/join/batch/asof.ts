import { isNull, MAX_TIME, type Column } from '../../../../model';
import { type AsOfJoin, type TemporalJoin } from '../../../../sql/plan';
import { keyedResult } from '../..';
import { upTo } from '../../../batch/chunk';
import { type Used } from '../../../batch/operator';
import { ascends, totalOrder } from '../../../batch/order';
import { refuseNullTime } from '../../../batch/windows';
import { PIECE, sorted, type Pieces } from '../../../pieces';
import { walkInStep } from './asofWalk';
import { pairFilter, Pairs, pairTable, resultOf, timeOf, type Joined, type Side, type Sides } from './sides';

type Match = AsOfJoin['match'];

/**
 * Each left row with the nearest right row of its key whose time stands to its own as `match` says (S9.8). A null key
 * or time matches nothing; of right rows with one time the last by S19 counts (S9.6). The rest of the condition is
 * looked at after choosing: a row that fails it leaves no match behind (S9.4). Rows in the order of the left side.
 */
export function* asofJoin(plan: AsOfJoin, sides: Sides, used: Used): Pieces<Joined> {
  const [left, right] = timesOfSides(plan, sides);
  return yield* nearest(plan, sides, plan.match, null, left, right, used);
}

/**
 * FOR SYSTEM_TIME AS OF, with everything known: each left row with the version of its key that was valid at its time
 * (S9.1), as the stream says it once the watermark has passed. Rows in the total order of the left side (S19).
 *
 * By processing time a lookup sees what the table holds now (S9.7), and for a batch now is the end: the last version.
 */
export function* temporalJoin(plan: TemporalJoin, sides: Sides, used: Used): Pieces<Joined> {
  const [time, rightTime] = timesOfSides(plan, sides);
  for (const { valid, data } of [time, rightTime]) if (valid !== null) refuseNullTime(valid, 0, data.length);
  const { origin, rows } = sides.left;
  const times = time.data as Float64Array;
  const order = ascends(times) ? null : yield* totalOrder(times, origin, rows, keyedResult(plan.left));
  const asked = plan.time === 'event' ? time : { ...time, data: new Float64Array(times.length).fill(MAX_TIME) };
  return yield* nearest(plan, sides, '<=', order, asked, rightTime, used);
}

const timesOfSides = (plan: AsOfJoin | TemporalJoin, { left, right }: Sides): [Column, Column] => [
  timeOf(left, plan.left, 'an as-of join'),
  timeOf(right, plan.right, 'an as-of join'),
];

/** Pairs the left rows with the right row that `match` chooses for each, by its time. Rows in `order`; null: as they come. */
function* nearest(
  plan: AsOfJoin | TemporalJoin,
  sides: Sides,
  match: Match,
  order: Int32Array | null,
  leftTime: Column,
  rightTime: Column,
  used: Used,
): Pieces<Joined> {
  const { left, right } = sides;
  const walked = { left: { side: left, time: leftTime }, right: { side: right, time: rightTime } };
  const pairs =
    (order === null && walkInStep(plan, match, walked.left, walked.right)) ||
    pairsOf(yield* partnersOf(plan, sides, match, leftTime, rightTime), order);
  yield* pairFilter(plan, sides)(pairs, 0);
  const result =
    plan.kind === 'left' ? yield* resultOf('left', pairs, order ?? upTo(left.table.length), NO_ROWS) : pairs;
  return yield* pairTable(plan, sides, result, used);
}

const NO_ROWS = new Int32Array(0);

/** The rows of `order` (null: as they come) that have a partner. */
function pairsOf(partners: Int32Array, order: Int32Array | null): Pairs {
  const pairs = new Pairs();
  for (let i = 0; i < partners.length; i += 1) {
    const row = order === null ? i : order[i];
    if (partners[row] >= 0) pairs.add(row, partners[row]);
  }
  return pairs;
}

/**
 * Of each left row the right row that `match` chooses, or -1. Both sides are walked through once in the order of time,
 * backwards where later rows are looked for, so what a key has before it does not matter.
 */
function* partnersOf(
  plan: AsOfJoin | TemporalJoin,
  { left, right, keys }: Sides,
  match: Match,
  leftTime: Column,
  rightTime: Column,
): Pieces<Int32Array> {
  const looksBack = match === '<' || match === '<=';
  const shift = match.endsWith('=') ? 0 : 1;
  const [time, otherTime] = [leftTime.data, rightTime.data] as Float64Array[];
  const [leftKeys, rightKeys] = [keysWithTime(left, leftTime), keysWithTime(right, rightTime)];
  const order = yield* inTimeOrder(time);
  const others = yield* totalOrder(otherTime, right.origin, right.rows, keyedResult(plan.right));
  if (!looksBack) for (const walked of [order, others]) walked.reverse();
  const partners = new Int32Array(time.length);
  const nearest = new Int32Array(keys).fill(-1);
  let next = 0;
  for (const row of order) {
    for (; next < others.length; next += 1) {
      const other = others[next];
      const ahead = looksBack ? otherTime[other] - time[row] : time[row] - otherTime[other];
      if (ahead > -shift) break;
      const key = rightKeys[other];
      // Of rows of one time the last counts, which is met first on the way back.
      if (key >= 0 && (looksBack || nearest[key] < 0 || otherTime[nearest[key]] !== otherTime[other]))
        nearest[key] = other;
    }
    partners[row] = leftKeys[row] < 0 ? -1 : nearest[leftKeys[row]];
    if (row % (16 * PIECE) === 0) yield;
  }
  return partners;
}

const keysWithTime = ({ keys }: Side, time: Column): Int32Array =>
  time.valid === null ? keys : keys.map((key, row) => (isNull(time, row) ? -1 : key));

function* inTimeOrder(time: Float64Array): Pieces<Int32Array> {
  const order = upTo(time.length);
  return ascends(time) ? order : yield* sorted(order, (a, b) => time[a] - time[b]);
}
