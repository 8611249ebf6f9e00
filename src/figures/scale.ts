/**
 * A linear scale. d3's `scaleLinear` also interpolates colours and formats numbers, which is 8 kB of gzip that a page
 * would pay before its first figure moves; ticks and lines are still d3's.
 */
export function linear(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): (value: number) => number {
  const slope = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * slope;
}
