import { makeTable, type Column, type ColumnBatch, type Schema, type Table } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type FrameRows } from './rollSums';
import { adoptDictionary } from '../state/savedRows';

const FIRST_SIZE = 1_024;
/** A burst must not ask for too much: for so many times what there is, up to so many rows. */
const MOST_GROWTH = 32;
const MOST_EXPECTED = 1 << 20;
const NO_CHAINS = new Int32Array(0);

/**
 * Rows of moving frames in the order in which they were answered. Row number n is at place `n & mask`; rows
 * [start, head) are there, and the cursor `tail` has passed those before it. What has left a frame stays a while, for
 * rows that are still to come from behind the watermark. Of the columns only those in `used` are kept.
 */
export class FrameRing implements FrameRows {
  time = new Float64Array(FIRST_SIZE);
  base: Int32Array<ArrayBuffer> = new Int32Array(FIRST_SIZE);
  /** Number of the row before it of the same key; empty while rows are not chained. */
  before: Int32Array<ArrayBuffer> = NO_CHAINS;
  mask = FIRST_SIZE - 1;
  start = 0;
  tail = 0;
  head = 0;
  skipped = 0;
  readonly table: Table;

  constructor(
    schema: Schema,
    readonly used: readonly number[],
  ) {
    this.table = makeTable(schema);
    this.resizeColumns(FIRST_SIZE);
  }

  get isChained(): boolean {
    return this.before.length > 0;
  }

  makeChains(): void {
    this.before = new Int32Array(this.mask + 1);
  }

  /** Where the slots of a row's key start. */
  owner(number: number): number {
    const base = this.base[number & this.mask];
    return base < 0 ? ~base : base;
  }

  /** Makes room for `count` rows more, which start at time `now`; what has left its frame and is from before `least` may go. */
  reserve(count: number, least: number, now: number): void {
    const size = this.mask + 1;
    if (this.head + count - this.start <= size) return;
    const age = now - this.time[this.start & this.mask];
    this.drop(least);
    const needed = this.head + count - this.start;
    // Room gained must be worth the walk, else it would be walked again for every row.
    if (needed * 4 <= size * 3) return;
    // If rows keep coming as they have, so many will be kept; to grow there at once saves moving them at every step.
    const expected = Math.min(needed * ((now - least) / age), size * MOST_GROWTH, MOST_EXPECTED);
    let larger = size * 2;
    while (larger < needed || larger < expected) larger *= 2;
    this.resize(larger);
  }

  /** Forgets rows at the front that are from before `least` and have left their frames. */
  drop(least: number): void {
    const { time, mask, tail } = this;
    let { start } = this;
    while (start < tail && time[start & mask] < least) start += 1;
    this.start = start;
  }

  /** Puts row `row` of `rows` at the head and returns its number. */
  push(rows: Table, row: number, time: number, base: number): number {
    const number = this.head;
    const at = number & this.mask;
    this.time[at] = time;
    this.base[at] = base;
    for (const i of this.used) {
      const source = rows.columns[i];
      const target = this.table.columns[i];
      adoptDictionary(target, source.dictionary, this.mask + 1);
      target.data[at] = source.data[row];
      if (source.valid !== null || target.valid !== null) {
        target.valid ??= new Uint8Array(this.mask + 1).fill(1);
        target.valid[at] = source.valid ? source.valid[row] : 1;
      }
    }
    this.head = number + 1;
    return number;
  }

  /** Puts rows [from, to), of which no value is null, at the head, with the keys that have ids `keys` and `width` slots. */
  pushAll(rows: ColumnBatch, from: number, to: number, keys: Int32Array, width: number): void {
    for (let row = from; row < to;) {
      const at = this.head & this.mask;
      const count = Math.min(to - row, this.mask + 1 - at);
      this.time.set(rows.time.subarray(row, row + count), at);
      for (const i of this.used) {
        adoptDictionary(this.table.columns[i], rows.columns[i].dictionary, this.mask + 1);
        this.table.columns[i].data.set(rows.columns[i].data.subarray(row, row + count), at);
      }
      scale(keys, row, count, width, this.base, at);
      this.head += count;
      row += count;
    }
  }

  private resize(size: number): void {
    const { start, head, mask } = this;
    const moved = <T extends Column['data']>(old: T): T => {
      const fresh = new (old.constructor as new (n: number) => T)(size);
      for (let number = start; number < head;) {
        const at = number & mask;
        const end = Math.min(mask + 1, at + head - number);
        fresh.set(old.subarray(at, end), number & (size - 1));
        number += end - at;
      }
      return fresh;
    };
    this.time = moved(this.time);
    this.base = moved(this.base);
    if (this.isChained) this.before = moved(this.before);
    for (const i of this.used) {
      const column = this.table.columns[i];
      column.data = moved(column.data);
      if (column.valid) column.valid = moved(column.valid);
    }
    this.mask = size - 1;
  }

  private resizeColumns(size: number): void {
    for (const i of this.used) {
      const column = this.table.columns[i];
      column.data = new (column.data.constructor as new (n: number) => typeof column.data)(size);
      column.valid = null;
    }
  }

  writeFrame(writer: StateWriter): void {
    const { start, head, mask, used } = this;
    const places = Int32Array.from({ length: head - start }, (_, i) => (start + i) & mask);
    writer.number(start);
    writer.number(this.tail);
    writer.number(this.skipped);
    writer.floats(Float64Array.from(places, (at) => this.time[at]));
    writer.ints(places.map((at) => this.base[at]));
    writer.ints(this.isChained ? places.map((at) => this.before[at]) : NO_CHAINS);
    for (const i of used) {
      const { data, valid } = this.table.columns[i];
      writer.floats(Float64Array.from(places, (at) => data[at]));
      writer.small(valid ? Uint8Array.from(places, (at) => valid[at]) : new Uint8Array(0));
    }
  }

  readFrame(reader: StateReader): void {
    this.start = this.head = reader.number();
    this.tail = reader.number();
    this.skipped = reader.number();
    const time = reader.floats();
    let size = this.mask + 1;
    while (size < time.length) size *= 2;
    if (size > this.mask + 1) this.resize(size);
    this.head = this.start + time.length;
    this.place(time, this.time);
    this.place(reader.ints(), this.base);
    const before = reader.ints();
    this.before = before.length === 0 ? NO_CHAINS : new Int32Array(size);
    this.place(before, this.before);
    for (const i of this.used) {
      const column = this.table.columns[i];
      this.place(reader.floats(), column.data);
      const valid = reader.small();
      column.valid?.fill(1);
      if (valid.length > 0) this.place(valid, (column.valid ??= new Uint8Array(size).fill(1)));
    }
  }

  /** Puts the values of rows from `start` on into their places. */
  private place(values: Column['data'], into: Column['data']): void {
    for (let i = 0; i < values.length; i += 1) into[(this.start + i) & this.mask] = values[i];
  }
}

function scale(keys: Int32Array, from: number, count: number, width: number, bases: Int32Array, at: number): void {
  for (let i = 0; i < count; i += 1) bases[at + i] = keys[from + i] * width;
}
