import { makeBatch, reserveBatch, withRoom, type ColumnBatch, type Schema } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { copyValue } from '../stream/rows';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { adoptDictionary, restoreColumns, saveColumns } from './savedRows';
import { type Store } from './store';

type Numbers = Float64Array | Int32Array | Uint8Array;

const NONE = -1;
const REMEMBERED = ['time', 'kind'] as const;
const IDENTITY = ['id0', 'id1', 'id2'] as const;
const HIDDEN = [...REMEMBERED, ...IDENTITY, 'input'] as const;
/** Hidden columns that are remembered; the time always is. */
export type Hidden = readonly (typeof HIDDEN)[number][];

/**
 * Rows by key, column by column: a row has a slot for as long as it is held, and slots are used again. Which rows a key
 * has, and in which order, is for the subclass to say: `KeyedRows` for chains, `RowLists` for orders of an operator's
 * own, `TimedRows` for rows that are searched for, or leave, by time.
 *
 * In a checkpoint the identities of rows are names. The input number is left out, since it is of one run.
 *
 * A slot that has been released can be read until the next `put`. So an operator may note slots while it goes through a
 * range, and copy their columns at its end.
 */
export abstract class RowsByKey implements Store {
  /** Columns by slot. */
  readonly batch: ColumnBatch;
  /** Rows held. */
  live = 0;
  /** The key of each slot that was filled by `putRange` or appended to a chain or by time. */
  key: Int32Array = new Int32Array(256);
  /** Next row of the same key, or the next free slot. */
  protected next = new Int32Array(256);
  private free = NONE;
  private used = 0;

  /** `hidden`: the columns that `putRange` copies. `names`: how many of the last columns are names too. */
  constructor(
    schema: Schema,
    private readonly hidden: Hidden = HIDDEN,
    private readonly names = 0,
  ) {
    this.batch = makeBatch(schema);
  }

  get rows(): number {
    return this.live;
  }

  /** Puts a row last in the order of its key. */
  abstract append(key: number, slot: number): void;
  /** Visits the rows that keys have, in an order in which `append` restores them. */
  abstract each(visit: (key: number, slot: number) => void): void;
  /** No key has any row. */
  protected abstract clear(): void;

  /** Copies a row in and returns its slot; it belongs to no key yet. Either may have more columns than the other. */
  put(from: ColumnBatch, row: number): number {
    const slot = this.take();
    const { batch } = this;
    batch.time[slot] = from.time[row];
    batch.input[slot] = from.input[row];
    batch.kind[slot] = from.kind[row];
    batch.id0[slot] = from.id0[row];
    batch.id1[slot] = from.id1[row];
    batch.id2[slot] = from.id2[row];
    const columns = Math.min(from.columns.length, batch.columns.length);
    for (let i = 0; i < columns; i += 1) {
      adoptDictionary(batch.columns[i], from.columns[i].dictionary, this.used);
      copyValue(from.columns[i], row, batch.columns[i], slot);
    }
    return slot;
  }

  /** The same for rows [begin, end), column by column: row i goes to `slots[i]`. */
  putRange(from: ColumnBatch, begin: number, end: number, keys: Int32Array, slots: Int32Array): void {
    for (let row = begin; row < end; row += 1) slots[row] = this.take();
    const { batch, key } = this;
    for (let row = begin; row < end; row += 1) key[slots[row]] = keys[row];
    for (const name of this.hidden) scatter(from[name], batch[name], begin, end, slots);
    for (let i = 0; i < from.columns.length; i += 1) {
      const { data, valid, dictionary } = from.columns[i];
      const held = batch.columns[i];
      adoptDictionary(held, dictionary, this.used);
      scatter(data, held.data, begin, end, slots);
      if (valid === null && held.valid === null) continue;
      held.valid ??= new Uint8Array(held.data.length).fill(1);
      if (valid) scatter(valid, held.valid, begin, end, slots);
      else for (let row = begin; row < end; row += 1) held.valid[slots[row]] = 1;
    }
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
    this.key = withRoom(this.key, this.next.length);
    reserveBatch(this.batch, this.next.length);
  }

  /** Frees the slot of a row that belongs to no key any more. */
  release(slot: number): void {
    this.live -= 1;
    this.next[slot] = this.free;
    this.free = slot;
  }

  /** Slots stay as they are, so what else names them can be written as it is. */
  writeFrame(writer: StateWriter): void {
    const keys: number[] = [];
    const slots: number[] = [];
    this.each((key, slot) => {
      keys.push(key);
      slots.push(slot);
    });
    const places = Int32Array.from(slots);
    writer.number(this.used);
    writer.ints(Int32Array.from(keys));
    writer.ints(places);
    saveColumns(writer, this.batch.columns, places);
    for (const name of HIDDEN) writer.floats(Float64Array.from(slots, (slot) => this.batch[name][slot]));
  }

  readFrame(reader: StateReader): void {
    this.used = reader.number();
    this.reserve(this.used);
    const keys = reader.ints();
    const slots = reader.ints();
    restoreColumns(reader, this.batch.columns, slots);
    for (const name of HIDDEN) scatter(reader.floats(), this.batch[name], 0, slots.length, slots);
    this.clear();
    this.freeAllBut(slots);
    slots.forEach((slot, i) => this.append(keys[i], slot));
  }

  private freeAllBut(slots: Int32Array): void {
    const held = new Uint8Array(this.used);
    for (const slot of slots) held[slot] = 1;
    this.free = NONE;
    this.live = this.used;
    for (let slot = this.used - 1; slot >= 0; slot -= 1) if (held[slot] === 0) this.release(slot);
  }

  writeEntries(entry: (key: number) => EntryWriter, names: (key: number) => EntryWriter): void {
    this.each((key, slot) => this.writeRow(slot, entry(key), names(key)));
  }

  readEntry(key: number, entry: EntryReader, names: EntryReader): void {
    while (!entry.finished) this.append(key, this.readRow(entry, names));
  }

  protected writeRow(slot: number, entry: EntryWriter, names: EntryWriter): void {
    const { batch } = this;
    for (const column of REMEMBERED) entry.number(batch[column][slot]);
    for (const column of IDENTITY) names.number(batch[column][slot]);
    batch.columns.forEach((column, i) => (this.isName(i) ? names : entry).value(column, slot));
  }

  /** Returns the slot of the next row of an entry; it belongs to no key yet. */
  protected readRow(entry: EntryReader, names: EntryReader): number {
    const slot = this.take();
    const { batch } = this;
    batch.input[slot] = 0;
    for (const column of REMEMBERED) batch[column][slot] = entry.number();
    for (const column of IDENTITY) batch[column][slot] = names.number();
    batch.columns.forEach((column, i) => (this.isName(i) ? names : entry).value(column, slot));
    return slot;
  }

  private isName(column: number): boolean {
    return column >= this.batch.columns.length - this.names;
  }
}

/** Rows in chains: two links per key and two per row, so that any row can be taken out without a search. */
export class KeyedRows extends RowsByKey {
  head: Int32Array = new Int32Array(16).fill(NONE);
  tail: Int32Array = new Int32Array(16).fill(NONE);
  /** Rows of each key. */
  count: Int32Array = new Int32Array(16);
  /** The row of the same key before each. */
  private before = new Int32Array(256);

  /** In a list of its own, which does not change with the chain. */
  slotsOf(key: number): number[] {
    const slots: number[] = [];
    for (let slot = this.head[key] ?? NONE; slot !== NONE; slot = this.next[slot]) slots.push(slot);
    return slots;
  }

  countOf(key: number): number {
    return this.count[key] ?? 0;
  }

  each(visit: (key: number, slot: number) => void): void {
    for (let key = 0; key < this.head.length; key += 1)
      for (let slot = this.head[key]; slot !== NONE; slot = this.next[slot]) visit(key, slot);
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
    this.link(key, this.tail[key], slot, NONE);
  }

  /** Adds a row where its time belongs, after rows of the same time. */
  insert(key: number, slot: number): void {
    const { time } = this.batch;
    this.reserveKeys(key + 1);
    let before = this.tail[key];
    // Most rows come in order.
    while (before !== NONE && time[before] > time[slot]) before = this.before[before];
    this.link(key, before, slot, before === NONE ? this.head[key] : this.next[before]);
  }

  private link(key: number, before: number, slot: number, after: number): void {
    this.before = withRoom(this.before, this.next.length);
    this.key[slot] = key;
    this.before[slot] = before;
    this.next[slot] = after;
    if (before === NONE) this.head[key] = slot;
    else this.next[before] = slot;
    if (after === NONE) this.tail[key] = slot;
    else this.before[after] = slot;
    this.count[key] += 1;
  }

  /** Takes a row out of the chain of its key, wherever it is. */
  remove(slot: number): void {
    const key = this.key[slot];
    const before = this.before[slot];
    const after = this.next[slot];
    if (before === NONE) this.head[key] = after;
    else this.next[before] = after;
    if (after === NONE) this.tail[key] = before;
    else this.before[after] = before;
    this.count[key] -= 1;
    this.release(slot);
  }

  /** Takes the oldest row of a key out of its chain; its slot is free once the caller has read it. */
  shift(key: number): number {
    const slot = this.head[key];
    this.remove(slot);
    return slot;
  }

  after(slot: number): number {
    return this.next[slot];
  }
}

/** Rows in lists, for an order in which places are searched for: `lists[key]` has slots, and is the operator's to change. */
export class RowLists extends RowsByKey {
  readonly lists: number[][] = [];

  slotsOf(key: number): number[] {
    return this.lists[key] ?? [];
  }

  each(visit: (key: number, slot: number) => void): void {
    this.lists.forEach((list, key) => {
      for (const slot of list) visit(key, slot);
    });
  }

  append(key: number, slot: number): void {
    (this.lists[key] ??= []).push(slot);
  }

  protected clear(): void {
    this.lists.length = 0;
  }
}

/** `to[slots[row]]` becomes `from[row]`, for rows [begin, end). */
function scatter(from: Numbers, to: Numbers, begin: number, end: number, slots: Int32Array): void {
  for (let row = begin; row < end; row += 1) to[slots[row]] = from[row];
}
