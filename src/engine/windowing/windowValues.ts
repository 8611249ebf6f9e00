import { firstWhere, withRoom, type ColumnBatch } from '../../model';
import { type AggregateLayout } from '../aggregates';
import { PIECE, type Pieces } from '../pieces';
import { startOf, type Grid } from '../stream/windows';
import { type Slices } from './slices';
import { type WindowRows } from './windowRows';

/**
 * What windows come to: the groups of their slices, put together slice by slice. A window of one slice has its groups
 * there already. Windows that grow (S2.6) carry what they have come to from one to the next, so that each costs the slices
 * that it has more than the last. All of it can be worked out from the slices, so nothing of it is saved.
 */
export class WindowValues {
  /** Where the values of listed windows are; `rows.bases` says where in it. */
  values = new Float64Array(0);
  /** The window that is carried: [start, end). */
  private start = NONE;
  private end = NONE;
  private carried = new Float64Array(0);
  /** Its keys in the order of slices and first events, and where each key is among them; -1 for nowhere. */
  private keys = new Int32Array(16);
  private count = 0;
  private placeOf = new Int32Array(0);

  constructor(
    private readonly grid: Grid,
    private readonly slices: Slices,
    private readonly layout: AggregateLayout,
    private readonly rows: WindowRows,
  ) {}

  /** Writes the keys of the window that ends at `end` to `rows.keys`, in order of slice and first event; returns their number. */
  *list(end: number): Pieces<number> {
    const { grid, slices, rows, layout } = this;
    const start = startOf(grid, end);
    if (grid.width === 1) {
      this.values = slices.state;
      return slices.listAt(start, rows);
    }
    if (this.start !== start) this.begin(start);
    const starts: number[] = [];
    slices.eachStart(this.end, end, (slice) => starts.push(slice));
    for (const slice of starts) yield* this.carry(slice);
    this.end = end;
    const { count, keys } = this;
    rows.reserve(count);
    for (let i = 0; i < count; i += 1) {
      rows.keys[i] = keys[i];
      rows.bases[i] = i * layout.stride;
    }
    this.values = this.carried;
    return count;
  }

  private begin(start: number): void {
    for (let i = 0; i < this.count; i += 1) this.placeOf[this.keys[i]] = -1;
    this.count = 0;
    this.start = start;
    this.end = start;
  }

  /** Adds the groups of a slice to what is carried. */
  private *carry(start: number): Pieces {
    const { slices, layout, rows } = this;
    const { stride } = layout;
    const fresh = slices.listAt(start, rows);
    this.keys = withRoom(this.keys, this.count + fresh);
    this.carried = withRoom(this.carried, (this.count + fresh) * stride);
    for (let i = 0; i < fresh; i += 1) {
      const key = rows.keys[i];
      let place = this.find(key);
      if (place < 0) {
        place = this.count;
        this.count += 1;
        this.keys[place] = key;
        this.placeOf[key] = place;
        layout.init(this.carried, place * stride);
      }
      layout.merge(this.carried, place * stride, slices.state, rows.bases[i]);
      if ((i * stride) % PIECE < stride) yield;
    }
  }

  private find(key: number): number {
    if (key >= this.placeOf.length) {
      this.placeOf = withRoom(this.placeOf, key + 1, -1);
    }
    return this.placeOf[key];
  }

  /**
   * A late row has come to the slice that starts at `slice`: what is carried takes it too. A key that it did not have
   * would stand in the wrong place, so then it is worked out again. `bases[row]` is lent.
   */
  addLate(slice: number, key: number, bases: Int32Array, batch: ColumnBatch, row: number): void {
    if (slice < this.start || slice >= this.end) return;
    const place = this.find(key);
    if (place < 0) {
      this.forget();
      return;
    }
    const base = bases[row];
    bases[row] = place * this.layout.stride;
    this.layout.add(this.carried, bases, batch, row, row + 1);
    bases[row] = base;
  }

  /** What is carried is not to be relied on any more: the slices are others. */
  forget(): void {
    this.begin(NONE);
  }

  /**
   * The values of one key's windows that end at `ends`, ascending, one after the other. All of them hold the time `at`:
   * those that grow share a start, and others are what leads up to `at` and what follows, so each slice is looked at once.
   */
  ofKey(key: number, ends: number[], at: number): Float64Array {
    const { grid, layout } = this;
    const { stride } = layout;
    const values = new Float64Array(ends.length * stride);
    ends.forEach((_, i) => layout.init(values, i * stride));
    if (ends.length === 1) this.mergeOne(values, key, ends[0]);
    else if (ends.length > 1)
      this.mergeInto(values, this.slicesOf(key, startOf(grid, ends[0]), ends.at(-1)!), ends, at);
    return values;
  }

  /** What most late rows have: one window to fire again, or one in all. */
  private mergeOne(values: Float64Array, key: number, end: number): void {
    const { grid, slices, layout } = this;
    slices.eachStart(startOf(grid, end), end, (slice) => {
      const base = slices.find(slice, key);
      if (base >= 0) layout.merge(values, 0, slices.state, base);
    });
  }

  /** Starts and groups of the slices in [start, end) in which a key has one. */
  private slicesOf(key: number, start: number, end: number): KeySlices {
    const { slices } = this;
    const found: KeySlices = { starts: [], bases: [] };
    slices.eachStart(start, end, (slice) => {
      const base = slices.find(slice, key);
      if (base < 0) return;
      found.starts.push(slice);
      found.bases.push(base);
    });
    return found;
  }

  private mergeInto(values: Float64Array, { starts, bases }: KeySlices, ends: number[], at: number): void {
    const { grid, slices, layout } = this;
    const { stride } = layout;
    const split = firstWhere(0, starts.length, (i) => starts[i] > at);
    /** Slices [i, split), and those behind `split` that windows have reached. */
    const before = new Float64Array((split + 1) * stride);
    const after = new Float64Array(stride);
    layout.init(after, 0);
    layout.init(before, split * stride);
    for (let i = split - 1; i >= 0; i -= 1) {
      layout.init(before, i * stride);
      layout.merge(before, i * stride, before, (i + 1) * stride);
      layout.merge(before, i * stride, slices.state, bases[i]);
    }
    let first = 0;
    let next = split;
    ends.forEach((end, i) => {
      const start = startOf(grid, end);
      while (first < split && starts[first] < start) first += 1;
      for (; next < starts.length && starts[next] < end; next += 1) layout.merge(after, 0, slices.state, bases[next]);
      layout.merge(values, i * stride, before, first * stride);
      layout.merge(values, i * stride, after, 0);
    });
  }
}

/** The groups of one key, by start of their slices. */
interface KeySlices {
  starts: number[];
  bases: number[];
}

const NONE = Infinity;
