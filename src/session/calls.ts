import { TidemarkError, type TidemarkErrorFacts } from '../model';
import type { OnProgress, SessionApi } from './protocol';

export type Method = keyof SessionApi;

/** A call of the page that is not answered yet. */
export interface Call {
  method: Method;
  args: unknown[];
  onProgress?: OnProgress;
  /** How often it was given to a thread. */
  tries: number;
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

interface Facts<M extends Method> {
  /** It reports progress, to a function that is its last argument, and `cancel` stops it. */
  isLong: boolean;
  /** Its answer where no engine will give one. */
  unanswered: (facts: TidemarkErrorFacts) => Awaited<ReturnType<SessionApi[M]>>;
}

const failed = (facts: TidemarkErrorFacts) => ({ failed: facts });
const short = { isLong: false, unanswered: failed };
const long = { isLong: true, unanswered: failed };
const unit = { isLong: false, unanswered: (): void => undefined };

/** Every call that crosses the boundary. */
const METHODS: { readonly [M in Method]: Facts<M> } = {
  ping: {
    isLong: false,
    unanswered(facts) {
      throw new TidemarkError(facts);
    },
  },
  run: long,
  state: short,
  steps: short,
  stepAt: short,
  seekTime: short,
  moments: short,
  why: short,
  whyNot: short,
  ask: short,
  sweep: long,
  compare: long,
  search: long,
  orders: long,
  events: short,
  generate: long,
  diagnose: { isLong: false, unanswered: (facts) => ({ errors: [facts] }) },
  complete: { isLong: false, unanswered: () => [] },
  cancel: unit,
  close: unit,
};

export const isLong = (method: Method): boolean => METHODS[method].isLong;

/** Answers a call that no engine will answer, in the form that its method has for a failure. */
export function giveUp({ method, resolve, reject }: Call, facts: TidemarkErrorFacts): void {
  try {
    resolve(METHODS[method].unanswered(facts));
  } catch (thrown) {
    reject(thrown);
  }
}

/** A session whose every call goes through `ask`. */
export function callsThrough(
  ask: (method: Method, args: unknown[], onProgress?: OnProgress) => Promise<unknown>,
): SessionApi {
  const calls = (Object.keys(METHODS) as Method[]).map((method) => {
    const call = (...args: unknown[]): Promise<unknown> => {
      const last = args.at(-1);
      const reports = isLong(method) && typeof last === 'function';
      return reports ? ask(method, args.slice(0, -1), last as OnProgress) : ask(method, args);
    };
    return [method, call] as const;
  });
  return Object.fromEntries(calls) as unknown as SessionApi;
}
