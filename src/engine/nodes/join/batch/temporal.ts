import { MAX_TIME, type Column } from '../../../../model';
import { keyedResult, type TemporalJoin } from '../../../../sql/plan';
import { nearest, timeOf } from './asof';
import { sidesOf } from './sides';
import { ascends, totalOrder } from '../../../batch/order';
import { type Join } from './regular';
import { refuseNullTime } from '../../../batch/windows';

/**
 * FOR SYSTEM_TIME AS OF, with everything known: each left row with the version of its key that was valid at its time
 * (S9.1), as the stream says it once the watermark has passed. Rows in the total order of the left side (S19).
 *
 * By processing time a lookup sees what the table holds now (S9.7), and for a batch now is the end: the last version.
 */
export function temporalJoin(plan: TemporalJoin): Join {
  return (leftRows, rightRows, used) => {
    const sides = sidesOf(plan, leftRows, rightRows);
    const { left } = sides;
    const time = checked(timeOf(left, plan.left));
    checked(timeOf(sides.right, plan.right));
    const times = time.data as Float64Array;
    const order = ascends(times) ? null : totalOrder(times, left.origin, left.rows, keyedResult(plan.left));
    const asked = plan.time === 'event' ? time : { ...time, data: new Float64Array(times.length).fill(MAX_TIME) };
    return nearest(plan, sides, '<=', order, asked, used);
  };
}

function checked(time: Column): Column {
  if (time.valid !== null) refuseNullTime(time.valid, 0, time.data.length);
  return time;
}
