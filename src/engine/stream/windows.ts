import { addTime, floorTime, TidemarkError } from '../../model';
import { type GridShape } from '../../sql/plan';

/**
 * The grid of aligned windows. Time is cut into slices, the coarsest pieces that no window edge cuts (S2.1-S2.4); a
 * window is a run of slices, so overlapping windows share them and an event is added once.
 */
export interface Grid {
  /** Width of a slice, ms. */
  slice: number;
  offset: number;
  size: number;
  slide: number;
  /** Slices per window. */
  width: number;
}

export function gridOf(shape: GridShape): Grid {
  const { size, offset } = shape;
  const slide = shape.kind === 'tumble' ? size : shape.kind === 'hop' ? shape.slide : shape.step;
  if (!(size > 0) || !(slide > 0)) {
    throw new TidemarkError({
      what: 'a window has no length',
      expected: 'a size and a slide above zero',
      found: `${size} ms, ${slide} ms`,
    });
  }
  const slice = divisor(size, slide);
  return { slice, offset, size, slide, width: size / slice };
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** First window end behind `time`: that of the oldest window that holds it. */
export function firstEnd(grid: Grid, time: number): number {
  const last = floorTime(time, grid.slide, grid.offset);
  const older = Math.ceil((time - grid.size + 1 - last) / grid.slide);
  return last + older * grid.slide + grid.size;
}

/** End of the newest window that holds `time`; at or before `time` where a gap between windows holds it (S2.3). */
export function lastEnd(grid: Grid, time: number): number {
  return floorTime(time, grid.slide, grid.offset) + grid.size;
}

/** First window end above `time`, on the grid. */
export function nextEnd(grid: Grid, time: number): number {
  return floorTime(time - grid.size, grid.slide, grid.offset) + grid.slide + grid.size;
}

/** S5.1: a window is expired when its last millisecond plus the allowed lateness is at or before the watermark. */
export const isExpired = (end: number, lateness: number, watermark: number): boolean =>
  addTime(end - 1, lateness) <= watermark;
