import { expose, releaseProxy, transfer, type Endpoint, type Remote } from 'comlink';
import { errorFacts, type TidemarkErrorFacts } from '../model';
import type { Method } from './calls';
import type { OnProgress, Progress, SessionApi } from './protocol';
import { pack } from './transfer';

/**
 * The worker's half of the boundary: answers calls that come through an endpoint from a session. It does not care
 * whether the endpoint is a worker's or one end of a `MessageChannel` on the page.
 */

/** What a call comes back with; `answer` is packed, see `transfer.ts`. */
export type Reply = { answer: unknown } | { threw: TidemarkErrorFacts };

export interface Served {
  call(method: Method, args: unknown[], onProgress?: (progress: Progress) => Promise<void>): Promise<Reply>;
}

export function serve(endpoint: Endpoint, session: SessionApi): void {
  async function call(method: Method, args: unknown[], onProgress?: Remote<OnProgress>): Promise<Reply> {
    const given = onProgress ? [...args, oneAtATime(onProgress)] : args;
    try {
      const answer = await (session[method] as (...given: unknown[]) => Promise<unknown>)(...given);
      const { message, buffers } = pack(answer);
      return transfer({ answer: message }, buffers);
    } catch (thrown) {
      return { threw: errorFacts(thrown, 'the engine') };
    } finally {
      onProgress?.[releaseProxy]();
    }
  }
  expose({ call } satisfies Served, endpoint);
}

/**
 * Hands on the newest progress, and the next only when the page has drawn the last. So a page that is busy or hidden
 * is never flooded, and no clock is needed here.
 */
function oneAtATime(report: Remote<OnProgress>): OnProgress {
  let busy = false;
  let newest: Progress | null = null;
  async function send(): Promise<void> {
    busy = true;
    while (newest) {
      const progress: Progress = newest;
      newest = null;
      await report(progress);
    }
    busy = false;
  }
  return (progress) => {
    newest = progress;
    // A released proxy rejects: the call is over, and its progress no longer matters.
    if (!busy) send().catch(() => undefined);
  };
}
