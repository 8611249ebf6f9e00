import { makeBatch, readRow, reserveBatch, type ColumnBatch, type Schema, type Value } from '../../../../model';
import { type StateReader, type StateWriter } from '../../../../sim/bytes';
import { type AggregateLayout } from '../../../aggregates';
import { type Evictor } from '../../../stream/options';
import { copyHidden, copyValue } from '../../../stream/rows';
import { adoptDictionary, restoreColumns, saveColumns } from '../../../state/savedRows';

/** The rows of each window, where sums are not enough: in order of arrival, a copy for each window that holds them. */
export class KeptRows {
  private readonly rows: ColumnBatch;
  private lists: number[][] = [];
  private free: number[] = [];
  private bases = new Int32Array(0);

  constructor(
    schema: Schema,
    private readonly layout: AggregateLayout,
  ) {
    this.rows = makeBatch(schema);
  }

  add(slot: number, batch: ColumnBatch, row: number): void {
    const { rows } = this;
    let at = this.free.pop();
    if (at === undefined) at = copyHidden(batch, row, rows);
    else rows.time[at] = batch.time[row];
    for (let i = 0; i < rows.columns.length; i += 1) {
      adoptDictionary(rows.columns[i], batch.columns[i].dictionary, rows.length);
      copyValue(batch.columns[i], row, rows.columns[i], at);
    }
    (this.lists[slot] ??= []).push(at);
  }

  /** Takes out what the evictor does not keep; answers whether there was any. */
  evict(slot: number, { type, keep }: Evictor): boolean {
    const list = this.lists[slot] ?? [];
    const newest = Math.max(...list.map((at) => this.rows.time[at]));
    const gone =
      type === 'count'
        ? list.slice(0, Math.max(0, list.length - keep))
        : list.filter((at) => this.rows.time[at] <= newest - keep);
    if (gone.length === 0) return false;
    this.lists[slot] = list.filter((at) => !gone.includes(at));
    this.free.push(...gone);
    return true;
  }

  /** Works a window's sums out again, at `base` of `state`; answers how many rows it has. */
  sum(slot: number, state: Float64Array, base: number): number {
    const { layout, rows } = this;
    const list = this.lists[slot] ?? [];
    if (this.bases.length < rows.length) this.bases = new Int32Array(rows.time.length);
    layout.init(state, base);
    for (const at of list) {
      this.bases[at] = base;
      layout.add(state, this.bases, rows, at, at + 1);
    }
    return list.length;
  }

  /** The rows of one window go over to another, which came first. */
  merge(into: number, from: number): void {
    this.lists[into] = [...(this.lists[into] ?? []), ...(this.lists[from] ?? [])];
    this.lists[from] = [];
  }

  empty(slot: number): void {
    this.free.push(...(this.lists[slot] ?? []));
    this.lists[slot] = [];
  }

  read(slot: number): Value[][] {
    return (this.lists[slot] ?? []).map((at) => readRow(this.rows, at));
  }

  save(writer: StateWriter): void {
    const { rows } = this;
    writer.number(rows.length);
    writer.floats(rows.time, rows.length);
    saveColumns(
      writer,
      rows.columns,
      Int32Array.from({ length: rows.length }, (_, row) => row),
    );
    writer.ints(Int32Array.from(this.free));
    writer.number(this.lists.length);
    for (let slot = 0; slot < this.lists.length; slot += 1) writer.ints(Int32Array.from(this.lists[slot] ?? []));
  }

  restore(reader: StateReader): void {
    const { rows } = this;
    const length = reader.number();
    reserveBatch(rows, length);
    rows.length = length;
    rows.time.set(reader.floats());
    restoreColumns(reader, rows.columns);
    this.free = Array.from(reader.ints());
    this.lists = Array.from({ length: reader.number() }, () => Array.from(reader.ints()));
  }
}
