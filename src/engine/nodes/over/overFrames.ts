import { firstWhere, type ColumnBatch } from '../../../model';
import { type KeyedSlots } from '../../state/slots';

/** The frames of all keys: what stands in each, and the aggregates that follow from it. */
export interface Frames {
  readonly records: KeyedSlots;
  /**
   * Moves the frames over rows [from, to) of `out`, whose keys are `keys[from … to)`, and fills in their results. Rows
   * come in time order, behind all that came before; rows that are older than those come as peers, all of one time,
   * and are newer than the last of their own keys.
   */
  answer(out: ColumnBatch, keys: Int32Array, from: number, to: number, input: number): void;
  /** Whether a frame of a row of that time, older than the newest answer, can still be told whole. */
  reaches(time: number): boolean;
  /** What a state row shows people. */
  values(key: number): number[];
}

/** First of the rows [from, to), which are in time order, that is later than `latest`. */
export const behind = (time: Float64Array, from: number, to: number, latest: number): number =>
  firstWhere(from, to, (row) => time[row] > latest);
