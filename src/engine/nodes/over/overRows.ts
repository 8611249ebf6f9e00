import { type Column, type ColumnBatch, type Schema } from '../../../model';
import { type AggregateLayout } from '../../aggregates';
import { type Context } from '../../stream/operator';
import { oneRow, type KeyedSlots } from '../../state/slots';
import { type Frames } from './overFrames';
import { type KeyedRows } from '../../state/rows';

/** Frames of the last `most` rows of a key (S7.2): a chain of rows per key, answered one by one. */
export class RowFrames implements Frames {
  readonly records: KeyedSlots;
  private readonly store: KeyedRows;

  constructor(
    private readonly layout: AggregateLayout,
    schema: Schema,
    private readonly results: Column[],
    private readonly most: number,
    private readonly context: Context,
  ) {
    this.records = context.state.slots(layout);
    this.store = context.state.keyedRows(schema);
  }

  answer(out: ColumnBatch, keys: Int32Array, from: number, to: number, input: number): void {
    const { layout, records, store, context } = this;
    const { slots } = records;
    for (let row = from; row < to; row += 1) {
      const key = keys[row];
      const base = key * records.width;
      store.reserveKeys(key + 1);
      store.append(key, store.put(out, row));
      layout.add(slots, oneRow(base, row), out, row, row + 1);
      slots[base + layout.stride] = out.time[row];
      if (store.count[key] > this.most) this.shift(key, base);
      context.trace?.add(
        'state written',
        context.number,
        input,
        key,
        out.time[row],
        out.time[row],
        -1,
        this.values(key),
      );
      layout.result(slots, base, this.results, row);
    }
  }

  reaches(): boolean {
    return true;
  }

  /** The oldest row leaves. */
  private shift(key: number, base: number): void {
    const { layout, store } = this;
    const { slots } = this.records;
    const oldest = store.shift(key);
    layout.remove(slots, oneRow(base, oldest), store.batch, oldest, oldest + 1);
  }

  values(key: number): number[] {
    return this.layout.stateValues(this.records.slots, key * this.records.width);
  }
}
