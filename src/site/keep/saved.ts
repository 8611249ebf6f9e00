import { TidemarkError } from '../../model';
import { type Fork } from '../../notebook/run';
import { bytesOf, either, finite, LIMITS, plain, record, shape, text, whole, yesOrNo, type Check } from './check';
import { dictionary } from './dictionary';
import { forks } from './forks';

export type Answer = { setting: Record<string, string | number>; passed: boolean };
export type BetValue = string | number | boolean | null;
export type Bet = { value: BetValue; locked: boolean };

/** What a reader has made of one lesson. The keys are ids of cells and names of knobs. */
export interface Saved {
  /** Counts the stored versions, from 0 for nothing stored. */
  revision: number;
  /** Text of sql cells where it is not the author's. */
  edits: Record<string, string>;
  knobs: Record<string, number>;
  /** Of the data, under `data`, where it is not the author's. */
  seed: Record<string, number>;
  /** What was changed on the way of each run, where anything was. */
  forks: Record<string, Fork[]>;
  bets: Record<string, Bet>;
  answers: Record<string, Answer>;
  /** How many hints were opened. */
  hints: Record<string, number>;
  /** The step at which each run stood. */
  position: Record<string, number>;
  done: boolean;
}

export const FORMAT = 2;
/** Had no seed and no forks. */
export const FIRST_FORMAT = 1;

export const nothingSaved = (): Saved => ({
  revision: 0,
  edits: dictionary(),
  knobs: dictionary(),
  seed: dictionary(),
  forks: dictionary(),
  bets: dictionary(),
  answers: dictionary(),
  hints: dictionary(),
  position: dictionary(),
  done: false,
});

export const savedFields = {
  revision: whole(),
  edits: record(text),
  knobs: record(finite),
  seed: record(whole()),
  forks,
  bets: record(shape<Bet>({ value: plain, locked: yesOrNo })),
  answers: record(
    shape<Answer>({ setting: record(either<string | number>('a text or a number', text, finite)), passed: yesOrNo }),
  ),
  hints: record(whole()),
  position: record(whole(-1)),
  done: yesOrNo,
} satisfies { [K in keyof Saved]: Check<Saved[K]> };

const checkFields: Check<Saved> = shape<Saved>(savedFields);

export const checkSaved: Check<Saved> = (value, path) => {
  const saved = checkFields(value, path);
  const bytes = bytesOf(saved);
  if (bytes <= LIMITS.bytes) return saved;
  throw new TidemarkError({
    what: `${path || 'it'} is too large as a whole`,
    expected: `at most ${LIMITS.bytes} bytes for the whole lesson`,
    found: `${bytes}`,
  });
};

/** Throws a `TidemarkError` for what could not be read again. */
export const writeSaved = (saved: Saved): string =>
  JSON.stringify({ format: FORMAT, saved: checkSaved(saved, 'saved') });

interface ReadSaved {
  saved: Saved;
  /** A later Tidemark wrote it: `saved` holds what could be understood and must not be written back. */
  newer: boolean;
}

/** Throws a `TidemarkError` where the text is not a stored document. */
export function readSaved(source: string): ReadSaved {
  const { format, saved } = parseObject(source);
  if (format === FORMAT || format === FIRST_FORMAT) {
    return { saved: checkSaved(migrate(saved, format), 'saved'), newer: false };
  }
  if (!isNewer(format)) throw new TidemarkError({ what: 'not a stored lesson', expected: `format ${FORMAT}` });
  return { saved: understood(saved), newer: true };
}

/** Content of a known format as one of this format, still to be checked. */
export const migrate = (saved: unknown, format: number): unknown =>
  format === FIRST_FORMAT ? { seed: {}, forks: {}, ...(saved as object | null) } : saved;

export const isNewer = (format: unknown): boolean => Number.isSafeInteger(format) && (format as number) > FORMAT;

/** The fields of a later format that still have the shape of ours. */
function understood(source: unknown): Saved {
  const saved: Record<string, unknown> = { ...nothingSaved() };
  for (const [field, check] of Object.entries(savedFields)) {
    try {
      saved[field] = check((source as Record<string, unknown> | null)?.[field], field);
    } catch {
      // It has another meaning by now: ours is left empty.
    }
  }
  return saved as unknown as Saved;
}

export function parseObject(source: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    value = null;
  }
  if (typeof value !== 'object' || value === null) throw new TidemarkError({ what: 'not JSON, or cut short' });
  return value as Record<string, unknown>;
}
