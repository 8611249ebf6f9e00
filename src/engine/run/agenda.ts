import { MAX_TIME, TidemarkError } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type Topic } from '../log/topic';
import { type EventQueue } from './eventQueue';
import { ACTION, END, EVENT, ON_ARRIVAL, TICK } from './inputLog';

/** Ticks that a run may have after its last event: a stream that has become quiet is not waited for longer. */
export const MOST_QUIET_TICKS = 10_000;
const MOST_TICKS = 200_000;

/** What enters a run besides the events of its topics. */
export interface AgendaSetup {
  /** Whether the input ends after its last event. */
  end: boolean;
  /** Processing times at which scheduled jobs run, ascending: after the events of the same time. */
  ticks?: number[];
  /** Actions by the input number that they come before. */
  actions?: { at: number; index: number }[];
}

/** The processing-time timers of a run. */
export interface RunTimers {
  /** When the next one is due; MAX_TIME for none. */
  next(): number;
  /** The earliest time at which one could be due that an event at `now`, or a later one, registers. */
  earliestFrom(now: number): number;
}

/**
 * What a run handles next: events of its topics, ticks of the clock, a reader's actions, the end of the input. Ordered
 * by processing time, then topic, partition and offset (S19). An event's processing time is its append time, unless
 * alignment has paused its partition (S20.2).
 *
 * A timer's tick comes before the events of its time, a scheduled one after them. After the last event a stream that
 * does not end keeps its clock: ticks go on until no timer is left, at most `MOST_QUIET_TICKS` of them. A stream that
 * ends does not wait: timers that are due later do not fire by the clock.
 */
export class Agenda {
  /** What `peek` has found: its kind, its processing time, its topic and row (of an action, its index). */
  kind = END;
  time: number;
  topic = 0;
  row = 0;
  /** When the next timer is due. */
  private timer = MAX_TIME;
  private isTimer = false;
  private now: number;
  /** How many scheduled ticks and actions have been taken. */
  private scheduled = 0;
  private acted = 0;
  private hasEnded = false;
  /** Inputs that were no events: after the last event, and all. */
  private quiet = 0;
  private others = 0;
  private readonly ticks: readonly number[];
  private readonly actions: readonly { at: number; index: number }[];

  /** `timers`: null for a run without processing-time timers. */
  constructor(
    private readonly topics: readonly Topic[],
    private readonly setup: AgendaSetup,
    private readonly queue: EventQueue,
    private readonly timers: RunTimers | null,
  ) {
    this.now = Math.min(0, ...topics.filter(({ table }) => table.length > 0).map(({ append }) => append[0]));
    this.time = this.now;
    this.ticks = setup.ticks ?? [];
    this.actions = [...(setup.actions ?? [])].sort((a, b) => a.at - b.at);
  }

  /** Finds the next input, which will have number `input`; false where there is none. */
  peek(input: number): boolean {
    const { queue, ticks, actions, setup } = this;
    const isEvent = queue.pick(this.now);
    const arrival = isEvent ? Math.max(this.now, queue.arrival) : MAX_TIME;
    const scheduled = this.scheduled < ticks.length ? ticks[this.scheduled] : MAX_TIME;
    const timer = isEvent || scheduled < MAX_TIME || !setup.end ? this.nextTimer() : MAX_TIME;
    this.timer = timer;
    this.isTimer = timer < MAX_TIME && timer <= arrival && timer <= scheduled;
    const isTick = this.isTimer || scheduled < arrival;
    const isOver = !isEvent && !isTick;
    this.time = this.now;
    if (!isOver) this.time = isTick ? Math.max(this.now, this.isTimer ? timer : scheduled) : arrival;
    this.topic = 0;
    this.row = 0;
    if (this.acted < actions.length && (actions[this.acted].at <= input || isOver)) {
      this.kind = ACTION;
      this.topic = actions[this.acted].index;
    } else if (isTick) this.kind = TICK;
    else if (isEvent) {
      this.kind = EVENT;
      this.topic = queue.topic;
      this.row = queue.row;
    } else if (setup.end && !this.hasEnded) this.kind = END;
    else return false;
    return true;
  }

  private nextTimer(): number {
    return this.timers === null || this.quiet >= MOST_QUIET_TICKS ? MAX_TIME : this.timers.next();
  }

  /** How many events the one found begins, rows of one topic that follow one another; at most `most`. */
  ahead(input: number, most: number): number {
    // An event that was not read on its arrival does not tell when the next will be.
    if (this.logged !== ON_ARRIVAL) return 1;
    const { queue, ticks, actions, acted, timers, time } = this;
    const free = acted < actions.length ? Math.min(most, actions[acted].at - input) : most;
    let until = this.scheduled < ticks.length ? ticks[this.scheduled] : MAX_TIME;
    // What one of the events registers must not be due before another of them.
    if (timers !== null) until = Math.min(until, this.timer - 1, timers.earliestFrom(time) - 1);
    return queue.ahead(free, until);
  }

  /** The time of what was found, as the log of inputs takes it. */
  get logged(): number {
    return this.kind === EVENT && this.topics[this.topic].append[this.row] === this.time ? ON_ARRIVAL : this.time;
  }

  /** Takes what was found, `count` events or one other input. */
  take(count: number): void {
    const { queue } = this;
    this.now = this.time;
    if (this.kind === EVENT) {
      queue.take(count);
      if (count > 1) this.now = this.topics[this.topic].append[this.row + count - 1];
      return;
    }
    if (this.kind === TICK && !this.isTimer) this.scheduled += 1;
    if (this.kind === ACTION) this.acted += 1;
    if (this.kind === END) this.hasEnded = true;
    if (this.timers === null) return;
    if (queue.isEmpty) this.quiet += 1;
    this.others += 1;
    if (this.others <= MOST_TICKS) return;
    throw new TidemarkError({
      what: 'the clock would have to tick too often',
      found: `more than ${MOST_TICKS} times`,
      hint: 'Take a longer interval, or a shorter span of time.',
    });
  }

  save(writer: StateWriter): void {
    const { now, scheduled, acted, hasEnded, quiet, others } = this;
    writer.floats(Float64Array.of(now, scheduled, acted, hasEnded ? 1 : 0, quiet, others));
    writer.floats(this.queue.save());
  }

  restore(reader: StateReader): void {
    const [now, scheduled, acted, hasEnded, quiet, others] = reader.floats();
    Object.assign(this, { now, scheduled, acted, hasEnded: hasEnded === 1, quiet, others });
    this.queue.restore(reader.floats());
  }
}
