import { type ColumnBatch } from '../../model';
import { appendHidden, copyValue } from '../stream/rows';
import { adoptDictionary } from './savedRows';

/**
 * Appends the first `columns` columns of a remembered row to `out`, because row `cause` of `batch` came: it keeps its
 * own time, and gets the identity (id0, id1, id2). Returns its place.
 */
export function emitRow(
  rows: ColumnBatch,
  slot: number,
  columns: number,
  out: ColumnBatch,
  kind: number,
  batch: ColumnBatch,
  cause: number,
  id0: number,
  id1 = 0,
  id2 = 0,
): number {
  const at = appendHidden(out, kind, rows.time[slot], batch.watermark[cause], batch.input[cause], id0, id1, id2);
  for (let i = 0; i < columns; i += 1) {
    adoptDictionary(out.columns[i], rows.columns[i].dictionary, at);
    copyValue(rows.columns[i], slot, out.columns[i], at);
  }
  return at;
}
