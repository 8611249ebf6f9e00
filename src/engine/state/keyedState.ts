import { type Schema, type Table } from '../../model';

/** What can be seen of an operator's keyed state. */
export interface KeyedState {
  /** Key columns, by name; their values by key id. */
  readonly keys: Table;
  /** The columns of one state row, after key, `#start`, `#end`. */
  readonly schema: Schema;
  /** How many rows are remembered. */
  readonly rows: number;
  /** Calls `visit` for each live state row in canonical order: start, end, key id. */
  each(visit: (key: number, start: number, end: number, values: number[]) => void): void;
}
