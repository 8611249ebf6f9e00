import { type TracedRun } from '../run/tracedRun';

/** What parts are made from: the run, right after step `step`. */
export interface Moment {
  run: TracedRun;
  step: number;
  input: number;
  /** A day that clock times without a date belong to. */
  base: number;
}
