import { TidemarkError } from '../../model';
import { type Evictor } from '../stream/options';

/** Throws a TidemarkError for an evictor that keeps less than nothing. */
export function checkEvictor({ keep }: Evictor): void {
  checkNumber('evictor', 'zero or more', keep, Number.isSafeInteger(keep) && keep >= 0);
}

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
