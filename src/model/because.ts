import { type Table } from './column';
import { type NamedValue } from './stepFacts';

/** Where a value comes from, as facts: `words` makes a sentence of them. Times in ms. */
export interface Because {
  of: BecauseSubject;
  /** The step that published it; −1 for what has not been published. */
  step: number;
  /** The events that it was made from, by stream: the stream's columns, then `#time #append #partition #offset #input`. */
  events: { stream: string; table: Table }[];
  /**
   * How the state came about that it was read from: columns `#step #processing #start #end`, then the state's; the last row
   * is the state it was made from, the one above it the state before. null: nothing of the kind is kept.
   */
  state: Table | null;
}

export type BecauseSubject =
  | { kind: 'row'; published: number }
  /** `published`: null where the window has not fired. */
  | { kind: 'window'; key: NamedValue[]; start: number; end: number; published: number | null }
  /** `start === end` where the state has no window; `writes`: how often it was written. */
  | { kind: 'state'; key: NamedValue[]; start: number; end: number; writes: number };
