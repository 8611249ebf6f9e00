import { columnIndex } from '../../model';
import { type Trigger } from '../stream/options';
import { afterWatermark, all, any, each, orFinally, repeat } from './composites';
import { type TriggerPlace } from './check';
import { continuousEventTime, continuousProcessingTime, count, delta, processingDelay, windowEnd } from './leaves';
import { type TriggerNode } from './trigger';

/**
 * The machine of a trigger that has been checked. `restarts`: it starts again after each firing, whatever it is (S4.5);
 * otherwise it closes its window when it has finished (S4.8).
 */
export function compileTrigger(trigger: Trigger, place: TriggerPlace, restarts: boolean): TriggerNode {
  const machine = nodeOf(trigger, place);
  return restarts && !STARTS_AGAIN.has(trigger.type) ? repeat(machine) : machine;
}

const STARTS_AGAIN: ReadonlySet<Trigger['type']> = new Set(['window-end', 'default', 'repeat']);

function nodeOf(trigger: Trigger, place: TriggerPlace): TriggerNode {
  const child = (one: Trigger): TriggerNode => nodeOf(one, place);
  const onTime = (early: Trigger | null, late: Trigger | null): TriggerNode =>
    afterWatermark(windowEnd(place.time), early && child(early), late && child(late));
  switch (trigger.type) {
    case 'window-end':
    case 'default':
      return repeat(onTime(null, null));
    case 'after-watermark':
      return onTime(trigger.early, trigger.late);
    case 'count':
      return count(trigger.n);
    case 'delta':
      return delta(columnIndex(place.schema, trigger.column), trigger.delta);
    case 'continuous-event-time':
      return continuousEventTime(trigger.interval);
    case 'processing-delay':
      return processingDelay(trigger.delay);
    case 'continuous-processing-time':
      return continuousProcessingTime(trigger.interval);
    case 'repeat':
      return repeat(child(trigger.of));
    case 'any':
      return any(trigger.of.map(child));
    case 'all':
      return all(trigger.of.map(child));
    case 'each':
      return each(trigger.of.map(child));
    case 'or-finally':
      return orFinally(child(trigger.main), child(trigger.until));
  }
}
