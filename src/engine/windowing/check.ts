import { columnIndex, formatDuration, isNumeric, TidemarkError, type Schema } from '../../model';
import { type WindowShape } from '../../sql/plan';
import { POLICIES } from '../profiles';
import { childTriggers, type Evictor, type Profile, type Trigger } from '../stream/options';

/** Where a trigger is asked to work: under which rules, and in which windows of which rows. */
export interface TriggerPlace {
  profile: Profile;
  /** The clock that windows are cut by. */
  time: 'event' | 'processing';
  shape: WindowShape['kind'];
  schema: Schema;
}

/** Throws a TidemarkError for an evictor that keeps less than nothing. */
export function checkEvictor({ keep }: Evictor): void {
  checkNumber('evictor', 'zero or more', keep, Number.isSafeInteger(keep) && keep >= 0);
}

/** What comes late is dropped before a late trigger could see it, unless it is allowed to come late. */
export function checkLateTrigger(trigger: Trigger, lateness: number): void {
  if (lateness > 0 || !hasLateTrigger(trigger)) return;
  throw new TidemarkError({
    what: 'a late trigger would never fire',
    where: 'after-watermark',
    expected: 'an allowed lateness above zero, or no `late`',
    found: `an allowed lateness of ${formatDuration(lateness)}`,
    hint: 'Set the allowed lateness to as long as late rows may still count.',
  });
}

const hasLateTrigger = (trigger: Trigger): boolean =>
  (trigger.type === 'after-watermark' && trigger.late !== null) || childTriggers(trigger).some(hasLateTrigger);

/** Throws a TidemarkError where the parts of a trigger contradict one another, or where it is asked to work. */
export function checkTrigger(trigger: Trigger, asked: TriggerPlace): void {
  switch (trigger.type) {
    case 'count':
      checkNumber(
        trigger.type,
        'a whole number above zero',
        trigger.n,
        Number.isSafeInteger(trigger.n) && trigger.n > 0,
      );
      break;
    case 'continuous-event-time':
    case 'continuous-processing-time':
      checkSpan(trigger.type, trigger.interval, 1);
      break;
    case 'processing-delay':
      checkSpan(trigger.type, trigger.delay, 0);
      break;
    case 'delta':
      checkDelta(trigger, asked);
      break;
    case 'any':
    case 'all':
    case 'each':
      checkNumber(trigger.type, 'one part or more', trigger.of.length, trigger.of.length > 0);
      break;
    default:
  }
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
  for (const child of childTriggers(trigger)) checkTrigger(child, asked);
}

function checkDelta(trigger: Trigger & { type: 'delta' }, { schema, shape }: TriggerPlace): void {
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
  if (shape === 'session') {
    throw new TidemarkError({
      what: 'two sessions that become one have no one value of the last firing',
      where: 'delta trigger',
      expected: 'windows that do not merge',
      found: 'SESSION',
    });
  }
}

function checkNumber(where: string, expected: string, found: number, fine: boolean): void {
  if (fine) return;
  throw new TidemarkError({
    what: `the ${where === 'evictor' ? where : 'trigger'} could not work`,
    where,
    expected,
    found: String(found),
  });
}

function checkSpan(where: string, span: number, least: number): void {
  const expected = `a time of ${least === 0 ? '0 s' : '1 ms'} or more, in whole milliseconds`;
  checkNumber(where, expected, span, Number.isSafeInteger(span) && span >= least);
}
