import { BIGINT, makeColumn, takeRows } from '../../model';
import { keyedResult, type TopN } from '../../sql/plan';
import { compile } from '../expression';
import { comparerOf } from '../ordering';
import { type Breaker } from './breaker';
import { Collector, lazily, upTo } from './chunk';
import { bucketSort, keysInOrder, ranks } from './groups';
import { reordered, timesOf, totalComparer } from './order';
import { keyIdsOf } from './partitions';

/** The first rows of each partition, ties in the total order of S19. Partitions come in order of their keys. */
export function topN(plan: TopN): Breaker {
  const { input, partitionBy, orderBy, limit, rank } = plan;
  const collector = new Collector(input.schema);
  return {
    consume: collector.take,
    finish() {
      const table = collector.table();
      const origin = collector.origin();
      const rows = collector.rows();
      const ties = totalComparer(timesOf(input, table), origin, rows, keyedResult(input));
      const compares = orderBy.map(({ expression, descending }) =>
        // Evaluators write into buffers of their own, one each.
        comparerOf(compile(expression, input.schema)(table, 0, table.length), descending),
      );
      const order = upTo(table.length).sort((a, b) => {
        for (const compare of compares) {
          const difference = compare(a, b);
          if (difference !== 0) return difference;
        }
        return ties(a, b);
      });
      const { ids, table: keys } = keyIdsOf(partitionBy, input.schema, table);
      const sorted = partitionBy.length === 0 ? order : bucketSort(order, ids, ranks(keysInOrder(keys)));
      const places = placesOf(sorted, ids);
      const kept = sorted.filter((_, i) => places[i] < limit);
      const { columns } = takeRows(table, kept);
      if (rank !== null) {
        const column = makeColumn(BIGINT, kept.length);
        column.data.set(places.filter((place) => place < limit).map((place) => place + 1));
        columns.push(column);
      }
      return {
        table: { schema: plan.schema, columns, length: kept.length },
        origin: lazily(() => reordered(origin, rows, kept)),
      };
    },
  };
}

/** Place of each row within its partition, from 0; `sorted` has partitions in one piece. */
function placesOf(sorted: Int32Array, ids: Int32Array): Int32Array {
  const places = new Int32Array(sorted.length);
  for (let i = 1; i < sorted.length; i += 1) {
    if (ids[sorted[i]] === ids[sorted[i - 1]]) places[i] = places[i - 1] + 1;
  }
  return places;
}
