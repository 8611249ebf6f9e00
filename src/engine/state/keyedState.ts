import { type Dictionary, type Schema, type Table, type Value } from '../../model';

/** What can be seen of an operator's keyed state. */
export interface KeyedState {
  /** Key columns, by name; their values by key id. */
  readonly keys: Table;
  /** The columns of one state row, after key, `#start`, `#end`. */
  readonly schema: Schema;
  /** Texts that the values of a column are codes of; null for a column of numbers. */
  readonly texts: readonly (Dictionary | null)[] | null;
  /** How many rows are remembered. */
  readonly rows: number;
  /** Calls `visit` for each live state row in canonical order: start, end, key id. */
  each(visit: (key: number, start: number, end: number, values: number[]) => void): void;
}

/** A value of a state row, for people. */
export function stateValue({ texts }: KeyedState, column: number, value: number): Value {
  if (value !== value) return null;
  return texts?.[column]?.strings[value] ?? value;
}
