import { addSquare, refuseWideSum } from './exact';

/**
 * The loops that most queries spend their time in, each for one shape of state and without any call per row. They do
 * what the accumulators of `accumulators.ts` do one after the other; a test holds them to that.
 */

type Kernel = (state: Float64Array, bases: Int32Array, data: Float64Array, from: number, to: number) => void;

/** A loop that adds rows and its twin that takes them back. A negative base skips the row. */
export interface KernelPair {
  add: Kernel;
  remove: Kernel;
}

/** [rows] */
export const rowsKernel: KernelPair = {
  add(state, bases, _data, from, to) {
    for (let i = from; i < to; i += 1) {
      const base = bases[i];
      if (base >= 0) state[base] += 1;
    }
  },
  remove(state, bases, _data, from, to) {
    for (let i = from; i < to; i += 1) {
      const base = bases[i];
      if (base >= 0) state[base] -= 1;
    }
  },
};

/**
 * [rows, Σx] for whole numbers without nulls. A call in the loop, even one that never happens, costs a tenth of its
 * speed, so the loop stops at a row that it cannot do and its caller does that one.
 */
function addSums(state: Float64Array, bases: Int32Array, data: Float64Array, from: number, to: number): number {
  for (let i = from; i < to; i += 1) {
    const base = bases[i];
    if (base < 0) continue;
    const sum = state[base + 1] + data[i];
    if (Math.abs(sum) > Number.MAX_SAFE_INTEGER) return i;
    state[base] += 1;
    state[base + 1] = sum;
  }
  return to;
}

function removeSums(state: Float64Array, bases: Int32Array, data: Float64Array, from: number, to: number): number {
  for (let i = from; i < to; i += 1) {
    const base = bases[i];
    if (base < 0) continue;
    const sum = state[base + 1] - data[i];
    if (Math.abs(sum) > Number.MAX_SAFE_INTEGER) return i;
    state[base] -= 1;
    state[base + 1] = sum;
  }
  return to;
}

export const sumKernel: KernelPair = {
  add(state, bases, data, from, to) {
    const row = addSums(state, bases, data, from, to);
    if (row < to) refuseWideSum(state[bases[row] + 1] + data[row]);
  },
  remove(state, bases, data, from, to) {
    const row = removeSums(state, bases, data, from, to);
    if (row < to) refuseWideSum(state[bases[row] + 1] - data[row]);
  },
};

const LOW = 4_503_599_627_370_496;

/**
 * [rows, Σx, Σx² low, Σx² high] for whole numbers without nulls. A square that leaves the low slot within [0, 2⁵²) is
 * below 2⁵² itself, so the product and the sum were exact; any other goes the careful way.
 */
function addMoments(state: Float64Array, bases: Int32Array, data: Float64Array, from: number, to: number): number {
  for (let i = from; i < to; i += 1) {
    const base = bases[i];
    if (base < 0) continue;
    const value = data[i];
    const sum = state[base + 1] + value;
    const low = state[base + 2] + value * value;
    if (low >= LOW || Math.abs(sum) > Number.MAX_SAFE_INTEGER) return i;
    state[base] += 1;
    state[base + 1] = sum;
    state[base + 2] = low;
  }
  return to;
}

function removeMoments(state: Float64Array, bases: Int32Array, data: Float64Array, from: number, to: number): number {
  for (let i = from; i < to; i += 1) {
    const base = bases[i];
    if (base < 0) continue;
    const value = data[i];
    const sum = state[base + 1] - value;
    const low = state[base + 2] - value * value;
    if (low < 0 || Math.abs(sum) > Number.MAX_SAFE_INTEGER) return i;
    state[base] -= 1;
    state[base + 1] = sum;
    state[base + 2] = low;
  }
  return to;
}

function carefully(state: Float64Array, base: number, value: number, sign: 1 | -1): void {
  state[base] += sign;
  state[base + 1] += sign * value;
  refuseWideSum(state[base + 1]);
  addSquare(state, base + 2, value, sign);
}

export const momentsKernel: KernelPair = {
  add(state, bases, data, from, to) {
    for (
      let row = addMoments(state, bases, data, from, to);
      row < to;
      row = addMoments(state, bases, data, row + 1, to)
    ) {
      carefully(state, bases[row], data[row], 1);
    }
  },
  remove(state, bases, data, from, to) {
    for (
      let row = removeMoments(state, bases, data, from, to);
      row < to;
      row = removeMoments(state, bases, data, row + 1, to)
    ) {
      carefully(state, bases[row], data[row], -1);
    }
  },
};

/** Rows of moving frames, by number; row n is held at place `n & mask`. `FrameRing` is one. */
export interface HeldRows {
  time: Float64Array;
  /** Where the slots of the row's key start; below zero where the row is not the cursor's to take out. */
  base: Int32Array;
  /** Number of the row before it of the same key. */
  before: Int32Array;
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

/** Per key [rows, Σx, time of the newest row, (number of that row, number of the newest row gone)], `width` slots. */
export interface FrameSums {
  slots: Float64Array;
  /** The same memory as whole numbers. */
  links: Int32Array;
  width: number;
}

/**
 * Moves all frames over rows [from, to): what is more than
 * `keep` ms old leaves, rows of one time enter together, and [rows, Σx] as each of them finds it goes to `answers`.
 * Stops at the first row later than `until`, and answers where. The ring has room for all of them.
 */
export function rollSums(
  { slots: state, links, width }: FrameSums,
  held: HeldRows,
  values: Float64Array,
  { time, keys, data }: EnteringRows,
  from: number,
  to: number,
  keep: number,
  until: number,
  answers: Float64Array,
): number {
  const { time: times, base: owners, before, mask } = held;
  let { head, tail, skipped } = held;
  let widest = 0;
  let row = from;
  let end = from;
  let answer = 0;
  while (row < to) {
    const now = time[row];
    if (now > until) break;
    do {
      const base = keys[end] * width;
      const at = head & mask;
      const value = data[end];
      const sum = state[base + 1] + value;
      times[at] = now;
      owners[at] = base;
      values[at] = value;
      before[at] = links[2 * base + 6];
      state[base] += 1;
      state[base + 1] = sum;
      state[base + 2] = now;
      links[2 * base + 6] = head;
      if (Math.abs(sum) > widest) widest = Math.abs(sum);
      head += 1;
      end += 1;
    } while (end < to && time[end] === now);
    // The rows that have just entered are young enough to stop the cursor.
    for (const oldest = now - keep; times[tail & mask] < oldest; tail += 1) {
      const at = tail & mask;
      const base = owners[at];
      if (base < 0) {
        skipped -= 1;
        continue;
      }
      const sum = state[base + 1] - values[at];
      state[base] -= 1;
      state[base + 1] = sum;
      links[2 * base + 7] = tail;
      if (Math.abs(sum) > widest) widest = Math.abs(sum);
    }
    for (; row < end; row += 1) {
      const base = keys[row] * width;
      answers[answer] = state[base];
      answers[answer + 1] = state[base + 1];
      answer += 2;
    }
  }
  held.head = head;
  held.tail = tail;
  held.skipped = skipped;
  refuseWideSum(widest);
  return row;
}
