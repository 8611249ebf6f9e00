import { type ColumnBatch } from '../../model';

/**
 * Triggers as small state machines. Each node keeps its state in a few Float64 slots of the window it belongs to, so
 * that state is saved, restored and merged with the window; slot 0 of every node says whether it has finished (S4.8).
 */

export type Cause = 'element' | 'event timer' | 'clock timer';

/** What a trigger sees of a window at one moment. One object, written again for each. */
export interface Moment {
  /** Last millisecond of the window; MAX_TIME for one that never ends. */
  last: number;
  /** Event time as far as it has come: the watermark, or the time of the timer that asks. */
  event: number;
  /** The watermark: how far event time is going, where timers in between are asked one by one. */
  watermark: number;
  /** Processing time as far as it has come, ms. */
  clock: number;
  /** Who asks: an element that has come, or a timer on one of the clocks. */
  cause: Cause;
  /** Whether timers are asked one by one at their own times; otherwise one asks for all that a jump has passed. */
  oneByOne: boolean;
  /** The element that has just come. */
  batch: ColumnBatch | null;
  row: number;
  time: number;
}

/** A node of a trigger tree, at `at` of `state`. */
export interface TriggerNode {
  readonly slots: number;
  /** As if nothing had come yet. */
  reset(state: Float64Array, at: number): void;
  /** An element has come; `moment.row` is it. */
  element(state: Float64Array, at: number, moment: Moment): void;
  /** Whether it would fire now. */
  ready(state: Float64Array, at: number, moment: Moment): boolean;
  /** It fires: only called when it is ready. */
  fire(state: Float64Array, at: number, moment: Moment): void;
  /** Windows have become one, whose end is in `moment` (S3.4, S3.5). Their states are at `all`; the first becomes the merged one. */
  merge(state: Float64Array, all: readonly number[], moment: Moment): void;
  /** The next time at which it wants to be asked; MAX_TIME for none. */
  eventDue(state: Float64Array, at: number, moment: Moment): number;
  clockDue(state: Float64Array, at: number, moment: Moment): number;
}

export const hasFinished = (state: Float64Array, at: number): boolean => state[at] === 1;

export const finish = (state: Float64Array, at: number): void => {
  state[at] = 1;
};

export const resume = (state: Float64Array, at: number): void => {
  state[at] = 0;
};

export const anyFinished = (state: Float64Array, all: readonly number[]): boolean =>
  all.some((at) => hasFinished(state, at));

export const allFinished = (state: Float64Array, all: readonly number[]): boolean =>
  all.every((at) => hasFinished(state, at));

/** The least of a slot over merged windows, written to the first. */
export function keepLeast(state: Float64Array, all: readonly number[], slot: number): void {
  for (const at of all) state[all[0] + slot] = Math.min(state[all[0] + slot], state[at + slot]);
}
