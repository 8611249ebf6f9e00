import { makeBatch, reserveBatch, withRoom, type ColumnBatch, type Schema } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { copyValue } from '../stream/rows';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { adoptDictionary, restoreColumns, saveColumns } from './savedRows';
import { type Store } from './store';

const NONE = -1;
const HIDDEN = ['time', 'input', 'kind', 'id0', 'id1', 'id2'] as const;

/**
 * Rows by key, column by column: a row has a slot for as long as it is held, and slots are used again. Which rows a key
 * has, and in which order, is for the subclass to say.
 */
abstract class RowsByKey implements Store {
  /** Columns by slot. */
  readonly batch: ColumnBatch;
  /** Rows held. */
  live = 0;
  /** Next row of the same key, or the next free slot. */
  protected next = new Int32Array(256);
  private free = NONE;
  private used = 0;

  constructor(schema: Schema) {
    this.batch = makeBatch(schema);
  }

  get rows(): number {
    return this.live;
  }

  /** How many keys may have rows. */
  protected abstract readonly keys: number;
  /** The rows of a key, in order. */
  protected abstract slotsOf(key: number): Iterable<number>;
  /** Puts a row last in the order of its key. */
  abstract append(key: number, slot: number): void;
  /** No key has any row. */
  protected abstract clear(): void;

  /** Copies a row in and returns its slot; it belongs to no key yet. */
  put(from: ColumnBatch, row: number): number {
    const slot = this.take();
    const { batch } = this;
    batch.time[slot] = from.time[row];
    batch.input[slot] = from.input[row];
    batch.kind[slot] = from.kind[row];
    batch.id0[slot] = from.id0[row];
    batch.id1[slot] = from.id1[row];
    batch.id2[slot] = from.id2[row];
    for (let i = 0; i < batch.columns.length; i += 1) {
      adoptDictionary(batch.columns[i], from.columns[i].dictionary, this.used);
      copyValue(from.columns[i], row, batch.columns[i], slot);
    }
    return slot;
  }

  private take(): number {
    let slot = this.free;
    if (slot !== NONE) this.free = this.next[slot];
    else {
      slot = this.used;
      this.used += 1;
      this.reserve(this.used);
    }
    this.live += 1;
    return slot;
  }

  private reserve(slots: number): void {
    if (slots <= this.next.length) return;
    this.next = withRoom(this.next, slots);
    reserveBatch(this.batch, this.next.length);
  }

  /** Frees the slot of a row that belongs to no key any more; it can be read until the next `put`. */
  release(slot: number): void {
    this.live -= 1;
    this.next[slot] = this.free;
    this.free = slot;
  }

  writeFrame(writer: StateWriter): void {
    const counts = new Int32Array(this.keys);
    const order: number[] = [];
    for (let key = 0; key < counts.length; key += 1) {
      for (const slot of this.slotsOf(key)) {
        order.push(slot);
        counts[key] += 1;
      }
    }
    writer.ints(counts);
    saveColumns(writer, this.batch.columns, Int32Array.from(order));
    for (const hidden of HIDDEN) writer.floats(Float64Array.from(order, (slot) => this.batch[hidden][slot]));
  }

  readFrame(reader: StateReader): void {
    const counts = reader.ints();
    this.clear();
    this.free = NONE;
    this.used = this.live = counts.reduce((sum, count) => sum + count, 0);
    this.reserve(this.used);
    restoreColumns(reader, this.batch.columns);
    for (const hidden of HIDDEN) this.batch[hidden].set(reader.floats());
    let slot = 0;
    counts.forEach((count, key) => {
      for (const end = slot + count; slot < end; slot += 1) this.append(key, slot);
    });
  }

  writeEntries(entry: (key: number) => EntryWriter): void {
    for (let key = 0; key < this.keys; key += 1) {
      for (const slot of this.slotsOf(key)) writeRow(this.batch, slot, entry(key));
    }
  }

  readEntry(key: number, entry: EntryReader): void {
    while (!entry.finished) this.append(key, this.readRow(entry));
  }

  /** Returns the slot of the next row of an entry; it belongs to no key yet. */
  protected readRow(entry: EntryReader): number {
    const slot = this.take();
    readRow(entry, this.batch, slot);
    return slot;
  }
}

/** Rows in chains: two links per key and one per row, so that a row costs a copy and nothing else. */
export class KeyedRows extends RowsByKey {
  head: Int32Array = new Int32Array(16).fill(NONE);
  tail: Int32Array = new Int32Array(16).fill(NONE);
  /** Rows of each key. */
  count: Int32Array = new Int32Array(16);

  get keys(): number {
    return this.head.length;
  }

  *slotsOf(key: number): Iterable<number> {
    for (let slot = this.head[key]; slot !== NONE; slot = this.next[slot]) yield slot;
  }

  protected clear(): void {
    this.head.fill(NONE);
    this.tail.fill(NONE);
    this.count.fill(0);
  }

  reserveKeys(keys: number): void {
    this.head = withRoom(this.head, keys, NONE);
    this.tail = withRoom(this.tail, keys, NONE);
    this.count = withRoom(this.count, keys);
  }

  /** Adds a row after all rows of its key. */
  append(key: number, slot: number): void {
    this.reserveKeys(key + 1);
    this.next[slot] = NONE;
    if (this.tail[key] === NONE) this.head[key] = slot;
    else this.next[this.tail[key]] = slot;
    this.tail[key] = slot;
    this.count[key] += 1;
  }

  /** Adds a row where its time belongs, after rows of the same time. */
  insert(key: number, slot: number): void {
    const { time } = this.batch;
    if (this.tail[key] === NONE || time[this.tail[key]] <= time[slot]) return this.append(key, slot);
    let before = NONE;
    let at = this.head[key];
    while (time[at] <= time[slot]) {
      before = at;
      at = this.next[at];
    }
    this.next[slot] = at;
    if (before === NONE) this.head[key] = slot;
    else this.next[before] = slot;
    this.count[key] += 1;
  }

  /** Takes the oldest row of a key out of its chain; its slot is free once the caller has read it. */
  shift(key: number): number {
    const slot = this.head[key];
    this.head[key] = this.next[slot];
    if (this.head[key] === NONE) this.tail[key] = NONE;
    this.count[key] -= 1;
    this.release(slot);
    return slot;
  }

  after(slot: number): number {
    return this.next[slot];
  }
}

/** Rows in lists, for an order in which places are searched for: `lists[key]` has slots, and is the operator's to change. */
export class RowLists extends RowsByKey {
  readonly lists: number[][] = [];

  get keys(): number {
    return this.lists.length;
  }

  slotsOf(key: number): number[] {
    return this.lists[key] ?? [];
  }

  append(key: number, slot: number): void {
    (this.lists[key] ??= []).push(slot);
  }

  protected clear(): void {
    this.lists.length = 0;
  }
}

/** A row as it is in a checkpoint: the input number is left out, since it is of one run. */
export function writeRow(batch: ColumnBatch, row: number, entry: EntryWriter): void {
  entry.number(batch.time[row]);
  entry.number(batch.kind[row]);
  entry.number(batch.id0[row]);
  entry.number(batch.id1[row]);
  entry.number(batch.id2[row]);
  for (const column of batch.columns) entry.value(column, row);
}

/** Fills a row of a batch, which has room. */
export function readRow(entry: EntryReader, batch: ColumnBatch, row: number): void {
  batch.time[row] = entry.number();
  batch.kind[row] = entry.number();
  batch.id0[row] = entry.number();
  batch.id1[row] = entry.number();
  batch.id2[row] = entry.number();
  batch.input[row] = 0;
  for (const column of batch.columns) entry.value(column, row);
}
