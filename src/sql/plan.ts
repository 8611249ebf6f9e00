import { type ColumnType, type Duration, type Schema } from '../model';

/**
 * The plan: what a definition means, before anybody decides how to run it. The batch executor, the stream runtime and
 * the exporters all read this one tree. Nodes are plain data; children come first in every node that has any.
 *
 * To add a relational idea: one case here, one in `bind.ts`, one in each engine; the compiler lists the rest.
 */
export type Plan = Scan | Filter | Project | WindowAggregate | Aggregate | Over;

interface Node {
  schema: Schema;
  /** Index of the column that carries event time through this node, or -1 where it is lost. */
  timeColumn: number;
}

/** A declared table or stream. `watermark` is the expression of its WATERMARK clause over its own columns (S1.11). */
export interface Scan extends Node {
  node: 'scan';
  table: string;
  watermark: Expression | null;
  /** Options of the WITH clause, as written. */
  options: Record<string, string>;
}

export interface Filter extends Node {
  node: 'filter';
  input: Plan;
  predicate: Expression;
}

export interface Project extends Node {
  node: 'project';
  input: Plan;
  expressions: Expression[];
}

/** `start` and `end` by S2; `offset` shifts the grid. */
export type WindowShape =
  | { kind: 'tumble'; size: Duration; offset: Duration }
  | { kind: 'hop'; size: Duration; slide: Duration; offset: Duration };

/**
 * GROUP BY over a window table function. Output columns: the keys, `window_start`, `window_end`, `window_time`, then
 * the aggregates; a projection above picks and names what the SELECT list asked for.
 */
export interface WindowAggregate extends Node {
  node: 'window aggregate';
  input: Plan;
  window: WindowShape;
  keys: Expression[];
  aggregates: AggregateCall[];
}

/** GROUP BY without windows. Output columns: the keys, then the aggregates. */
export interface Aggregate extends Node {
  node: 'aggregate';
  input: Plan;
  keys: Expression[];
  aggregates: AggregateCall[];
}

/** Rolling aggregates: every input row once, its columns first, then one column per call (S7). */
export interface Over extends Node {
  node: 'over';
  input: Plan;
  partitionBy: Expression[];
  frame: Frame;
  aggregates: AggregateCall[];
}

/** From `preceding` (null: unbounded) up to the current row. Range frames are in ms of event time, peers included. */
export type Frame = { unit: 'range'; preceding: Duration | null } | { unit: 'rows'; preceding: number | null };

/** Ends of a range frame of length W at t: [t−W, t], (t−W, t] or [t−W, t). SQL text alone means closed. */
export type Edge = 'closed' | 'open-left' | 'open-right';

export const AGGREGATE_NAMES = ['COUNT', 'SUM', 'AVG', 'MIN', 'MAX', 'STDDEV_SAMP', 'STDDEV_POP'] as const;
export type AggregateName = (typeof AGGREGATE_NAMES)[number];

export interface AggregateCall {
  name: AggregateName;
  /** null: COUNT(*). */
  argument: Expression | null;
  distinct: boolean;
  /** FILTER (WHERE …), or null. */
  filter: Expression | null;
  type: ColumnType;
  /** As written, for titles: `SUM(amount)`. */
  text: string;
}

/**
 * Expressions over the columns of one input, with three-valued logic. Types are settled by the binder: both sides of
 * an arithmetic or comparison node already have the type the node works in, by explicit `cast` nodes. Decimals are
 * integers in units of their scale; an INTERVAL is BIGINT ms.
 *
 * - `+ - %`: both sides have the node's type, decimals its scale. Times: TIMESTAMP ± BIGINT ms is TIMESTAMP, and
 *   TIMESTAMP − TIMESTAMP is BIGINT ms. INT stays INT, as in Flink, but does not wrap.
 * - `*`: integers and doubles as above; decimals keep their own scales, and the node's scale is the sum of the two.
 * - `/`: both sides and the node are DOUBLE. Division (and `%`) by zero is null, so the result never is NaN or infinite.
 * - compare: both sides have one type (decimals one scale; precisions may differ). Strings compare by code point.
 * - case: every `then` and `otherwise` has the node's type; without `otherwise` the rest is null.
 * - cast: numbers to a smaller scale round half away from zero, to INT or BIGINT they lose their fraction; DATE and
 *   TIMESTAMP are both ms, to DATE goes down to midnight; anything to STRING is written as SQL writes it; STRING to
 *   anything is null where the text is no such value (Flink's TRY_CAST). Casts of literals are done by the binder.
 * - call: ABS keeps its type; FLOOR and CEIL keep theirs, but DECIMAL(p,s) becomes DECIMAL(p,0); SQRT is DOUBLE of
 *   DOUBLE, null below zero; CHAR_LENGTH counts code points; CONCAT takes strings and is null where any of them is.
 */
export type Expression =
  | { op: 'column'; index: number; name: string; type: ColumnType }
  | { op: 'literal'; value: number | string | boolean | null; type: ColumnType }
  | { op: 'cast'; input: Expression; type: ColumnType }
  | { op: 'arithmetic'; operator: '+' | '-' | '*' | '/' | '%'; left: Expression; right: Expression; type: ColumnType }
  | { op: 'negate'; input: Expression; type: ColumnType }
  | {
      op: 'compare';
      operator: '=' | '<>' | '<' | '<=' | '>' | '>=';
      left: Expression;
      right: Expression;
      type: ColumnType;
    }
  | { op: 'and' | 'or'; left: Expression; right: Expression; type: ColumnType }
  | { op: 'not'; input: Expression; type: ColumnType }
  | { op: 'is null'; input: Expression; negated: boolean; type: ColumnType }
  | { op: 'case'; branches: { when: Expression; then: Expression }[]; otherwise: Expression | null; type: ColumnType }
  | { op: 'call'; name: FunctionName; inputs: Expression[]; type: ColumnType };

/** Scalar functions. COALESCE and the like are `case` nodes by then. */
export const FUNCTION_NAMES = ['ABS', 'FLOOR', 'CEIL', 'SQRT', 'UPPER', 'LOWER', 'CHAR_LENGTH', 'CONCAT'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** What a text of statements means. */
export interface Program {
  /** SET 'key' = 'value', in order. */
  settings: { key: string; value: string }[];
  /** Declared by CREATE TABLE in this text. */
  tables: Record<string, Scan>;
  /** The one SELECT or INSERT. */
  query: Plan;
  /** Table of INSERT INTO, or null. */
  sink: string | null;
}

/** What may be read: declared streams and tables, by lower-case name. */
export type Catalog = Record<string, Scan>;
