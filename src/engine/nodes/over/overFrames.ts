import { MIN_TIME, type ColumnBatch } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type AggregateLayout } from '../../aggregates';

/** The frames of all keys: what stands in each, and the aggregates that follow from it. */
export interface Frames {
  /** How many rows stand in frames. */
  readonly rows: number;
  readonly records: KeyRecords;
  /**
   * Moves the frames over rows [from, to) of `out`, whose keys are `keys[from … to)`, and fills in their results. Rows
   * come in time order, behind all that came before; rows that are older than those come as peers, all of one time,
   * and are newer than the last of their own keys.
   */
  answer(out: ColumnBatch, keys: Int32Array, from: number, to: number, input: number): void;
  /** Whether a frame of a row of that time, older than the newest answer, can still be told whole. */
  reaches(time: number): boolean;
  /** What a state row shows people. */
  values(key: number): number[];
  save(writer: StateWriter, keys: number): void;
  /** `keys`: as many as were saved. */
  restore(reader: StateReader, keys: number): void;
}

/**
 * One record per key, all in one array, so that a row finds all that it touches in one place: the aggregate's slots,
 * the time of the last row answered, and `links` whole numbers of the frames' own (-1 at first).
 */
export class KeyRecords {
  slots = new Float64Array(0);
  /** The same memory as whole numbers, two to a slot: a record's links start at `linksAt(base)`. */
  links = new Int32Array(0);
  readonly width: number;
  private capacity = 0;

  constructor(
    readonly layout: AggregateLayout,
    links: number,
  ) {
    this.width = layout.stride + 1 + Math.ceil(links / 2);
    this.reserve(1);
  }

  reserve(keys: number): void {
    if (keys <= this.capacity) return;
    const size = Math.max(keys, this.capacity * 2, 16);
    const slots = new Float64Array(size * this.width);
    slots.set(this.slots);
    this.slots = slots;
    this.links = new Int32Array(slots.buffer);
    this.clear(this.capacity, size);
    this.capacity = size;
  }

  linksAt(base: number): number {
    return 2 * (base + this.layout.stride + 1);
  }

  /** Time of the last row answered for a key, or MIN_TIME. */
  answered(key: number): number {
    return this.slots[key * this.width + this.layout.stride];
  }

  isEmpty(key: number): boolean {
    return this.layout.isEmpty(this.slots, key * this.width);
  }

  save(writer: StateWriter, keys: number): void {
    writer.floats(this.slots, Math.min(keys, this.capacity) * this.width);
    this.layout.save(writer);
  }

  restore(reader: StateReader): void {
    const slots = reader.floats();
    this.clear(0, this.capacity);
    this.reserve(slots.length / this.width);
    this.slots.set(slots);
    this.layout.restore(reader);
  }

  private clear(from: number, to: number): void {
    for (let base = from * this.width; base < to * this.width; base += this.width) {
      this.layout.init(this.slots, base);
      this.slots[base + this.layout.stride] = MIN_TIME;
      this.links.fill(-1, this.linksAt(base), 2 * (base + this.width));
    }
  }
}

/** First of the rows [from, to), which are in time order, that is later than `latest`. */
export function behind(time: Float64Array, from: number, to: number, latest: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time[middle] <= latest) low = middle + 1;
    else high = middle;
  }
  return low;
}
