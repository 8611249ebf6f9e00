import { withRoom, type ColumnBatch } from '../../model';
import { gather } from '../stream/rows';
import { RowsByTime } from './rowsByTime';
import { adoptDictionary } from './savedRows';

const HIDDEN = ['time', 'input', 'kind', 'id0', 'id1', 'id2'] as const;

/** Rows of all keys that wait for the watermark: by time, rows of one time as they came. */
export class WaitingRows extends RowsByTime {
  /** Scratch: slots by row of a range. */
  private slots = new Int32Array(0);

  get size(): number {
    return this.due.size;
  }

  /** Time of the newest, or MIN_TIME. */
  get newest(): number {
    return this.due.newest;
  }

  /** Takes in rows [from, to), which have keys `keys[from … to)`. */
  enter(rows: ColumnBatch, keys: Int32Array, from: number, to: number): void {
    this.slots = withRoom(this.slots, to);
    this.putRange(rows, from, to, keys, this.slots);
    for (let row = from; row < to; row += 1) this.due.push(this.slots[row]);
  }

  append(key: number, slot: number): void {
    this.key[slot] = key;
    this.due.push(slot);
  }

  /** Takes out what has a time at or before `watermark`; the slots can be read until the next rows enter. */
  leave(watermark: number): Int32Array {
    const { due } = this;
    let count = 0;
    for (; due.size > 0 && due.oldest <= watermark; count += 1) {
      this.slots = withRoom(this.slots, count + 1);
      this.slots[count] = due.shift();
      this.release(this.slots[count]);
    }
    return this.slots.subarray(0, count);
  }

  /** Appends rows to `out`, which has room, and puts their keys beside them. */
  copy(slots: Int32Array, out: ColumnBatch, keys: Int32Array): void {
    const { batch } = this;
    const at = out.length;
    for (let i = 0; i < slots.length; i += 1) keys[at + i] = this.key[slots[i]];
    batch.columns.forEach((column, i) => {
      adoptDictionary(out.columns[i], column.dictionary, at);
      gather(column, slots, slots.length, out.columns[i], at);
    });
    for (const name of HIDDEN) for (let i = 0; i < slots.length; i += 1) out[name][at + i] = batch[name][slots[i]];
    out.length = at + slots.length;
  }

  each(visit: (key: number, slot: number) => void): void {
    for (const slot of this.due.inOrder()) visit(this.key[slot], slot);
  }

  protected clear(): void {
    this.due.clear();
  }
}
