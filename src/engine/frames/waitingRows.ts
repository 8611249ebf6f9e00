import { firstWhere, makeBatch, MIN_TIME, reserveBatch, withRoom, type ColumnBatch, type Schema } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { adoptDictionary, restoreColumns, saveColumns } from '../state/savedRows';
import { readRow, writeRow } from '../state/rows';
import { type Store } from '../state/store';
import { copyRows, gather } from '../stream/rows';

/** Dead rows that are not worth moving the living for. */
const FEW = 1_024;
const HIDDEN = ['time', 'input', 'kind', 'id0', 'id1', 'id2'] as const;

/**
 * Rows that wait for the watermark. They are kept as they came, in bulk; `order` has their places by time, ties as
 * they came. A row out of order moves only places.
 */
export class WaitingRows implements Store {
  private batch: ColumnBatch;
  private spare: ColumnBatch;
  private keys = new Int32Array(256);
  private order: Int32Array<ArrayBuffer> = new Int32Array(256);
  private begin = 0;
  private end = 0;

  constructor(schema: Schema) {
    this.batch = makeBatch(schema);
    this.spare = makeBatch(schema);
  }

  get size(): number {
    return this.end - this.begin;
  }

  get rows(): number {
    return this.size;
  }

  /** Time of the newest, or MIN_TIME. */
  get newest(): number {
    return this.size === 0 ? MIN_TIME : this.batch.time[this.order[this.end - 1]];
  }

  /** How many have a time at or before `watermark`. */
  dueBy(watermark: number): number {
    const { time } = this.batch;
    let at = this.begin;
    while (at < this.end && time[this.order[at]] <= watermark) at += 1;
    return at - this.begin;
  }

  /** Rows that wait take over the dictionaries of the rows that come: some are answered together. */
  adopt({ columns }: ColumnBatch): void {
    if (this.size === 0) return;
    this.batch.columns.forEach((column, i) => adoptDictionary(column, columns[i].dictionary, this.batch.length));
  }

  append(batch: ColumnBatch, keys: Int32Array, from: number, to: number): void {
    if (this.batch.length > 2 * this.size + FEW) this.compact();
    const at = this.batch.length;
    const length = at + to - from;
    reserveBatch(this.batch, length);
    this.keys = withRoom(this.keys, length);
    this.order = withRoom(this.order, this.end + to - from);
    copyRows(batch, from, to, this.batch);
    this.keys.set(keys.subarray(from, to), at);
    const { time } = this.batch;
    for (let place = at; place < length; place += 1) {
      const last = this.end > this.begin ? time[this.order[this.end - 1]] : MIN_TIME;
      // After all that are as old.
      const put =
        time[place] >= last ? this.end : firstWhere(this.begin, this.end, (one) => time[this.order[one]] > time[place]);
      if (put < this.end) this.order.copyWithin(put + 1, put, this.end);
      this.order[put] = place;
      this.end += 1;
    }
  }

  /** Moves the oldest `count` rows to the end of `out`, which has room, and their keys beside them. */
  take(count: number, out: ColumnBatch, keys: Int32Array): void {
    const places = this.order.subarray(this.begin, this.begin + count);
    for (let i = 0; i < count; i += 1) keys[out.length + i] = this.keys[places[i]];
    gatherRows(this.batch, places, count, out);
    this.begin += count;
    if (this.size > 0) return;
    this.batch.length = 0;
    this.begin = 0;
    this.end = 0;
  }

  private compact(): void {
    const { batch: rows, spare, size } = this;
    const places = this.order.subarray(this.begin, this.end);
    this.keys.set(Int32Array.from(places, (place) => this.keys[place]));
    reserveBatch(spare, size);
    spare.length = 0;
    gatherRows(rows, places, size, spare);
    this.batch = spare;
    this.spare = rows;
    this.number(size);
  }

  /** Rows [0, size) wait, in order. */
  private number(size: number): void {
    for (let i = 0; i < size; i += 1) this.order[i] = i;
    this.begin = 0;
    this.end = size;
  }

  writeFrame(writer: StateWriter): void {
    if (this.size > 0) this.compact();
    const { batch, size } = this;
    writer.ints(this.keys, size);
    saveColumns(writer, batch.columns, this.order.subarray(0, size));
    for (const hidden of HIDDEN) writer.floats(Float64Array.from(batch[hidden].subarray(0, size)));
  }

  readFrame(reader: StateReader): void {
    const keys = reader.ints();
    this.reserve(keys.length);
    this.keys.set(keys);
    const { batch } = this;
    batch.length = keys.length;
    restoreColumns(reader, batch.columns);
    for (const hidden of HIDDEN) batch[hidden].set(reader.floats());
    this.number(keys.length);
  }

  private reserve(size: number): void {
    reserveBatch(this.batch, size);
    this.keys = withRoom(this.keys, size);
    this.order = withRoom(this.order, size);
  }

  writeEntries(entry: (key: number) => EntryWriter): void {
    for (let i = this.begin; i < this.end; i += 1) {
      const place = this.order[i];
      writeRow(this.batch, place, entry(this.keys[place]));
    }
  }

  readEntry(key: number, entry: EntryReader): void {
    const { batch } = this;
    for (; !entry.finished; batch.length += 1) {
      this.reserve(batch.length + 1);
      readRow(entry, batch, batch.length);
      this.keys[batch.length] = key;
    }
  }

  /** Rows of one time and different keys have no order. */
  settle(): void {
    const { time, length } = this.batch;
    this.number(length);
    this.order.subarray(0, length).sort((a, b) => time[a] - time[b] || a - b);
  }
}

function gatherRows(from: ColumnBatch, places: Int32Array, count: number, out: ColumnBatch): void {
  const at = out.length;
  for (let i = 0; i < from.columns.length; i += 1) {
    adoptDictionary(out.columns[i], from.columns[i].dictionary, at);
    gather(from.columns[i], places, count, out.columns[i], at);
  }
  for (const hidden of HIDDEN) {
    const source = from[hidden];
    const target = out[hidden];
    for (let i = 0; i < count; i += 1) target[at + i] = source[places[i]];
  }
  out.length = at + count;
}
