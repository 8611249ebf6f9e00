import { errorFacts } from '../../model';
import { notKept } from '../../words/en/keep';
import { LIMITS } from './check';
import { dictionary } from './dictionary';
import { merge, type Change } from './merge';
import { checkSaved, savedFields, type Saved } from './saved';

interface Unfit {
  change: Change;
  why: string;
}

/** Whether an entry could be read again. */
export const fits = (change: Change): boolean => misfit(change) === null;

/** Parts changes into those that can be stored over `before`, each on its own, and those that cannot. */
export function sift(before: Saved, changes: readonly Change[]): { changes: Change[]; unfit: Unfit[] } {
  const unfit: Unfit[] = [];
  const left: Change[] = [];
  for (const change of changes) {
    const why = misfit(change);
    if (why === null) left.push(change);
    else unfit.push({ change, why });
  }
  if (tooMuch(merge(before, left).saved) === null) return { changes: left, unfit };
  let saved = before;
  const stored: Change[] = [];
  for (const change of left) {
    const next = merge(saved, [change]).saved;
    const why = tooMuch(next);
    if (why !== null) unfit.push({ change, why: notKept(change.field, change.key, why) });
    else {
      saved = next;
      stored.push(change);
    }
  }
  return { changes: stored, unfit };
}

/** The sentence that says why an entry cannot be stored, or null. */
function misfit({ field, key, value }: Change): string | null {
  if (value === undefined) return null;
  try {
    if (field === 'done') savedFields.done(value, field);
    else savedFields[field](dictionary({ [key]: value }), field);
    return null;
  } catch (thrown) {
    return notKept(field, key, limitIn(thrown));
  }
}

function tooMuch(saved: Saved): string | null {
  try {
    checkSaved(saved, '');
    return null;
  } catch (thrown) {
    return limitIn(thrown);
  }
}

const limitIn = (thrown: unknown): string => errorFacts(thrown).expected ?? `at most ${LIMITS.bytes} bytes`;
