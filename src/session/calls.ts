import { TidemarkError, type TidemarkErrorFacts } from '../model';
import { type OnProgress } from './protocol';
import { type Method } from './worker';

/** A call of the page that is not answered yet. */
export interface Call {
  method: Method;
  args: unknown[];
  onProgress?: OnProgress;
  /** How often it was given to a thread. */
  tries: number;
  resolve: (answer: unknown) => void;
  reject: (error: TidemarkError) => void;
}

/** What `cancel` stops. */
export const isLong = (method: Method): boolean =>
  ['run', 'compare', 'sweep', 'search', 'orders', 'generate'].includes(method);

/** Answers a call that no engine will answer, in the form that its method has for a failure. */
export function giveUp({ method, resolve, reject }: Call, facts: TidemarkErrorFacts): void {
  switch (method) {
    case 'ping':
      return reject(new TidemarkError(facts));
    case 'diagnose':
      return resolve({ errors: [facts] });
    case 'complete':
      return resolve([]);
    case 'cancel':
    case 'close':
      return resolve(undefined);
    default:
      return resolve({ failed: facts });
  }
}
