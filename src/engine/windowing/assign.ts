import { addTime, MAX_TIME, MIN_TIME, type ColumnBatch } from '../../model';
import { type WindowShape } from '../../sql/plan';
import { FLINK } from '../profiles/flink';
import { type Policies } from '../profiles/policy';
import { lastOf, windowsAt, type Grid, type Span } from '../stream/windows';
import { cutOf, gridOf } from './shapes';

/**
 * Puts a row into windows. `time` is that of the row on the clock that windows are cut by; `row` of `batch` is for
 * shapes that look at the row itself.
 */
export interface Assigner {
  /** Whether windows of one key that meet become one (S3.1). */
  merging: boolean;
  /** How far behind the end of an inclusive session another row may still join it, ms (S3.2); 0 for exclusive ends. */
  reach: number;
  /** By end ascending. Empty for a row that belongs to no window (S2.3). */
  assign(time: number, batch: ColumnBatch, row: number): Span[];
}

/** Throws a TidemarkError for a shape that the policies refuse (S2.4). */
export function assignerOf(shape: WindowShape, policies: Policies = FLINK): Assigner {
  const cut = cutOf(shape, policies);
  switch (cut.by) {
    case 'nothing':
      return { merging: false, reach: 0, assign: () => [[MIN_TIME, MAX_TIME]] };
    case 'rows':
      return cut.tail === 0 ? inclusiveSessions(cut.gap) : sessions(() => cut.gap);
    case 'grid':
      return aligned(cut.grid, policies.negativeStart.is);
  }
}

/** `mayBeNegative`: whether windows may start before the epoch. */
function aligned(grid: Grid, mayBeNegative: boolean): Assigner {
  const assign = (time: number): Span[] => windowsAt(grid, time);
  return {
    merging: false,
    reach: 0,
    assign: mayBeNegative ? assign : (time) => assign(time).filter(([start]) => start >= 0),
  };
}

/** Sessions whose gap may depend on the row (S3.7); a gap of zero makes a window of no length. */
export function sessions(gapOf: (batch: ColumnBatch, row: number) => number): Assigner {
  return {
    merging: true,
    reach: 0,
    assign: (time, batch, row) => [[time, addTime(time, gapOf(batch, row))]],
  };
}

/** Sessions [first, last], which rows at a distance of the gap still join (S3.2). */
const inclusiveSessions = (gap: number): Assigner => ({
  merging: true,
  reach: gap,
  assign: (time) => [[time, time]],
});

/** The last time that a row of a window with this end may have. */
export const lastFor = ({ reach }: Assigner, end: number): number => (reach > 0 ? addTime(end, reach) : lastOf(end));

/** The windows of a time on a fixed grid, by end ascending (S2.2, S2.3, S2.6). */
export const windowsOf = (shape: WindowShape, time: number): Span[] => windowsAt(gridOf(shape), time);
