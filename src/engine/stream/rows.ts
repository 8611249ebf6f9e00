import { reserveBatch, type Column, type ColumnBatch } from '../../model';
import { adoptDictionary } from '../state/savedRows';

/** Who a row is, as text. */
export const identityOf = ({ id0, id1, id2 }: ColumnBatch, row: number): string =>
  `${id0[row]} ${id1[row]} ${id2[row]}`;

/** Copies one value, null or not, between columns of the same type that share a dictionary. */
export function copyValue(from: Column, row: number, to: Column, at: number): void {
  to.data[at] = from.data[row];
  if (from.valid && from.valid[row] === 0) {
    to.valid ??= new Uint8Array(to.data.length).fill(1);
    to.valid[at] = 0;
  } else if (to.valid) to.valid[at] = 1;
}

/** Whether two values are the same, null or not, in columns that share a dictionary. */
export function sameValue(a: Column, row: number, b: Column, other: number): boolean {
  const nullA = a.valid !== null && a.valid[row] === 0;
  const nullB = b.valid !== null && b.valid[other] === 0;
  return nullA || nullB ? nullA === nullB : a.data[row] === b.data[other];
}

/** Copies the values in rows `rows[0 … count)` to consecutive rows from `at` on. */
export function gather(from: Column, rows: Int32Array, count: number, to: Column, at: number): void {
  const source = from.data;
  const target = to.data;
  for (let i = 0; i < count; i += 1) target[at + i] = source[rows[i]];
  if (from.valid === null && to.valid === null) return;
  to.valid ??= new Uint8Array(target.length).fill(1);
  for (let i = 0; i < count; i += 1) to.valid[at + i] = from.valid ? from.valid[rows[i]] : 1;
}

/** Copies the values in rows `rows[i]` of a column to rows i of `out`, for i in [from, to); -1 is a row of null. */
export function gatherOrNull(
  column: Column,
  rows: Int32Array,
  from: number,
  to: number,
  out: Column,
  misses = hasMissing(rows, from, to),
): void {
  const { data, valid } = column;
  // A loop over one kind of array is several times as fast as one over any kind.
  if (data instanceof Float64Array && out.data instanceof Float64Array)
    (misses ? pickOrZero : pick)(data, rows, from, to, out.data);
  else for (let i = from; i < to; i += 1) out.data[i] = rows[i] < 0 ? 0 : data[rows[i]];
  if (valid === null && out.valid === null && !misses) return;
  out.valid ??= new Uint8Array(out.data.length).fill(1);
  for (let i = from; i < to; i += 1) out.valid[i] = rows[i] < 0 ? 0 : valid === null ? 1 : valid[rows[i]];
}

function pick(data: Float64Array, rows: Int32Array, from: number, to: number, out: Float64Array): void {
  for (let i = from; i < to; i += 1) out[i] = data[rows[i]];
}

function pickOrZero(data: Float64Array, rows: Int32Array, from: number, to: number, out: Float64Array): void {
  for (let i = from; i < to; i += 1) out[i] = rows[i] < 0 ? 0 : data[rows[i]];
}

/** Whether one of the rows is no row. */
export function hasMissing(rows: Int32Array, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) if (rows[i] < 0) return true;
  return false;
}

/** Appends a row to `out` of which only the hidden columns are there, and returns its row number. */
export function appendHidden(
  out: ColumnBatch,
  kind: number,
  time: number,
  watermark: number,
  input: number,
  id0: number,
  id1 = 0,
  id2 = 0,
): number {
  const at = out.length;
  if (at === out.time.length) reserveBatch(out, Math.max(256, at * 2));
  out.time[at] = time;
  out.watermark[at] = watermark;
  out.input[at] = input;
  out.kind[at] = kind;
  out.id0[at] = id0;
  out.id1[at] = id1;
  out.id2[at] = id2;
  out.length = at + 1;
  return at;
}

/** The same, with those of another row. */
export const copyHidden = (
  { kind, time, watermark, input, id0, id1, id2 }: ColumnBatch,
  row: number,
  out: ColumnBatch,
): number => appendHidden(out, kind[row], time[row], watermark[row], input[row], id0[row], id1[row], id2[row]);

/** Fewer rows than this are copied one by one: a view of an array costs as much as it. */
const FEW_ROWS = 8;

const HIDDEN = ['time', 'watermark', 'input', 'kind', 'id0', 'id1', 'id2'] as const;
type Hidden = (typeof HIDDEN)[number];

/**
 * Appends rows [from, to) to `out`, which has room and may have more columns: whole columns at a time. Whoever fills in
 * hidden columns says which ones are needed.
 */
export function copyRows(
  batch: ColumnBatch,
  from: number,
  to: number,
  out: ColumnBatch,
  hidden: readonly Hidden[] = HIDDEN,
): void {
  if (to - from < FEW_ROWS) {
    for (let row = from; row < to; row += 1) copyRow(batch, row, out, hidden);
    return;
  }
  const at = out.length;
  for (let i = 0; i < batch.columns.length; i += 1) {
    const source = batch.columns[i];
    const target = out.columns[i];
    adoptDictionary(target, source.dictionary, at);
    target.data.set(source.data.subarray(from, to), at);
    if (source.valid === null && target.valid === null) continue;
    target.valid ??= new Uint8Array(target.data.length).fill(1);
    if (source.valid) target.valid.set(source.valid.subarray(from, to), at);
    else target.valid.fill(1, at, at + to - from);
  }
  for (const name of hidden) {
    out[name].set(batch[name].subarray(from, to), at);
  }
  out.length = at + to - from;
}

function copyRow(batch: ColumnBatch, row: number, out: ColumnBatch, hidden: readonly Hidden[]): void {
  const at = out.length;
  for (let i = 0; i < batch.columns.length; i += 1) {
    adoptDictionary(out.columns[i], batch.columns[i].dictionary, at);
    copyValue(batch.columns[i], row, out.columns[i], at);
  }
  for (const name of hidden) out[name][at] = batch[name][row];
  out.length = at + 1;
}
