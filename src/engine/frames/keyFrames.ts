import { type Column, type ColumnBatch, type Schema } from '../../model';
import { type AggregateLayout } from '../aggregates';
import { type Pieces } from '../pieces';
import { type KeyedRows } from '../state/rows';
import { oneRow, type KeyedSlots } from '../state/slots';
import { type Context } from '../stream/operator';
import { endOfPeers, piecesOf, type Frames } from './frames';

interface KeyFrameOptions {
  /** How many rows of its key a frame holds (S7.2); null: all so far. */
  most: number | null;
  /** Whether rows of one time see each other (RANGE, S7.1), and whether they see themselves. */
  peers: boolean;
  exclusive: boolean;
}

/**
 * Frames that do not go by time: one aggregate per key, from which the oldest row of the key leaves when there are too
 * many. Where none ever leaves, rows are not remembered.
 */
export class KeyFrames implements Frames {
  readonly records: KeyedSlots;
  private readonly rows: KeyedRows | null;
  /** Rows of a piece. */
  private readonly piece: number;

  constructor(
    private readonly layout: AggregateLayout,
    schema: Schema,
    private readonly results: Column[],
    private readonly options: KeyFrameOptions,
    private readonly context: Context,
  ) {
    const { state } = context;
    const remembers = options.most !== null;
    this.records = state.slots(layout, { isCounted: !remembers });
    this.rows = remembers ? state.keyedRows(schema) : null;
    this.piece = piecesOf(layout);
  }

  *answer(out: ColumnBatch, keys: Int32Array, from: number, to: number, input: number): Pieces {
    const { peers, exclusive } = this.options;
    for (let row = from; row < to;) {
      const end = peers ? endOfPeers(out.time, row, to) : row + 1;
      if (exclusive) yield* this.answerRows(keys, row, end);
      for (let i = row; i < end; i += 1) {
        this.enter(out, i, keys[i], input);
        if (i % this.piece === 0) yield;
      }
      if (!exclusive) yield* this.answerRows(keys, row, end);
      row = end;
    }
  }

  reaches(): boolean {
    return true;
  }

  private enter(out: ColumnBatch, row: number, key: number, input: number): void {
    const { layout, records, rows, context } = this;
    const { slots } = records;
    const base = key * records.width;
    if (rows === null && layout.isEmpty(slots, base)) records.live += 1;
    layout.add(slots, oneRow(base, row), out, row, row + 1);
    slots[base + layout.stride] = out.time[row];
    if (rows) this.remember(rows, out, row, key);
    const time = out.time[row];
    context.written?.(input, key, records.values(key), time, time);
  }

  /** Keeps a row, and lets the oldest one go where there are too many. */
  private remember(rows: KeyedRows, out: ColumnBatch, row: number, key: number): void {
    rows.append(key, rows.put(out, row));
    if (rows.count[key] <= this.options.most!) return;
    const oldest = rows.shift(key);
    const { slots, width } = this.records;
    this.layout.remove(slots, oneRow(key * width, oldest), rows.batch, oldest, oldest + 1);
  }

  private *answerRows(keys: Int32Array, from: number, to: number): Pieces {
    const { slots, width } = this.records;
    for (let row = from; row < to; row += 1) {
      this.layout.result(slots, keys[row] * width, this.results, row);
      if (row % this.piece === 0) yield;
    }
  }
}
