import { errorFacts, TidemarkError, type TidemarkErrorFacts } from '../../model';
import { ALSO_LINKS, LINK_IS_OLD, SHOW_LINK, SHOWS_A_LINK, TAKE_OWN } from '../../words/en/keep';
import { openKeep, type Keep, type KeepOptions } from './keep';
import { decodeLink, isOldLink, type LinkState } from './link';
import { dictionary } from './dictionary';
import { linksOf } from './progress';
import { nothingSaved, type Saved } from './saved';

/** A line above the page; `go` leads to another document of the lesson, by its fragment. */
export interface Remark {
  id: string;
  text: string;
  go?: { label: string; hash: string };
}

/** What a page shows of a lesson. */
export interface Opened {
  /** null where nothing is to be kept. */
  keep: Keep | null;
  saved: Saved;
  link: LinkState | null;
  /** The fragment asks for a link that cannot be followed. */
  trouble: TidemarkErrorFacts | null;
  remarks: Remark[];
  /** Comes later, and never fails. */
  also: Promise<Remark[]>;
}

/**
 * Opens what the address asks for: the reader's own work in a lesson, or what a link shows and the reader has changed
 * of it. Each is a document of its own, so that neither takes the place of the other.
 */
export async function openWork(
  lesson: string,
  hash: string,
  { keeps = true, ...options }: KeepOptions & { keeps?: boolean } = {},
): Promise<Opened> {
  let link: LinkState | null = null;
  let trouble: TidemarkErrorFacts | null = null;
  try {
    if (hash.startsWith('#s=')) link = await followLink(hash, lesson);
  } catch (thrown) {
    trouble = errorFacts(thrown, 'the link');
  }
  const shows = link ? shownBy(link) : nothingSaved();
  const keep = keeps ? await openKeep(lesson, { ...options, ...(link && { link: { hash, shows } }) }) : null;
  const also = keep && !link ? linksOf(lesson, options).then(alsoLinks) : Promise.resolve([]);
  return { keep, saved: keep?.read() ?? shows, link, trouble, remarks: link ? linkRemarks(hash) : [], also };
}

async function followLink(hash: string, lesson: string): Promise<LinkState> {
  const link = await decodeLink(hash);
  if (link.lesson === lesson) return link;
  throw new TidemarkError({
    what: 'this link is of another lesson',
    found: link.lesson,
    hint: `Open ${link.lesson}.html with the same link.`,
  });
}

/** What a link shows, as a document. Its bets are locked: that is why they were sent. */
const shownBy = ({ seed, knobs, edits, forks, bets }: LinkState): Saved => ({
  ...nothingSaved(),
  seed: dictionary(seed === null ? {} : { data: seed }),
  knobs,
  edits,
  forks,
  bets: dictionary(Object.fromEntries(Object.entries(bets).map(([id, value]) => [id, { value, locked: true }]))),
});

const linkRemarks = (hash: string): Remark[] => [
  ...(isOldLink(hash) ? [{ id: 'link', text: LINK_IS_OLD }] : []),
  { id: 'shows-a-link', text: SHOWS_A_LINK, go: { label: TAKE_OWN, hash: '' } },
];

const alsoLinks = (hashes: string[]): Remark[] =>
  hashes.map((hash, n) => ({
    id: `link ${n}`,
    text: ALSO_LINKS(n + 1, hashes.length),
    go: { label: SHOW_LINK, hash },
  }));
