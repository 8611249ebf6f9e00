import { grown, type ColumnBatch, type Schema } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../../sim/entries';
import { type Numbers } from '../../state/identities';
import { type Store } from '../../state/store';
import { RowStore } from './rowStore';
import { Ttl } from '../../state/ttl';

const NONE = -1;

/**
 * What a regular join remembers of one side: its rows, chained by key in the order in which they came. `mark` of the
 * store counts the partners that a row has met and not lost; it says whether the row stands with nulls.
 */
export class RegularJoinSide implements Store {
  readonly store: RowStore;
  readonly ttl: Ttl | null;
  /** Rows held, by key and in all. */
  count = new Int32Array(16);
  rows = 0;
  private head = new Int32Array(16).fill(NONE);
  private tail = new Int32Array(16).fill(NONE);
  private next = new Int32Array(0);
  private before = new Int32Array(0);
  /** Who the row is, by slot: the identity that came with it. */
  private readonly ids = [new Float64Array(0), new Float64Array(0), new Float64Array(0)];
  private slots = new Int32Array(0);
  /** Last writes of rows that were read, not yet in order of time. */
  private written: { slot: number; time: number }[] = [];

  /** `isCounted`: what stands in the result depends on how many partners a row has. */
  constructor(
    schema: Schema,
    readonly isCounted: boolean,
    ttl: number | null,
    numbers: Numbers,
  ) {
    this.store = new RowStore(schema, numbers);
    this.ttl = ttl === null ? null : new Ttl(ttl);
  }

  /** Gives the rows of a range slots, by row; they are not held until `hold` says so. */
  put(batch: ColumnBatch, from: number, to: number, keys: Int32Array): Int32Array {
    if (this.slots.length < to) this.slots = new Int32Array(Math.max(to, this.slots.length * 2));
    this.store.put(batch, from, to, keys, this.slots);
    this.reserveSlots(this.store.time.length);
    const sources = [batch.id0, batch.id1, batch.id2];
    this.ids.forEach((held, i) => {
      for (let row = from; row < to; row += 1) held[this.slots[row]] = sources[i][row];
    });
    return this.slots;
  }

  reserveKeys(keys: number): void {
    const size = this.head.length;
    if (keys <= size) return;
    const room = Math.max(keys, size * 2);
    this.head = grown(this.head, room, NONE);
    this.tail = grown(this.tail, room, NONE);
    this.count = grown(this.count, room);
  }

  append(slot: number, now: number): void {
    this.link(slot);
    this.ttl?.write(slot, now);
  }

  /** Puts a row last in the chain of its key. */
  private link(slot: number): void {
    const key = this.store.key[slot];
    this.before[slot] = this.tail[key];
    this.next[slot] = NONE;
    if (this.tail[key] === NONE) this.head[key] = slot;
    else this.next[this.tail[key]] = slot;
    this.tail[key] = slot;
    this.count[key] += 1;
    this.rows += 1;
  }

  /** The row is no longer held; its columns can be read until the next `put`. */
  drop(slot: number): void {
    const key = this.store.key[slot];
    const { next, before } = this;
    if (before[slot] === NONE) this.head[key] = next[slot];
    else next[before[slot]] = next[slot];
    if (next[slot] === NONE) this.tail[key] = before[slot];
    else before[next[slot]] = before[slot];
    this.count[key] -= 1;
    this.rows -= 1;
    this.ttl?.forget(slot);
    this.store.free(slot);
  }

  /** A row has one partner more or less; that is a write (S11.3). */
  met(slot: number, change: number, now: number): void {
    this.store.mark[slot] += change;
    this.ttl?.write(slot, now);
  }

  /** Writes the rows of a key to `slots`, which has room, as they came. */
  rowsOf(key: number, slots: Int32Array): void {
    let at = 0;
    for (let slot = this.head[key]; slot !== NONE; slot = this.next[slot]) slots[at++] = slot;
  }

  /** The row of this key with the identity of `slot`, or -1. */
  sameIdentity(slot: number): number {
    for (let at = this.head[this.store.key[slot]]; at !== NONE; at = this.next[at])
      if (this.isSame(at, slot)) return at;
    return NONE;
  }

  /** A held row equal to the one in `slot`: that with its identity, else the one that came first; or -1. */
  find(slot: number): number {
    let first = NONE;
    for (let at = this.head[this.store.key[slot]]; at !== NONE; at = this.next[at]) {
      if (!this.isEqual(at, slot)) continue;
      if (this.isSame(at, slot)) return at;
      if (first === NONE) first = at;
    }
    return first;
  }

  private isSame(a: number, b: number): boolean {
    return this.ids.every((id) => id[a] === id[b]);
  }

  private isEqual(a: number, b: number): boolean {
    return this.store.table.columns.every(({ data, valid }) => {
      if (valid !== null && valid[a] !== valid[b]) return false;
      return data[a] === data[b] || (valid !== null && valid[a] === 0);
    });
  }

  private reserveSlots(size: number): void {
    if (this.next.length >= size) return;
    this.next = grown(this.next, size);
    this.before = grown(this.before, size);
    this.ids.forEach((held, i) => {
      this.ids[i] = grown(held, size);
    });
  }

  writeFrame(writer: StateWriter): void {
    this.store.writeFrame(writer);
    for (const held of this.ids) writer.floats(held, this.store.table.length);
    writer.ints(this.inOrder());
    this.ttl?.save(writer);
  }

  readFrame(reader: StateReader): void {
    this.store.readFrame(reader);
    this.reserveSlots(this.store.time.length);
    for (const held of this.ids) held.set(reader.floats());
    this.head.fill(NONE);
    this.tail.fill(NONE);
    this.count.fill(0);
    this.rows = 0;
    for (const slot of reader.ints()) this.link(slot);
    this.ttl?.restore(reader);
  }

  /** Slots of the rows that are held: by key, then as they came. */
  private inOrder(): Int32Array {
    const slots = new Int32Array(this.rows);
    let at = 0;
    for (let key = 0; key < this.head.length; key += 1) {
      this.rowsOf(key, slots.subarray(at));
      at += this.count[key];
    }
    return slots;
  }

  writeEntries(entry: (key: number) => EntryWriter): void {
    for (const slot of this.inOrder()) {
      const writer = entry(this.store.key[slot]);
      this.store.writeRow(slot, writer);
      for (const held of this.ids) writer.number(held[slot]);
      if (this.ttl) writer.number(this.ttl.writtenAt(slot));
    }
  }

  readEntry(key: number, entry: EntryReader): void {
    this.reserveKeys(key + 1);
    while (!entry.finished) {
      const slot = this.store.readRow(key, entry);
      this.reserveSlots(this.store.time.length);
      for (const held of this.ids) held[slot] = entry.number();
      this.link(slot);
      if (this.ttl) this.written.push({ slot, time: entry.number() });
    }
  }

  settle(): void {
    for (const { slot, time } of this.written.sort((a, b) => a.time - b.time)) this.ttl?.write(slot, time);
    this.written = [];
  }
}
