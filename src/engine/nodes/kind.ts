import { MIN_TIME, type Schema, type Value } from '../../model';
import { type Expression, type Plan, type WindowShape } from '../../sql/plan';
import { columnAt } from '../../sql/walk';
import { type Context, type Operator } from '../stream/operator';
import { type StreamOptions, type StreamSettings } from '../stream/options';

export type NodeOf<N extends Plan['node']> = Extract<Plan, { node: N }>;

/**
 * How the stream operator of a node treats input rows that take others back (−U, −D).
 *
 * - `pass`: it handles each row by itself, and a retraction as the row that it takes back.
 * - `incremental`: it removes the row from its state and emits what that changes.
 * - `recompute`: it has no such form yet; over an input that takes rows back, `RecomputeOperator` stands in its place.
 */
type Retractions = 'pass' | 'incremental' | 'recompute';

/**
 * What a result does about rows that it has given out (S13.1): nothing (+I only); it takes them back (−U +U, −D); or a
 * new one replaces them by their key alone (+U, −D).
 */
export type Changelog = 'append' | 'retract' | 'upsert';

/** How a node of a plan runs as a stream. */
export interface Mode {
  /** What the result of each input does. */
  reads: readonly Changelog[];
  writes: Changelog;
  /** `recompute` only where an input takes rows back. */
  retractions: Retractions;
}

/** A row of the result of one key. */
export interface ResultRow {
  values: Value[];
  time: number;
  ids: [number, number, number];
}

/** How the result of a node is computed again for one key (`recompute.ts`). */
export interface Recomputation {
  /** Who a row of the result is: its key and window, the input row that it was made from, or the two rows of a pair. */
  identity: 'key' | 'row' | 'pair';
  /** The watermark that publishes a row of the result; MIN_TIME: none is waited for. */
  due: (row: ResultRow) => number;
}

/** What is known of a node before it runs. */
export interface NodeKind<N extends Plan['node']> {
  /** What it does, in SQL's words and without its name: `TUMBLE 5 min, SUM(amount) per card`; and what the options make of it. */
  explain(node: NodeOf<N>, options: Pick<StreamOptions, 'edge' | 'lookup'> | null): string;
  /** By input, the keys that divide its rows: those with different keys never meet. null: each row is by itself. */
  keys(node: NodeOf<N>): readonly Expression[][] | null;
  /** Whether its rows are results by key, not events of a log; `as inputs`: as are those of any input. */
  keyed: boolean | 'as inputs';
  /** The key of a row of its result, over the columns of the result. Left out: it cannot be told from them. */
  resultKey?(node: NodeOf<N>): readonly Expression[] | null;
  /** What its result does; `reads`: what that of each input does. `isLast`: its rows are the result of the run. */
  changelog(node: NodeOf<N>, options: StreamOptions, reads: readonly Changelog[], isLast: boolean): Changelog;
  retractions: Retractions;
  /** By key, for a node that divides its rows by one; null where the options of the run do not let it. */
  recompute?(node: NodeOf<N>, options: StreamOptions): Recomputation | null;
  /** Options that only mean something in a plan with this node. `isLast`: its rows are the result (S13.1). */
  options?(
    node: NodeOf<N>,
    options: Pick<StreamOptions, 'trigger'>,
    isLast: boolean,
  ): readonly (keyof StreamSettings)[];
  /** For a GROUP BY: a row of its result has the key id as `id0`. */
  grouping?(node: NodeOf<N>): Grouping;
  /** For nodes that handle each row by itself and keep its identity: what a column is, over the columns of the input. */
  column?(node: NodeOf<N>, index: number): Expression;
}

/** By what a GROUP BY divides its rows; without windows there is one for all time (S2.8). */
export interface Grouping {
  input: Plan;
  keys: Expression[];
  window: WindowShape;
}

/** The kinds of a family of nodes. */
export type KindFamily = { readonly [N in Plan['node']]?: NodeKind<N> };

/** Makes the stream operator of a node. */
export type MakeOperator<N extends Plan['node']> = (
  node: NodeOf<N>,
  options: StreamOptions,
  context: Context,
  mode: Mode,
) => Operator;

/** Each row of a result is published by the watermark at its own event time, or immediately. */
export const atOwnTime = ({ time }: ResultRow): number => time;
export const immediately = (): number => MIN_TIME;

/** Its result takes rows back where one of its inputs does. */
export const asInputs = (_node: unknown, _options: unknown, reads: readonly Changelog[]): Changelog =>
  reads.find((one) => one !== 'append') ?? 'append';
/** Its rows change by key. Only the result itself may be an upsert stream: operators above take a row back by its −U. */
export const byKey = (_node: unknown, { upsert }: StreamOptions, _reads: unknown, isLast: boolean): Changelog =>
  upsert && isLast ? 'upsert' : 'retract';
export const appends = (): Changelog => 'append';
export const takesBack = (changelog: Changelog): boolean => changelog !== 'append';
export const alone = (): null => null;
/** The key of a row of a GROUP BY: the first columns of its result. */
export const firstColumns = ({ keys, schema }: { keys: Expression[]; schema: Schema }): Expression[] =>
  keys.map((_, i) => columnAt(schema[i], i));
