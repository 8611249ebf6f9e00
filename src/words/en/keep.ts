/** Sentences about what of a reader's work is kept, and what cannot be. */
const WHAT: Readonly<Record<string, string>> = {
  edits: 'the SQL of',
  knobs: 'the knob',
  bets: 'the bet of',
  answers: 'the answer to',
  hints: 'the hints of',
  position: 'the place of',
};

/** An entry in words: `the SQL of spend`. */
export const entryInWords = (field: string, key: string): string => `${WHAT[field] ?? field} ${key}`;

/** Said while the entry is on the page: it goes when the page goes. */
export const notKept = (field: string, key: string, limit: string): string =>
  `Not saved: ${entryInWords(field, key)} does not fit (${limit}). Shorten it, or copy it elsewhere: it lasts until this page is closed. Everything else is saved.`;

export const TOO_MANY_VERSIONS =
  'there are more versions side by side than can be kept; choose one of each pair above first';

export const TAKE_OWN = 'Show my own work';

/** `hidden`: ids of cells whose text the reader has changed; `knobs`: whether own knobs stand otherwise. */
export function linkInWords(hidden: readonly string[], knobs: boolean): string {
  const shown = 'This page shows a link: its text, knobs and seed stand where yours would.';
  if (hidden.length)
    return `${shown} Your own text of ${hidden.join(', ')} is kept; if you edit it here, both stay until you choose.`;
  return knobs ? `${shown} Your own knobs are kept.` : shown;
}

/** Characters of a text that is kept. */
export const LONGEST_TEXT = 200_000;
const LIMIT = `${LONGEST_TEXT / 1_000},000`;

/** What is to be said at a text as it is typed; null while there is room. */
export function limitInWords(text: string): string | null {
  if (text.length > LONGEST_TEXT)
    return `This text is longer than ${LIMIT} characters and is not saved. Shorten it, or copy it elsewhere.`;
  return text.length > 0.9 * LONGEST_TEXT
    ? `This text comes near ${LIMIT} characters; a longer one is not saved.`
    : null;
}
