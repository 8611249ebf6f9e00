import { DOUBLE, isExact, powerOfTen, scaleOf } from '../model';
import type { Aggregate } from './aggregate';
import { COUNT_SLOTS } from './count';
import { markEmpty, numberResult } from './results';
import { SUM_SLOTS } from './sum';

export const AVG: Aggregate = {
  detail: 'AVG(x): mean, a DOUBLE',
  takes: 'number',
  type: () => DOUBLE,
  nullable: 'of nothing',
  inFlink: true,
  fold: {
    needs: [COUNT_SLOTS, SUM_SLOTS],
    result([count, sum], type) {
      if (!isExact(type)) return numberResult(count, 1, (state, base, n) => sum.read(state, base) / n);
      const unit = powerOfTen(scaleOf(type));
      // A loop of its own, without a call for each group.
      return (state, bases, groups, column, row) => {
        const { data } = column;
        let empty = 0;
        for (let i = 0; i < groups; i += 1) {
          const base = bases[i];
          const n = state[base + count.offset];
          data[row + i] = n === 0 ? 0 : state[base + sum.offset] / (n * unit);
          if (n === 0) empty += 1;
        }
        markEmpty(column, state, bases, groups, row, count, empty);
      };
    },
  },
};
