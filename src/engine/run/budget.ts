import { TidemarkError, type ColumnBatch, type Dictionary, type StepLog } from '../../model';

const MEGABYTE = 1_048_576;
/** More than this and a run is refused, before the tab runs out of memory: nothing grows without bound. */
export const MOST_BYTES = 400 * MEGABYTE;
/** Numbers of a row beside its visible columns. */
const HIDDEN_BYTES = 48;

export const bytesOfSteps = ({ kind, payload }: StepLog): number => kind.length * 34 + payload.byteLength;

/** What a batch has room for, without its texts. */
export const bytesOfRows = ({ time, columns }: ColumnBatch): number =>
  columns.reduce((sum, { data, valid }) => sum + data.byteLength + (valid ? valid.byteLength : 0), 0) +
  time.length * HIDDEN_BYTES;

/** The texts of some batches, each dictionary once; two bytes a character, and what an entry takes. */
export function bytesOfTexts(batches: readonly ColumnBatch[]): number {
  const seen = new Set<Dictionary>();
  for (const { columns } of batches)
    for (const { dictionary } of columns) if (dictionary !== null) seen.add(dictionary);
  let bytes = 0;
  for (const { characters, strings } of seen) bytes += 2 * characters + 64 * strings.length;
  return bytes;
}

/** What a run holds beside its state. */
export type Held = 'steps' | 'rows' | 'texts';

const HINTS: Readonly<Record<Held, string>> = {
  steps:
    'Each row, pair and firing there is a step: filter before it, join on more columns, or use fewer and longer windows.',
  rows: 'Filter before it, join on more columns, or name fewer columns.',
  texts: 'Make these texts shorter, or leave them out.',
};

/** Throws a TidemarkError where a run holds too much; `whereOf`: the expression or operator that most of it comes from. */
export function checkBytes(parts: Readonly<Record<Held, number>>, whereOf: (most: Held) => string): void {
  const bytes = Object.values(parts).reduce((sum, one) => sum + one, 0);
  if (bytes <= MOST_BYTES) return;
  const most = HELD.reduce((one, other) => (parts[other] > parts[one] ? other : one));
  throw new TidemarkError({
    what: 'the run needs more memory than a page should take',
    where: shortened(whereOf(most)),
    expected: `at most ${megabytes(MOST_BYTES)}`,
    found: `${megabytes(bytes)}, of which ${megabytes(parts[most])} are ${most}`,
    hint: HINTS[most],
  });
}

const HELD: readonly Held[] = ['steps', 'rows', 'texts'];
/** More of an expression than this does not say more. */
const LONGEST = 120;

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

const megabytes = (bytes: number): string => `${Math.round(bytes / MEGABYTE)} MB`;
