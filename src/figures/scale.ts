import { type Box } from './label';

/** Where a value is on an axis, px. */
export type Scale = (value: number) => number;

/**
 * A linear scale. d3's `scaleLinear` also interpolates colours and formats numbers, which is 8 kB of gzip that a page
 * would pay before its first figure moves; ticks and lines are still d3's.
 */
export function linear([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  const slope = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * slope;
}

/** A scale across a frame that goes no further out than its edges. */
export const clip =
  (x: Scale, frame: Pick<Box, 'x' | 'width'>): Scale =>
  (value) =>
    Math.min(Math.max(x(value), frame.x), frame.x + frame.width);
