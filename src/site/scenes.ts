import { type Block, type Cell, type Prose } from '../notebook/document';
import { factsOf } from '../notebook/figures';

/**
 * Cells that follow one another without prose between them stand together: a wide picture with the narrow things that
 * explain it at its side, in the author's order.
 */
export type Section = { section: 'prose'; nodes: Prose[] } | { section: 'scene'; cells: Cell[] };

export const isWide = (cell: Cell): boolean => cell.kind === 'figure' && factsOf(cell.figure).width === 'wide';

/** Stands alone, over the full width. */
const isAlone = (cell: Cell): boolean => ['exercise', 'sweep', 'compare', 'claim', 'orders'].includes(cell.kind);

export function sectionsOf(blocks: readonly Block[]): Section[] {
  const sections: Section[] = [];
  let cells: Cell[] = [];
  const close = (): void => {
    if (cells.length) sections.push({ section: 'scene', cells });
    cells = [];
  };
  for (const block of blocks) {
    if (block.block === 'prose') {
      close();
      sections.push({ section: 'prose', nodes: block.nodes });
      continue;
    }
    const { cell } = block;
    if (isAlone(cell) || (isWide(cell) && cells.some(isWide))) close();
    cells.push(cell);
    // What comes behind a bet may show its answer: not beside it.
    if (isAlone(cell) || cell.kind === 'predict') close();
  }
  close();
  return sections;
}

/** The runs whose pictures stand in a scene: each has its player there. */
export const runsIn = (cells: readonly Cell[]): string[] => [
  ...new Set(
    cells.flatMap((cell) =>
      cell.kind === 'figure' || (cell.kind === 'table' && cell.stream === null) ? [cell.reads] : [],
    ),
  ),
];
