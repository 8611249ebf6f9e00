import type { Item } from './item';

/** What a document has to know of a picture. */
interface FigureFacts {
  /** Over the text's whole width, or narrow enough to stand at the side of a wide one. */
  width: 'wide' | 'narrow';
  /** What it takes and others do not. */
  options: Readonly<Record<string, (item: Item) => unknown>>;
}

const yes = (item: Item): boolean => item.boolean();
const rows = (item: Item): number => item.whole(1, 200);
const names = (item: Item): string[] => item.list().map((one) => one.string());

/**
 * Every picture of a run, by the name that documents write. To add one: a line here, its two files in `figures`, and a
 * line in the index there, which has to have the same names.
 */
const FIGURE_FACTS = {
  // `others` draws the events outside `where` too, small and pale: they move the watermark.
  'event-time-plane': { width: 'wide', options: { others: yes, partitions: yes, ideal: yes } },
  'log-tape': { width: 'wide', options: {} },
  'window-lanes': { width: 'wide', options: { lanes: (item) => item.whole(1, 40) } },
  partitions: { width: 'wide', options: { stream: (item) => item.string() } },
  'join-lanes': { width: 'wide', options: {} },
  changelog: { width: 'wide', options: { limit: rows, columns: names } },
  'state-table': { width: 'narrow', options: { limit: rows, operator: (item) => item.whole(1, 100) } },
  'result-table': { width: 'narrow', options: { limit: rows, columns: names } },
} as const satisfies Record<string, FigureFacts>;

export type FigureName = keyof typeof FIGURE_FACTS;
export const FIGURE_NAMES = Object.keys(FIGURE_FACTS) as FigureName[];

export const factsOf = (figure: FigureName): FigureFacts => FIGURE_FACTS[figure];
