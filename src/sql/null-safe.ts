import { type Expression } from './plan';

type Equal = Expression & { op: 'compare' };

/** Bound forms of `a IS NOT DISTINCT FROM b`, with the `a = b` in them: a join takes them as keys. */
const marked = new WeakMap<Expression, Equal>();

export const nullSafeEqual = (one: Expression): Equal | undefined => marked.get(one);

export function markNullSafe(whole: Expression, equal: Equal): Expression {
  marked.set(whole, equal);
  return whole;
}
