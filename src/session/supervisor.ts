import { errorFacts, type TidemarkErrorFacts } from '../model';
import { giveUp, isLong, type Call, type Method } from './calls';
import { watchHeartbeat } from './heartbeat';
import { hello, type Line } from './line';
import type { OnProgress, Outcome, RunSpec, RunSummary } from './protocol';
import { plain, unpack } from './transfer';

export type SessionState =
  | { state: 'starting' }
  | { state: 'ready'; thread: 'worker' | 'page' }
  /** `why` is a sentence for the reader; `ready` follows when the runs are back. */
  | { state: 'replaced'; why: string }
  /** Nothing more is tried; every call answers with `error`. */
  | { state: 'failed'; error: TidemarkErrorFacts };

interface Supervision {
  /** Starts a thread that serves a session; may throw. */
  openThread: () => Line;
  /** Makes a session on this thread, for pages that may not start another. */
  openHere: () => Promise<Line>;
  patience: number;
  startPatience: number;
  replacements: number;
  within: number;
  keepSpare: boolean;
  /** A clock in ms. */
  now: () => number;
}

interface Supervised {
  /** Answers in the end, whatever happens to the threads. */
  ask: <T>(method: Method, args: unknown[], onProgress?: OnProgress) => Promise<T>;
  /** A closed run is not run again. */
  forget: (runId: string) => void;
  onstate: (listener: (state: SessionState) => void) => () => void;
  /** Starts again after `failed`; what was open is run again. */
  restart: () => void;
  dispose: () => void;
}

/** So many runs are run again on a new thread, those opened last; the session keeps them by what they weigh. */
const MOST_OPEN = 12;
const DISPOSED: TidemarkErrorFacts = { what: 'the page has closed its session', where: 'the engine' };
const LOST_TWICE: TidemarkErrorFacts = {
  what: 'the engine was lost twice while it worked on this',
  where: 'the engine',
  hint: 'It may need more than this browser has: try it with fewer events.',
};
const QUARANTINED: TidemarkErrorFacts = {
  what: 'this has ended the engine twice, and is not begun again as it stands',
  where: 'the engine',
  hint: 'Change it: fewer events, longer slides, shorter texts. Everything else of the page goes on.',
};

/**
 * Keeps a session answering: replaces a thread that breaks or stops answering, runs the open runs again, and asks again,
 * once, what was not answered. See `client.ts` for what a page sees of it.
 */
export function supervise(supervision: Supervision): Supervised {
  const { openThread, openHere, patience, startPatience, replacements, within, keepSpare, now } = supervision;
  const listeners = new Set<(state: SessionState) => void>();
  const opened = new Map<string, RunSpec>();
  const pending = new Set<Call>();
  /** What has cost two engines: never begun a third time. */
  const quarantined = new Set<string>();
  let state: SessionState = { state: 'starting' };
  let line: Line | null = null;
  let spare: Line | null = null;
  let ended: TidemarkErrorFacts | null = null;
  let losses: number[] = [];
  let stopWatching = (): void => undefined;
  let spareTimer: ReturnType<typeof setTimeout> | undefined;

  function report(next: SessionState): void {
    state = next;
    for (const listener of listeners) listener(next);
  }

  // Lines: the first one, its replacements, the spare.

  async function begin(): Promise<void> {
    let first: Line | null = null;
    try {
      first = openThread();
      await hello(first, startPatience);
    } catch {
      // A thread that never started is one that the page may not have: sandboxed embeds, strict policies.
      first?.close();
      first = null;
    }
    if (ended) return first?.close();
    try {
      await adopt(first ?? (await openHere()));
    } catch (thrown) {
      end(errorFacts(thrown, 'the engine'), 'failed');
    }
  }

  async function adopt(next: Line): Promise<void> {
    if (ended) return next.close();
    line = next;
    void next.broken.then((why) => lose(next, why));
    try {
      await hello(next, startPatience);
    } catch (thrown) {
      return lose(next, errorFacts(thrown).what);
    }
    if (line !== next) return;
    if (next.thread === 'worker') watch(next);
    await replay(next);
    if (line !== next) return;
    report({ state: 'ready', thread: next.thread });
    for (const call of pending) issue(call, next);
    planSpare();
  }

  function watch(watched: Line): void {
    stopWatching = watchHeartbeat({
      ping: () => watched.call('ping', []),
      patience,
      onSilence: () => lose(watched, `did not answer for ${patience / 1_000} s`),
    });
  }

  async function replay(next: Line): Promise<void> {
    for (const spec of opened.values()) {
      if (line !== next) return;
      // A run that cannot be opened again fails when it is asked for.
      await next.call('run', [spec]).catch(() => undefined);
    }
  }

  function lose(lost: Line, why: string): void {
    if (lost !== line || ended) return;
    stopWatching();
    lost.close();
    line = null;
    const at = now();
    losses = losses.filter((before) => at - before < within);
    if (losses.length >= replacements) {
      const times = `${losses.length + 1} times within ${within / 1_000} s`;
      const what = `the engine was lost ${times}; the last time it ${why}`;
      const hint = 'It was not started again by itself. Make the run smaller, and start it: what you typed is kept.';
      return end({ what, where: 'the engine', hint }, 'failed');
    }
    losses.push(at);
    report({
      state: 'replaced',
      why: `The engine ${why}; it was started again and runs your cells anew. What you typed is kept.`,
    });
    if ([...pending].some(({ method }) => method === 'cancel')) cancelWaiting();
    try {
      const next = spare ?? openThread();
      spare = null;
      void adopt(next);
    } catch (thrown) {
      end(errorFacts(thrown, 'the engine'), 'failed');
    }
  }

  /** A spare is made when the page has nothing else to do, so that it does not slow the first picture down. */
  function planSpare(): void {
    clearTimeout(spareTimer);
    if (!keepSpare || spare || ended || line?.thread !== 'worker') return;
    spareTimer = setTimeout(() => (pending.size ? planSpare() : makeSpare()), 500);
  }

  function makeSpare(): void {
    try {
      const made = openThread();
      spare = made;
      const drop = (): void => {
        if (spare !== made) return;
        made.close();
        spare = null;
      };
      void made.broken.then(drop);
      hello(made, startPatience).catch(drop);
    } catch {
      // No spare: the next replacement starts cold, and fails visibly if it cannot.
    }
  }

  function end(facts: TidemarkErrorFacts, as: 'failed' | 'disposed'): void {
    if (ended) return;
    ended = facts;
    stopWatching();
    clearTimeout(spareTimer);
    line?.close();
    spare?.close();
    line = spare = null;
    if (as === 'failed') report({ state: 'failed', error: facts });
    for (const call of pending) drop(call, facts);
    if (as === 'disposed') listeners.clear();
  }

  function restart(): void {
    if (state.state !== 'failed' || ended === DISPOSED) return;
    ended = null;
    losses = [];
    report({ state: 'starting' });
    void begin();
  }

  // Calls.

  function ask<T>(method: Method, args: unknown[], onProgress?: OnProgress): Promise<T> {
    return new Promise<unknown>((resolve, reject) => {
      const call: Call = { method, args: plain(args), onProgress, tries: 0, resolve, reject };
      if (ended) return giveUp(call, ended);
      if (quarantined.has(nameOf(call))) return giveUp(call, QUARANTINED);
      pending.add(call);
      if (state.state === 'ready' && line) issue(call, line);
      else if (method === 'cancel') cancelWaiting();
    }) as Promise<T>;
  }

  function issue(call: Call, on: Line): void {
    if (call.tries === 2) {
      // Of several that were lost together, the one that was begun first is what the engine worked on.
      if (isLong(call.method) && [...pending][0] === call) quarantined.add(nameOf(call));
      return drop(call, LOST_TWICE);
    }
    call.tries += 1;
    const current = (): boolean => line === on && pending.has(call);
    const onProgress: OnProgress | undefined =
      call.onProgress && ((now) => (current() ? call.onProgress!(now) : undefined));
    on.call(call.method, call.args, onProgress).then(
      (reply) => {
        if (!current()) return;
        if ('threw' in reply) drop(call, reply.threw);
        else settle(call, unpack(reply.answer));
      },
      (thrown: unknown) => {
        if (current()) drop(call, errorFacts(thrown, 'the engine'));
      },
    );
  }

  function settle(call: Call, answer: unknown): void {
    pending.delete(call);
    if (call.method === 'run') remember(call.args[0] as RunSpec, answer as Outcome<RunSummary>);
    call.resolve(answer);
  }

  function remember(spec: RunSpec, outcome: Outcome<RunSummary>): void {
    if (!('ok' in outcome)) return;
    opened.delete(outcome.ok.id);
    opened.set(outcome.ok.id, spec);
    const [oldest] = opened.keys();
    if (opened.size > MOST_OPEN) opened.delete(oldest);
  }

  function drop(call: Call, facts: TidemarkErrorFacts): void {
    pending.delete(call);
    giveUp(call, facts);
  }

  /** A cancel while there is no engine: what it would stop is not begun again. */
  function cancelWaiting(): void {
    for (const call of pending) {
      if (call.method === 'cancel') settle(call, undefined);
      else if (isLong(call.method)) settle(call, { cancelled: true });
    }
  }

  void begin();

  return {
    ask,
    forget: (runId) => void opened.delete(runId),
    onstate: (listener) => {
      listeners.add(listener);
      listener(state);
      return () => listeners.delete(listener);
    },
    restart,
    dispose: () => end(DISPOSED, 'disposed'),
  };
}

/** The same for calls that ask for the same. */
const nameOf = ({ method, args }: Call): string => JSON.stringify([method, args]);
