import { dictionary } from './dictionary';
import { type Bet, type Saved } from './saved';

/** The fields of `Saved` that have one entry per cell or knob. */
export const FIELDS = ['edits', 'knobs', 'seed', 'forks', 'bets', 'answers', 'hints', 'position'] as const;
export type FieldName = (typeof FIELDS)[number];

/** One entry that a tab has changed: from `base`, what it knew, to `value`; undefined where there is no entry. */
export interface Change {
  field: FieldName | 'done';
  key: string;
  base: unknown;
  value: unknown;
  /** Made by a tab that is closed by now, or just about to store it: what stands there meanwhile is the newer. */
  late?: boolean;
}

/** A version of an entry that gave way to another and is kept beside it. */
export interface Displaced {
  field: FieldName;
  key: string;
  value: unknown;
}

/**
 * What happens when two tabs have changed the same entry: work is never dropped, so both versions stay (`both`); of
 * hints the larger number is true; where a run stood is only a convenience, and the last one wins.
 */
const WHEN_BOTH_CHANGED: Record<FieldName | 'done', 'both' | 'larger' | 'last'> = {
  edits: 'both',
  knobs: 'both',
  seed: 'both',
  forks: 'both',
  bets: 'both',
  answers: 'both',
  hints: 'larger',
  position: 'last',
  done: 'last',
};

/** Whether versions of this field are worth keeping side by side. */
export const isWork = (field: FieldName): boolean => WHEN_BOTH_CHANGED[field] === 'both';

/** The entries in which `next` differs from `known`. A field that is given is given whole: a missing entry is removed. */
export function changesOf(known: Saved, next: Partial<Saved>): Change[] {
  const changes: Change[] = [];
  for (const field of FIELDS) {
    const [before, after] = [known[field], next[field]];
    if (!after) continue;
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const [base, value] = [entry(before, key), entry(after, key)];
      if (!same(base, value)) changes.push({ field, key, base, value });
    }
  }
  if (next.done !== undefined && next.done !== known.done) {
    changes.push({ field: 'done', key: '', base: known.done, value: next.done });
  }
  return changes;
}

/**
 * Lays changes over what is stored by now, which may be newer than what they were made on. `displaced` are the other
 * versions of entries that both sides have changed.
 */
export function merge(stored: Saved, changes: readonly Change[]): { saved: Saved; displaced: Displaced[] } {
  const saved: Saved = { ...stored };
  for (const field of FIELDS) Object.assign(saved, { [field]: dictionary<unknown>(stored[field]) });
  const displaced: Displaced[] = [];
  for (const change of changes) {
    const { field, key } = change;
    if (field === 'done') {
      saved.done = change.value as boolean;
      continue;
    }
    const entries = saved[field] as Record<string, unknown>;
    const { value, other } = settle(change, entry(entries, key));
    if (value === undefined) Reflect.deleteProperty(entries, key);
    else entries[key] = value;
    if (other !== undefined) displaced.push({ field, key, value: other });
  }
  return { saved, displaced };
}

/** The entry that stays, and the version that gives way, where there is one worth keeping. */
function settle({ field, base, value, late }: Change, theirs: unknown): { value: unknown; other?: unknown } {
  if (same(theirs, base) || same(theirs, value) || theirs === undefined) return { value };
  const rule = WHEN_BOTH_CHANGED[field];
  if (late && rule !== 'larger') {
    const isPart = typeof theirs === 'string' && typeof value === 'string' && theirs.includes(value);
    return { value: theirs, other: rule === 'both' && !isPart ? value : undefined };
  }
  if (rule === 'last') return { value };
  if (rule === 'larger') return { value: Math.max(Number(value ?? 0), Number(theirs)) };
  // Taking an edit away does not take away what another tab has written since.
  if (value === undefined) return { value: theirs };
  if (field === 'bets' && (theirs as Bet).locked && !(value as Bet).locked) return { value: theirs, other: value };
  return { value, other: theirs };
}

const entry = (entries: object, key: string): unknown =>
  Object.hasOwn(entries, key) ? (entries as Record<string, unknown>)[key] : undefined;

/** Equality of plain data; the order of keys does not matter. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  const [left, right] = [Object.keys(a), Object.keys(b)];
  return (
    left.length === right.length && left.every((key) => Object.hasOwn(b, key) && same(entry(a, key), entry(b, key)))
  );
}
