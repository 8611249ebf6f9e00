import { TidemarkError } from '../../model';
import { type Pieces } from '../pieces';
import { MOST_SLOTS } from '../state/room';

/** What a query may hold and do before it is refused: for whoever waits for its answer. */
export interface Allowance {
  /** Float64 slots in one place. */
  slots: number;
  /** Rows handed on, pairs made, groups put together: about so many times ten nanoseconds. */
  work: number;
  /** Rows that are handed on at a time, between which it may be left. */
  chunk: number;
}

/** A query that has its thread for itself. */
export const LIBRARY: Allowance = { slots: MOST_SLOTS, work: Infinity, chunk: 4_096 };
/** A page's query is one input of its run, which is gone through again to look at it: it ends within a second. */
export const PAGE: Allowance = { slots: 8_000_000, work: 30_000_000, chunk: 256 };

/** Of the query that is at work. */
const current = { ...LIBRARY };

/** Runs a query with an allowance of its own, which is in force while it is at work. */
export function* within<T>(allowance: Allowance, query: Pieces<T>): Pieces<T> {
  const own = { ...allowance };
  for (;;) {
    const { done, value } = withOwn(own, () => query.next());
    if (done) return value;
    yield;
  }
}

function withOwn<T>(own: Allowance, work: () => T): T {
  const outer = { ...current };
  Object.assign(current, own);
  try {
    return work();
  } finally {
    Object.assign(own, current);
    Object.assign(current, outer);
  }
}

export const mostSlots = (): number => current.slots;
export const chunkRows = (): number => current.chunk;

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
