import { refuseWideSum } from '../../aggregates/exact';

/** Rows of moving frames, by number; row n is held at place `n & mask`. `FrameRing` is one. */
export interface FrameRows {
  time: Float64Array;
  /** Where the slots of the row's key start; below zero where the row is not the cursor's to take out. */
  base: Int32Array;
  mask: number;
  /** Next number to give. */
  head: number;
  /** Oldest row in its frame: the cursor. */
  tail: number;
  /** Rows in [tail, head) that are not the cursor's. */
  skipped: number;
}

/**
 * Moves all frames over the held rows from number `from` on: what is more than `keep` ms older leaves, then the row
 * enters, and [rows, Σx] as it finds them go to `answers`. `slots` has, from a key's base on, [rows, Σx, time of the
 * newest row]. One flat loop over few arrays: each one more has its address loaded again for every row.
 */
export function rollSums(
  slots: Float64Array,
  frame: FrameRows,
  values: Float64Array,
  from: number,
  keep: number,
  answers: Float64Array,
): void {
  const { time, base: bases, mask, head } = frame;
  let { tail, skipped } = frame;
  let widest = 0;
  let first = from;
  let newest = NaN;
  for (let number = from; number < head; number += 1) {
    const at = number & mask;
    const now = time[at];
    if (now !== newest) {
      if (number - first > 1) sharePeers(slots, frame, from, first, number, answers);
      first = number;
      newest = now;
    }
    // The row itself is young enough to stop the cursor.
    for (const oldest = now - keep; time[tail & mask] < oldest; tail += 1) {
      const gone = tail & mask;
      const base = bases[gone];
      if (base < 0) {
        skipped -= 1;
        continue;
      }
      const sum = slots[base + 1] - values[gone];
      slots[base] -= 1;
      slots[base + 1] = sum;
      if (Math.abs(sum) > widest) widest = Math.abs(sum);
    }
    const base = bases[at];
    const rows = slots[base] + 1;
    const sum = slots[base + 1] + values[at];
    if (Math.abs(sum) > widest) widest = Math.abs(sum);
    slots[base] = rows;
    slots[base + 1] = sum;
    slots[base + 2] = now;
    answers[2 * (number - from)] = rows;
    answers[2 * (number - from) + 1] = sum;
  }
  if (head - first > 1) sharePeers(slots, frame, from, first, head, answers);
  frame.tail = tail;
  frame.skipped = skipped;
  refuseWideSum(widest);
}

/** Rows [first, end) are of one time, so each of them sees all that are of its key. */
function sharePeers(
  slots: Float64Array,
  { base: bases, mask }: FrameRows,
  from: number,
  first: number,
  end: number,
  answers: Float64Array,
): void {
  for (let number = first; number < end; number += 1) {
    const base = bases[number & mask];
    answers[2 * (number - from)] = slots[base];
    answers[2 * (number - from) + 1] = slots[base + 1];
  }
}
