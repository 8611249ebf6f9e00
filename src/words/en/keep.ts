/** Sentences about what of a reader's work is kept, and what cannot be. */
const WHAT: Readonly<Record<string, string>> = {
  edits: 'the SQL of',
  knobs: 'the knob',
  seed: 'the seed of the',
  forks: 'the changes on the way of',
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

export const SHOWS_A_LINK =
  'This page shows a link. What you change here is kept with the link; your own work in this lesson stays as it is.';

export const LINK_IS_OLD =
  'This link is of an older version of the site. It opens at the author’s moment, with its seed, knobs and edits.';

export const SHOW_LINK = 'Show that link';

/** `n` of `count` links to a lesson that the reader has changed something under. */
export const ALSO_LINKS = (n: number, count: number): string =>
  `You have also changed what a link to this lesson shows${count > 1 ? ` (${n} of ${count})` : ''}. It is kept with the link.`;

/** Said before the page is left for another document of the lesson. */
export const WOULD_BE_LOST =
  'Not all of your work here is saved, and showing something else would lose it. Export it to a file first.';
export const SHOW_ANYWAY = 'Show it anyway';

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
