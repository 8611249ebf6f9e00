import { BIGINT, makeColumn, takeRows, type Table } from '../../../model';
import { type Deduplicate, type Normalize, type TopN } from '../../../sql/plan';
import { keyedResult } from '..';
import { Collector, lazily, upTo, type Consumer } from '../../batch/chunk';
import { bucketSort, keyIdsOf, keysInOrder, ranks } from '../../batch/groups';
import { blocking, rowPerKey, type BatchFamily, type BlockingOperator, type Finished } from '../../batch/operator';
import { collected, reordered, timesOf, totalComparer } from '../../batch/order';
import { compile } from '../../expression';
import { comparerOf, inTurn } from '../../ordering';
import { sorted } from '../../pieces';
import { tombstonesOf } from './kinds';

export const batch = {
  deduplicate: blocking(deduplicate),
  'top n': blocking(topN),
  normalize: blocking(normalize),
  limit: ({ input, count }, job, consume) => job.push(input, limited(count, consume)),
} satisfies BatchFamily;

/** Lets the first rows through, as they come; the rest is read and dropped. */
function limited(count: number, consume: Consumer): Consumer {
  let left = count;
  return (chunk) => {
    const length = Math.min(chunk.length, left);
    left -= length;
    // A cut chunk is not the whole table from there on.
    if (length > 0) consume(length === chunk.length ? chunk : { ...chunk, length, whole: null });
  };
}

/** One row per key: the first or the last in the total order of S19 (S13.4). Rows come in that order. */
function deduplicate(plan: Deduplicate): BlockingOperator {
  const { input, keep } = plan;
  const collector = new Collector(input.schema);
  return {
    consume: collector.take,
    *finish() {
      const { table, order } = yield* collected(input, collector);
      return chosenRows(plan, table, order, (row, shown) => (keep === 'last' || shown < 0 ? row : shown));
    },
  };
}

/** Of each key the row chosen last, in `order`. `choose`: the row of a key after one more; -1 is none. */
function chosenRows(
  { keys, input, schema }: Deduplicate | Normalize,
  table: Table,
  order: Int32Array,
  choose: (row: number, shown: number) => number,
): Finished {
  const { ids, table: keyTable } = keyIdsOf(keys, input.schema, table);
  const chosen = new Int32Array(keyTable.size).fill(-1);
  for (const row of order) chosen[ids[row]] = choose(row, chosen[ids[row]]);
  const kept = order.filter((row) => chosen[ids[row]] === row);
  return rowPerKey(
    schema,
    takeRows(table, kept).columns,
    kept.map((row) => ids[row]),
  );
}

/** The first rows of each partition, ties in the total order of S19. Partitions come in order of their keys. */
function topN(plan: TopN): BlockingOperator {
  const { input, partitionBy, orderBy, limit, rank } = plan;
  const collector = new Collector(input.schema);
  return {
    consume: collector.take,
    *finish() {
      const table = collector.table();
      const origin = collector.origin();
      const rows = collector.rows();
      const ties = totalComparer(timesOf(input, table), origin, rows, keyedResult(input));
      const compares = orderBy.map(({ expression, descending }) =>
        // Evaluators write into buffers of their own, one each.
        comparerOf(compile(expression, input.schema)(table, 0, table.length), descending),
      );
      const order = yield* sorted(upTo(table.length), inTurn([...compares, ties]));
      const { ids, table: keys } = keyIdsOf(partitionBy, input.schema, table);
      const ranked = partitionBy.length === 0 ? order : bucketSort(order, ids, ranks(yield* keysInOrder(keys)));
      const places = placesOf(ranked, ids);
      const kept = ranked.filter((_, i) => places[i] < limit);
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

/** The last row of each key, in the order in which those rows are stored. */
function normalize(plan: Normalize): BlockingOperator {
  const collector = new Collector(plan.input.schema);
  const isTombstone = tombstonesOf(plan);
  return {
    consume: collector.take,
    *finish() {
      const table = collector.table();
      return chosenRows(plan, table, upTo(table.length), (row) => (isTombstone(table, row) ? -1 : row));
    },
  };
}
