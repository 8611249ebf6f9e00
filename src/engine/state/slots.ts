import { MIN_TIME } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type AggregateLayout } from '../aggregates';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { checkRoom } from './room';
import { type Store } from './store';

/**
 * Accumulators by key: one record per key, all in one array, so that a row finds all that it touches in one place: the
 * aggregate's slots, the time of the last row (`timeOf`, which the operator writes), and `links` whole numbers of the
 * operator's own (-1 at first), which a checkpoint leaves out.
 */
export class KeyedSlots implements Store {
  slots = new Float64Array(0);
  /** The same memory as whole numbers, two to a slot: a record's links start at `linksAt(base)`. */
  links = new Int32Array(0);
  /** Groups with rows, where the operator counts them. */
  live = 0;
  readonly width: number;
  private capacity = 0;
  private keys = 1;

  /** `isCounted`: each group with rows is one row of state, and `live` is kept. */
  constructor(
    readonly layout: AggregateLayout,
    links = 0,
    private readonly isCounted = false,
  ) {
    this.width = layout.stride + 1 + Math.ceil(links / 2);
    this.reserve(1);
  }

  get rows(): number {
    return this.live;
  }

  reserve(keys: number): void {
    if (keys > this.keys) this.keys = keys;
    if (keys <= this.capacity) return;
    checkRoom(keys, this.layout, 'aggregate');
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

  /** Time of the last row of a key, or MIN_TIME. */
  timeOf(key: number): number {
    return this.slots[key * this.width + this.layout.stride];
  }

  isEmpty(key: number): boolean {
    return this.layout.isEmpty(this.slots, key * this.width);
  }

  /** The state of a key ends. */
  end(key: number): void {
    this.clear(key, key + 1);
  }

  /** What a state row shows. */
  values(key: number): number[] {
    return this.layout.stateValues(this.slots, key * this.width);
  }

  /** Visits each key that has rows, in order of ids, with its last time. */
  each(visit: (key: number, time: number) => void): void {
    for (let key = 0; key < this.keys; key += 1) if (!this.isEmpty(key)) visit(key, this.timeOf(key));
  }

  /** Visits each key that has rows or had any, in order of ids. */
  eachWritten(visit: (key: number) => void): void {
    for (let key = 0; key < this.keys; key += 1) if (!this.isEmpty(key) || this.timeOf(key) !== MIN_TIME) visit(key);
  }

  writeFrame(writer: StateWriter): void {
    writer.number(this.live);
    writer.floats(this.slots, this.keys * this.width);
    this.layout.save(writer);
  }

  readFrame(reader: StateReader): void {
    this.live = reader.number();
    const slots = reader.floats();
    this.clear(0, this.capacity);
    this.keys = slots.length / this.width;
    this.reserve(this.keys);
    this.slots.set(slots);
    this.layout.restore(reader);
  }

  writeEntries(entry: (key: number) => EntryWriter): void {
    this.eachWritten((key) => {
      const writer = entry(key);
      writer.number(this.timeOf(key));
      this.layout.writeGroup(this.slots, key * this.width, writer);
    });
  }

  readEntry(key: number, entry: EntryReader): void {
    this.reserve(key + 1);
    const base = key * this.width;
    this.slots[base + this.layout.stride] = entry.number();
    this.layout.fillGroup(this.slots, base, entry);
    if (this.isCounted && !this.isEmpty(key)) this.live += 1;
  }

  private clear(from: number, to: number): void {
    for (let base = from * this.width; base < to * this.width; base += this.width) {
      this.layout.init(this.slots, base);
      this.slots[base + this.layout.stride] = MIN_TIME;
      this.links.fill(-1, this.linksAt(base), 2 * (base + this.width));
    }
  }
}

let bases = new Int32Array(256);

/** The aggregate kernels find a row's group under the row's number: this is such an array for one row. */
export function oneRow(base: number, row: number): Int32Array {
  if (bases.length <= row) bases = new Int32Array(Math.max(row + 1, bases.length * 2));
  bases[row] = base;
  return bases;
}
