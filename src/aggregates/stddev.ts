import { BIGINT, DOUBLE, decimal, isExact, powerOfTen, scaleOf } from '../model';
import { each, type Accumulator } from './accumulators';
import type { Aggregate, Slots } from './aggregate';
import { COUNT_SLOTS } from './count';
import {
  SQUARE_SLOTS,
  addRealSquare,
  addSquare,
  mergeSquares,
  realDeviation,
  realSquares,
  wholeDeviation,
} from './exact';
import { numberResult } from './results';
import { SUM_SLOTS, longSum } from './sum';

/** Of whole numbers and decimals. */
const wholeSquares: Accumulator = {
  slots: 2,
  empty: 0,
  add: each((state, at, value) => addSquare(state, at, value, 1)),
  remove: each((state, at, value) => addSquare(state, at, value, -1)),
  merge: mergeSquares,
  // For people: the exact sum may have more digits than a double shows.
  read: (state, at) => state[at] + state[at + 1] * 4_503_599_627_370_496,
};

const doubleSquares = longSum(SQUARE_SLOTS, addRealSquare, realSquares);

export const SQUARE_SUM_SLOTS: Slots = {
  holds: 'sums',
  title: (argument) => `SUM(${argument}²)`,
  type: (type) => (type.name === 'DECIMAL' ? decimal(38, 2 * type.scale) : isExact(type) ? BIGINT : DOUBLE),
  accumulator: (type) => (isExact(type) ? wholeSquares : doubleSquares),
};

/** `less`: what is taken off n in the divisor. Fewer values than one and that have no deviation. */
const deviation = (less: 0 | 1): Omit<Aggregate, 'detail'> => ({
  takes: 'number',
  type: () => DOUBLE,
  nullable: less === 1 ? 'of few' : 'of nothing',
  inFlink: true,
  fold: {
    needs: [COUNT_SLOTS, SUM_SLOTS, SQUARE_SUM_SLOTS],
    result([count, { offset: sum }, { offset: squares }], type) {
      const unit = powerOfTen(scaleOf(type));
      return numberResult(
        count,
        1 + less,
        isExact(type)
          ? (state, base, n) =>
              wholeDeviation(n, state[base + sum], state[base + squares], state[base + squares + 1], n - less, unit)
          : (state, base, n) => realDeviation(n, state, base + sum, base + squares, n - less),
      );
    },
  },
});

export const STDDEV_SAMP: Aggregate = {
  detail: 'STDDEV_SAMP(x): standard deviation of a sample (n − 1)',
  aliases: ['STDDEV'],
  ...deviation(1),
};

export const STDDEV_POP: Aggregate = {
  detail: 'STDDEV_POP(x): standard deviation of a population (n)',
  ...deviation(0),
};
