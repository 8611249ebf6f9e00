import { alternatives } from './fail';

/** Longer words are compared by their beginning only: nobody mistypes a word of this length by a letter. */
const LONGEST = 40;

/** Least number of letters to insert, delete, change or swap with their neighbour; upper and lower case are the same. */
export function editDistance(one: string, other: string): number {
  const a = one.slice(0, LONGEST).toLowerCase();
  const b = other.slice(0, LONGEST).toLowerCase();
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return last[b.length];
}

/** The candidate that `word` was most likely meant to be, or null where none is near. The first of equals wins. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.floor(Math.min(word.length, LONGEST) / 3) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const distance = editDistance(word, candidate);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** What an error says of an unknown name: all names that there are, this one, and the nearest. */
export const unknownName = (
  word: string,
  names: readonly string[],
  kind: string,
): { expected: string; found: string; hint: string } => ({
  expected: names.join(', '),
  found: word,
  hint: didYouMean(word, names, kind),
});

/** The hint for an unknown name: the nearest one, else what there is. `kind` is the plural, such as `columns`. */
export function didYouMean(word: string, candidates: Iterable<string>, kind: string): string {
  const all = [...new Set(candidates)];
  const near = nearest(word, all);
  if (near !== null) return `Did you mean ${near}?`;
  if (all.length === 0) return `There are no ${kind} here.`;
  const shown = all.slice(0, 12);
  return `The ${kind} here are ${alternatives(shown).replace(/ or ([^ ]*)$/, ' and $1')}${all.length > 12 ? ' and more' : ''}.`;
}
