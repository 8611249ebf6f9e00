import { columnIndex } from '../../model';
import { type Trigger } from '../stream/options';
import { afterWatermark, all, any, each, orFinally, repeat } from './composites';
import { type TriggerPlace } from './check';
import { continuousEventTime, continuousProcessingTime, count, delta, processingDelay, windowEnd } from './leaves';
import { Slots, type TriggerNode } from './trigger';

/**
 * The machine of a trigger that has been checked, and how many slots it has. `restarts`: it starts again after each
 * firing, whatever it is (S4.5); otherwise it closes its window when it has finished (S4.8).
 */
export function compileTrigger(
  trigger: Trigger,
  place: TriggerPlace,
  restarts: boolean,
): { trigger: TriggerNode; slots: number } {
  const slots = new Slots();
  const machine = nodeOf(trigger, place, slots);
  const whole = restarts && !STARTS_AGAIN.has(trigger.type) ? repeat(slots, machine) : machine;
  return { trigger: whole, slots: slots.count };
}

const STARTS_AGAIN: ReadonlySet<Trigger['type']> = new Set(['window-end', 'default', 'repeat']);

function nodeOf(trigger: Trigger, place: TriggerPlace, slots: Slots): TriggerNode {
  const child = (one: Trigger): TriggerNode => nodeOf(one, place, slots);
  const onTime = (early: Trigger | null, late: Trigger | null): TriggerNode =>
    afterWatermark(slots, windowEnd(slots, place.time), early && child(early), late && child(late));
  switch (trigger.type) {
    case 'window-end':
    case 'default':
      return repeat(slots, onTime(null, null));
    case 'after-watermark':
      return onTime(trigger.early, trigger.late);
    case 'count':
      return count(slots, trigger.n);
    case 'delta':
      return delta(slots, columnIndex(place.schema, trigger.column), trigger.delta);
    case 'continuous-event-time':
      return continuousEventTime(slots, trigger.interval);
    case 'processing-delay':
      return processingDelay(slots, trigger.delay);
    case 'continuous-processing-time':
      return continuousProcessingTime(slots, trigger.interval);
    case 'repeat':
      return repeat(slots, child(trigger.of));
    case 'any':
      return any(slots, trigger.of.map(child));
    case 'all':
      return all(slots, trigger.of.map(child));
    case 'each':
      return each(slots, trigger.of.map(child));
    case 'or-finally':
      return orFinally(slots, child(trigger.main), child(trigger.until));
  }
}
