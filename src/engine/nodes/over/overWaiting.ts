import { makeBatch, MIN_TIME, reserveBatch, type ColumnBatch, type Schema } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { copyRows, gather, shareDictionary } from '../../stream/rows';

/** Dead rows that are not worth moving the living for. */
const FEW = 1_024;
const HIDDEN = ['time', 'input', 'kind', 'id0', 'id1', 'id2'] as const;

/**
 * Rows that wait for the watermark. They are kept as they came, in bulk; `order` has their places by time, ties as
 * they came. A row out of order moves only places.
 */
export class WaitingRows {
  private rows: ColumnBatch;
  private spare: ColumnBatch;
  private keys = new Int32Array(256);
  private order: Int32Array<ArrayBuffer> = new Int32Array(256);
  private begin = 0;
  private end = 0;

  constructor(schema: Schema) {
    this.rows = makeBatch(schema);
    this.spare = makeBatch(schema);
  }

  get size(): number {
    return this.end - this.begin;
  }

  /** Time of the newest, or MIN_TIME. */
  get newest(): number {
    return this.size === 0 ? MIN_TIME : this.rows.time[this.order[this.end - 1]];
  }

  /** How many have a time at or before `watermark`. */
  dueBy(watermark: number): number {
    const { time } = this.rows;
    let at = this.begin;
    while (at < this.end && time[this.order[at]] <= watermark) at += 1;
    return at - this.begin;
  }

  append(batch: ColumnBatch, keys: Int32Array, from: number, to: number): void {
    if (this.rows.length > 2 * this.size + FEW) this.compact();
    const at = this.rows.length;
    const length = at + to - from;
    reserveBatch(this.rows, length);
    if (this.keys.length < length) this.keys = grown(this.keys, length);
    if (this.order.length < this.end + to - from) this.order = grown(this.order, this.end + to - from);
    copyRows(batch, from, to, this.rows);
    this.keys.set(keys.subarray(from, to), at);
    const { time } = this.rows;
    for (let place = at; place < length; place += 1) {
      const last = this.end > this.begin ? time[this.order[this.end - 1]] : MIN_TIME;
      const put = time[place] >= last ? this.end : this.placeFor(time[place]);
      if (put < this.end) this.order.copyWithin(put + 1, put, this.end);
      this.order[put] = place;
      this.end += 1;
    }
  }

  /** Behind all that are as old as `time`. */
  private placeFor(time: number): number {
    let low = this.begin;
    let high = this.end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rows.time[this.order[middle]] <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Moves the oldest `count` rows to the end of `out`, which has room, and their keys beside them. */
  take(count: number, out: ColumnBatch, keys: Int32Array): void {
    const places = this.order.subarray(this.begin, this.begin + count);
    for (let i = 0; i < count; i += 1) keys[out.length + i] = this.keys[places[i]];
    gatherRows(this.rows, places, count, out);
    this.begin += count;
    if (this.size > 0) return;
    this.rows.length = 0;
    this.begin = 0;
    this.end = 0;
  }

  private compact(): void {
    const { rows, spare, size } = this;
    const places = this.order.subarray(this.begin, this.end);
    this.keys.set(Int32Array.from(places, (place) => this.keys[place]));
    reserveBatch(spare, size);
    spare.length = 0;
    gatherRows(rows, places, size, spare);
    this.rows = spare;
    this.spare = rows;
    this.number(size);
  }

  /** Rows [0, size) wait, in order. */
  private number(size: number): void {
    for (let i = 0; i < size; i += 1) this.order[i] = i;
    this.begin = 0;
    this.end = size;
  }

  save(writer: StateWriter): void {
    if (this.size > 0) this.compact();
    const { rows, size } = this;
    writer.ints(this.keys, size);
    for (const column of rows.columns) {
      writer.floats(Float64Array.from(column.data.subarray(0, size)));
      writer.small(column.valid ? column.valid.subarray(0, size) : NO_NULLS);
    }
    for (const hidden of HIDDEN) writer.floats(Float64Array.from(rows[hidden].subarray(0, size)));
  }

  restore(reader: StateReader): void {
    const keys = reader.ints();
    const size = keys.length;
    if (this.keys.length < size) this.keys = grown(this.keys, size);
    if (this.order.length < size) this.order = grown(this.order, size);
    this.keys.set(keys);
    const { rows } = this;
    reserveBatch(rows, size);
    rows.length = size;
    for (const column of rows.columns) {
      column.data.set(reader.floats());
      const valid = reader.small();
      if (valid.length > 0) (column.valid ??= new Uint8Array(column.data.length).fill(1)).set(valid);
      else column.valid?.fill(1);
    }
    for (const hidden of HIDDEN) rows[hidden].set(reader.floats());
    this.number(size);
  }
}

const NO_NULLS = new Uint8Array(0);

function gatherRows(from: ColumnBatch, places: Int32Array, count: number, out: ColumnBatch): void {
  const at = out.length;
  for (let i = 0; i < from.columns.length; i += 1) {
    shareDictionary(from.columns[i], out.columns[i]);
    gather(from.columns[i], places, count, out.columns[i], at);
  }
  for (const hidden of HIDDEN) {
    const source = from[hidden];
    const target = out[hidden];
    for (let i = 0; i < count; i += 1) target[at + i] = source[places[i]];
  }
  out.length = at + count;
}

function grown(values: Int32Array<ArrayBuffer>, least: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(least, values.length * 2));
  larger.set(values);
  return larger;
}
