import { TidemarkError } from '../../model';
import { shape, text, type Check } from './check';
import { checksum } from './checksum';
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
}

/** A displaced version with the number under which it is stored. */
export interface Fork extends Displaced {
  number: number;
}

export function keptIn(rows: readonly Row[]): Kept {
  const kept = rows.filter((row) => row.kind === 'kept').sort((a, b) => b.number - a.number);
  const found: Kept = {
    saved: nothingSaved(),
    forks: rows.filter((row) => row.kind === 'fork').flatMap(readFork),
    newer: null,
    damaged: 0,
    last: kept[0]?.number ?? 0,
  };
  for (const row of kept) {
    try {
      if (checksum(row.text) !== row.checksum) throw new Error('damaged');
      const { saved, newer } = readSaved(row.text);
      return { ...found, saved: { ...saved, revision: row.number }, newer: newer ? { text: row.text } : null };
    } catch {
      found.damaged += 1;
    }
  }
  return found;
}

/** The row of a new revision, and the rows that are one too many by then. */
export function nextRevision(slug: string, rows: readonly Row[], saved: Saved): { put: Row; remove: Row[] } {
  const put = rowOf(slug, 'kept', saved.revision, writeSaved(saved));
  const old = rows.filter((row) => row.kind === 'kept').sort((a, b) => b.number - a.number);
  return { put, remove: old.slice(REVISIONS - 1) };
}

/** Rows for displaced versions that are not stored already. */
export function forkRows(slug: string, rows: readonly Row[], displaced: readonly Displaced[]): Row[] {
  const known = new Set(rows.filter((row) => row.kind === 'fork').map((row) => row.text));
  let number = Math.max(0, ...rows.filter((row) => row.kind === 'fork').map((row) => row.number));
  const added: Row[] = [];
  for (const { field, key, value } of displaced) {
    const body = JSON.stringify({ format: FORMAT, field, key, value });
    if (known.has(body)) continue;
    known.add(body);
    added.push(rowOf(slug, 'fork', (number += 1), body));
  }
  return added;
}

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
  return { field, key, value: check({ [key]: other }, `${path}.${field}`)[key] };
};
