import { type ColumnBatch } from '../../model';

/**
 * Triggers as small state machines. Each node keeps its state in a few Float64 slots of the window it belongs to, so
 * that state is saved, restored and merged with the window.
 */

export type Cause = 'element' | 'event timer' | 'clock timer';

/** What a trigger sees of a window at one moment. One object, written again for each. */
export interface Moment {
  /** The slots of all windows, and where those of this window start. */
  state: Float64Array;
  at: number;
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

/** A node of a trigger tree. */
export interface TriggerNode {
  /** Whether it has fired for the last time (S4.8). */
  hasFinished(now: Moment): boolean;
  /** As if nothing had come yet. */
  reset(now: Moment): void;
  /** An element has come; `now.row` is it. */
  element(now: Moment): void;
  /** Whether it would fire now. */
  ready(now: Moment): boolean;
  /** It fires: only called when it is ready. */
  fire(now: Moment): void;
  /** Windows have become one (S3.4, S3.5): that of `now`, whose end is the merged one's, and those whose slots start at `others`. */
  merge(now: Moment, others: readonly number[]): void;
  /** The next time at which it wants to be asked; MAX_TIME for none. */
  eventDue(now: Moment): number;
  clockDue(now: Moment): number;
}

/** One number that a node keeps of each window. */
export class Slot {
  constructor(
    private readonly place: number,
    private readonly empty: number,
    private readonly both: (a: number, b: number) => number,
  ) {}

  of({ state, at }: Moment): number {
    return state[at + this.place];
  }

  set({ state, at }: Moment, value: number): void {
    state[at + this.place] = value;
  }

  reset(now: Moment): void {
    this.set(now, this.empty);
  }

  merge(now: Moment, others: readonly number[]): void {
    for (const other of others) this.set(now, this.both(this.of(now), now.state[other + this.place]));
  }
}

/** Hands out the slots of a trigger. */
export class Slots {
  count = 0;

  /** `empty`: its number where nothing has come yet; `both`: what two windows' come to in one. */
  add(empty: number, both: (a: number, b: number) => number): Slot {
    this.count += 1;
    return new Slot(this.count - 1, empty, both);
  }
}
