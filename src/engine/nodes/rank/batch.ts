import { BIGINT, makeColumn, takeRows } from '../../../model';
import { keyedResult, type Deduplicate, type Normalize, type TopN } from '../../../sql/plan';
import { breaking } from '../../batch/breaking';
import { Collector, lazily, upTo, type Consumer } from '../../batch/chunk';
import { bucketSort, keysInOrder, ranks } from '../../batch/groups';
import { type BatchFamily, type BlockingOperator } from '../../batch/operator';
import { reordered, timesOf, totalComparer, totalOrder } from '../../batch/order';
import { keyIdsOf } from '../../batch/partitions';
import { compile } from '../../expression';
import { comparerOf } from '../../ordering';
import { tombstonesOf } from './kinds';

export const batch = {
  deduplicate: (node, job, consume) => breaking(deduplicate(node), node.input, job, consume),
  'top n': (node, job, consume) => breaking(topN(node), node.input, job, consume),
  normalize: (node, job, consume) => breaking(normalize(node), node.input, job, consume),
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

/** The first rows of each partition, ties in the total order of S19. Partitions come in order of their keys. */
function topN(plan: TopN): BlockingOperator {
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

/** The last row of each key, in the order in which those rows are stored. */
function normalize(plan: Normalize): BlockingOperator {
  const { input, keys, schema } = plan;
  const collector = new Collector(input.schema);
  const isTombstone = tombstonesOf(plan);
  return {
    consume: collector.take,
    finish() {
      const table = collector.table();
      const { ids, table: keyTable } = keyIdsOf(keys, input.schema, table);
      const last = new Int32Array(keyTable.size).fill(-1);
      for (let row = 0; row < table.length; row += 1) last[ids[row]] = isTombstone(table, row) ? -1 : row;
      const kept = upTo(table.length).filter((row) => last[ids[row]] === row);
      const zero = new Float64Array(kept.length);
      const origin = lazily(() => ({
        id0: Float64Array.from(kept, (row) => ids[row]),
        id1: zero,
        id2: zero,
        append: null,
      }));
      return { table: { schema, columns: takeRows(table, kept).columns, length: kept.length }, origin };
    },
  };
}
