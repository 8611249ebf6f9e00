import { BIGINT } from '../model';
import type { Accumulator } from './accumulators';
import type { Aggregate, Slots } from './aggregate';
import { objectAccumulator } from './objectState';
import { Distinct } from './multiset';
import { sizeResult } from './results';

function counting(sign: 1 | -1): Accumulator['add'] {
  return (state, bases, offset, { mask }, from, to) => {
    for (let i = from; i < to; i += 1) {
      if (bases[i] < 0 || (mask !== null && mask[i] === 0)) continue;
      state[bases[i] + offset] += sign;
    }
  };
}

export const counter: Accumulator = {
  slots: 1,
  empty: 0,
  add: counting(1),
  remove: counting(-1),
  merge: (into, intoAt, from, fromAt) => {
    into[intoAt] += from[fromAt];
  },
  read: (state, at) => state[at],
};

export const COUNT_SLOTS: Slots = {
  holds: 'sums',
  title: (argument) => `COUNT(${argument})`,
  type: () => BIGINT,
  accumulator: () => counter,
};

/** Every value with its number of copies: a value goes with its last copy (S14.2). */
const DISTINCT_SLOTS: Slots = {
  holds: 'set',
  title: (argument) => `COUNT(DISTINCT ${argument})`,
  type: () => BIGINT,
  accumulator: () => objectAccumulator(() => new Distinct()),
};

export const COUNT: Aggregate = {
  detail: 'COUNT(*), COUNT(x) or COUNT(DISTINCT x): how many (x not null)',
  takes: 'any',
  star: true,
  type: () => BIGINT,
  nullable: 'never',
  inFlink: true,
  fold: {
    needs: [COUNT_SLOTS],
    result:
      ([{ offset }]) =>
      (state, bases, groups, { data, valid }, row) => {
        for (let i = 0; i < groups; i += 1) data[row + i] = state[bases[i] + offset];
        if (valid !== null) valid.fill(1, row, row + groups);
      },
  },
  distinct: { needs: [DISTINCT_SLOTS], result: ([distinct]) => sizeResult(distinct) },
};
