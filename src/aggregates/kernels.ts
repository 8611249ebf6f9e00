import { addSquare, refuseWideSum } from './exact';

/**
 * The loops that most queries spend their time in, each for one shape of state. They do what the accumulators of
 * `accumulators.ts` do one after the other; a test holds them to that.
 *
 * A turn of a loop takes four rows, because the kind and address of each array are looked up once a turn: a third of the
 * time of a turn for each row. A loop that were given what to do with a row would call it, so each is written out. Slots
 * are reached by `| 0`, which spares a check of the addition.
 */

/** Adds rows [from, to) to their groups, or takes them back (sign −1). A negative base skips the row. */
export type Kernel = (
  state: Float64Array,
  bases: Int32Array,
  data: Float64Array,
  from: number,
  to: number,
  sign: 1 | -1,
) => void;

/** [rows] */
export const rowsKernel: Kernel = (state, bases, _data, from, to, sign) => {
  for (let i = from; i < to; i += 1) {
    const base = bases[i];
    if (base >= 0) state[base] += sign;
  }
};

/** False, and nothing is changed, where the sum would not be exact. */
function addToSum(state: Float64Array, base: number, value: number, sign: number): boolean {
  const sumAt = (base + 1) | 0;
  const sum = state[sumAt] + sign * value;
  if (Math.abs(sum) > Number.MAX_SAFE_INTEGER) return false;
  state[base] += sign;
  state[sumAt] = sum;
  return true;
}

/** [rows, Σx] for whole numbers without nulls. */
export const sumKernel: Kernel = (state, bases, data, from, to, sign) => {
  for (let row = from; row < to; row += 1) {
    if (row + 3 < to) row = addSums(state, bases, data, row, to, sign);
    if (row === to || bases[row] < 0 || addToSum(state, bases[row], data[row], sign)) continue;
    refuseWideSum(state[bases[row] + 1] + sign * data[row]);
  }
};

/** Takes four rows a turn; answers the first that is left. */
function addSums(
  state: Float64Array,
  bases: Int32Array,
  data: Float64Array,
  from: number,
  to: number,
  sign: number,
): number {
  let i = from;
  for (; i + 3 < to; i += 4) {
    const base0 = bases[i];
    const base1 = bases[i + 1];
    const base2 = bases[i + 2];
    const base3 = bases[i + 3];
    const value0 = data[i];
    const value1 = data[i + 1];
    const value2 = data[i + 2];
    const value3 = data[i + 3];
    if ((base0 | base1 | base2 | base3) < 0) return i;
    if (!addToSum(state, base0, value0, sign)) return i;
    if (!addToSum(state, base1, value1, sign)) return i + 1;
    if (!addToSum(state, base2, value2, sign)) return i + 2;
    if (!addToSum(state, base3, value3, sign)) return i + 3;
  }
  return i;
}

/**
 * False, and nothing is changed, where the slots need care. A square that leaves the low slot within [0, 2⁵²) is below 2⁵²
 * itself, so the product and the sum were exact.
 */
function addToMoments(state: Float64Array, base: number, value: number, sign: number): boolean {
  const sumAt = (base + 1) | 0;
  const lowAt = (base + 2) | 0;
  const sum = state[sumAt] + sign * value;
  const low = state[lowAt] + sign * value * value;
  if (low >= 4_503_599_627_370_496 || low < 0 || Math.abs(sum) > Number.MAX_SAFE_INTEGER) return false;
  state[base] += sign;
  state[sumAt] = sum;
  state[lowAt] = low;
  return true;
}

/** [rows, Σx, Σx² low, Σx² high] for whole numbers without nulls. */
export const momentsKernel: Kernel = (state, bases, data, from, to, sign) => {
  for (let row = from; row < to; row += 1) {
    if (row + 3 < to) row = addMoments(state, bases, data, row, to, sign);
    if (row === to || bases[row] < 0 || addToMoments(state, bases[row], data[row], sign)) continue;
    const base = bases[row];
    const value = data[row];
    state[base] += sign;
    state[base + 1] += sign * value;
    refuseWideSum(state[base + 1]);
    addSquare(state, base + 2, value, sign);
  }
};

/** As `addSums`. */
function addMoments(
  state: Float64Array,
  bases: Int32Array,
  data: Float64Array,
  from: number,
  to: number,
  sign: number,
): number {
  let i = from;
  for (; i + 3 < to; i += 4) {
    const base0 = bases[i];
    const base1 = bases[i + 1];
    const base2 = bases[i + 2];
    const base3 = bases[i + 3];
    const value0 = data[i];
    const value1 = data[i + 1];
    const value2 = data[i + 2];
    const value3 = data[i + 3];
    if ((base0 | base1 | base2 | base3) < 0) return i;
    if (!addToMoments(state, base0, value0, sign)) return i;
    if (!addToMoments(state, base1, value1, sign)) return i + 1;
    if (!addToMoments(state, base2, value2, sign)) return i + 2;
    if (!addToMoments(state, base3, value3, sign)) return i + 3;
  }
  return i;
}
