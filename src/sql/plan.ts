import type { AggregateName } from '../aggregates';
import type { ColumnType, Duration, Schema, Value } from '../model';

/**
 * The plan: what a definition means, before anybody decides how to run it. The batch executor, the stream runtime and
 * the exporters all read this one tree. Nodes are plain data; children come first in every node that has any.
 *
 * To add a node: its type here, the binder that makes it, and one folder of `engine/nodes`; the compiler lists the rest.
 */
export type Plan =
  | Scan
  | Normalize
  | Filter
  | Project
  | WindowAggregate
  | Aggregate
  | Over
  | Deduplicate
  | TopN
  | UnionAll
  | Limit
  | RegularJoin
  | IntervalJoin
  | WindowJoin
  | TemporalJoin
  | AsOfJoin;

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
  /** Columns of PRIMARY KEY … NOT ENFORCED: a later row with the same values is a newer version of it. */
  primaryKey: number[];
  /** Options of the WITH clause, as written. */
  options: Record<string, string>;
}

/**
 * An upsert stream as a changelog: a row replaces the one with its key that came before it, and one without values
 * deletes it. The input's columns.
 */
export interface Normalize extends Node {
  node: 'normalize';
  input: Plan;
  /** Columns of the key. */
  keys: Expression[];
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

/** Windows on a fixed grid: `start` and `end` by S2; `offset` shifts the grid. */
export type GridShape =
  | { kind: 'tumble'; size: Duration; offset: Duration }
  | { kind: 'hop'; size: Duration; slide: Duration; offset: Duration }
  /** Windows that share their start and grow by `step` up to `size` (S2.6). */
  | { kind: 'cumulate'; size: Duration; step: Duration; offset: Duration };

/** A session ends `gap` after its last event (S3); the global window never ends (S2.8). */
export type WindowShape = GridShape | { kind: 'session'; gap: Duration } | { kind: 'global' };

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

/** GROUP BY without windows: its result changes with every row. Output columns: the keys, then the aggregates. */
export interface Aggregate extends Node {
  node: 'aggregate';
  input: Plan;
  keys: Expression[];
  aggregates: AggregateCall[];
}

/** One row per key: the first or the last by event time (S13.4). The input's columns. */
export interface Deduplicate extends Node {
  node: 'deduplicate';
  input: Plan;
  keys: Expression[];
  keep: 'first' | 'last';
}

/** The first `limit` rows of each partition. The input's columns, then the row's place where `rank` names that column. */
export interface TopN extends Node {
  node: 'top n';
  input: Plan;
  partitionBy: Expression[];
  orderBy: { expression: Expression; descending: boolean }[];
  limit: number;
  rank: string | null;
}

/** All rows of all inputs, whose columns have the same types. */
export interface UnionAll extends Node {
  node: 'union all';
  inputs: Plan[];
}

/** The first rows of a table, as it stores them. A stream has no such order. The input's columns. */
interface Limit extends Node {
  node: 'limit';
  input: Plan;
  count: number;
}

export const JOIN_KINDS = ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const;
export type JoinKind = (typeof JOIN_KINDS)[number];

/** What joins have in common. Output columns: the left ones, then the right ones (semi and anti: the left ones). */
interface Joined extends Node {
  left: Plan;
  right: Plan;
  kind: JoinKind;
  /** Equal, pairwise; null never equals (S8.5), unless `nullSafe`. */
  leftKeys: Expression[];
  rightKeys: Expression[];
  nullSafe: boolean;
  /** What else must hold, over the left columns and then the right ones; null: nothing. */
  where: Expression | null;
}

/** Everything that has come on both sides, or what the state TTL has left of it. */
export interface RegularJoin extends Joined {
  node: 'join';
}

/** left time + `lower` ≤ right time ≤ left time + `upper` (S8.1). */
export interface IntervalJoin extends Joined {
  node: 'interval join';
  lower: Duration;
  upper: Duration;
  /** Which time the result carries on: the later one of the two, or that of one side, and then it holds the watermark back. */
  timeOf: 'latest' | 'left' | 'right';
}

/**
 * Rows of the same window. Each side's columns are followed by its `window_start`, `window_end`, `window_time`; `where`
 * is over the columns of both sides with their windows, the keys over those of the inputs alone.
 */
export interface WindowJoin extends Joined {
  node: 'window join';
  window: GridShape;
}

/**
 * FOR SYSTEM_TIME AS OF: each left row sees the version of its key with the largest time at or before its own (S9.1).
 * `kind` is inner or left. `time`: event time, or processing time (a lookup of whatever is there now, S9.7).
 */
export interface TemporalJoin extends Joined {
  node: 'temporal join';
  time: 'event' | 'processing';
}

/** ASOF JOIN, batch only: the nearest right row for which `right time <match> left time` holds (S9.8). */
export interface AsOfJoin extends Joined {
  node: 'asof join';
  match: '<' | '<=' | '>' | '>=';
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

/**
 * Ends of a range frame of length W at t. SQL text alone means closed.
 *
 * - closed [t−W, t], open-left (t−W, t], open-right [t−W, t);
 * - hop-aligned: both ends rounded down to a hop h, [⌊⌊t⌋−W⌋, ⌊t⌋): what a hopping window has shown last;
 * - sawtooth: exact head, rounded tail, [⌊t−W⌋, t) (S7.7).
 */
export const EDGES = ['closed', 'open-left', 'open-right', 'hop-aligned', 'sawtooth'] as const;
export type Edge = (typeof EDGES)[number];

export type { AggregateName } from '../aggregates';

export interface AggregateCall {
  name: AggregateName;
  /** null: COUNT(*). */
  argument: Expression | null;
  /** Each value once, where the aggregate has a `distinct` fold. */
  distinct: boolean;
  /** FILTER (WHERE …), or null. */
  filter: Expression | null;
  type: ColumnType;
  /** As written, for titles: `SUM(amount)`. */
  text: string;
  /** LAG only: how many rows back, at least 1, and the answer where there are not so many, in units of the type. */
  lag?: { rows: number; otherwise: Value };
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
 *   The first input of TIMESTAMPDIFF and EXTRACT is the unit, a STRING literal; the others are TIMESTAMP, for
 *   EXTRACT_SPAN BIGINT ms.
 */
export type Expression =
  | { op: 'column'; index: number; name: string; type: ColumnType }
  | { op: 'literal'; value: number | string | boolean | null; type: ColumnType }
  | { op: 'cast'; input: Expression; type: ColumnType }
  | { op: 'arithmetic'; operator: '+' | '-' | '*' | '/' | '%'; left: Expression; right: Expression; type: ColumnType }
  | { op: 'negate'; input: Expression; type: ColumnType }
  | { op: 'compare'; operator: Comparison; left: Expression; right: Expression; type: ColumnType }
  | { op: 'and' | 'or'; left: Expression; right: Expression; type: ColumnType }
  | { op: 'not'; input: Expression; type: ColumnType }
  | { op: 'is null'; input: Expression; negated: boolean; type: ColumnType }
  | { op: 'case'; branches: { when: Expression; then: Expression }[]; otherwise: Expression | null; type: ColumnType }
  | { op: 'call'; name: FunctionName; inputs: Expression[]; type: ColumnType };

export const COMPARISONS = ['=', '<>', '<', '<=', '>', '>='] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** The same comparison with its sides exchanged. */
export const FLIPPED: Readonly<Record<Comparison, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** Scalar functions. COALESCE and the like are `case` nodes by then. */
export type FunctionName =
  | 'ABS'
  | 'FLOOR'
  | 'CEIL'
  | 'SQRT'
  | 'UPPER'
  | 'LOWER'
  | 'CHAR_LENGTH'
  | 'CONCAT'
  | 'TIMESTAMPDIFF'
  | 'EXTRACT'
  | 'EXTRACT_SPAN';

/** Units of a fixed length: what TIMESTAMPDIFF counts, and the fields of a span of time. */
export const SPANS = ['DAY', 'HOUR', 'MINUTE', 'SECOND', 'MILLISECOND'] as const;
/** Fields of a time; DOW is 1 on Sundays, as in Flink, and EPOCH the whole seconds since 1970. */
export const EXTRACTED = ['YEAR', 'MONTH', 'DAY', 'DOW', 'HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'EPOCH'] as const;

/** The nodes that a node reads, first to last. */
export function inputsOf(plan: Plan): Plan[] {
  if (plan.node === 'scan') return [];
  if ('left' in plan) return [plan.left, plan.right];
  return 'inputs' in plan ? plan.inputs : [plan.input];
}

/** A node and all that stand below it, each before what it reads. */
export const nodesOf = (plan: Plan): Plan[] => [plan, ...inputsOf(plan).flatMap(nodesOf)];

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
