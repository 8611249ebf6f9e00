import { TidemarkError } from '../../model';
import { MOST_SLOTS } from '../state/room';

/** What a query may hold and do before it is refused: for whoever waits for its answer. */
export interface Allowance {
  /** Float64 slots in one place. */
  slots: number;
  /** Rows handed on, pairs made, groups put together: about so many times ten nanoseconds. */
  work: number;
}

/** A query that has its thread for itself. */
export const LIBRARY: Allowance = { slots: MOST_SLOTS, work: Infinity };
/** A page's query is one input of its run, in which nothing else gets through: it ends within a second. */
export const PAGE: Allowance = { slots: 8_000_000, work: 30_000_000 };

/** Of the query that is under way. It is never left before it ends, so there is one at a time. */
const current = { ...LIBRARY };

/** Runs a query with an allowance of its own. */
export function within<T>(allowance: Allowance, query: () => T): T {
  const outer = { ...current };
  Object.assign(current, allowance);
  try {
    return query();
  } finally {
    Object.assign(current, outer);
  }
}

export const mostSlots = (): number => current.slots;

/** Throws a TidemarkError where a query has done more than it may; `where`: what it is doing. */
export function spend(work: number, where: string): void {
  current.work -= work;
  if (current.work >= 0) return;
  throw new TidemarkError({
    what: 'the query is too much work for a page',
    where,
    hint: 'Filter first, join on more columns, or use shorter windows or a longer slide.',
  });
}
