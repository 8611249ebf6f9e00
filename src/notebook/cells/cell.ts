import { type Cell } from '../document';
import { type Fields, type Item } from '../item';
import { type Known } from '../known';
import { type Source, type Span } from '../source';

/** What a reader of a kind is given: its head and body, and the cells above it. */
interface CellInput {
  source: Source;
  id: string;
  /** The words of the info string, behind the kind. */
  head: Fields;
  /** The body as YAML; an empty body is an empty map. */
  body: Item;
  /** The body as text, and where it stands. */
  text: string;
  span: Span;
  known: Known;
}

/**
 * One kind of cell. To add one: a file here, a line in `index.ts`, a component in `site/cells`, a test.
 *
 * `read` turns what the author wrote into the exact cell of `document.ts`, with every default settled. It throws
 * nothing but TidemarkErrors, made by the items it was given, so that each error stands at its place. References are
 * looked up in `known`, which holds the cells above and nothing else.
 */
export interface CellKind<C extends Cell> {
  /** Keys of the info string besides `id`; `title` is read for all kinds alike. */
  head: readonly string[];
  /** What the body holds. */
  body: 'yaml' | 'sql';
  read(input: CellInput): Omit<C, 'kind' | 'id' | 'line' | 'title'>;
}
