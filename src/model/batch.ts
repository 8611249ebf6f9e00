import { makeTable, reserve, type Table } from './column';
import { grown } from './grown';
import { type Schema } from './schema';

/**
 * Rows on their way through operators: visible columns plus hidden ones, one entry per row in each.
 *
 * `id0..id2` say who a row is: an event is (topic, partition, offset); a row of a keyed, windowed result is (key id,
 * window start, window end); a row of a keyed result without windows is (key id, 0, 0). Two rows with the same
 * identity are versions of one row.
 */
export interface ColumnBatch extends Table {
  /** Event time; for results of windows the window's last millisecond (S2.1). */
  time: Float64Array;
  /** The watermark in force when the row arrived, in ms (S1.1: no row at or before it is expected any more). */
  watermark: Float64Array;
  /** Input number of the agenda entry that caused the row. */
  input: Int32Array;
  /** Change kind, see `change.ts`. */
  kind: Uint8Array;
  id0: Float64Array;
  id1: Float64Array;
  id2: Float64Array;
}

export function makeBatch(schema: Schema, capacity = 256): ColumnBatch {
  return {
    ...makeTable(schema, capacity),
    time: new Float64Array(capacity),
    watermark: new Float64Array(capacity),
    input: new Int32Array(capacity),
    kind: new Uint8Array(capacity),
    id0: new Float64Array(capacity),
    id1: new Float64Array(capacity),
    id2: new Float64Array(capacity),
  };
}

const OPTIONAL = ['watermark', 'id0', 'id1', 'id2'] as const;
type OptionalColumn = (typeof OPTIONAL)[number];

/**
 * Makes room for at least `capacity` rows in visible and hidden columns. `kept`: the hidden columns beside time, input
 * and kind that anyone reads; the others get no room.
 */
export function reserveBatch(batch: ColumnBatch, capacity: number, kept: readonly OptionalColumn[] = OPTIONAL): void {
  reserve(batch, capacity);
  if (batch.time.length >= capacity) return;
  const size = Math.max(capacity, batch.time.length * 2);
  batch.time = grown(batch.time, size);
  for (const name of kept) batch[name] = grown(batch[name], size);
  batch.input = grown(batch.input, size);
  batch.kind = grown(batch.kind, size);
}
