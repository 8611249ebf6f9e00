import { addTime, MAX_TIME, MIN_TIME, type ColumnBatch } from '../../model';
import { type GridShape, type WindowShape } from '../../sql/plan';
import { checkShape } from '../grid';
import { FLINK } from '../profiles/flink';
import { type Policies } from '../profiles/policy';
import { gridOf, windowsAt, type Span } from '../stream/windows';

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
  checkShape(shape, policies);
  switch (shape.kind) {
    case 'global':
      return { merging: false, reach: 0, assign: () => [[MIN_TIME, MAX_TIME]] };
    case 'session':
      return policies.sessionEnd.is === 'last' ? inclusiveSessions(shape.gap) : sessions(() => shape.gap);
    default:
      return aligned(shape, policies.negativeStart.is);
  }
}

/** `mayBeNegative`: whether windows may start before the epoch. */
function aligned(shape: GridShape, mayBeNegative: boolean): Assigner {
  const grid = gridOf(shape);
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

/** The windows of a time on a fixed grid, by end ascending (S2.2, S2.3, S2.6). */
export const windowsOf = (shape: GridShape, time: number, policies: Policies = FLINK): Span[] =>
  windowsAt(gridOf(checkShape(shape, policies)), time);
