import { takeRows } from '../../model';
import { keyedResult, type Deduplicate } from '../../sql/plan';
import { type Breaker } from './breaker';
import { Collector, lazily } from './chunk';
import { timesOf, totalOrder } from './order';
import { keyIdsOf } from './partitions';

/** One row per key: the first or the last in the total order of S19 (S13.4). Rows come in that order. */
export function deduplicate(plan: Deduplicate): Breaker {
  const { input, keys, keep } = plan;
  const collector = new Collector(input.schema);
  return {
    consume: collector.take,
    finish() {
      const table = collector.table();
      const time = timesOf(input, table);
      const order = totalOrder(time, collector.origin, () => collector.rows(), keyedResult(input));
      const { ids, table: keyTable } = keyIdsOf(keys, input.schema, table);
      const chosen = new Int32Array(keyTable.size).fill(-1);
      for (const row of order) if (keep === 'last' || chosen[ids[row]] < 0) chosen[ids[row]] = row;
      const kept = order.filter((row) => chosen[ids[row]] === row);
      const origin = lazily(() => ({
        id0: Float64Array.from(kept, (row) => ids[row]),
        id1: new Float64Array(kept.length),
        id2: new Float64Array(kept.length),
        append: null,
      }));
      const { columns } = takeRows(table, kept);
      return { table: { schema: plan.schema, columns, length: kept.length }, origin };
    },
  };
}
