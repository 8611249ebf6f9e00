import { addTime, floorTime, MAX_TIME } from '../../model';

export type Span = [start: number, end: number];

/**
 * The grid of aligned windows. Time is cut into slices, the coarsest pieces that no window edge cuts (S2.1-S2.6); a
 * window is a run of slices, so overlapping windows share them and an event is added once.
 */
export interface Grid {
  /** Width of a slice, ms. */
  slice: number;
  offset: number;
  /** Length of a window; of the longest one where they grow. */
  size: number;
  /** From one window end to the next. */
  slide: number;
  /** Slices per window, at most. */
  width: number;
  /** Whether windows share their start and grow by `slide` up to `size` (S2.6). */
  grows: boolean;
}

export function gridWith(size: number, slide: number, offset: number, grows: boolean): Grid {
  const slice = divisor(size, slide);
  return { slice, offset, size, slide, width: size / slice, grows };
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** Start of the window that ends at `end`. */
export function startOf(grid: Grid, end: number): number {
  return grid.grows ? floorTime(end - 1, grid.size, grid.offset) : end - grid.size;
}

/** First window end after `time`: that of the oldest window that holds it, where one does. */
export function firstEnd({ slide, offset, size, grows }: Grid, time: number): number {
  const length = grows ? slide : size;
  return floorTime(time - length, slide, offset) + slide + length;
}

/** End of the newest window that holds `time`; at or before `time` where a gap between windows holds it (S2.3). */
export function lastEnd(grid: Grid, time: number): number {
  return floorTime(time, grid.grows ? grid.size : grid.slide, grid.offset) + grid.size;
}

/** The windows that hold a time, by end ascending; none in a gap between them. */
export function windowsAt(grid: Grid, time: number): Span[] {
  const windows: Span[] = [];
  for (let end = firstEnd(grid, time); end <= lastEnd(grid, time); end += grid.slide) {
    windows.push([startOf(grid, end), end]);
  }
  return windows;
}

/** The last millisecond of a window, which is the time of its results (S2.1); a window that never ends has none before MAX. */
export const lastOf = (end: number): number => (end === MAX_TIME ? MAX_TIME : end - 1);

/** S5.1: a window is expired when its last millisecond plus the allowed lateness is at or before the watermark. */
export const isExpired = (end: number, lateness: number, watermark: number): boolean =>
  addTime(end - 1, lateness) <= watermark;
