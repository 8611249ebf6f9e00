import { columnIndex, formatDuration, isNumeric, TidemarkError, type Schema } from '../../model';
import { POLICIES } from '../profiles';
import { type Profile, type Trigger } from '../stream/options';
import { checkNumber, checkSpan } from './check';
import { afterWatermark, all, any, each, orFinally, repeat } from './composites';
import { continuousEventTime, continuousProcessingTime, count, delta, processingDelay, windowEnd } from './leaves';
import { Slots, type TriggerNode } from './trigger';

/** Where a trigger is asked to work: under which rules, and in which windows of which rows. */
interface TriggerPlace {
  profile: Profile;
  /** The clock that windows are cut by. */
  time: 'event' | 'processing';
  /** Whether windows of one key become one. */
  merging: boolean;
  lateness: number;
  schema: Schema;
}

/**
 * The machine of a trigger, and how many slots it has. `restarts`: it starts again after each firing, whatever it is
 * (S4.5); otherwise it closes its window when it has finished (S4.8). Throws a TidemarkError where the parts of the
 * trigger contradict one another, or where it is asked to work.
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
  checkPlace(trigger, place);
  const child = (one: Trigger): TriggerNode => nodeOf(one, place, slots);
  const children = (of: Trigger[]): TriggerNode[] => {
    checkNumber(trigger.type, 'one part or more', of.length, of.length > 0);
    return of.map(child);
  };
  const onTime = (early: Trigger | null, late: Trigger | null): TriggerNode =>
    afterWatermark(slots, windowEnd(slots, place.time), early && child(early), late && child(late));
  switch (trigger.type) {
    case 'window-end':
    case 'default':
      return repeat(slots, onTime(null, null));
    case 'after-watermark':
      if (trigger.late) checkLateTrigger(place);
      return onTime(trigger.early, trigger.late);
    case 'count':
      checkNumber('count', 'a whole number above zero', trigger.n, Number.isSafeInteger(trigger.n) && trigger.n > 0);
      return count(slots, trigger.n);
    case 'delta':
      checkDelta(trigger, place);
      return delta(slots, columnIndex(place.schema, trigger.column), trigger.delta);
    case 'continuous-event-time':
      checkSpan(trigger.type, trigger.interval, 1);
      return continuousEventTime(slots, trigger.interval);
    case 'processing-delay':
      checkSpan(trigger.type, trigger.delay, 0);
      return processingDelay(slots, trigger.delay);
    case 'continuous-processing-time':
      checkSpan(trigger.type, trigger.interval, 1);
      return continuousProcessingTime(slots, trigger.interval);
    case 'repeat':
      return repeat(slots, child(trigger.of));
    case 'any':
      return any(slots, children(trigger.of));
    case 'all':
      return all(slots, children(trigger.of));
    case 'each':
      return each(slots, children(trigger.of));
    case 'or-finally':
      return orFinally(slots, child(trigger.main), child(trigger.until));
  }
}

function checkPlace(trigger: Trigger, asked: TriggerPlace): void {
  if (asked.time === 'processing' && (trigger.type === 'continuous-event-time' || trigger.type === 'after-watermark')) {
    throw new TidemarkError({
      what: 'windows cut by the clock do not see the watermark',
      where: trigger.type,
      expected: 'window-end, count, processing-delay or continuous-processing-time',
      found: trigger.type,
      hint: 'Cut the windows by event time, or choose a trigger that goes by the clock.',
    });
  }
  if (POLICIES[asked.profile].finished.is !== 'closes' && (trigger.type === 'each' || trigger.type === 'or-finally')) {
    throw new TidemarkError({
      what: 'a trigger that comes to an end does not exist in this profile',
      where: trigger.type,
      expected: 'a trigger that starts again after each firing, or the beam profile',
      found: `${trigger.type} with the ${asked.profile} profile`,
    });
  }
}

/** What comes late is dropped before a late trigger could see it, unless it is allowed to come late. */
function checkLateTrigger({ lateness }: TriggerPlace): void {
  if (lateness > 0) return;
  throw new TidemarkError({
    what: 'a late trigger would never fire',
    where: 'after-watermark',
    expected: 'an allowed lateness above zero, or no `late`',
    found: `an allowed lateness of ${formatDuration(lateness)}`,
    hint: 'Set the allowed lateness to as long as late rows may still count.',
  });
}

function checkDelta(trigger: Trigger & { type: 'delta' }, { schema, merging }: TriggerPlace): void {
  checkNumber(trigger.type, 'zero or more', trigger.delta, trigger.delta >= 0);
  const index = columnIndex(schema, trigger.column);
  if (index < 0 || !isNumeric(schema[index].type)) {
    throw new TidemarkError({
      what: index < 0 ? 'there is no such column' : 'a delta trigger goes by numbers',
      where: `delta trigger on ${trigger.column}`,
      expected: schema
        .filter((one) => isNumeric(one.type))
        .map((one) => one.name)
        .join(', '),
      found: index < 0 ? trigger.column : schema[index].type.name,
    });
  }
  if (merging) {
    throw new TidemarkError({
      what: 'two sessions that become one have no one value of the last firing',
      where: 'delta trigger',
      expected: 'windows that do not merge',
      found: 'SESSION',
    });
  }
}
