import { floorTime, formatDuration, grown, MAX_TIME, TidemarkError } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { type AggregateLayout } from '../aggregates';
import { type Store } from '../state/store';
import { LiveSlices, NO_SLICE } from './liveSlices';
import { type WindowRows } from './windowRows';

/** State beyond this is refused, with advice, before the tab runs out of memory. */
const MOST_FLOATS = 32_000_000;
/** Places for every key in every slice may be so many, or so many times as many as the groups that are there. */
const FREE_FLOATS = 4_000_000;
const MOST_PLACES_PER_GROUP = 8;

/** Where the group of each key is, in order of first event. */
type Groups = Map<number, number>;

/**
 * Keyed state of windows: the groups of the live slices of time. While most keys are in most slices, each slice has a
 * row of groups, by key id, so that an event finds its group with one division and no hashing. Where that would be mostly
 * empty (slices of few keys, keys of few slices), the groups are found by a map for each slice instead, and what they
 * cost follows how many there are.
 */
export class Slices implements Store {
  state = new Float64Array(0);
  /** Live groups: (slice, key) pairs. */
  rows = 0;
  private readonly live = new LiveSlices();
  private readonly stride: number;
  private keys = 0;
  /** Keys of the slice in each place, in order of first event. */
  private touched: Int32Array[] = [new Int32Array(0)];
  private counts = new Int32Array(1);
  /** Groups by slice; null while slices have rows of groups. */
  private scattered: Map<number, Groups> | null = null;
  /** Places of scattered groups that are free, and the first that never had one. */
  private readonly free: number[] = [];
  private used = 0;
  /** Groups that have been read, and are not yet in order. */
  private restored: { key: number; start: number; order: number; values: Float64Array }[] = [];
  /** Scratch: rows whose groups are to be made. */
  private fresh = new Int32Array(256);

  constructor(
    private readonly width: number,
    private readonly offset: number,
    private readonly layout: AggregateLayout,
    private readonly limits = { free: FREE_FLOATS, most: MOST_FLOATS },
  ) {
    this.stride = layout.stride;
  }

  /** Start of the oldest live slice, or MAX_TIME. */
  get oldest(): number {
    return this.timeOf(this.live.oldest);
  }

  startOf(time: number): number {
    return floorTime(time, this.width, this.offset);
  }

  reserveKeys(keys: number): void {
    if (keys > this.keys && !this.scattered) this.moveRows(this.live.slices, Math.max(keys, this.keys * 2, 16));
  }

  /** The first slot of the group of a key at a time; a group that did not exist is made. */
  touch(time: number, key: number): number {
    const slice = this.sliceOf(time);
    let place = this.live.placeOf(slice);
    if (place < 0) place = this.open(slice);
    const groups = this.scattered?.get(slice);
    if (groups) return groups.get(key) ?? this.scatter(groups, key);
    const base = (place * this.keys + key) * this.stride;
    if (this.state[base] === NO_GROUP) {
      this.layout.init(this.state, base);
      this.note(place, key);
    }
    return base;
  }

  /**
   * `touch` for rows [from, to), into `bases`. Stops at a row that is behind its watermark or whose slice is not live,
   * and returns its number: such rows are rare, and the loop is without calls. It takes no row where groups are found by
   * maps.
   */
  touchAll(
    time: Float64Array,
    watermark: Float64Array,
    ids: Int32Array,
    from: number,
    to: number,
    bases: Int32Array,
  ): number {
    if (this.scattered) return from;
    const { width, offset, stride, keys, state } = this;
    const { slices } = this.live;
    const mask = slices.length - 1;
    if (this.fresh.length < to - from) this.fresh = new Int32Array(2 * (to - from));
    const { fresh } = this;
    let count = 0;
    let row = from;
    for (; row < to; row += 1) {
      const at = time[row];
      const slice = Math.floor((at - offset) / width);
      const place = slice & mask;
      if (at <= watermark[row] || slices[place] !== slice) break;
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
    const slice = this.sliceOf(start);
    if (this.scattered) return this.scattered.get(slice)?.get(key) ?? -1;
    const place = this.live.placeOf(slice);
    if (place < 0) return -1;
    const base = (place * this.keys + key) * this.stride;
    return this.state[base] === NO_GROUP ? -1 : base;
  }

  /** Start of the first live slice at or behind `time`, or MAX_TIME. */
  liveFrom(time: number): number {
    return this.timeOf(this.live.from(this.firstFrom(time)));
  }

  /** Calls `visit` with the start of each live slice that starts in [from, to), ascending. */
  eachStart(from: number, to: number, visit: (start: number) => void): void {
    for (const slice of this.live.between(this.firstFrom(from), this.firstFrom(to))) visit(this.timeOf(slice));
  }

  /** Writes the keys of a slice, in order of first event, and where their groups are; answers how many. */
  listAt(start: number, rows: Pick<WindowRows, 'reserve' | 'keys' | 'bases'>): number {
    const slice = this.sliceOf(start);
    const place = this.live.placeOf(slice);
    if (place < 0) return 0;
    if (this.scattered) return listGroups(this.scattered.get(slice)!, rows);
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
  drop(visit: ((key: number) => void) | null): void {
    if (this.scattered) this.dropGroups(this.scattered, visit);
    else this.dropRow(this.live.placeOf(this.live.oldest), visit);
  }

  private dropRow(place: number, visit: ((key: number) => void) | null): void {
    const { state, keys, stride } = this;
    const touched = this.touched[place];
    const count = this.counts[place];
    for (let i = 0; i < count; i += 1) {
      state[(place * keys + touched[i]) * stride] = NO_GROUP;
      this.rows -= 1;
      if (i === count - 1) {
        this.counts[place] = 0;
        this.live.close();
      }
      if (visit !== null) visit(touched[i]);
    }
  }

  private dropGroups(scattered: Map<number, Groups>, visit: ((key: number) => void) | null): void {
    const { oldest } = this.live;
    const groups = scattered.get(oldest)!;
    for (const [key, base] of groups) {
      groups.delete(key);
      this.free.push(base);
      this.rows -= 1;
      if (groups.size === 0) {
        scattered.delete(oldest);
        this.live.close();
      }
      visit?.(key);
    }
  }

  /** Keys of a live slice, in order of first event. */
  private keysOf(slice: number): Int32Array {
    const groups = this.scattered?.get(slice);
    if (groups) return Int32Array.from(groups.keys());
    const place = this.live.placeOf(slice);
    return this.touched[place].subarray(0, this.counts[place]);
  }

  /** Visits every live group: by start, then key id. */
  each(visit: (key: number, start: number, base: number) => void): void {
    for (const slice of this.live.between(-Infinity, Infinity)) {
      const start = this.timeOf(slice);
      for (const key of this.keysOf(slice).slice().sort()) {
        const base = this.find(start, key);
        if (base >= 0) visit(key, start, base);
      }
    }
  }

  writeFrame(writer: StateWriter): void {
    const { stride } = this;
    writer.number(this.live.count);
    for (const slice of this.live.between(-Infinity, Infinity)) {
      const keys = this.keysOf(slice);
      writer.number(slice);
      writer.ints(keys, keys.length);
      this.copyGroups(this.timeOf(slice), keys, writer.floatsToFill(keys.length * stride));
    }
    this.layout.save(writer);
  }

  private copyGroups(start: number, keys: Int32Array, to: Float64Array): void {
    const { state, stride } = this;
    let at = 0;
    for (const key of keys) {
      const base = this.find(start, key);
      for (let slot = base; slot < base + stride; slot += 1, at += 1) to[at] = state[slot];
    }
  }

  readFrame(reader: StateReader): void {
    this.clear();
    const { stride } = this;
    for (let left = reader.number(); left > 0; left -= 1) {
      const start = this.timeOf(reader.number());
      const keys = reader.ints();
      const values = reader.floats();
      keys.forEach((key, i) => this.put(key, start, values.subarray(i * stride, (i + 1) * stride)));
    }
    this.layout.restore(reader);
  }

  private put(key: number, start: number, values: Float64Array): void {
    this.reserveKeys(key + 1);
    // Where a slice is new, the array of states may be, too.
    const base = this.touch(start, key);
    this.state.set(values, base);
  }

  private clear(): void {
    this.state.fill(NO_GROUP);
    this.counts.fill(0);
    this.live.clear();
    this.rows = 0;
    this.scattered?.clear();
    this.free.length = 0;
    this.used = 0;
  }

  /** The order of the keys of a slice is among the names: windows are emitted in it. */
  writeEntries(entry: (key: number) => EntryWriter, names: (key: number) => EntryWriter): void {
    for (const slice of this.live.between(-Infinity, Infinity)) {
      const start = this.timeOf(slice);
      this.keysOf(slice).forEach((key, order) => {
        entry(key).number(start);
        this.layout.writeGroup(this.state, this.find(start, key), entry(key));
        names(key).number(order);
      });
    }
  }

  readEntry(key: number, entry: EntryReader, names: EntryReader): void {
    while (!entry.finished) {
      const group = { key, start: entry.number(), order: names.number(), values: new Float64Array(this.stride) };
      this.layout.fillGroup(group.values, 0, entry);
      this.restored.push(group);
    }
  }

  settle(): void {
    for (const { key, start, values } of this.restored.sort((a, b) => a.order - b.order)) this.put(key, start, values);
    this.restored = [];
  }

  private sliceOf(time: number): number {
    return Math.floor((time - this.offset) / this.width);
  }

  /** The first slice that starts at or behind a time. */
  private firstFrom(time: number): number {
    return Math.ceil((time - this.offset) / this.width);
  }

  private timeOf(slice: number): number {
    return slice === Infinity ? MAX_TIME : slice * this.width + this.offset;
  }

  private note(place: number, key: number): void {
    const count = this.counts[place];
    if (count === this.touched[place].length) this.touched[place] = grown(this.touched[place], Math.max(16, count * 2));
    this.touched[place][count] = key;
    this.counts[place] = count + 1;
    this.rows += 1;
  }

  /** Makes a slice live; returns its place. */
  private open(slice: number): number {
    const { slices } = this.live;
    const place = this.live.open(slice);
    if (this.scattered) this.scattered.set(slice, new Map());
    else if (this.live.slices !== slices) this.moveRows(slices, this.keys);
    // There may be no rows of groups now.
    if (this.scattered && !this.scattered.has(slice)) this.scattered.set(slice, new Map());
    return place;
  }

  /** Rows of groups for so many keys, in places that may have moved; or none from now on, where they would be mostly empty. */
  private moveRows(places: Float64Array, keys: number): void {
    const { stride, live } = this;
    const floats = live.slices.length * keys * stride;
    const most = Math.max(this.limits.free, this.rows * stride * MOST_PLACES_PER_GROUP);
    if (floats > Math.min(most, this.limits.most)) {
      this.scatterAll(places);
      return;
    }
    const { state, touched, counts } = this;
    const room = live.slices.length;
    this.state = new Float64Array(floats).fill(NO_GROUP);
    this.touched = Array.from({ length: room }, () => NOTHING);
    this.counts = new Int32Array(room);
    const rowSize = this.keys * stride;
    places.forEach((slice, from) => {
      if (slice === NO_SLICE) return;
      const to = live.placeOf(slice);
      this.touched[to] = touched[from];
      this.counts[to] = counts[from];
      this.state.set(state.subarray(from * rowSize, (from + 1) * rowSize), to * keys * stride);
    });
    this.keys = keys;
  }

  /** From now on slices have maps. */
  private scatterAll(places: Float64Array): void {
    const { stride, touched, counts, state } = this;
    this.state = new Float64Array(Math.max(64, 2 * this.rows) * stride);
    this.rows = 0;
    this.scattered = new Map();
    for (const [place, slice] of places.entries()) {
      if (slice === NO_SLICE) continue;
      const groups: Groups = new Map();
      this.scattered.set(slice, groups);
      for (const key of touched[place].subarray(0, counts[place])) {
        const from = (place * this.keys + key) * stride;
        this.state.set(state.subarray(from, from + stride), this.scatter(groups, key));
      }
    }
    this.touched = [];
    this.counts = new Int32Array(0);
  }

  /** Makes a group among those of a slice; returns its place. */
  private scatter(groups: Groups, key: number): number {
    let base = this.free.pop();
    if (base === undefined) {
      base = this.used;
      this.used += this.stride;
      if (this.used > this.state.length) this.state = grown(this.state, this.roomFor(this.used));
    }
    this.layout.init(this.state, base);
    groups.set(key, base);
    this.rows += 1;
    return base;
  }

  /** How many floats the state is to have, where it needs so many. */
  private roomFor(floats: number): number {
    if (floats <= this.limits.most) return Math.min(this.limits.most, 2 * floats);
    throw new TidemarkError({
      what: 'the windows need more memory than a page should take',
      where: 'window aggregate',
      found: `${this.rows} groups in ${this.live.count} open slices of ${formatDuration(this.width)}`,
      hint: 'Use longer windows, a shorter allowed lateness, or fewer keys.',
    });
  }
}

/** In the first slot, which counts rows: no group is here. One look at the state tells, and fetches it for the sum. */
const NO_GROUP = -1;
const NOTHING = new Int32Array(0);

function listGroups(groups: Groups, rows: Pick<WindowRows, 'reserve' | 'keys' | 'bases'>): number {
  rows.reserve(groups.size);
  let count = 0;
  for (const [key, base] of groups) {
    rows.keys[count] = key;
    rows.bases[count] = base;
    count += 1;
  }
  return count;
}
