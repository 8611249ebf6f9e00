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
