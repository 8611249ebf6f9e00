import type { Column, ColumnType, Dictionary } from '../model';
import type { Accumulator } from './accumulators';
import type { ObjectAccumulator } from './objectState';

/**
 * An aggregate function: what SQL has to know of it, what a group keeps for it, and its result. To add one, write a
 * file here and a line in `index.ts`; SQL, both executors, OVER, the State picture and completions read this entry.
 */
export interface Aggregate {
  /** How it is written, and what it is: `SUM(x): exact for integers and decimals`. */
  detail: string;
  /** Further names in SQL. */
  aliases?: readonly string[];
  takes: 'number' | 'ordered' | 'any';
  /** Whether it counts rows, too: COUNT(*). */
  star?: true;
  type: (argument: ColumnType) => ColumnType;
  /** Where the result is null: nowhere, where there is no value, or even over some values. */
  nullable: 'never' | 'of nothing' | 'of few';
  /** Whether Flink SQL has it. */
  inFlink: boolean;
  /** It goes by the event time of the rows, and among rows of one time by their order (S19). */
  byTime?: true;
  /** null: it reads one row of a partition, so only OVER has it. */
  fold: Fold | null;
  /** Over each value once. Without it DISTINCT is refused. */
  distinct?: Fold;
}

export interface Fold {
  needs: readonly Slots[];
  /** `slots`: where those of `needs` are; `argument`: the type of the values. */
  result: (slots: readonly PlacedSlots[], argument: ColumnType) => Result;
}

/** Writes the results of `count` groups, whose slots start at `bases[0 …]`, into a column, from row `row` on. */
export type Result = (state: Float64Array, bases: Int32Array, count: number, column: Column, row: number) => void;

/**
 * What a group keeps of one argument. Aggregates over the same argument and filter share what they have in common: AVG,
 * SUM, COUNT and STDDEV of one column need only n, Σx and Σx².
 */
export interface Slots {
  /**
   * Sums add up, and are never null. A value is one that the argument could have, null where there is none. A set is
   * objects of which the state shows the size. They are laid out in this order.
   */
  holds: 'sums' | 'value' | 'set';
  /** As a state row names it: `SUM(amount)`. */
  title: (argument: string) => string;
  /** As a state row shows it. */
  type: (argument: ColumnType) => ColumnType;
  accumulator: (argument: ColumnType, options: SlotOptions) => Accumulator | ObjectAccumulator;
}

interface SlotOptions {
  /** Texts that the values are codes of; null for an argument that is no text. */
  texts: Dictionary | null;
  /** Rows will be taken back one by one. */
  retracting: boolean;
}

/** Slots at their place in the state of a group. */
export interface PlacedSlots {
  offset: number;
  /** What they come to; NaN for null. */
  read: (state: Float64Array, base: number) => number;
  /** Texts that `read` gives codes of. */
  dictionary: Dictionary | null;
}
