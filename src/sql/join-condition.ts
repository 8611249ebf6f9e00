import { type Duration } from '../model';
import { INTERVAL } from './types';
import { type Comparison, type Expression, FLIPPED } from './plan';
import { type Relation, widthOf } from './relation';
import { nullSafeEqual } from './null-safe';
import { times } from './time-column';
import { conjuncts, moved, readsColumn } from './walk';

/** What the ON of a join says, sorted. Keys are over the columns of their own side, the rest over both, left first. */
export interface Condition {
  keys: JoinKey[];
  /** Both of the time columns, and how far the right one is from the left one; open ends are null. */
  bounds: { left: number; right: number; lower: Duration | null; upper: Duration | null } | null;
  /** The conditions that `bounds` stands for. */
  bounding: Expression[];
  rest: Expression[];
}

export interface JoinKey {
  left: Expression;
  right: Expression;
  /** IS NOT DISTINCT FROM. */
  nullSafe: boolean;
  /** As written. */
  whole: Expression;
}

/** Sorts what stands between the ANDs of `on`: equalities, bounds on the difference of the two times, and the rest. */
export function sortCondition(on: Expression, left: Relation, right: Relation): Condition {
  const width = widthOf(left);
  const timesOf = [times(left.plan), times(right.plan).map((one) => one + width)];
  const sorted: Condition = { keys: [], bounds: null, bounding: [], rest: [] };
  for (const one of conjuncts(on)) {
    const key = keyOf(one, width);
    const bound = one.op === 'compare' && one.operator !== '<>' ? boundOf(one, timesOf[0], timesOf[1]) : null;
    if (key) sorted.keys.push(key);
    if (bound) take(sorted, one, { ...bound, right: bound.right - width });
    if (!key && !bound) sorted.rest.push(one);
  }
  return sorted;
}

/** `l = r` in either order, each side over columns of one input only. */
function keyOf(whole: Expression, width: number): JoinKey | null {
  const equal = nullSafeEqual(whole) ?? (whole.op === 'compare' && whole.operator === '=' ? whole : null);
  if (!equal) return null;
  const nullSafe = equal !== whole;
  const sideOf = (one: Expression): 'left' | 'right' | null => {
    const [left, right] = [(i: number) => i < width, (i: number) => i >= width].map((test) => readsColumn(one, test));
    return left === right ? null : left ? 'left' : 'right';
  };
  const [one, other] = [sideOf(equal.left), sideOf(equal.right)];
  if (one === 'left' && other === 'right')
    return { left: equal.left, right: moved(equal.right, -width), nullSafe, whole };
  if (one === 'right' && other === 'left')
    return { left: equal.right, right: moved(equal.left, -width), nullSafe, whole };
  return null;
}

interface Bound {
  left: number;
  right: number;
  operator: Comparison;
  ms: Duration;
}

/** right time − left time, compared with a number of ms. */
function boundOf(one: Expression & { op: 'compare' }, lefts: number[], rights: number[]): Bound | null {
  const [a, b] = [linear(one.left), linear(one.right)];
  if (!a || !b) return null;
  const plus = [...a.plus, ...b.minus];
  const minus = [...a.minus, ...b.plus];
  if (plus.length !== 1 || minus.length !== 1) return null;
  const ms = b.ms - a.ms;
  // plus − minus OPERATOR ms.
  if (rights.includes(plus[0]) && lefts.includes(minus[0]))
    return { left: minus[0], right: plus[0], operator: one.operator, ms };
  if (lefts.includes(plus[0]) && rights.includes(minus[0]))
    return { left: plus[0], right: minus[0], operator: FLIPPED[one.operator], ms: 0 - ms };
  return null;
}

/** A sum of columns and spans: `plus` and `minus` are columns. */
interface Linear {
  plus: number[];
  minus: number[];
  ms: Duration;
}

function linear(one: Expression): Linear | null {
  if (one.op === 'column') return { plus: [one.index], minus: [], ms: 0 };
  if (one.op === 'literal') return typeof one.value === 'number' ? { plus: [], minus: [], ms: one.value } : null;
  if (one.op === 'negate') {
    const inner = linear(one.input);
    return inner && { plus: inner.minus, minus: inner.plus, ms: -inner.ms };
  }
  if (one.op !== 'arithmetic') return null;
  const [a, b] = [linear(one.left), linear(one.right)];
  if (!a || !b) return null;
  if (one.operator === '+') return { plus: [...a.plus, ...b.plus], minus: [...a.minus, ...b.minus], ms: a.ms + b.ms };
  if (one.operator === '-') return { plus: [...a.plus, ...b.minus], minus: [...a.minus, ...b.plus], ms: a.ms - b.ms };
  const isConstant = [a, b].every(({ plus, minus }) => plus.length + minus.length === 0);
  return one.operator === '*' && one.type === INTERVAL && isConstant ? { plus: [], minus: [], ms: a.ms * b.ms } : null;
}

/** Narrows the bounds; a bound between other columns than the first ones is a condition like any other. */
function take(sorted: Condition, one: Expression, { left, right, operator, ms }: Bound): void {
  const bounds = (sorted.bounds ??= { left, right, lower: null, upper: null });
  if (bounds.left !== left || bounds.right !== right) {
    sorted.rest.push(one);
    return;
  }
  // Times are whole milliseconds: to exclude an end is to move it by one (S8.1).
  const lower = operator === '>' ? ms + 1 : operator === '>=' || operator === '=' ? ms : null;
  const upper = operator === '<' ? ms - 1 : operator === '<=' || operator === '=' ? ms : null;
  if (lower !== null) bounds.lower = Math.max(lower, bounds.lower ?? lower);
  if (upper !== null) bounds.upper = Math.min(upper, bounds.upper ?? upper);
  sorted.bounding.push(one);
}
