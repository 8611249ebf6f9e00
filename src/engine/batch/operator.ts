import { type Column, type Duration, type Schema, type Table } from '../../model';
import { type Edge, type Plan } from '../../sql/plan';
import { type Allowance } from './allowance';
import { type Pieces } from '../pieces';
import { lazily, pushTable, type Consumer, type Origin } from './chunk';

/**
 * A table that a batch job reads. A table made from a log carries where each row stood in it: `append`, `partition`
 * and `offset` break ties of event time (S19) and name the row. Without them, the row number does.
 */
export interface BatchTable extends Table {
  topic?: number;
  append?: Float64Array;
  partition?: Float64Array;
  offset?: Float64Array;
}

export interface BatchOptions {
  /** Ends of range frames; SQL text alone means closed. */
  edge?: Edge;
  /** To which hop-aligned and sawtooth edges are rounded, ms; null: by the length of the frame (S7.7). */
  hop?: Duration | null;
  /** Default: a library's. */
  allowance?: Allowance;
}

export interface BatchResult {
  table: Table;
  /** Event time of each row; MIN_TIME where the query lost it. */
  time: Float64Array;
  /** Who each row is. */
  identities: Origin;
  /** Rows of stored tables that were looked at. */
  rowsRead: number;
}

/** `runBatch`. It is handed in, so that a page which only streams need not load it. */
export type RunBatch = (plan: Plan, tables: (name: string) => BatchTable, options?: BatchOptions) => BatchResult;
/** The same, to be left in between: by a page, where it is one input of a run. */
export type BatchPieces = (...query: Parameters<RunBatch>) => Pieces<BatchResult>;

/** Which columns of a result are read; the others may be left empty. */
export type Used = (column: number) => boolean;

/** What the executor lends to a batch operator. */
export interface Job {
  readonly tables: (name: string) => BatchTable;
  readonly edge: Edge;
  readonly hop: Duration | null;
  rowsRead: number;
  /** Runs an input, whose rows go to `consume`. */
  push(plan: Plan, consume: Consumer, used?: Used): Pieces;
}

/** Runs one node: it pushes its inputs through `job`, and its own rows to `consume`. */
export type BatchOperator<N extends Plan['node']> = (
  node: Extract<Plan, { node: N }>,
  job: Job,
  consume: Consumer,
  used: Used,
) => Pieces;

/** The batch operators of a family of nodes. */
export type BatchFamily = { readonly [N in Plan['node']]?: BatchOperator<N> };

/** An operator that answers only when it has seen all: rows go in, and at the end a table comes out. */
export interface BlockingOperator {
  consume: Consumer;
  finish(): Pieces<Finished>;
}

export interface Finished {
  table: Table;
  origin: Origin;
}

/** The batch operator of a node that answers only when it has seen all of its input. */
export const blocking = <P extends Plan & { input: Plan }>(make: (node: P, job: Job) => BlockingOperator) =>
  function* (node: P, job: Job, consume: Consumer): Pieces {
    const operator = make(node, job);
    yield* job.push(node.input, operator.consume);
    const { table, origin } = yield* operator.finish();
    yield* pushTable(table, origin, consume);
  };

/** A result with one row per key; `keys`: the key of each row. */
export function rowPerKey(schema: Schema, columns: Column[], keys: Int32Array): Finished {
  const zero = new Float64Array(keys.length);
  const origin = lazily(() => ({ id0: new Float64Array(keys), id1: zero, id2: zero, append: null }));
  return { table: { schema, columns, length: keys.length }, origin };
}
