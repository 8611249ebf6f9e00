import { errorFacts, type Snapshot, type TidemarkErrorFacts } from '../model';
import { type RunSpec } from '../notebook/run';
import type { SessionClient } from '../session/client';
import { type Outcome, type PartRequests } from '../session/protocol';

/** The answer, or null after `tell` was told what failed. A cancelled request is silent. */
export function answerOf<T>(outcome: Outcome<T>, tell: (facts: TidemarkErrorFacts) => void): T | null {
  if ('ok' in outcome) return outcome.ok;
  if ('failed' in outcome) tell(outcome.failed);
  return null;
}

/** The state of a run; the engine forgets runs that were not looked at for long, and then this one is opened again. */
export async function stateOf(
  client: SessionClient,
  spec: RunSpec,
  { id, step, parts }: { id: string; step: number; parts: PartRequests },
): Promise<Outcome<Snapshot>> {
  const outcome = await client.state(id, step, parts);
  if (!('failed' in outcome)) return outcome;
  const opened = await client.run(spec);
  return 'ok' in opened && opened.ok.id === id ? client.state(id, step, parts) : outcome;
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
