import { type ColumnBatch, type Schema } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../../sim/entries';
import { type StateBackend } from '../../state/backend';
import { type Numbers } from '../../state/identities';
import { type Store } from '../../state/store';
import { DueRows } from './dueRows';
import { type JoinKeys, type JoinPlan } from './joinKeys';
import { RowStore } from './rowStore';
import { TimeIndex } from './timeIndex';

/** The two sides of a join, lent by its state. */
export function joinSides({ left, right }: JoinPlan, keys: JoinKeys, state: StateBackend): [JoinSide, JoinSide] {
  const side = (schema: Schema, port: number): JoinSide => state.add(new JoinSide(schema, keys, port, state.numbers()));
  return [side(left.schema, 0), side(right.schema, 1)];
}

/**
 * The rows that one side of a join remembers: in slots, by key and time, and by time over all keys. `take` gives the
 * rows of a range slots and key ids; then each is either kept or freed.
 */
export class JoinSide implements Store {
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
    numbers: Numbers,
  ) {
    this.store = new RowStore(schema, numbers);
    this.due = new DueRows(this.store);
  }

  get rows(): number {
    return this.index.size;
  }

  /** Rows of a key that are kept. */
  countOf(key: number): number {
    return this.index.end[key] - this.index.begin[key];
  }

  /** Slots of the rows of a key, by time. */
  slotsOf(key: number): Int32Array {
    return this.index.slots.subarray(this.index.begin[key], this.index.end[key]);
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

  writeFrame(writer: StateWriter): void {
    this.store.writeFrame(writer);
    writer.ints(this.inOrder());
  }

  readFrame(reader: StateReader): void {
    this.index.clear();
    this.due.clear();
    this.store.readFrame(reader);
    this.index.reserveKeys(this.joinKeys.size);
    for (const slot of reader.ints()) this.keep(slot);
  }

  writeEntries(entry: (key: number) => EntryWriter): void {
    const { begin, end, slots } = this.index;
    for (let key = 0; key < begin.length; key += 1)
      for (let at = begin[key]; at < end[key]; at += 1) this.store.writeRow(slots[at], entry(key));
  }

  readEntry(key: number, entry: EntryReader): void {
    this.index.reserveKeys(key + 1);
    while (!entry.finished) this.keep(this.store.readRow(key, entry));
  }
}
