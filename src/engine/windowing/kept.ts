import { type ColumnBatch } from '../../model';
import { type AggregateLayout } from '../aggregates';
import { type Evictor } from '../stream/options';
import { RowsByWindow } from './rowsByWindow';

/** The rows of each window, where sums are not enough: in order of arrival, a copy for each window that holds them. */
export class KeptRows extends RowsByWindow {
  private bases = new Int32Array(0);

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
  sum(window: number, layout: AggregateLayout, state: Float64Array, base: number): number {
    const { batch } = this;
    const list = this.slotsOf(window);
    if (this.bases.length < batch.time.length) this.bases = new Int32Array(batch.time.length);
    layout.init(state, base);
    for (const at of list) {
      this.bases[at] = base;
      layout.add(state, this.bases, batch, at, at + 1);
    }
    return list.length;
  }
}
