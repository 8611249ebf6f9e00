import { type ColumnBatch, type Schema } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { DueRows } from './dueRows';
import { type JoinKeys } from './joinKeys';
import { RowStore } from './rowStore';
import { TimeIndex } from './timeIndex';

/**
 * The rows that one side of a join remembers: in slots, by key and time, and by time over all keys. `take` gives the
 * rows of a range slots and key ids; then each is either kept or freed.
 */
export class JoinSide {
  readonly store: RowStore;
  readonly index = new TimeIndex();
  readonly due: DueRows;
  /** Slot of row i of the range, and its key id. */
  slots = new Int32Array(0);
  keys: Int32Array = new Int32Array(0);

  /** `port`: 0 for the left side, 1 for the right one. */
  constructor(
    schema: Schema,
    private readonly joinKeys: JoinKeys,
    private readonly port: number,
  ) {
    this.store = new RowStore(schema);
    this.due = new DueRows(this.store);
  }

  get rows(): number {
    return this.index.size;
  }

  take(batch: ColumnBatch, from: number, to: number): void {
    if (this.slots.length < to) this.slots = new Int32Array(Math.max(to, 2 * this.slots.length));
    this.keys = this.joinKeys.find(batch, from, to, this.port);
    this.store.put(batch, from, to, this.keys, this.slots);
    this.index.reserveKeys(this.joinKeys.size);
  }

  keep(slot: number): void {
    const { store } = this;
    this.index.insert(store.key[slot], store.time[slot], slot);
    this.due.push(slot);
  }

  /** Takes out every row up to time `last`. */
  leaveUntil(last: number): void {
    const { due, index, store } = this;
    for (let left = due.size; left > 0 && due.oldest <= last; left -= 1) {
      const slot = due.shift();
      index.shift(store.key[slot]);
      store.free(slot);
    }
  }

  /** Takes the oldest row out; it can be read until the next range. */
  leave(): number {
    const slot = this.due.shift();
    this.index.shift(this.store.key[slot]);
    this.store.free(slot);
    return slot;
  }

  /** Behind `take`: a key that equals nothing becomes -1 (S8.5). */
  forgetNulls(from: number, to: number): void {
    const { joinKeys, keys } = this;
    if (joinKeys.table.table.columns.every(({ valid }) => valid === null)) return;
    for (let row = from; row < to; row += 1) if (!joinKeys.matches(keys[row])) keys[row] = -1;
  }

  /** Slots of the rows that are kept, by time, ties as they came. */
  inOrder(): Int32Array {
    const { index, store } = this;
    const held = new Int32Array(index.size);
    let count = 0;
    for (let key = 0; key < index.begin.length; key += 1) {
      for (let at = index.begin[key]; at < index.end[key]; at += 1) held[count++] = index.slots[at];
    }
    return held.sort((a, b) => store.time[a] - store.time[b] || store.number[a] - store.number[b]);
  }

  save(writer: StateWriter): void {
    this.store.save(writer, this.inOrder());
  }

  restore(reader: StateReader): void {
    this.index.clear();
    this.due.clear();
    const count = this.store.restore(reader);
    this.store.key.set(this.joinKeys.find(this.store.table, 0, count, this.port).subarray(0, count));
    this.index.reserveKeys(this.joinKeys.size);
    for (let slot = 0; slot < count; slot += 1) this.keep(slot);
  }
}
