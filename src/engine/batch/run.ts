import { MIN_TIME, type Table } from '../../model';
import { type Plan } from '../../sql/plan';
import { BATCH } from '../nodes/batch';
import { entryOf } from '../nodes/entry';
import { whole, type Pieces } from '../pieces';
import { LIBRARY, spend, within } from './allowance';
import { Collector, lazily, type Consumer } from './chunk';
import {
  type BatchOperator,
  type BatchOptions,
  type BatchPieces,
  type BatchResult,
  type BatchTable,
  type Job,
  type RunBatch,
} from './operator';

/**
 * Runs a plan over bounded tables, once, from first row to last.
 *
 * Ranges of rows are pushed from the scans through filters and projections without being kept; aggregates and OVER
 * keep what they must. The order of the result is fixed: a scan's rows as stored, groups by (window end, window start,
 * key), groups without windows by key, OVER by the total order of S19.
 */
export const runBatch: RunBatch = (plan, tables, options) => whole(batchPieces(plan, tables, options));

/** The same, which may be left between two pieces of work. */
export const batchPieces: BatchPieces = (plan, tables, { allowance = LIBRARY, ...options } = {}) =>
  within(allowance, runWithin(plan, tables, options));

function* runWithin(
  plan: Plan,
  tables: (name: string) => BatchTable,
  { edge = 'closed', hop = null }: BatchOptions,
): Pieces<BatchResult> {
  const collector = new Collector(plan.schema);
  const job: Job = {
    tables,
    edge,
    hop,
    rowsRead: 0,
    *push(node, consume, used = () => true) {
      const paid: Consumer = (chunk) => {
        spend(chunk.length * (1 + chunk.columns.length / 8), node.node);
        consume(chunk);
      };
      yield* entryOf<BatchOperator<Plan['node']>>(BATCH, node, 'batch operator')(node, job, paid, used);
    },
  };
  yield* job.push(plan, collector.take);
  const table = collector.table();
  const identities = lazily(() => {
    const { id0, id1, id2 } = collector.origin();
    return { id0: collector.pick(id0), id1: collector.pick(id1), id2: collector.pick(id2), append: null };
  });
  return { table, time: timeOf(plan, table), identities, rowsRead: job.rowsRead };
}

function timeOf({ timeColumn }: Plan, table: Table): Float64Array {
  if (timeColumn < 0) return new Float64Array(table.length).fill(MIN_TIME);
  return (table.columns[timeColumn].data as Float64Array).subarray(0, table.length);
}
