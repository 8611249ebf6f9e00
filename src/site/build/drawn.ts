import { FIGURES } from '../../figures';
import { namedParts } from '../../figures/figure';
import { type FigureCell, type Lesson, type TableCell } from '../../notebook/document';
import { type PartRequests } from '../../session/protocol';
import { cellsOf } from '../../notebook/settle';

type Drawn = FigureCell | TableCell;

/** The cells that draw a run, in the order of the document. */
export const drawnCells = (lesson: Lesson, run: string): Drawn[] =>
  cellsOf(lesson).filter(
    (cell): cell is Drawn =>
      (cell.kind === 'figure' || (cell.kind === 'table' && cell.stream === null)) && cell.reads === run,
  );

export function requestsOf(cell: Drawn): PartRequests {
  return cell.kind === 'figure'
    ? namedParts(cell.id, FIGURES[cell.figure].parts(cell.options))
    : { result: { part: 'result', where: cell.where } };
}
