import { withRoom, type ColumnBatch, type Schema, type Table } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { DueRows } from './dueRows';
import { RowStore } from './rowStore';
import { TimeIndex } from './timeIndex';

const DELETED = 1;

/**
 * The versions of a table, by key and time; of two with one time the last to arrive is valid (S9.6). A deletion is a
 * version that matches nothing, so one with the old row's time means that this row was never valid (S9.3).
 */
export class Versions {
  readonly store: RowStore;
  private readonly index = new TimeIndex();
  /** By time over all keys: which versions a watermark makes old. */
  private readonly due: DueRows;
  /** Results that still name the version in a slot; it stays readable for them. */
  private refs = new Int32Array(256);

  constructor(schema: Schema) {
    this.store = new RowStore(schema);
    this.due = new DueRows(this.store);
  }

  get size(): number {
    return this.index.size;
  }

  /** Time of the oldest version that has not been passed by `prune` yet, or MAX_TIME. */
  get oldest(): number {
    return this.due.oldest;
  }

  countOf(key: number): number {
    return this.index.end[key] - this.index.begin[key];
  }

  reserveKeys(keys: number): void {
    this.index.reserveKeys(keys);
  }

  /** Gives the rows of a range slots; each is then kept, or let go with `store.free`. */
  put(batch: ColumnBatch, from: number, to: number, keys: Int32Array, slots: Int32Array): void {
    const { store } = this;
    store.put(batch, from, to, keys, slots);
    this.refs = withRoom(this.refs, store.time.length);
  }

  keep(slot: number, isDeleted: boolean): void {
    const { store } = this;
    store.mark[slot] = isDeleted ? DELETED : 0;
    this.index.insert(store.key[slot], store.time[slot], slot);
    this.due.push(slot);
  }

  /** In place of all that the key has: for a table that only knows now. */
  replace(slot: number, isDeleted: boolean): void {
    const key = this.store.key[slot];
    while (this.countOf(key) > 0) this.drop(key);
    if (isDeleted) return this.store.free(slot);
    this.store.mark[slot] = 0;
    this.index.insert(key, this.store.time[slot], slot);
  }

  /** The version of a key that is valid at `time`, or -1 (S9.1). */
  at(key: number, time: number): number {
    const place = this.index.from(key, time + 1) - 1;
    if (place < this.index.begin[key]) return -1;
    const slot = this.index.slots[place];
    return this.store.mark[slot] === DELETED ? -1 : slot;
  }

  /** The newest version of a key, or -1. */
  newest(key: number): number {
    return this.countOf(key) === 0 ? -1 : this.index.slots[this.index.end[key] - 1];
  }

  /** Drops what nobody at or behind `time` sees: of each key all versions before the one valid then. */
  prune(time: number, changed: (key: number) => void): void {
    const { index } = this;
    while (this.due.size > 0 && this.due.oldest <= time) {
      const key = this.store.key[this.due.shift()];
      let dropped = false;
      while (this.countOf(key) > 1 && index.times[index.begin[key] + 1] <= time) {
        this.drop(key);
        dropped = true;
      }
      if (dropped) changed(key);
    }
  }

  private drop(key: number): void {
    const slot = this.index.slots[this.index.begin[key]];
    this.index.shift(key);
    if (this.refs[slot] === 0) this.store.free(slot);
    else this.refs[slot] = -this.refs[slot];
  }

  /** A result names the version: it can be read until it is released as often. */
  retain(slot: number): void {
    this.refs[slot] += this.refs[slot] < 0 ? -1 : 1;
  }

  release(slot: number): void {
    // Below zero: it has left the index.
    if (this.refs[slot] > 0) this.refs[slot] -= 1;
    else {
      this.refs[slot] += 1;
      if (this.refs[slot] === 0) this.store.free(slot);
    }
  }

  /** Slots in the order in which they are saved: those of the index by time, then those that only results name. */
  private inOrder(named: Iterable<number>): { slots: Int32Array; indexed: number } {
    const { index, store } = this;
    const slots: number[] = [];
    for (let key = 0; key < index.begin.length; key += 1)
      for (let at = index.begin[key]; at < index.end[key]; at += 1) slots.push(index.slots[at]);
    slots.sort((a, b) => store.time[a] - store.time[b] || store.number[a] - store.number[b]);
    const indexed = slots.length;
    for (const slot of new Set(named)) if (this.refs[slot] < 0) slots.push(slot);
    return { slots: Int32Array.from(slots), indexed };
  }

  /** `named`: slots that results name. Returns the place of each saved slot, which is its slot once it is restored. */
  save(writer: StateWriter, named: Iterable<number>): Map<number, number> {
    const { slots, indexed } = this.inOrder(named);
    this.store.save(writer, slots);
    writer.number(indexed);
    return new Map(Array.from(slots, (slot, place) => [slot, place]));
  }

  /** `keysOf` finds the key ids of the rows in slots [0, count) again, `named` those that results name. */
  restore(
    reader: StateReader,
    keysOf: (rows: Table, count: number) => Int32Array,
    named: () => Iterable<number>,
  ): void {
    const { store, index } = this;
    index.clear();
    this.due.clear();
    const count = store.restore(reader);
    this.refs = withRoom(this.refs, store.time.length);
    const indexed = reader.number();
    const keys = keysOf(store.table, count);
    for (let slot = 0; slot < count; slot += 1) {
      store.key[slot] = keys[slot];
      index.reserveKeys(keys[slot] + 1);
      if (slot < indexed) this.keep(slot, store.mark[slot] === DELETED);
    }
    this.refs.fill(0);
    for (const slot of named()) this.refs[slot] += slot < indexed ? 1 : -1;
  }
}
