import { aggregateOf } from '../../aggregates';
import { MIN_TIME, TidemarkError, type Column, type Duration, type Table } from '../../model';
import {
  type Aggregate,
  type Edge,
  type Filter,
  type Plan,
  type Project,
  type Scan,
  type WindowAggregate,
} from '../../sql/plan';
import { readsColumn } from '../../sql/walk';
import { compile, compilePredicate } from '../expression';
import { entryOf } from '../nodes/entry';
import { aggregate, windowAggregate } from './aggregate';
import { type Breaker } from './breaker';
import { asofJoin } from './asofJoin';
import { CHUNK_ROWS, Collector, lazily, originRow, pushTable, type Chunk, type Consumer, type Origin } from './chunk';
import { deduplicate } from './deduplicate';
import { intervalJoin } from './intervalJoin';
import { inTotalOrder } from './order';
import { over } from './over';
import { type Used } from './joinSides';
import { regularJoin, type Join } from './regularJoin';
import { temporalJoin } from './temporalJoin';
import { topN } from './topN';
import { unionAll } from './unionAll';
import { windowJoin } from './windowJoin';

/**
 * A table that a batch job reads. A table made from a log carries where each row stood in it: `append`, `partition`
 * and `offset` break ties of event time (S19) and name the row. Without them, the row number does.
 */
export interface BatchTable extends Table {
  topic?: number;
  append?: Float64Array;
  partition?: Float64Array | Int32Array;
  offset?: Float64Array | Int32Array;
}

export interface BatchOptions {
  /** Ends of range frames; SQL text alone means closed. */
  edge?: Edge;
  /** To which hop-aligned and sawtooth edges are rounded, ms; null: by the length of the frame (S7.7). */
  hop?: Duration | null;
}

export interface BatchResult {
  table: Table;
  /** Event time of each row; MIN_TIME where the query lost it. */
  time: Float64Array;
  /** Who each row is; see `ColumnBatch`. */
  id0: Float64Array;
  id1: Float64Array;
  id2: Float64Array;
  /** Rows of stored tables that were looked at. */
  rowsRead: number;
}

/**
 * Runs a plan over bounded tables, once, from first row to last.
 *
 * Ranges of rows are pushed from the scans through filters and projections without being kept; aggregates and OVER
 * keep what they must. The order of the result is fixed: a scan's rows as stored, groups by (window end, window start,
 * key), groups without windows by key, OVER by the total order of S19.
 */
export function runBatch(
  plan: Plan,
  tables: (name: string) => BatchTable,
  { edge = 'closed', hop = null }: BatchOptions = {},
): BatchResult {
  const collector = new Collector(plan.schema);
  const job: Job = { tables, edge, hop, rowsRead: 0 };
  push(plan, job, collector.take);
  const table = collector.table();
  const ids = lazily(() => {
    const { id0, id1, id2 } = collector.origin();
    return { id0: collector.pick(id0), id1: collector.pick(id1), id2: collector.pick(id2), append: null };
  });
  return {
    table,
    time: timeOf(plan, table),
    get id0() {
      return ids().id0;
    },
    get id1() {
      return ids().id1;
    },
    get id2() {
      return ids().id2;
    },
    rowsRead: job.rowsRead,
  };
}

interface Job {
  tables: (name: string) => BatchTable;
  edge: Edge;
  hop: Duration | null;
  rowsRead: number;
}

type Execute<N extends Plan['node']> = (
  node: Extract<Plan, { node: N }>,
  job: Job,
  consume: Consumer,
  used: Used,
) => void;

/** The batch operators, by the plan node that each runs. */
const EXECUTORS: { [N in Plan['node']]: Execute<N> } = {
  scan,
  filter: (node, job, consume) => push(node.input, job, filtering(node, consume)),
  project: (node, job, consume) =>
    push(node.input, job, projecting(node, consume), (column) =>
      node.expressions.some((one) => readsColumn(one, (index) => index === column)),
    ),
  'window aggregate': (node, job, consume) => breaking(ordered(node, windowAggregate(node)), node.input, job, consume),
  aggregate: (node, job, consume) => breaking(ordered(node, aggregate(node)), node.input, job, consume),
  over: (node, job, consume) => breaking(over(node, job.edge, job.hop), node.input, job, consume),
  deduplicate: (node, job, consume) => breaking(deduplicate(node), node.input, job, consume),
  'top n': (node, job, consume) => breaking(topN(node), node.input, job, consume),
  'union all': (node, job, consume) => unionAll(node, (input, take) => push(input, job, take), consume),
  join: (node, job, consume) => joining(regularJoin(node), node, job, consume),
  'interval join': (node, job, consume) => joining(intervalJoin(node), node, job, consume),
  'window join': (node, job, consume) => joining(windowJoin(node), node, job, consume),
  'temporal join': (node, job, consume, used) => joining(temporalJoin(node), node, job, consume, used),
  'asof join': (node, job, consume, used) => joining(asofJoin(node), node, job, consume, used),
};

function push(plan: Plan, job: Job, consume: Consumer, used: Used = () => true): void {
  const execute = entryOf<Execute<Plan['node']>>(EXECUTORS, plan, 'batch operator');
  execute(plan, job, consume, used);
}

function breaking(breaker: Breaker, input: Plan, job: Job, consume: Consumer): void {
  push(input, job, breaker.consume);
  const { table, origin } = breaker.finish();
  pushTable(table, origin, consume);
}

function ordered({ aggregates, input }: Aggregate | WindowAggregate, breaker: Breaker): Breaker {
  const matters = aggregates.some(({ name }) => aggregateOf(name).byTime);
  return matters ? inTotalOrder(input, breaker) : breaker;
}

function joining(
  join: Join,
  { left, right }: { left: Plan; right: Plan },
  job: Job,
  consume: Consumer,
  used: Used = () => true,
): void {
  const [lefts, rights] = [left, right].map((side) => {
    const collector = new Collector(side.schema);
    push(side, job, collector.take);
    return collector;
  });
  const { table, origin } = join(lefts, rights, used);
  pushTable(table, origin, consume);
}

function scan({ table: name, schema }: Scan, job: Job, consume: Consumer): void {
  const table = job.tables(name);
  if (table.columns.length !== schema.length) {
    throw new TidemarkError({
      what: 'a table does not have the columns that the query was planned for',
      where: name,
      expected: schema.map((one) => one.name).join(', '),
      found: table.schema.map((one) => one.name).join(', '),
    });
  }
  job.rowsRead += table.length;
  pushTable(table, originOf(table), consume);
}

function originOf({ length, topic = 0, append, partition, offset }: BatchTable): Origin {
  return lazily(() => ({
    id0: new Float64Array(length).fill(topic),
    id1: partition ? Float64Array.from(partition.subarray(0, length)) : new Float64Array(length),
    id2: offset ? Float64Array.from(offset.subarray(0, length)) : Float64Array.from({ length }, (_, row) => row),
    append: append ?? null,
  }));
}

function filtering({ predicate, input }: Filter, consume: Consumer): Consumer {
  const holds = compilePredicate(predicate, input.schema);
  const kept = new Int32Array(CHUNK_ROWS);
  const rows = new Int32Array(CHUNK_ROWS);
  const copies: (Column | null)[] = input.schema.map(() => null);
  return (chunk) => {
    const held = holds(chunk, 0, chunk.length);
    let count = 0;
    for (let i = 0; i < chunk.length; i += 1) {
      kept[count] = i;
      count += held[i];
    }
    if (count === 0) return;
    if (count === chunk.length) return consume(chunk);
    for (let i = 0; i < count; i += 1) rows[i] = originRow(chunk, kept[i]);
    const columns = chunk.columns.map((column, c) => (copies[c] = packed(column, kept, count, copies[c])));
    consume({ ...chunk, columns, length: count, rows, whole: null });
  };
}

/** The kept rows of a column, moved together, in the buffers of the last time. */
function packed(column: Column, kept: Int32Array, count: number, before: Column | null): Column {
  const data = before?.data ?? new (column.data.constructor as new (n: number) => Column['data'])(CHUNK_ROWS);
  for (let i = 0; i < count; i += 1) data[i] = column.data[kept[i]];
  let valid: Uint8Array | null = null;
  if (column.valid !== null) {
    valid = before?.valid ?? new Uint8Array(CHUNK_ROWS);
    for (let i = 0; i < count; i += 1) valid[i] = column.valid[kept[i]];
  }
  return { type: column.type, data, valid, dictionary: column.dictionary };
}

function projecting({ expressions, input, schema }: Project, consume: Consumer): Consumer {
  const evaluators = expressions.map((one) => compile(one, input.schema));
  const columnsOf = (rows: Table): Column[] => evaluators.map((evaluate) => evaluate(rows, 0, rows.length));
  const picks = expressions.every(({ op }) => op === 'column');
  let from: Table | null = null;
  let picked: Table | null = null;
  return (chunk: Chunk) => {
    // Columns that are only picked are those of a table if they were before.
    if (picks && chunk.whole !== from) {
      from = chunk.whole;
      picked = from && { schema, columns: columnsOf(from), length: from.length };
    }
    consume({ ...chunk, schema, columns: columnsOf(chunk), whole: picked });
  };
}

function timeOf({ timeColumn }: Plan, table: Table): Float64Array {
  if (timeColumn < 0) return new Float64Array(table.length).fill(MIN_TIME);
  return (table.columns[timeColumn].data as Float64Array).subarray(0, table.length);
}
