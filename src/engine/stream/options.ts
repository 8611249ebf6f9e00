import { PROFILES, type Profile } from '../../model';
import type { Edge } from '../../sql/plan';
import type { BatchPieces, RunBatch } from '../batch/operator';
import type { Topic } from '../log/topic';
import type { ResultLog } from './results';

export { PROFILES, type Profile };

/**
 * When a window fires. Flink's triggers start again after each firing; Beam's fire once and close the window, unless
 * they stand in a `repeat` (S4.5, S4.8). Times in ms.
 */
export type Trigger =
  /** At the last millisecond of the window, then immediately for every late row (S4.1, S4.4). The default. */
  | { type: 'window-end' }
  /** Beam's: on time, then for late data; the same as `repeat(after-watermark)`. */
  | { type: 'default' }
  /** One on-time pane; `early` before it and `late` behind it start again after each pane (S4.9). */
  | { type: 'after-watermark'; early: Trigger | null; late: Trigger | null }
  | { type: 'count'; n: number }
  /** When the value has moved by more than `delta` since the last firing (S20.3); `column` is one of the input's. */
  | { type: 'delta'; column: string; delta: number }
  /** At multiples of the interval in event time, and at the end of the window (S4.6). */
  | { type: 'continuous-event-time'; interval: number }
  /** `delay` behind the first row of the pane, by the clock (S4.7). */
  | { type: 'processing-delay'; delay: number }
  /** At multiples of the interval by the clock, while there is something new. */
  | { type: 'continuous-processing-time'; interval: number }
  | { type: 'repeat'; of: Trigger }
  | { type: 'any' | 'all' | 'each'; of: Trigger[] }
  | { type: 'or-finally'; main: Trigger; until: Trigger };

/** What a pane holds (S6.1). SQL's changelog, −U before +U, is `retracting`. */
export const ACCUMULATIONS = ['accumulating', 'discarding', 'retracting'] as const;
export type Accumulation = (typeof ACCUMULATIONS)[number];

/** How a partition's watermark is guessed from what has come (S1.2, S1.11, S20.1). Times in ms. */
export type WatermarkStrategy =
  /** Newest event time − wait − 1; `wait` of the options. */
  | { type: 'bounded' }
  /** The expression of the source's WATERMARK clause, as Flink SQL takes it (S1.11). */
  | { type: 'declared' }
  /** Newest event time − 1: what comes is in order. */
  | { type: 'monotonous' }
  /** Only rows for which `column` is true, or not null, move it: to their own event time − 1. */
  | { type: 'punctuated'; column: string }
  /** Newest event time − the `share` quantile of the last 1,000 delays − 1. */
  | { type: 'percentile'; share: number }
  /** The least event time of what has not come yet − 1: knows the future (S20.1). */
  | { type: 'perfect' }
  /** Largest event time over all partitions − wait, set at the end of a micro-batch of `batch` ms (S20.4). */
  | { type: 'micro-batch'; batch: number }
  /** Largest event time over all partitions of a task, the event at hand included (S1.1): Kafka's stream time. */
  | { type: 'stream-time' }
  /** As written down: pairs of processing time and watermark. */
  | { type: 'given'; moves: [processing: number, watermark: number][] };

/** The event time of a pane's row, where the profile lets a pipeline choose. */
export const OUTPUT_TIMESTAMPS = ['end-of-window', 'earliest', 'latest'] as const;
export type OutputTimestamp = (typeof OUTPUT_TIMESTAMPS)[number];

/** What becomes of a pane without anything new (S4.11). */
export const EMPTY_PANES = ['fire-always', 'fire-if-non-empty'] as const;
export type EmptyPane = (typeof EMPTY_PANES)[number];

/** Which rows of a pane do not count: run before or after the aggregation, for good (S20.3). */
export interface Evictor {
  /** `count` keeps the last n rows; `time` those that are newer than the newest one minus `keep` ms. */
  type: 'count' | 'time';
  keep: number;
  when: 'before' | 'after';
}

/** What an interval join does with a row behind the watermark (S8.2). */
export const LATE_ROWS = ['match', 'drop'] as const;

/** What a rolling aggregate calls too late (S7.4). */
export const LATE_RULES = ['watermark', 'last-triggered-row'] as const;

/** How a plan is run as a stream where nothing else is asked for: what SQL does not state. Times in ms. */
export const DEFAULTS = {
  /** Bound on out-of-orderness; null: the WATERMARK clause of the source, or 0 where it has none. */
  wait: null as number | null,
  /** How long a window is kept after its end (S5). */
  lateness: 0,
  /** Ends of a rolling window. */
  edge: 'closed' as Edge,
  profile: 'flink' as Profile,
  /** Which clock windows are cut by: event time, or the clock at arrival (S2.9). */
  time: 'event' as 'event' | 'processing',
  /** null: the profile's own. */
  trigger: null as Trigger | null,
  /** What a pane holds (S6.1); null: the profile's own. */
  accumulation: null as Accumulation | null,
  /** null: as `wait` says. */
  watermark: null as WatermarkStrategy | null,
  /** How often a watermark is sent out; 0: after every event (S1.11). */
  emitEvery: 0,
  /** A partition without an event for longer than this is idle (S1.8); null: never. */
  idle: null as number | null,
  /** A partition is not read while its watermark is further ahead of the group's than this (S20.2); null: always. */
  maxDrift: null as number | null,
  /** What an interval join does with a late row: SQL joins it to what is left, a DataStream drops it (S8.2). */
  lateRows: 'match' as (typeof LATE_ROWS)[number],
  /** Keyed state of continuous queries is dropped when it was not written for this long, by the clock (S11.3); null: never. */
  ttl: null as number | null,
  /** Whether a changelog's new row (+U) replaces the old one by its key alone, without a −U before it (S13.1). */
  upsert: false,
  /** What a rolling aggregate calls too late (S7.4): null: by its frame. */
  lateRule: null as (typeof LATE_RULES)[number] | null,
  /** The hop to which the edges hop-aligned and sawtooth are rounded down, ms; null: by the length of the window (S7.7). */
  hop: null as number | null,
  /** Rows of a pane that do not count (S20.3); null: all count. Flink's. */
  evictor: null as Evictor | null,
  /** Beam's choice of a pane's event time; every other profile has its own (S18, result timestamp). */
  outputTimestamp: 'end-of-window' as OutputTimestamp,
  /** Whether Beam's pane on time is emitted without anything new, and the one at expiry (S4.11, S4.13). */
  onTime: 'fire-always' as EmptyPane,
  closing: 'fire-if-non-empty' as EmptyPane,
};

/** To add an option: its default above, and how a document writes it in `notebook/runOptions.ts`. */
export type StreamSettings = typeof DEFAULTS;

export interface StreamOptions extends StreamSettings {
  /** Requests to answer from the rolling aggregate, instead of answering every event. */
  lookup: { requests: Topic; answer: 'state' | 'rescan' } | null;
  /** The batch executor, to run the plan as a job at each tick and at the end; null: run it as a stream. */
  job: BatchPieces | null;
  /** The batch executor, for a node that recomputes because an input takes rows back; other runs need none. */
  recompute?: RunBatch;
}

/** A reader's action on a run that goes on (a fork). */
export interface Change {
  wait?: number;
  lateness?: number;
}

export interface LocalOptions extends StreamOptions {
  /** Actions of the agenda, by index. */
  changes: Change[];
  /** Most rows in a range; results and traces do not depend on it. */
  rangeRows: number;
  /** Whether a result has the number of the very input that caused it, as always in a trace; else of one of its range. */
  exactInputs?: boolean;
  /** A log to reuse, for callers that run many times. */
  results?: ResultLog;
}

/** Whether a window emits only once, when it closes. */
export const firesOnClose = (trigger: Trigger | null): boolean =>
  trigger?.type === 'window-end' || (trigger?.type === 'repeat' && trigger.of.type === 'window-end');

/** The triggers that a trigger is made of, one level down. */
export function childTriggers(trigger: Trigger): Trigger[] {
  switch (trigger.type) {
    case 'after-watermark':
      return [trigger.early, trigger.late].filter((one) => one !== null);
    case 'repeat':
      return [trigger.of];
    case 'any':
    case 'all':
    case 'each':
      return trigger.of;
    case 'or-finally':
      return [trigger.main, trigger.until];
    default:
      return [];
  }
}

/** A trigger and all that it is made of. */
export const allTriggers = (trigger: Trigger | null): Trigger[] =>
  trigger === null ? [] : [trigger, ...childTriggers(trigger).flatMap(allTriggers)];
