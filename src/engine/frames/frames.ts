import { firstWhere, type ColumnBatch } from '../../model';
import { type AggregateLayout } from '../aggregates';
import { PIECE, type Pieces } from '../pieces';
import { type KeyedSlots } from '../state/slots';

/** The frames of all keys: what each holds, and the aggregates that follow from it. */
export interface Frames {
  readonly records: KeyedSlots;
  /**
   * Moves the frames over rows [from, to) of `out`, whose keys are `keys[from … to)`, and fills in their results. Rows
   * come in time order, after all that came before; rows that are older than those come as peers, all of one time,
   * and are newer than the last of their own keys.
   */
  answer(out: ColumnBatch, keys: Int32Array, from: number, to: number, input: number): Pieces;
  /** Whether the frame of a row of that time, older than the newest answer, is still known in full. */
  reaches(time: number): boolean;
}

/** First of the rows [from, to), which are in time order, that is later than `latest`. */
export const firstLater = (time: Float64Array, from: number, to: number, latest: number): number =>
  firstWhere(from, to, (row) => time[row] > latest);

/** The end of the rows that have the same time as row `from`. */
export function endOfPeers(time: Float64Array, from: number, to: number): number {
  let end = from + 1;
  while (end < to && time[end] === time[from]) end += 1;
  return end;
}

/** Rows after which the frames may be left: fewer, the more there is to each. */
export const piecesOf = ({ fields }: AggregateLayout): number => Math.max(1, Math.floor(PIECE / (1 + fields.length)));
