import { floorTime, formatDuration, grown, MAX_TIME, TidemarkError } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { type AggregateLayout } from '../aggregates';
import { type Store } from '../state/store';
import { type WindowRows } from './windowRows';

/** State beyond this is refused, with advice, before the tab runs out of memory. */
const MOST_FLOATS = 48_000_000;

/**
 * Keyed state of windows: for each live slice of time one dense row of groups, by key id. Slices live in a ring, so
 * an event finds its group with one division and no hashing; a slice costs memory for every key, which is the trade.
 */
export class Slices implements Store {
  state = new Float64Array(0);
  /** Live groups: (slice, key) pairs. */
  rows = 0;
  /** Start of the oldest live slice, or MAX_TIME. */
  oldest = MAX_TIME;
  private readonly stride: number;
  private newest = 0;
  private ring = 1;
  private keys = 0;
  /** Slice number that sits in each place of the ring, or none. */
  private sliceIn: Float64Array = new Float64Array(1).fill(NONE);
  /** Keys of the slice in each place, in order of first event. */
  private touched: Int32Array[] = [new Int32Array(0)];
  private counts = new Int32Array(1);
  /** Scratch: rows whose groups are to be made. */
  private fresh = new Int32Array(256);

  constructor(
    private readonly width: number,
    private readonly offset: number,
    private readonly layout: AggregateLayout,
  ) {
    this.stride = layout.stride;
  }

  startOf(time: number): number {
    return floorTime(time, this.width, this.offset);
  }

  reserveKeys(keys: number): void {
    if (keys <= this.keys) return;
    this.resize(this.ring, Math.max(keys, this.keys * 2, 16));
  }

  /** The first slot of the group of a key at a time; a group that did not exist is made. */
  touch(time: number, key: number): number {
    const slice = Math.floor((time - this.offset) / this.width);
    // The ring is a power of two long, so the low bits of a slice number are its place, also below zero.
    let place = slice & (this.ring - 1);
    if (this.sliceIn[place] !== slice) place = this.open(slice);
    const base = (place * this.keys + key) * this.stride;
    if (this.state[base] === NO_GROUP) {
      this.layout.init(this.state, base);
      this.note(place, key);
    }
    return base;
  }

  /**
   * `touch` for rows [from, to), into `bases`. Stops at a row that is behind its watermark or whose slice is not live,
   * and returns its number: such rows are rare, and the loop is without calls.
   */
  touchAll(
    time: Float64Array,
    watermark: Float64Array,
    ids: Int32Array,
    from: number,
    to: number,
    bases: Int32Array,
  ): number {
    const { width, offset, stride, keys, state, sliceIn } = this;
    const mask = this.ring - 1;
    if (this.fresh.length < to - from) this.fresh = new Int32Array(2 * (to - from));
    const { fresh } = this;
    let count = 0;
    let row = from;
    for (; row < to; row += 1) {
      const at = time[row];
      const slice = Math.floor((at - offset) / width);
      const place = slice & mask;
      if (at <= watermark[row] || sliceIn[place] !== slice) break;
      const base = (place * keys + ids[row]) * stride;
      bases[row] = base;
      // About every other row opens a group. A jump here would often be guessed wrongly, and each time wait for memory;
      // so the row is written down anyhow, and counts if the sign of the slot says that no group is there.
      fresh[count] = row;
      count -= state[base] >> 31;
    }
    this.openGroups(count, ids, bases);
    return row;
  }

  /** Makes the groups of the first `count` rows of `fresh` that are still not there. */
  private openGroups(count: number, ids: Int32Array, bases: Int32Array): void {
    const { fresh, state, layout } = this;
    const placeSize = this.keys * this.stride;
    for (let i = 0; i < count; i += 1) {
      const row = fresh[i];
      const base = bases[row];
      if (state[base] !== NO_GROUP) continue;
      layout.init(state, base);
      this.note(Math.floor(base / placeSize), ids[row]);
    }
  }

  /** Like `touch`, but -1 where there is no such group. */
  find(start: number, key: number): number {
    const place = this.placeOf(start);
    if (place < 0) return -1;
    const base = (place * this.keys + key) * this.stride;
    return this.state[base] === NO_GROUP ? -1 : base;
  }

  /** Start of the first live slice at or behind `time`, or MAX_TIME. */
  liveFrom(time: number): number {
    if (this.oldest === MAX_TIME || time > this.newest) return MAX_TIME;
    if (time <= this.oldest) return this.oldest;
    for (
      let start = this.startOf(time) < time ? this.startOf(time) + this.width : time;
      start <= this.newest;
      start += this.width
    ) {
      if (this.placeOf(start) >= 0) return start;
    }
    return MAX_TIME;
  }

  /** Writes the keys of a slice, in order of first event, and where their groups are; answers how many. */
  listAt(start: number, rows: Pick<WindowRows, 'reserve' | 'keys' | 'bases'>): number {
    const place = this.placeOf(start);
    if (place < 0) return 0;
    const { keys, stride } = this;
    const count = this.counts[place];
    const touched = this.touched[place];
    rows.reserve(count);
    for (let i = 0; i < count; i += 1) {
      rows.keys[i] = touched[i];
      rows.bases[i] = (place * keys + touched[i]) * stride;
    }
    return count;
  }

  /** Forgets the oldest slice, key by key; `visit` is told each of them when it is gone. */
  drop(start: number, visit: ((key: number) => void) | null): void {
    const place = this.placeOf(start);
    const { state, keys, stride } = this;
    const touched = this.touched[place];
    const count = this.counts[place];
    for (let i = 0; i < count; i += 1) {
      state[(place * keys + touched[i]) * stride] = NO_GROUP;
      this.rows -= 1;
      if (i === count - 1) this.close(place);
      if (visit !== null) visit(touched[i]);
    }
  }

  /** Visits every live group: by start, then key id. */
  each(visit: (key: number, start: number, base: number) => void): void {
    if (this.oldest === MAX_TIME) return;
    for (let start = this.oldest; start <= this.newest; start += this.width) {
      const place = this.placeOf(start);
      if (place < 0) continue;
      for (const key of this.touched[place].slice(0, this.counts[place]).sort((a, b) => a - b)) {
        const base = (place * this.keys + key) * this.stride;
        if (this.state[base] !== NO_GROUP) visit(key, start, base);
      }
    }
  }

  writeFrame(writer: StateWriter): void {
    const places: number[] = [];
    for (let place = 0; place < this.ring; place += 1) if (this.sliceIn[place] !== NONE) places.push(place);
    places.sort((a, b) => this.sliceIn[a] - this.sliceIn[b]);
    writer.number(places.length);
    const { stride } = this;
    for (const place of places) {
      writer.number(this.sliceIn[place]);
      writer.ints(this.touched[place], this.counts[place]);
      this.copyPlace(place, writer.floatsToFill(this.counts[place] * stride));
    }
    this.layout.save(writer);
  }

  private copyPlace(place: number, to: Float64Array): void {
    const { state, keys, stride } = this;
    const touched = this.touched[place];
    const count = this.counts[place];
    for (let i = 0, at = 0; i < count; i += 1) {
      const base = (place * keys + touched[i]) * stride;
      for (let slot = base; slot < base + stride; slot += 1, at += 1) to[at] = state[slot];
    }
  }

  readFrame(reader: StateReader): void {
    this.state.fill(NO_GROUP);
    this.sliceIn.fill(NONE);
    this.counts.fill(0);
    this.rows = 0;
    this.oldest = MAX_TIME;
    const { stride } = this;
    for (let left = reader.number(); left > 0; left -= 1) {
      const slice = reader.number();
      const keys = reader.ints();
      const values = reader.floats();
      keys.forEach((key, i) => {
        this.reserveKeys(key + 1);
        const base = this.touch(slice * this.width + this.offset, key);
        for (let slot = 0; slot < stride; slot += 1) this.state[base + slot] = values[i * stride + slot];
      });
    }
    this.layout.restore(reader);
  }

  writeEntries(entry: (key: number) => EntryWriter): void {
    this.each((key, start, base) => {
      const writer = entry(key);
      writer.number(start);
      this.layout.writeGroup(this.state, base, writer);
    });
  }

  readEntry(key: number, entry: EntryReader): void {
    this.reserveKeys(key + 1);
    while (!entry.finished) {
      // Where a slice is new, the array of states may be, too.
      const base = this.touch(entry.number(), key);
      this.layout.fillGroup(this.state, base, entry);
    }
  }

  private note(place: number, key: number): void {
    const count = this.counts[place];
    if (count === this.touched[place].length) this.touched[place] = grown(this.touched[place], Math.max(16, count * 2));
    this.touched[place][count] = key;
    this.counts[place] = count + 1;
    this.rows += 1;
  }

  /** Place in the ring of a live slice, or -1. */
  private placeOf(start: number): number {
    const slice = Math.floor((start - this.offset) / this.width);
    const place = slice & (this.ring - 1);
    return this.sliceIn[place] === slice ? place : -1;
  }

  /** Makes a slice live; returns its place. */
  private open(slice: number): number {
    const start = slice * this.width + this.offset;
    const oldest = this.oldest === MAX_TIME ? start : Math.min(this.oldest, start);
    const newest = this.oldest === MAX_TIME ? start : Math.max(this.newest, start);
    const span = (newest - oldest) / this.width + 1;
    if (span > this.ring) {
      let ring = this.ring;
      while (ring < span && ring * Math.max(1, this.keys) * this.stride <= MOST_FLOATS) ring *= 2;
      this.resize(ring, this.keys, span);
    }
    const place = slice & (this.ring - 1);
    this.sliceIn[place] = slice;
    this.oldest = oldest;
    this.newest = newest;
    return place;
  }

  private close(place: number): void {
    this.sliceIn[place] = NONE;
    this.counts[place] = 0;
    const { newest } = this;
    let start = this.oldest + this.width;
    while (start <= newest && this.placeOf(start) < 0) start += this.width;
    this.oldest = start <= newest ? start : MAX_TIME;
  }

  private resize(ring: number, keys: number, span = 0): void {
    const { stride } = this;
    if (ring < span || ring * keys * stride > MOST_FLOATS) {
      throw new TidemarkError({
        what: 'the windows need more memory than a page should take',
        where: 'window aggregate',
        found: `${Math.max(ring, span)} open slices of ${formatDuration(this.width)} for ${keys} keys`,
        hint: 'Use longer windows, a shorter allowed lateness, or fewer keys.',
      });
    }
    const state = new Float64Array(ring * keys * stride).fill(NO_GROUP);
    const sliceIn = new Float64Array(ring).fill(NONE);
    const touched: Int32Array[] = Array.from({ length: ring }, () => NOTHING);
    const counts = new Int32Array(ring);
    for (let old = 0; old < this.ring; old += 1) {
      if (this.sliceIn[old] === NONE) continue;
      const place = this.sliceIn[old] & (ring - 1);
      sliceIn[place] = this.sliceIn[old];
      touched[place] = this.touched[old];
      counts[place] = this.counts[old];
      state.set(this.state.subarray(old * this.keys * stride, (old + 1) * this.keys * stride), place * keys * stride);
    }
    this.state = state;
    this.sliceIn = sliceIn;
    this.touched = touched;
    this.counts = counts;
    this.ring = ring;
    this.keys = keys;
  }
}

const NONE = Number.MIN_SAFE_INTEGER;
/** In the first slot, which counts rows: no group is here. One look at the state tells, and fetches it for the sum. */
const NO_GROUP = -1;
const NOTHING = new Int32Array(0);
