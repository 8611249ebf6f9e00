import { floorTime, MAX_TIME, withRoom } from '../../../model';
import { firstEnd, lastEnd, startOf, type Grid } from '../../stream/windows';

/**
 * Which windows have rows and have not fired, and of which keys. Keys are noted per slice, so a row is noted once,
 * however many windows it is in.
 */
export class OpenWindows {
  /** Ends, ascending. */
  private readonly ends: number[] = [];
  /** Keys by start of the slice; a key may be there twice. */
  private readonly slices = new Map<number, number[]>();
  /** The slice that a key was noted in last. */
  private noted = new Float64Array(0);
  /** The window for which a key was listed last. */
  private listed = new Int32Array(0);
  private lists = 0;

  constructor(private readonly grid: Grid) {}

  /** End of the first window that will fire; MAX_TIME where there is none. */
  get next(): number {
    return this.ends.length === 0 ? MAX_TIME : this.ends[0];
  }

  /** A row of this time and key is here; windows up to the end `fired` have fired. */
  note(time: number, key: number, fired: number): void {
    const { grid } = this;
    const start = floorTime(time, grid.slice, grid.offset);
    this.noted = withRoom(this.noted, key + 1, NaN);
    this.listed = withRoom(this.listed, key + 1);
    if (this.noted[key] === start) return;
    this.noted[key] = start;
    const slice = this.slices.get(start);
    if (slice) {
      slice.push(key);
      return;
    }
    this.slices.set(start, [key]);
    for (let end = firstEnd(grid, start); end <= lastEnd(grid, start); end += grid.slide) {
      if (end > fired) this.open(end);
    }
  }

  private open(end: number): void {
    const { ends } = this;
    let at = ends.length;
    while (at > 0 && ends[at - 1] > end) at -= 1;
    if (at === 0 || ends[at - 1] !== end) ends.splice(at, 0, end);
  }

  /** Takes out the first window; returns its keys, ascending. What it is the last window of is forgotten. */
  shift(): number[] {
    const { grid, slices, listed } = this;
    const end = this.ends.shift()!;
    const keys: number[] = [];
    this.lists += 1;
    for (let start = startOf(grid, end); start < end; start += grid.slice) {
      const slice = slices.get(start);
      if (!slice) continue;
      for (const key of slice) {
        if (listed[key] === this.lists) continue;
        listed[key] = this.lists;
        keys.push(key);
      }
      if (lastEnd(grid, start) !== end) continue;
      slices.delete(start);
      for (const key of slice) if (this.noted[key] === start) this.noted[key] = NaN;
    }
    return keys.sort((a, b) => a - b);
  }

  clear(): void {
    this.ends.length = 0;
    this.slices.clear();
    this.noted.fill(NaN);
  }
}
