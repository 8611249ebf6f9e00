import { BIGINT, DOUBLE, decimal, isExact, type ColumnType } from '../model';
import { each, type Accumulator } from './accumulators';
import type { Aggregate, Slots } from './aggregate';
import { COUNT_SLOTS } from './count';
import { REAL_SLOTS, addReal, mergeDigits, normalizeDigits, realSum, refuseWideSum } from './exact';
import { exactResult, numberResult } from './results';

function summing(sign: 1 | -1): Accumulator['add'] {
  return (state, bases, offset, { column, mask }, from, to) => {
    const data = column.data as Float64Array;
    for (let i = from; i < to; i += 1) {
      if (bases[i] < 0 || (mask !== null && mask[i] === 0)) continue;
      const at = bases[i] + offset;
      const sum = state[at] + sign * data[i];
      state[at] = sum;
      if (sum > Number.MAX_SAFE_INTEGER || sum < Number.MIN_SAFE_INTEGER) refuseWideSum(sum);
    }
  };
}

/** Of whole numbers and decimals. */
const wholeSum: Accumulator = {
  slots: 1,
  empty: 0,
  add: summing(1),
  remove: summing(-1),
  merge: (into, intoAt, from, fromAt) => {
    into[intoAt] += from[fromAt];
    refuseWideSum(into[intoAt]);
  },
  read: (state, at) => state[at],
};

/** A sum of doubles, exact, as a long number of some `slots` digits. */
export const longSum = (
  slots: number,
  change: (state: Float64Array, at: number, value: number, sign: 1 | -1) => void,
  read: Accumulator['read'],
): Accumulator => ({
  slots,
  empty: 0,
  add: each((state, at, value) => change(state, at, value, 1)),
  remove: each((state, at, value) => change(state, at, value, -1)),
  merge: (into, intoAt, from, fromAt) => mergeDigits(into, intoAt, from, fromAt, slots),
  normalize: (state, at) => normalizeDigits(state, at, slots),
  read,
});

const doubleSum = longSum(REAL_SLOTS, addReal, realSum);

const typeOfSum = (type: ColumnType): ColumnType => {
  if (type.name === 'DECIMAL') return decimal(38, type.scale);
  return type.name === 'DOUBLE' ? DOUBLE : BIGINT;
};

export const SUM_SLOTS: Slots = {
  holds: 'sums',
  title: (argument) => `SUM(${argument})`,
  type: typeOfSum,
  accumulator: (type) => (isExact(type) ? wholeSum : doubleSum),
};

export const SUM: Aggregate = {
  detail: 'SUM(x): exact for integers and decimals',
  takes: 'number',
  type: typeOfSum,
  nullable: 'of nothing',
  inFlink: true,
  fold: {
    needs: [COUNT_SLOTS, SUM_SLOTS],
    result: ([count, sum], type) => (isExact(type) ? exactResult(count, sum, null) : numberResult(count, 1, sum.read)),
  },
};
