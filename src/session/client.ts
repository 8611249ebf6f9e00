import { proxy, wrap, type Endpoint } from 'comlink';
import { callsThrough } from './calls';
import type { Line } from './line';
import type { Progress, SessionApi } from './protocol';
import { spawnWorker } from './spawn';
import { supervise, type SessionState } from './supervisor';
import type { Served } from './worker';

export { type SessionState };

/**
 * The page's half of the boundary: one session for all cells, in a worker, with a warm spare.
 *
 * A worker that crashes or stops answering is replaced: the open runs are run again from their specs (same spec, same
 * steps), then what was still unanswered is asked again, once. Every call is answered in the end; where nothing can
 * answer it, with the reason. A page that may not start workers gets the same session on its own thread.
 */
export interface SessionClient extends SessionApi {
  /** Calls the listener now and at every change. Returns a function that takes it off. */
  onstate(listener: (state: SessionState) => void): () => void;
  /** Starts the engine again, after `failed`. */
  restart(): void;
  /** Ends the workers. Calls that are still open answer as failed. */
  dispose(): void;
}

/** A worker, or something that behaves like one. */
export interface EngineThread extends Endpoint {
  terminate(): void;
}

export interface ConnectOptions {
  /** Starts a thread that serves a session; may throw. */
  spawn?: () => EngineThread;
  /** Makes a session on this thread, for pages that may not start another. */
  here?: () => Promise<Endpoint>;
  /** How long a healthy thread may take to answer, in ms. */
  patience?: number;
  /** How long a thread may take to load and start, in ms. */
  startPatience?: number;
  /** After this many replacements `within` ms the client stops. */
  replacements?: number;
  within?: number;
  /** Whether to keep a second worker ready. */
  spare?: boolean;
}

export function connect(options: ConnectOptions = {}): SessionClient {
  const { spawn = spawnWorker, here = serveHere } = options;
  const { ask, forget, onstate, restart, dispose } = supervise({
    openThread: () => lineTo(spawn()),
    openHere: async () => lineHere(await here()),
    patience: options.patience ?? 2_000,
    startPatience: options.startPatience ?? 20_000,
    replacements: options.replacements ?? 3,
    within: options.within ?? 30_000,
    keepSpare: options.spare ?? true,
    now: () => performance.now(),
  });
  const calls = callsThrough(ask);
  return {
    ...calls,
    close: (runId) => {
      forget(runId);
      return calls.close(runId);
    },
    onstate,
    restart,
    dispose,
  };
}

function lineTo(thread: EngineThread): Line {
  const broken = new Promise<string>((resolve) => {
    const listen = (type: string, why: (event: Event) => string): void =>
      thread.addEventListener(type, {
        handleEvent(event: Event) {
          event.preventDefault();
          resolve(why(event));
        },
      });
    listen('error', (event) => `stopped with an error (${(event as ErrorEvent).message || 'no reason was given'})`);
    listen('messageerror', () => 'sent an answer that could not be read');
  });
  return { thread: 'worker', broken, call: caller(thread), close: () => thread.terminate() };
}

function lineHere(endpoint: Endpoint): Line {
  // The page's thread does not break alone.
  const broken = new Promise<string>(() => undefined);
  return { thread: 'page', broken, call: caller(endpoint), close: () => (endpoint as Partial<MessagePort>).close?.() };
}

function caller(endpoint: Endpoint): Line['call'] {
  const remote = wrap<Served>(endpoint);
  return (method, args, onProgress) => {
    if (!onProgress) return remote.call(method, args);
    const drawn = proxy(async (progress: Progress) => {
      await nextFrame();
      onProgress(progress);
    });
    return remote.call(method, args, drawn);
  };
}

const nextFrame = (): Promise<unknown> =>
  new Promise((resolve) => {
    if (typeof requestAnimationFrame === 'function' && !document.hidden) requestAnimationFrame(resolve);
    else setTimeout(resolve, 16);
  });

async function serveHere(): Promise<Endpoint> {
  const [{ serve }, { createSession }] = await Promise.all([import('./worker'), import('./session')]);
  const { port1, port2 } = new MessageChannel();
  serve(port1, createSession());
  return port2;
}
