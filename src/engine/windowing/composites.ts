import { MAX_TIME } from '../../model';
import { type Moment, type Slot, type Slots, type TriggerNode } from './trigger';

interface Own extends Pick<TriggerNode, 'ready' | 'fire'> {
  /** Whether the parts, as they stand, make the whole finished. */
  over(now: Moment): boolean;
  /** The parts that see elements and whose timers are the whole's; without it all do. */
  active?(now: Moment): readonly TriggerNode[];
}

/** 1 when a composite has finished. */
const doneIn = (slots: Slots): Slot => slots.add(0, Math.min);

/** What composites have in common. */
function composite(done: Slot, parts: readonly TriggerNode[], own: Own): TriggerNode {
  const hasFinished = (now: Moment): boolean => done.of(now) === 1;
  const active = (now: Moment): readonly TriggerNode[] => own.active?.(now) ?? parts;
  const due =
    (ask: 'eventDue' | 'clockDue') =>
    (now: Moment): number => {
      let least = MAX_TIME;
      if (!hasFinished(now)) for (const part of active(now)) least = Math.min(least, part[ask](now));
      return least;
    };
  return {
    hasFinished,
    reset(now) {
      done.reset(now);
      for (const part of parts) part.reset(now);
    },
    element(now) {
      for (const part of active(now)) if (!part.hasFinished(now)) part.element(now);
    },
    ready: (now) => !hasFinished(now) && own.ready(now),
    fire(now) {
      own.fire(now);
      if (own.over(now)) done.set(now, 1);
    },
    merge(now, others) {
      done.merge(now, others);
      for (const part of parts) part.merge(now, others);
      if (own.over(now)) done.set(now, 1);
    },
    eventDue: due('eventDue'),
    clockDue: due('clockDue'),
  };
}

/** Starts the part again whenever it has finished. */
export const repeat = (slots: Slots, part: TriggerNode): TriggerNode =>
  composite(doneIn(slots), [part], {
    ready: (now) => part.ready(now),
    fire: (now) => fireAgain(part, now),
    over: () => false,
  });

function fireAgain(part: TriggerNode, now: Moment): void {
  part.fire(now);
  if (part.hasFinished(now)) part.reset(now);
}

/** Fires and finishes with the first part that does. */
export function any(slots: Slots, parts: TriggerNode[]): TriggerNode {
  const done = doneIn(slots);
  return composite(done, parts, {
    ready: (now) => parts.some((part) => part.ready(now)),
    fire(now) {
      for (const part of parts) {
        if (part.ready(now)) part.fire(now);
        else part.reset(now);
      }
      // Also where the part that fired would go on.
      done.set(now, 1);
    },
    over: (now) => parts.some((part) => part.hasFinished(now)),
  });
}

/** Fires and finishes when every part has fired or could. */
export const all = (slots: Slots, parts: TriggerNode[]): TriggerNode =>
  composite(doneIn(slots), parts, {
    ready: (now) => parts.every((part) => part.hasFinished(now) || part.ready(now)),
    fire(now) {
      for (const part of parts) if (!part.hasFinished(now)) part.fire(now);
    },
    over: (now) => parts.every((part) => part.hasFinished(now)),
  });

/** One part after the other; a later one starts counting when it becomes the current one. */
export function each(slots: Slots, parts: TriggerNode[]): TriggerNode {
  const current = (now: Moment): TriggerNode | undefined => parts.find((part) => !part.hasFinished(now));
  return composite(doneIn(slots), parts, {
    ready: (now) => current(now)?.ready(now) ?? false,
    fire: (now) => current(now)?.fire(now),
    over: (now) => current(now) === undefined,
    active(now) {
      const part = current(now);
      return part ? [part] : [];
    },
  });
}

/** The first part, until the second one fires: that ends everything. */
export const orFinally = (slots: Slots, main: TriggerNode, until: TriggerNode): TriggerNode =>
  composite(doneIn(slots), [main, until], {
    ready: (now) => main.ready(now) || until.ready(now),
    fire: (now) => (until.ready(now) ? until : main).fire(now),
    over: (now) => main.hasFinished(now) || until.hasFinished(now),
  });

/**
 * Early, on time, late (S4.9): `early` starts again after each pane until the end of the window, where there is one pane
 * on time; then `late` starts again after each pane. Without `late` the on-time pane is the last one. `end`, the end of
 * the window, says whether the on-time pane has been fired.
 */
export function afterWatermark(
  slots: Slots,
  end: TriggerNode,
  early: TriggerNode | null,
  late: TriggerNode | null,
): TriggerNode {
  const done = doneIn(slots);
  const current = (now: Moment): TriggerNode | null => (end.hasFinished(now) ? late : early);
  const parts = [end, early, late].filter((part) => part !== null);
  const whole = composite(done, parts, {
    ready: (now) => end.ready(now) || (current(now)?.ready(now) ?? false),
    fire(now) {
      if (!end.ready(now)) return fireAgain(current(now)!, now);
      end.fire(now);
      early?.reset(now);
    },
    over: (now) => !late && end.hasFinished(now),
    active(now) {
      const part = current(now);
      return part ? [end, part] : [end];
    },
  });
  return {
    ...whole,
    merge(now, others) {
      whole.merge(now, others);
      if (end.hasFinished(now)) return;
      // The on-time pane is to come (again): nothing is late yet, and nothing is over (S3.5).
      done.reset(now);
      late?.reset(now);
    },
  };
}
