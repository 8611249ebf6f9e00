import { reserveBatch, type ColumnBatch } from '../../model';
import { copyValue } from '../stream/rows';
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
  const at = out.length;
  if (at === out.time.length) reserveBatch(out, Math.max(256, at * 2));
  for (let i = 0; i < columns; i += 1) {
    adoptDictionary(out.columns[i], rows.columns[i].dictionary, at);
    copyValue(rows.columns[i], slot, out.columns[i], at);
  }
  out.time[at] = rows.time[slot];
  out.watermark[at] = batch.watermark[cause];
  out.input[at] = batch.input[cause];
  out.kind[at] = kind;
  out.id0[at] = id0;
  out.id1[at] = id1;
  out.id2[at] = id2;
  out.length = at + 1;
  return at;
}
