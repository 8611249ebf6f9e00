import { addTime, floorTime, MAX_TIME, readValue } from '../../model';
import { MOST_WINDOWS_PER_ROW } from './shapes';
import { type Moment, type Slot, type Slots, type TriggerNode } from './trigger';

interface Own
  extends Pick<TriggerNode, 'ready'>, Partial<Pick<TriggerNode, 'element' | 'fire' | 'eventDue' | 'clockDue'>> {
  /** Whether it has finished when it has fired. */
  once: boolean;
  /** Its slots have been merged. */
  merged?(now: Moment): void;
}

/** A trigger of its own slots, of which nothing is left when it fires. `done`: 1 when it has finished. */
function leaf(done: Slot, kept: readonly Slot[], own: Own): TriggerNode {
  const hasFinished = (now: Moment): boolean => done.of(now) === 1;
  const forget = (now: Moment): void => {
    for (const slot of kept) slot.reset(now);
  };
  return {
    hasFinished,
    reset(now) {
      done.reset(now);
      forget(now);
    },
    element: (now) => own.element?.(now),
    ready: (now) => !hasFinished(now) && own.ready(now),
    fire(now) {
      if (own.fire) return own.fire(now);
      forget(now);
      if (own.once) done.set(now, 1);
    },
    merge(now, others) {
      done.merge(now, others);
      for (const slot of kept) slot.merge(now, others);
      if (hasFinished(now)) forget(now);
      own.merged?.(now);
    },
    eventDue: (now) => (hasFinished(now) ? MAX_TIME : (own.eventDue?.(now) ?? MAX_TIME)),
    clockDue: (now) => (hasFinished(now) ? MAX_TIME : (own.clockDue?.(now) ?? MAX_TIME)),
  };
}

/** At the last millisecond of the window, once (S4.1); by the clock where windows are cut by it (S2.9). */
export function windowEnd(slots: Slots, time: 'event' | 'processing'): TriggerNode {
  const done = slots.add(0, Math.min);
  const reached = time === 'event' ? 'event' : 'clock';
  const own = time === 'event' ? 'event timer' : 'clock timer';
  const due = (now: Moment): number => (now[reached] >= now.last ? MAX_TIME : now.last);
  return leaf(done, [], {
    once: true,
    ready(now) {
      const { cause, oneByOne, last } = now;
      if (now[reached] < last) return false;
      // A timer that has nothing to do with the end, such as that of the state, must not fire it again.
      return cause === 'element' || !oneByOne || (cause === own && now[reached] === last);
    },
    // Done only where every part had fired and the end of the whole has passed too (S3.5).
    merged(now) {
      if (now[reached] < now.last) done.reset(now);
    },
    ...(time === 'event' ? { eventDue: due } : { clockDue: due }),
  });
}

/** At least `least` elements, once (S4.5). */
export function count(slots: Slots, least: number): TriggerNode {
  const counted = slots.add(0, (a, b) => a + b);
  return leaf(slots.add(0, Math.max), [counted], {
    once: true,
    element: (now) => counted.set(now, counted.of(now) + 1),
    ready: (now) => counted.of(now) >= least,
  });
}

/** `delay` behind the first element of the pane, by the clock, once (S4.7). */
export const processingDelay = (slots: Slots, delay: number): TriggerNode =>
  clockTimer(slots, true, (clock) => addTime(clock, delay));

/** At the next multiple of the interval by the clock, where something new has come. Never finishes. */
export const continuousProcessingTime = (slots: Slots, interval: number): TriggerNode =>
  clockTimer(slots, false, (clock) => addTime(floorTime(clock, interval), interval));

/** `next`: when it fires, from when the first element came. */
function clockTimer(slots: Slots, once: boolean, next: (clock: number) => number): TriggerNode {
  const due = slots.add(MAX_TIME, Math.min);
  return leaf(slots.add(0, Math.max), [due], {
    once,
    element(now) {
      if (due.of(now) === MAX_TIME) due.set(now, next(now.clock));
    },
    ready: (now) => due.of(now) !== MAX_TIME && now.clock >= due.of(now),
    clockDue: (now) => (due.of(now) <= now.clock ? MAX_TIME : due.of(now)),
  });
}

/**
 * At multiples of the interval in event time from the first element on, and at the end; an element behind the end fires
 * at once and sets no timer (S4.6). Never finishes.
 */
export function continuousEventTime(slots: Slots, interval: number): TriggerNode {
  const next = slots.add(MAX_TIME, Math.min);
  const awaitsEnd = slots.add(0, Math.max);
  const firesNow = slots.add(0, Math.max);
  return leaf(slots.add(0, Math.max), [next, awaitsEnd, firesNow], {
    once: false,
    element(now) {
      const { last, event, time } = now;
      if (last <= event) return firesNow.set(now, 1);
      awaitsEnd.set(now, 1);
      if (next.of(now) === MAX_TIME) next.set(now, Math.min(addTime(floorTime(time, interval), interval), last));
    },
    ready(now) {
      const { cause, event, last } = now;
      if (firesNow.of(now) === 1) return true;
      return cause === 'event timer' && (next.of(now) <= event || (awaitsEnd.of(now) === 1 && last <= event));
    },
    fire(now) {
      const { event, last, watermark } = now;
      firesNow.reset(now);
      if (last <= event) {
        next.reset(now);
        awaitsEnd.reset(now);
      } else if (next.of(now) <= event) {
        // A watermark that jumps over far more firings than anybody could look at goes straight to the last one.
        const after = addTime(next.of(now), interval);
        const left = Math.floor((Math.min(last, watermark) - after) / interval);
        next.set(now, Math.min(left > MOST_WINDOWS_PER_ROW ? addTime(after, left * interval) : after, last));
      }
    },
    merged(now) {
      awaitsEnd.set(now, now.event < now.last ? 1 : 0);
      firesNow.reset(now);
    },
    eventDue(now) {
      const { event, last, cause } = now;
      const end = awaitsEnd.of(now) === 1 && last > event ? last : MAX_TIME;
      // What an element sets in the past is the first thing that the next watermark meets, and is followed by those after
      // it (S11.1); what a timer left alone waits for others.
      if (next.of(now) <= event && cause === 'event timer') return end;
      return Math.min(next.of(now), end);
    },
  });
}

/**
 * When a column has moved by more than `by` since the last firing; the first value is only remembered (S20.3). Null
 * is no value. Never finishes, and its windows do not merge.
 */
export function delta(slots: Slots, column: number, by: number): TriggerNode {
  const held = slots.add(NaN, Math.max);
  const firesNow = slots.add(0, Math.max);
  return leaf(slots.add(0, Math.max), [held, firesNow], {
    once: false,
    element(now) {
      const value = readValue(now.batch!.columns[column], now.row);
      if (value === null || Math.abs(Number(value) - held.of(now)) <= by) return;
      if (!Number.isNaN(held.of(now))) firesNow.set(now, 1);
      held.set(now, Number(value));
    },
    ready: (now) => firesNow.of(now) === 1,
    fire: (now) => firesNow.reset(now),
  });
}
