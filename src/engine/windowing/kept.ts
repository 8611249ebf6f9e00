import { type ColumnBatch, type Schema } from '../../model';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { type AggregateLayout } from '../aggregates';
import { RowLists, writeRow } from '../state/rows';
import { type Evictor } from '../stream/options';
import { type WindowStore } from './store';

/** The rows of each window, where sums are not enough: in order of arrival, a copy for each window that holds them. */
export class KeptRows extends RowLists {
  private bases = new Int32Array(0);

  constructor(
    schema: Schema,
    private readonly windows: WindowStore,
    private readonly layout: AggregateLayout,
  ) {
    super(schema);
  }

  /** A row of state is a window. */
  override get rows(): number {
    return 0;
  }

  add(window: number, batch: ColumnBatch, row: number): void {
    this.append(window, this.put(batch, row));
  }

  /** Takes out what the evictor does not keep; answers whether there was any. */
  evict(window: number, { type, keep }: Evictor): boolean {
    const list = this.slotsOf(window);
    const { time } = this.batch;
    const newest = Math.max(...list.map((at) => time[at]));
    const gone =
      type === 'count'
        ? list.slice(0, Math.max(0, list.length - keep))
        : list.filter((at) => time[at] <= newest - keep);
    if (gone.length === 0) return false;
    this.lists[window] = list.filter((at) => !gone.includes(at));
    for (const at of gone) this.release(at);
    return true;
  }

  /** Works a window's sums out again, at `base` of `state`; answers how many rows it has. */
  sum(window: number, state: Float64Array, base: number): number {
    const { layout, batch } = this;
    const list = this.slotsOf(window);
    if (this.bases.length < batch.time.length) this.bases = new Int32Array(batch.time.length);
    layout.init(state, base);
    for (const at of list) {
      this.bases[at] = base;
      layout.add(state, this.bases, batch, at, at + 1);
    }
    return list.length;
  }

  /** The rows of one window go over to another, which came first. */
  merge(into: number, from: number): void {
    this.lists[into] = [...this.slotsOf(into), ...this.slotsOf(from)];
    this.lists[from] = [];
  }

  empty(window: number): void {
    for (const at of this.slotsOf(window)) this.release(at);
    this.lists[window] = [];
  }

  override writeEntries(entry: (key: number) => EntryWriter): void {
    this.windows.each((key, window) => {
      const list = this.slotsOf(window);
      entry(key).number(list.length);
      for (const at of list) writeRow(this.batch, at, entry(key));
    });
  }

  override readEntry(key: number, entry: EntryReader): void {
    for (const window of this.windows.inOrder(key))
      for (let left = entry.number(); left > 0; left -= 1) this.append(window, this.readRow(entry));
  }
}
