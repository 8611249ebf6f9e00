import { TidemarkError } from '../../../../model';
import { keyedResult, type Plan } from '../../../../sql/plan';
import { type Side } from './sides';
import { timesOf, totalOrder } from '../../../batch/order';

/** One side of a join by event time. */
export interface OrderedSide {
  /** Event time of each row. */
  time: Float64Array;
  /** Row numbers in the total order (S19). */
  order: Int32Array;
}

/** Throws a TidemarkError where the query has lost the event time of the side, or a row has none. */
export function orderOf({ table, origin, rows }: Side, plan: Plan, node: string): OrderedSide {
  if (plan.timeColumn < 0) {
    throw new TidemarkError({
      what: `${node === 'interval join' ? 'an' : 'a'} ${node} needs an event-time column on both sides`,
      where: 'JOIN',
      hint: 'Keep the time column in the SELECT list of both inputs.',
    });
  }
  const time = timesOf(plan, table);
  return { time, order: totalOrder(time, origin, rows, keyedResult(plan)) };
}
