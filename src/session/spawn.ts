import workerUrl from './engine-worker?worker&url';

/** As much of Trusted Types as is needed here; browsers without them have no `trustedTypes`. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

let trustedUrl: ((url: string) => string) | undefined;
let wrapper: string | undefined;

/**
 * Starts the engine's worker. It is wrapped in a `blob:` module that imports the real file, because a worker loaded by
 * URL does not inherit the page's policy and a `blob:` one does (`SAFETY.md` finding 15).
 *
 * Throws where the page may not start workers; where only the policy refuses it, the worker fires `error` later.
 */
export function spawnWorker(): Worker {
  const file = new URL(workerUrl, location.href).href;
  wrapper ??= URL.createObjectURL(new Blob([`import ${JSON.stringify(file)};`], { type: 'text/javascript' }));
  trustedUrl ??= policy([file, wrapper]);
  return new Worker(trustedUrl(wrapper), { type: 'module', name: 'tidemark' });
}

/** The Trusted Types policy `app-worker`: the engine's file and its wrapper, nothing else. */
function policy(allowed: string[]): (url: string) => string {
  const createScriptURL = (url: string): string => {
    if (!allowed.includes(url)) throw new TypeError(`not a worker of this site: ${url}`);
    return url;
  };
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const made = trustedTypes?.createPolicy('app-worker', { createScriptURL });
  return made ? (url) => made.createScriptURL(url) : createScriptURL;
}
