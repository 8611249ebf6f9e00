import { RowsByTime } from './rowsByTime';
import { TimeIndex } from './timeIndex';

/**
 * Rows of a key by time, rows of one time as they came; and over all keys the oldest first, for an operator that lets
 * rows go by time.
 */
export class TimedRows extends RowsByTime {
  readonly index = new TimeIndex();

  /** Rows that keys have: others of a range may not have been looked at. */
  override get rows(): number {
    return this.index.size;
  }

  reserveKeys(keys: number): void {
    this.index.reserveKeys(keys);
  }

  countOf(key: number): number {
    return this.index.end[key] - this.index.begin[key];
  }

  slotsOf(key: number): Int32Array {
    return this.index.slots.subarray(this.index.begin[key], this.index.end[key]);
  }

  append(key: number, slot: number): void {
    this.index.reserveKeys(key + 1);
    this.key[slot] = key;
    this.index.insert(key, this.batch.time[slot], slot);
    this.due.push(slot);
  }

  /** Takes the oldest row of all keys out. */
  shift(): number {
    const slot = this.due.shift();
    this.index.shift(this.key[slot]);
    this.release(slot);
    return slot;
  }

  /** Takes the oldest row of a key out. It stays among the due ones, which may be before or behind. */
  shiftOf(key: number): void {
    const slot = this.index.slots[this.index.begin[key]];
    this.index.shift(key);
    this.release(slot);
  }

  /** Slots by time, then as they came. */
  inOrder(): Int32Array {
    const { begin, end, slots, size } = this.index;
    const held = new Int32Array(size);
    let count = 0;
    for (let key = 0; key < begin.length; key += 1)
      for (let at = begin[key]; at < end[key]; at += 1) held[count++] = slots[at];
    return held.sort((a, b) => this.due.compare(a, b));
  }

  each(visit: (key: number, slot: number) => void): void {
    for (const slot of this.inOrder()) visit(this.key[slot], slot);
  }

  protected clear(): void {
    this.index.clear();
    this.due.clear();
  }
}
