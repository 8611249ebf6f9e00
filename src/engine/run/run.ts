import { type Counters } from '../../model';
import { type Plan } from '../../sql/plan';
import { type Topic } from '../log/topic';
import { type LocalOptions } from '../stream/options';
import { type WindowView } from '../stream/operator';
import { type ResultLog } from '../stream/results';
import { type Sink } from './sink';
import { type Source } from './source';
import { type Trace } from './trace';
import { type AgendaSetup } from './agenda';
import { type PlannedEvent } from './eventQueue';
import { type Graph } from './graph';
import { type InputLog } from './inputLog';
import { type RunOperator } from './runNode';

/** Everything that decides a run. */
export interface RunSetup extends AgendaSetup {
  plan: Plan;
  topics: readonly Topic[];
  options: LocalOptions;
  /** A run that is restored, and goes on with these events instead of those that its topics have to come. */
  continues?: { inputs: InputLog; events: readonly PlannedEvent[] };
}

/**
 * A run: what everything that drives a plan or looks at one has in its hands. It handles inputs in the order of its
 * agenda and numbers them as it does; between two of them it can be left, saved and restored.
 */
export interface Run {
  readonly setup: RunSetup;
  readonly options: LocalOptions;
  readonly graph: Graph;
  /** Every input handled so far. */
  readonly inputs: InputLog;
  /** Number of the next input. */
  readonly next: number;
  /** The next input: its kind and processing time; null where there is none. */
  readonly nextInput: { kind: number; time: number } | null;
  /** How many inputs there will be at least: timers may add to them. */
  readonly expectedInputs: number;
  readonly finished: boolean;
  /** Handles ranges until no input is left, `until` is reached, or `mayContinue` (asked after each range) says no. */
  advance(mayContinue: () => boolean, until?: number): void;
  /** The whole state as bytes, for this process: a keyframe. */
  save(): Uint8Array;
  restore(bytes: Uint8Array): void;
  /**
   * The same for another process: state as values, the offsets and watermark generators of the sources, the position of
   * the sink. A run restored from it writes the same bytes; key ids are among them, so the order in which keys came counts.
   */
  checkpoint(): Uint8Array;

  /** In plan order. */
  readonly operators: readonly RunOperator[];
  /** The topics that the plan reads, in plan order. */
  readonly sources: readonly Source[];
  readonly sinks: readonly Sink[];
  /** The source that reads stream `name`; the first one where no name is given. */
  source(name?: string): Source;
  /** Every row that has been emitted as the result. */
  readonly results: ResultLog;
  /** The steps, of a run with a trace. */
  readonly trace: Trace | null;
  readonly counters: Counters;

  /** The run's watermark: the minimum over its active sources. */
  readonly watermark: number;
  readonly newestEventTime: number;
  /** Processing time of the last emission. */
  readonly knownAt: number;
  /** Per input of a traced run: 0 on time, 1 late but counted, 2 too late. */
  readonly fate: Uint8Array;
  /** The watermark after each input, where `sources` (default: all) are merged; of a traced run that has been run through. */
  watermarkHistory(sources?: readonly Source[]): Float64Array;
  /** Whether alignment has paused a partition (S20.2). */
  isPausedByAlignment(topic: number, partition: number): boolean;
  /** Number of the operator that keeps windows, or -1. */
  readonly windowOperator: number;
  /** The windows of that operator. */
  readonly windows: WindowView | null;
  /**
   * Processing time at which a window's state went, as far as input `until`; MAX_TIME where it is still kept. With a
   * lateness of 0: at which the watermark reached its end.
   */
  purgedAt(end: number, until: number, lateness?: number): number;
}
