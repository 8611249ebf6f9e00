import { type TextPlace, TidemarkError } from '../model';

/** What every error of this folder says: where, what was expected, what was found and what to try next. */
interface Complaint {
  what: string;
  expected: string;
  found: string;
  hint: string;
}

export function fail(place: TextPlace, complaint: Complaint): never {
  throw new TidemarkError({ ...complaint, place });
}

/** At most `most` characters of a reader's text, on one line, for the `found` of an error. */
export function shorten(text: string, most = 60): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
}
