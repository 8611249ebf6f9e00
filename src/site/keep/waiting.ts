import { LIMITS, list, shape, text, type Check } from './check';
import { FIELDS, type Change, type Displaced } from './merge';
import { checkDisplaced } from './revisions';
import { parseObject } from './saved';

/** One write that is not stored yet. */
export interface Waiting {
  changes: readonly Change[];
  /** Versions that are kept beside it; notes of before links had documents of their own have some. */
  aside: readonly Displaced[];
}

/** Field and key, what stood there, and what is to stand there; null where nothing does. */
const checkNoted = shape<{ field: string; key: string; base: unknown; value: unknown }>(
  { field: text, key: text, base: (value) => value, value: (value) => value },
  ['base', 'value'],
);

const checkChange: Check<Change> = (value, path) => {
  const { field: given, ...change } = checkNoted(value, path);
  const field = ([...FIELDS, 'done'] as const).find((one) => one === given);
  if (!field) throw new Error(`${path}: no field ${given}`);
  return { field, key: change.key, base: change.base, value: change.value };
};

const checkWaiting = shape<{ changes: Change[]; aside: Displaced[] }>({
  changes: (value, path) => (value as unknown[]).map((one, n) => checkChange(one, `${path}[${n}]`)),
  aside: list(checkDisplaced, LIMITS.versions),
});

/** Writes as one text. Of several changes of one entry only where it started and where it ended counts. */
export function writeWaiting(waiting: readonly Waiting[]): string {
  const changes = new Map<string, Change>();
  for (const change of waiting.flatMap((one) => one.changes)) {
    const id = `${change.field} ${change.key}`;
    changes.set(id, { ...change, base: changes.has(id) ? changes.get(id)!.base : change.base });
  }
  return JSON.stringify({ changes: [...changes.values()], aside: waiting.flatMap((one) => one.aside) });
}

/** What `writeWaiting` wrote; null for any other text. */
export function readWaiting(source: string): Waiting | null {
  try {
    return checkWaiting(parseObject(source), '');
  } catch {
    return null;
  }
}
