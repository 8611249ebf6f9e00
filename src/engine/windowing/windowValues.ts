import { withRoom, type ColumnBatch } from '../../model';
import { type AggregateLayout } from '../aggregates';
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
  list(end: number): number {
    const { grid, slices, rows, layout } = this;
    const start = startOf(grid, end);
    if (grid.width === 1) {
      this.values = slices.state;
      return slices.listAt(start, rows);
    }
    if (this.start !== start) this.begin(start);
    slices.eachStart(this.end, end, (slice) => this.carry(slice));
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
  private carry(start: number): void {
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

  /** The values of one key's windows that end at `ends`, ascending, one after the other; those that grow share a start. */
  ofKey(key: number, ends: number[]): Float64Array {
    const { grid, layout } = this;
    const { stride } = layout;
    const values = new Float64Array(ends.length * stride);
    ends.forEach((end, i) => {
      const base = i * stride;
      layout.init(values, base);
      const grows = grid.grows && i > 0;
      if (grows) layout.merge(values, base, values, base - stride);
      this.merge(key, grows ? ends[i - 1] : startOf(grid, end), end, values, base);
    });
    return values;
  }

  /** Adds a key's groups in [start, end) to a value. */
  private merge(key: number, start: number, end: number, into: Float64Array, base: number): void {
    const { slices, layout } = this;
    slices.eachStart(start, end, (slice) => {
      const from = slices.find(slice, key);
      if (from >= 0) layout.merge(into, base, slices.state, from);
    });
  }
}

const NONE = Infinity;
