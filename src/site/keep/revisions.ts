import { TidemarkError } from '../../model';
import { TOO_MANY_VERSIONS } from '../../words/en/keep';
import { bytesOf, LIMITS, shape, text, type Check } from './check';
import { checksum } from './checksum';
import { dictionary } from './dictionary';
import { FIELDS, type Displaced } from './merge';
import { FORMAT, nothingSaved, parseObject, readSaved, savedFields, writeSaved, type Saved } from './saved';
import { type Row } from './store';

/** So many versions of a lesson are kept: if the newest is damaged, the one before it is opened. */
const REVISIONS = 5;

/** A lesson as its rows say. */
export interface Kept {
  saved: Saved;
  forks: Fork[];
  /** Written by a later Tidemark: to be shown, not to be written. `text` is what is stored. */
  newer: { text: string } | null;
  /** How many newer rows could not be read. */
  damaged: number;
  /** The largest number that any kept row has, readable or not. */
  last: number;
  /** Number of the row that was read; 0 where none could be. */
  readable: number;
}

/** A displaced version with the number under which it is stored. */
export interface Fork extends Displaced {
  number: number;
}

/** `base` stands where nothing is stored, or nothing can be read. */
export function keptIn(rows: readonly Row[], base = nothingSaved()): Kept {
  const kept = rows.filter((row) => row.kind === 'kept').sort((a, b) => b.number - a.number);
  const found: Kept = {
    saved: base,
    forks: rows.filter((row) => row.kind === 'fork').flatMap(readFork),
    newer: null,
    damaged: 0,
    last: kept[0]?.number ?? 0,
    readable: 0,
  };
  for (const row of kept) {
    try {
      if (checksum(row.text) !== row.checksum) throw new Error('damaged');
      const { saved, newer } = readSaved(row.text);
      return {
        ...found,
        saved: { ...saved, revision: row.number },
        newer: newer ? { text: row.text } : null,
        readable: row.number,
      };
    } catch {
      found.damaged += 1;
    }
  }
  return found;
}

/**
 * The row of a new revision, and the rows that are one too many by then. `readable`, the newest that could be read, is
 * not among them: should the new row be damaged, it is the one to open.
 */
export function nextRevision(
  slug: string,
  rows: readonly Row[],
  { saved, readable }: Pick<Kept, 'saved' | 'readable'>,
): { put: Row; remove: Row[] } {
  const put = rowOf(slug, 'kept', saved.revision, writeSaved(saved));
  const old = rows.filter((row) => row.kind === 'kept').sort((a, b) => b.number - a.number);
  return { put, remove: old.slice(REVISIONS - 1).filter((row) => row.number !== readable) };
}

/**
 * The rows of forks once displaced versions are added. Where there are more than a file holds, texts go that stand in
 * another version of the same cell, letter by letter. Throws a `TidemarkError` where that is not enough.
 */
export function forkRows(
  slug: string,
  rows: readonly Row[],
  displaced: readonly Displaced[],
): { put: Row[]; remove: Row[] } {
  const before = rows.filter((row) => row.kind === 'fork');
  const known = new Set(before.flatMap(readFork).map(contentOf));
  let number = Math.max(0, ...before.map((row) => row.number));
  const put: Row[] = [];
  for (const one of displaced) {
    const checked = checkDisplaced(one, 'a version');
    if (known.has(contentOf(checked))) continue;
    known.add(contentOf(checked));
    put.push(rowOf(slug, 'fork', (number += 1), JSON.stringify({ format: FORMAT, ...checked })));
  }
  const all = [...before, ...put].flatMap(readFork);
  if (!put.length || fitIn(all)) return { put, remove: [] };
  const left = all.filter((one) => !all.some((other) => covers(other, one)));
  if (!fitIn(left)) throw new TidemarkError({ what: TOO_MANY_VERSIONS });
  const stays = new Set(left.map((one) => one.number));
  return {
    put: put.filter((row) => stays.has(row.number)),
    remove: before.filter((row) => !stays.has(row.number)),
  };
}

const contentOf = ({ field, key, value }: Displaced): string => JSON.stringify([field, key, value]);

const fitIn = (forks: readonly Fork[]): boolean => forks.length <= LIMITS.versions && bytesOf(forks) <= LIMITS.bytes;

/** Whether `one` is a text that stands in `other`, which is longer. */
const covers = (other: Fork, one: Fork): boolean =>
  other.field === 'edits' &&
  one.field === 'edits' &&
  other.key === one.key &&
  (other.value as string).length > (one.value as string).length &&
  (other.value as string).includes(one.value as string);

const rowOf = (slug: string, kind: Row['kind'], number: number, body: string): Row => ({
  slug,
  kind,
  number,
  text: body,
  checksum: checksum(body),
});

function readFork(row: Row): Fork[] {
  try {
    if (checksum(row.text) !== row.checksum) return [];
    const { field, key, value } = parseObject(row.text);
    return [{ ...checkDisplaced({ field, key, value }, 'fork'), number: row.number }];
  } catch {
    return [];
  }
}

const checkEnvelope = shape<{ field: string; key: string; value: unknown }>({
  field: text,
  key: text,
  value: (value) => value,
});

/** A displaced version: its value must fit its field. */
export const checkDisplaced: Check<Displaced> = (value, path) => {
  const { field: given, key, value: other } = checkEnvelope(value, path);
  const field = FIELDS.find((name) => name === given);
  if (!field) throw new TidemarkError({ what: `${path}.field does not fit`, expected: FIELDS.join(', ') });
  const check = savedFields[field] as Check<Record<string, unknown>>;
  return { field, key, value: check(dictionary({ [key]: other }), `${path}.${field}`)[key] };
};
