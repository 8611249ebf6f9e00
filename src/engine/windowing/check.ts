import { formatDuration, TidemarkError } from '../../model';
import { childTriggers, type Evictor, type Trigger } from '../stream/options';

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

export function checkNumber(where: string, expected: string, found: number, fine: boolean): void {
  if (fine) return;
  throw new TidemarkError({
    what: `the ${where === 'evictor' ? where : 'trigger'} could not work`,
    where,
    expected,
    found: String(found),
  });
}

export function checkSpan(where: string, span: number, least: number): void {
  const expected = `a time of ${least === 0 ? '0 s' : '1 ms'} or more, in whole milliseconds`;
  checkNumber(where, expected, span, Number.isSafeInteger(span) && span >= least);
}
