import type { Scenario } from '../data/scenario';
import type { Value } from '../model';
import type { ExactOptions } from './runOptions';

/** Everything that decides a run. Its id is the hash of this. */
export interface RunSpec {
  scenario: Scenario;
  sql: string;
  options: ExactOptions;
  forks: Fork[];
}

/** A different future: at input number `at` (before it is handled) the action takes effect. */
export interface Fork {
  at: number;
  action:
    | { do: 'set'; wait?: number; lateness?: number }
    /**
     * Plant an event; it arrives at the processing time of input `at`, or at `arrives`, but not before it happens.
     * `partition`: not the one of its key.
     */
    | {
        do: 'inject';
        stream: string;
        eventTime: number;
        values: Record<string, Value>;
        partition?: number;
        arrives?: number;
      }
    /** Nothing arrives behind `from` and before `until`; what would have comes then. */
    | { do: 'wait'; from: number; until: number };
}
