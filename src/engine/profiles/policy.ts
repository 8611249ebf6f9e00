import { formatDuration } from '../../model';
import { type Accumulation, type StreamOptions, type Trigger, type WatermarkStrategy } from '../stream/options';

/** One decision of a system, and the rule of the semantics where it is written down. */
export interface Policy<T> {
  is: T;
  rule: string;
}

export const policy = <T>(is: T, rule: string): Policy<T> => ({ is, rule });

/** An option that the system does not have. */
export interface Refusal {
  /** The unsupported value in words; null where the options do not ask for it. */
  found: (options: StreamOptions) => string | null;
  what: string;
  expected: string;
  hint: string;
}

/** Of a system whose pane is all that the window holds. */
export const NOT_DISCARDING: Refusal = {
  found: ({ accumulation }) => (accumulation === 'discarding' ? accumulation : null),
  what: 'keeps what a window holds',
  expected: 'accumulating or retracting',
  hint: 'Leave it out.',
};

/** Of a system that waits for every partition. */
export const notIdle = (expected: string): Refusal => ({
  found: ({ idle }) => (idle === null ? null : formatDuration(idle)),
  what: 'knows no idle partitions',
  expected,
  hint: 'Leave `idle` out.',
});

/**
 * Everything that one system decides differently from another. Operators, explanations and pages read these fields and
 * never compare the profile's name, so a fifth system is one more record.
 */
export interface Policies {
  /** The product name. */
  system: string;
  /** Values of the options that a query leaves out. */
  defaults: { trigger: Trigger; accumulation: Accumulation; watermark: WatermarkStrategy | null };
  refusals: readonly Refusal[];

  /** What W promises: no further event at or before it, none before it, or no promise at all. */
  watermark: Policy<'at or before' | 'before' | 'none'>;
  /** What advances time while a key is quiet. */
  quiet: Policy<'watermark' | 'record'>;
  /** When a window with end, lateness and W accepts no more rows. */
  expiry: Policy<'end − 1 + lateness ≤ W' | 'end − 1 + lateness < W' | 'end ≤ W − grace'>;
  /** Whether two sessions exactly one gap apart are one. */
  touching: Policy<'merge' | 'separate'>;
  sessionEnd: Policy<'last + gap' | 'last'>;
  /** Whether a late row is judged by the session it would become part of, or by its own window. */
  sessionLateness: Policy<'merged' | 'own'>;
  emission: Policy<'window end' | 'record'>;
  lateElement: Policy<'at once' | 'trigger' | 'update' | 'dropped'>;
  /** Whether a pane without new rows is emitted on time, and whether the remainder is emitted at expiry (S4.13). */
  emptyPane: Policy<boolean>;
  /** What happens after a trigger has fired. */
  finished: Policy<'restarts' | 'closes' | 'none'>;
  negativeStart: Policy<boolean>;
  offset: Policy<'signed' | 'from zero' | 'none'>;
  resultTime: Policy<'end − 1' | 'newest record'>;
  outerJoin: Policy<'watermark' | 'grace' | 'none'>;
  lateJoin: Policy<'side output' | 'within grace' | 'none'>;
  hopping: Policy<'sliding' | 'hopping'>;

  /** Timers that one advance of the watermark passes: each at its own time, or one firing per window. */
  jump: Policy<'each timer' | 'once'>;
  /** When an unmatched row of an interval join leaves the state. */
  joinExpiry: Policy<'watermark' | 'grace'>;
  /** Which clock decides that a temporal join sees all versions of a row's time. */
  versions: Policy<'watermark' | 'stream time'>;
  /** Whether HOP may leave gaps between windows, and whether CUMULATE exists. */
  gaps: Policy<boolean>;
  cumulating: Policy<boolean>;
  /** Sizes of HOP that the system's SQL takes, where its operators take more. */
  sqlHop: Policy<'any' | 'slide or more' | 'multiple of slide'>;
  evictors: Policy<boolean>;
  /** Whether a query may choose the event time of a pane. */
  outputTimestamp: Policy<boolean>;
}
