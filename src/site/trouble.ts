import { errorFacts, type TidemarkErrorFacts } from '../model';
import { type Outcome } from '../session/protocol';

/** The answer, or null after `tell` was told what failed. A cancelled request is silent. */
export function answerOf<T>(outcome: Outcome<T>, tell: (facts: TidemarkErrorFacts) => void): T | null {
  if ('ok' in outcome) return outcome.ok;
  if ('failed' in outcome) tell(outcome.failed);
  return null;
}

/** Runs a task whose failure belongs to one place of the page. */
export async function guarded<T>(
  where: string,
  tell: (facts: TidemarkErrorFacts) => void,
  task: () => Promise<T>,
): Promise<T | null> {
  try {
    return await task();
  } catch (thrown) {
    tell(errorFacts(thrown, where));
    return null;
  }
}
