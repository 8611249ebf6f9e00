import { type Accumulation, type Profile, type Trigger } from '../../../stream/options';
import { type Touching } from './mergingSet';

/** What the profiles decide about windows (S18). */
export interface Policy {
  trigger: Trigger;
  accumulation: Accumulation;
  /** Whether triggers start again after each firing (S4.5), or finish and close the window (S4.8). */
  restarts: boolean;
  touching: Touching;
  /** Whether a session's lateness is that of the row's own window, before merging (S3.8). */
  judgesBeforeMerging: boolean;
  /** Whether the timers that a jump of the watermark passes fire one by one (S4.3), or a window fires once for all (S4.12). */
  oneByOne: boolean;
  /** Whether a pane without anything new is a pane too: on time, or as `Empty` says (S4.11); and whether what is left is emitted at expiry (S4.13). */
  emptyPanes: boolean;
}

const FLINK: Policy = {
  trigger: { type: 'window-end' },
  accumulation: 'retracting',
  restarts: true,
  touching: 'merge',
  judgesBeforeMerging: false,
  oneByOne: true,
  emptyPanes: false,
};

const BEAM: Policy = {
  trigger: { type: 'default' },
  accumulation: 'discarding',
  restarts: false,
  touching: 'separate',
  judgesBeforeMerging: true,
  oneByOne: false,
  emptyPanes: true,
};

/** Spark's windows are Flink's; what differs is its watermark (S20.4). */
export const policyOf = (profile: Profile): Policy => (profile === 'beam' ? BEAM : FLINK);
