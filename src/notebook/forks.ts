import { TidemarkError } from '../model';
import type { Fork } from './run';

/** Each planted event makes the world anew, so their number bounds how long a run takes to open. */
export const MOST_FORKS = 20;

/** As durations of options are: ms, at least 0, at most 31 days. */
const LONGEST = 31 * 86_400_000;

/** Holds forks to what options and events are held to. Throws a `TidemarkError` for the first that does not fit. */
export function checkForks(forks: readonly Fork[]): void {
  if (forks.length > MOST_FORKS)
    throw refusal('too many forks of one run', `at most ${MOST_FORKS}`, forks.length, 'Go back to the original first.');
  for (const { at, action } of forks) {
    if (!Number.isSafeInteger(at)) throw refusal('a fork takes effect at no input', 'a whole number', at);
    if (action.do === 'set') {
      duration('Wait', action.wait);
      duration('Allowed lateness', action.lateness);
    } else if (action.do === 'wait') {
      if (!(action.from <= action.until)) throw refusal('a wait ends before it starts', 'a later end', action.until);
    } else if (action.partition !== undefined && !(Number.isSafeInteger(action.partition) && action.partition >= 0)) {
      throw refusal('no such partition', 'a whole number from 0', action.partition);
    }
  }
}

function duration(label: string, ms: number | undefined): void {
  if (ms === undefined || (Number.isSafeInteger(ms) && ms >= 0 && ms <= LONGEST)) return;
  throw refusal(`${label} is out of range`, 'a duration from 0 s to 31 d', `${ms} ms`);
}

const refusal = (what: string, expected: string, found: string | number, hint?: string): TidemarkError =>
  new TidemarkError({ what, where: 'the fork', expected, found: String(found), hint });
