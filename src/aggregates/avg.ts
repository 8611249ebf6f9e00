import { DOUBLE, isExact, powerOfTen, scaleOf } from '../model';
import type { Aggregate } from './aggregate';
import { COUNT_SLOTS } from './count';
import { exactResult, numberResult } from './results';
import { SUM_SLOTS } from './sum';

export const AVG: Aggregate = {
  detail: 'AVG(x): mean, a DOUBLE',
  takes: 'number',
  type: () => DOUBLE,
  nullable: 'of nothing',
  inFlink: true,
  fold: {
    needs: [COUNT_SLOTS, SUM_SLOTS],
    result: ([count, sum], type) =>
      isExact(type)
        ? exactResult(count, sum, powerOfTen(scaleOf(type)))
        : numberResult(count, 1, (state, base, n) => sum.read(state, base) / n),
  },
};
