import { refuseWideSum } from '../../exact';

/** Rows of moving frames, by number; row n is held at place `n & mask`. `FrameRing` is one. */
export interface HeldRows {
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

/** Rows that enter, in time order, and the ids of their keys. */
export interface EnteringRows {
  time: Float64Array;
  keys: Int32Array;
  data: Float64Array;
}

/** Per key [rows, Σx, time of the newest row, …], `width` slots. */
export interface FrameSums {
  slots: Float64Array;
  width: number;
}

/**
 * Moves all frames over rows [from, to): what is more than `keep` ms old leaves, then the row enters, and [rows, Σx] as
 * it finds them go to `answers`. The ring has room for all of them. One flat loop: the more arrays and loops there are,
 * the more often their addresses are loaded again.
 */
export function rollSums(
  sums: FrameSums,
  held: HeldRows,
  values: Float64Array,
  { time, keys, data }: EnteringRows,
  from: number,
  to: number,
  keep: number,
  answers: Float64Array,
): void {
  const { slots, width } = sums;
  const { time: times, base: owners, mask } = held;
  let { head, tail, skipped } = held;
  let widest = 0;
  let first = from;
  let newest = NaN;
  for (let row = from; row < to; row += 1) {
    const now = time[row];
    if (now !== newest) {
      if (row - first > 1) sharePeers(sums, keys, first, row, answers, from);
      first = row;
      newest = now;
    }
    const place = head & mask;
    head += 1;
    // Young enough to stop the cursor.
    times[place] = now;
    for (const oldest = now - keep; times[tail & mask] < oldest; tail += 1) {
      const gone = tail & mask;
      const owner = owners[gone];
      if (owner < 0) {
        skipped -= 1;
        continue;
      }
      const left = slots[owner + 1] - values[gone];
      slots[owner] -= 1;
      slots[owner + 1] = left;
      if (Math.abs(left) > widest) widest = Math.abs(left);
    }
    const base = keys[row] * width;
    const value = data[row];
    const rows = slots[base] + 1;
    const sum = slots[base + 1] + value;
    if (Math.abs(sum) > widest) widest = Math.abs(sum);
    owners[place] = base;
    values[place] = value;
    slots[base] = rows;
    slots[base + 1] = sum;
    slots[base + 2] = now;
    answers[2 * (row - from)] = rows;
    answers[2 * (row - from) + 1] = sum;
  }
  if (to - first > 1) sharePeers(sums, keys, first, to, answers, from);
  held.head = head;
  held.tail = tail;
  held.skipped = skipped;
  refuseWideSum(widest);
}

/** Rows [from, to) are of one time, so each of them sees all that are of its key. */
function sharePeers(
  { slots, width }: FrameSums,
  keys: Int32Array,
  from: number,
  to: number,
  answers: Float64Array,
  begin: number,
): void {
  for (let row = from; row < to; row += 1) {
    const base = keys[row] * width;
    answers[2 * (row - begin)] = slots[base];
    answers[2 * (row - begin) + 1] = slots[base + 1];
  }
}
