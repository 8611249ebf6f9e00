import { makeBatch, reserveBatch, type ColumnBatch, type Schema } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { copyValue } from '../../stream/rows';
import { adoptDictionary, restoreColumns, saveColumns } from '../../state/savedRows';

const NONE = -1;

/**
 * Rows that a rolling aggregate keeps: per key a chain in time order. Slots are reused; a chain is two links per key
 * and one per row, so that a row costs a copy and nothing else.
 */
export class RollingStore {
  readonly rows: ColumnBatch;
  /** Next row of the same key, or the next free slot. */
  private next = new Int32Array(256);
  private free = NONE;
  private used = 0;
  /** Rows held now. */
  live = 0;
  head: Int32Array = new Int32Array(16).fill(NONE);
  tail: Int32Array = new Int32Array(16).fill(NONE);
  /** Rows in each key's chain. */
  count: Int32Array = new Int32Array(16);

  constructor(schema: Schema) {
    this.rows = makeBatch(schema);
  }

  reserveKeys(keys: number): void {
    if (keys <= this.head.length) return;
    const size = Math.max(keys, this.head.length * 2);
    const grow = (old: Int32Array, fill: number): Int32Array => {
      const grown = new Int32Array(size).fill(fill);
      grown.set(old);
      return grown;
    };
    this.head = grow(this.head, NONE);
    this.tail = grow(this.tail, NONE);
    this.count = grow(this.count, 0);
  }

  /** Copies a row in and returns its slot; it is in no chain yet. */
  put(batch: ColumnBatch, row: number): number {
    let slot = this.free;
    if (slot !== NONE) this.free = this.next[slot];
    else {
      slot = this.used;
      this.used += 1;
      if (slot === this.next.length) {
        const grown = new Int32Array(slot * 2);
        grown.set(this.next);
        this.next = grown;
        reserveBatch(this.rows, slot * 2);
      }
    }
    this.live += 1;
    const { rows } = this;
    rows.time[slot] = batch.time[row];
    rows.input[slot] = batch.input[row];
    rows.kind[slot] = batch.kind[row];
    rows.id0[slot] = batch.id0[row];
    rows.id1[slot] = batch.id1[row];
    rows.id2[slot] = batch.id2[row];
    for (let i = 0; i < rows.columns.length; i += 1) {
      adoptDictionary(rows.columns[i], batch.columns[i].dictionary, this.used);
      copyValue(batch.columns[i], row, rows.columns[i], slot);
    }
    return slot;
  }

  /** Adds a row behind all rows of its key. */
  append(key: number, slot: number): void {
    this.next[slot] = NONE;
    if (this.tail[key] === NONE) this.head[key] = slot;
    else this.next[this.tail[key]] = slot;
    this.tail[key] = slot;
    this.count[key] += 1;
  }

  /** Adds a row where its time belongs, behind rows of the same time. */
  insert(key: number, slot: number): void {
    const { time } = this.rows;
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

  /** Frees a slot that is in no chain. */
  release(slot: number): void {
    this.live -= 1;
    this.next[slot] = this.free;
    this.free = slot;
  }

  after(slot: number): number {
    return this.next[slot];
  }

  save(writer: StateWriter, keys: number, loose: Int32Array): void {
    const order: number[] = [];
    for (let key = 0; key < keys; key += 1) {
      for (let slot = this.head[key] ?? NONE; slot !== NONE; slot = this.next[slot]) order.push(slot);
    }
    order.push(...loose);
    writer.number(keys);
    writer.ints(this.count, keys);
    writer.number(order.length);
    const pick = (data: ArrayLike<number>): Float64Array => Float64Array.from(order, (slot) => data[slot]);
    saveColumns(writer, this.rows.columns, Int32Array.from(order));
    for (const hidden of ['time', 'input', 'kind', 'id0', 'id1', 'id2'] as const)
      writer.floats(pick(this.rows[hidden]));
  }

  /** Puts everything back; returns the slots of the loose rows, in order. */
  restore(reader: StateReader): Int32Array {
    const keys = reader.number();
    const counts = reader.ints();
    const total = reader.number();
    this.reserveKeys(keys);
    this.head.fill(NONE);
    this.tail.fill(NONE);
    this.count.fill(0);
    this.free = NONE;
    this.used = total;
    this.live = total;
    while (this.next.length < total) {
      this.next = new Int32Array(this.next.length * 2);
      reserveBatch(this.rows, this.next.length);
    }
    restoreColumns(reader, this.rows.columns);
    for (const hidden of ['time', 'input', 'kind', 'id0', 'id1', 'id2'] as const)
      this.rows[hidden].set(reader.floats());
    let slot = 0;
    for (let key = 0; key < keys; key += 1)
      for (let left = counts[key]; left > 0; left -= 1, slot += 1) this.append(key, slot);
    return Int32Array.from({ length: total - slot }, (_, i) => slot + i);
  }
}

let bases = new Int32Array(256);

/** The aggregate kernels find a row's group under the row's number: this is such an array for one row. */
export function oneRow(base: number, row: number): Int32Array {
  if (bases.length <= row) bases = new Int32Array(Math.max(row + 1, bases.length * 2));
  bases[row] = base;
  return bases;
}
