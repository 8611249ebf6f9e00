import { type Column, type ColumnBatch } from '../../../model';
import { type AggregateLayout } from '../../aggregates';
import { type Context } from '../../stream/operator';
import { oneRow, type KeyedSlots } from '../../state/slots';
import { type Frames } from './overFrames';

/** Frames without a bound: nothing ever leaves, so one aggregate per key is all there is to remember. */
export class EverFrames implements Frames {
  readonly records: KeyedSlots;

  constructor(
    private readonly layout: AggregateLayout,
    private readonly results: Column[],
    /** Whether rows of one time see each other (RANGE, S7.1) and whether they see themselves. */
    private readonly peers: boolean,
    private readonly exclusive: boolean,
    private readonly context: Context,
  ) {
    this.records = context.state.slots(layout, { isCounted: true });
  }

  answer(out: ColumnBatch, keys: Int32Array, from: number, to: number, input: number): void {
    for (let row = from; row < to;) {
      let end = row + 1;
      while (this.peers && end < to && out.time[end] === out.time[row]) end += 1;
      if (this.exclusive) this.answerRows(keys, row, end);
      for (let i = row; i < end; i += 1) this.enter(out, i, keys[i], input);
      if (!this.exclusive) this.answerRows(keys, row, end);
      row = end;
    }
  }

  reaches(): boolean {
    return true;
  }

  private enter(out: ColumnBatch, row: number, key: number, input: number): void {
    const { layout, records, context } = this;
    const { slots } = records;
    const base = key * records.width;
    if (layout.isEmpty(slots, base)) records.live += 1;
    layout.add(slots, oneRow(base, row), out, row, row + 1);
    slots[base + layout.stride] = out.time[row];
    context.trace?.add('state written', context.number, input, key, out.time[row], out.time[row], -1, this.values(key));
  }

  private answerRows(keys: Int32Array, from: number, to: number): void {
    const { slots, width } = this.records;
    for (let row = from; row < to; row += 1) this.layout.result(slots, keys[row] * width, this.results, row);
  }

  values(key: number): number[] {
    return this.layout.stateValues(this.records.slots, key * this.records.width);
  }
}
