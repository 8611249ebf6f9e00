import { TidemarkError } from '../../model';
import { LONGEST_TEXT } from '../../words/en/keep';
import { dictionary } from './dictionary';

/**
 * Checks of data from outside: a link, a file, the browser's storage. A check answers a fresh copy that has exactly
 * the expected shape, or throws a `TidemarkError` that names the path. Unknown fields, keys that hide characters, and
 * anything oversized are refused. What is written passes the same checks as what is read.
 */
export type Check<T> = (value: unknown, path: string) => T;

/**
 * Entries of a dictionary, items of a list, versions beside those in use, characters of a name and of a text, and bytes
 * of a document, and of all versions, as JSON.
 */
export const LIMITS = {
  entries: 500,
  list: 200,
  versions: 5_000,
  key: 100,
  text: LONGEST_TEXT,
  bytes: 2_400_000,
} as const;

/** Bytes of data as JSON. */
export const bytesOf = (data: unknown): number => new TextEncoder().encode(JSON.stringify(data)).length;

/** Control, format (bidi, zero-width) and lone surrogate characters, line and paragraph separators. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

const misfit = (path: string, expected: string, value: unknown): TidemarkError =>
  new TidemarkError({ what: `${path} does not fit`, expected, found: show(value) });

function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `${value as number | boolean}`;
  return shown.replace(new RegExp(HIDDEN, 'gu'), '?');
}

export const finite: Check<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw misfit(path, 'a number', value);
  return value;
};

/** A whole number from 0, or from -1 where `least` allows it. */
export const whole =
  (least = 0): Check<number> =>
  (value, path) => {
    if (!Number.isSafeInteger(value) || (value as number) < least) {
      throw misfit(path, `a whole number from ${least}`, value);
    }
    return value as number;
  };

export const yesOrNo: Check<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw misfit(path, 'true or false', value);
  return value;
};

export const text: Check<string> = (value, path) => {
  if (typeof value !== 'string') throw misfit(path, 'a text', value);
  if (value.length > LIMITS.text) throw misfit(path, `a text of at most ${LIMITS.text} characters`, value);
  return value;
};

/** A text that names something: short, and without hidden characters. */
export const name: Check<string> = (value, path) => {
  if (typeof value !== 'string' || !value || value.length > LIMITS.key || HIDDEN.test(value)) {
    throw misfit(path, `a name of at most ${LIMITS.key} visible characters`, value);
  }
  return value;
};

export const nothing: Check<null> = (value, path) => {
  if (value !== null) throw misfit(path, 'null', value);
  return null;
};

export const exactly =
  <const T extends string | number>(wanted: T): Check<T> =>
  (value, path) => {
    if (value !== wanted) throw misfit(path, JSON.stringify(wanted), value);
    return wanted;
  };

/** The first check that fits; `expected` names them all in words. */
export const either =
  <T>(expected: string, ...checks: Check<T>[]): Check<T> =>
  (value, path) => {
    for (const check of checks) {
      try {
        return check(value, path);
      } catch {
        // The next one may fit.
      }
    }
    throw misfit(path, expected, value);
  };

export const plain = either<string | number | boolean | null>('a value', text, finite, yesOrNo, nothing);

/** A dictionary: any names, also those that JavaScript knows, and values of one kind. */
export const record =
  <T>(check: Check<T>): Check<Record<string, T>> =>
  (value, path) => {
    const entries = Object.entries(objectAt(value, path));
    if (entries.length > LIMITS.entries) throw misfit(path, `at most ${LIMITS.entries} entries`, entries.length);
    const copy = dictionary<T>();
    for (const [key, entry] of entries) {
      copy[name(key, `a name in ${path}`)] = check(entry, `${path}.${key}`);
    }
    return copy;
  };

export const list =
  <T>(check: Check<T>, most: number = LIMITS.list): Check<T[]> =>
  (value, path) => {
    if (!Array.isArray(value) || value.length > most) throw misfit(path, `a list of at most ${most}`, value);
    return value.map((entry, n) => check(entry, `${path}[${n}]`));
  };

/** Fields may be left out only where `optional` names them. */
export const shape =
  <T extends object>(fields: { [K in keyof T]-?: Check<T[K]> }, optional: readonly (keyof T)[] = []): Check<T> =>
  (value, path) => {
    const given = objectAt(value, path);
    for (const key of Object.keys(given)) {
      if (!Object.hasOwn(fields, key)) throw misfit(path, `only ${Object.keys(fields).join(', ')}`, key);
    }
    const copy = {} as T;
    for (const key of Object.keys(fields) as (keyof T & string)[]) {
      if (optional.includes(key) && !Object.hasOwn(given, key)) continue;
      copy[key] = fields[key](Object.hasOwn(given, key) ? given[key] : undefined, path ? `${path}.${key}` : key);
    }
    return copy;
  };

function objectAt(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw misfit(path || 'it', 'an object', value);
  return value as Record<string, unknown>;
}
