import { days, floorTime, formatDuration, hours, MAX_TIME, MIN_TIME, minutes, type Duration } from '../../model';
import { type Edge, type Frame } from '../../sql/plan';

/** Which times the frame of a row at `t` holds: from `least(t)` to `most(t)`, both included. Times are whole ms. */
export interface Bounds {
  least(this: void, t: number): number;
  most(this: void, t: number): number;
  /** No row that is older than `t − reach` is in the frame. */
  reach: Duration;
  /** To which the edges are rounded down; 0 for edges that are exact. */
  hop: Duration;
}

/** How far a rounded edge of a window may be off: a day for windows of 12 days, an hour for 12 hours, else 5 min (S7.7). */
export function hopOf(window: Duration): Duration {
  if (window >= days(12)) return days(1);
  return window >= hours(12) ? hours(1) : minutes(5);
}

/** `span`: the length of the frame in ms; null: from the first row on. `hop` null: by the length (S7.7). */
export function boundsOf(span: Duration | null, edge: Edge, hop: Duration | null): Bounds {
  const exact = { hop: 0, reach: span ?? MAX_TIME };
  const from = (t: number, off = 0): number => (span === null ? MIN_TIME : t - span + off);
  switch (edge) {
    case 'closed':
      return { ...exact, least: (t) => from(t), most: (t) => t };
    case 'open-left':
      return { ...exact, least: (t) => from(t, 1), most: (t) => t };
    case 'open-right':
      return { ...exact, least: (t) => from(t), most: (t) => t - 1 };
    case 'hop-aligned':
    case 'sawtooth': {
      const size = hop ?? hopOf(span ?? MAX_TIME);
      const head = edge === 'sawtooth' ? (t: number): number => t : (t: number): number => floorTime(t, size);
      return {
        hop: size,
        reach: span === null ? MAX_TIME : span + (edge === 'sawtooth' ? size : 2 * size),
        least: (t) => (span === null ? MIN_TIME : floorTime(head(t) - span, size)),
        most: (t) => head(t) - 1,
      };
    }
  }
}

/** The times that the frame of a row at t holds: `(t − 30 min, t]`. */
export function frameText(frame: Frame, edge: Edge): string {
  if (frame.preceding === null) return 'everything so far';
  if (frame.unit === 'rows') return `the last ${frame.preceding + 1} rows`;
  const span = formatDuration(frame.preceding);
  switch (edge) {
    case 'closed':
      return `[t − ${span}, t]`;
    case 'open-left':
      return `(t − ${span}, t]`;
    case 'open-right':
      return `[t − ${span}, t)`;
    case 'hop-aligned':
      return `[⌊⌊t⌋ − ${span}⌋, ⌊t⌋)`;
    case 'sawtooth':
      return `[⌊t − ${span}⌋, t)`;
  }
}
