/**
 * The first of the whole numbers [from, to) that passes, or `to` where none does. Every number after one that passes
 * has to pass too, so that halving the range finds it.
 */
export function firstWhere(from: number, to: number, passes: (at: number) => boolean): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    if (passes(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
