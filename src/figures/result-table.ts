import { columnIndex, type PartRequest, type Snapshot } from '../model';
import { type FigureOptions } from '../notebook/document';
import { NOT_THE_SAME_NOW, resultCaption } from '../words/figures';
import { fittingColumns } from './columns';
import { type TextTable } from './figure';
import { knownNames } from './known';
import { findPart, visible } from './part';
import { askedColumns, readTable, rowsText, rowsView, type Box, type RowsView } from './rows';

/**
 * The result as it stands, and when each row became known; the rows that just changed in gold. By known-at time each
 * value is beside the one that is published now.
 *
 * Options: `where`, `columns` (default all that fit), `limit` (rows in the box, default 8).
 */
export function parts({ where }: FigureOptions): Record<string, PartRequest> {
  return { result: { part: 'result', where } };
}

/** What `known at` and `Why?` take of a narrow table, px. */
const BESIDE = 62 + 48;

export function resultView(
  snapshot: Snapshot,
  options: FigureOptions,
  name: string,
  box: Box,
  width = Infinity,
): RowsView {
  const part = findPart(snapshot, name, 'result');
  const known = findPart(snapshot, name, 'known');
  const asked = askedColumns(options);
  const columns = asked.length || !part ? asked : fittingColumns(part.table, width, BESIDE);
  const { table, shapeOf } = readTable(part && known ? { ...part, table: known.table } : part);
  const both = known ? columns.flatMap((column) => [column, ...knownNames(column)]) : columns;
  const shapes = both.filter((column) => visible(table).includes(column)).map((column) => shapeOf(column));
  if (columnIndex(table.schema, '#emitted') >= 0) shapes.push(shapeOf('#emitted', 'known at'));
  return rowsView(table, shapes, known ? { ...box, marks: NOT_THE_SAME_NOW } : box);
}

export function describe(snapshot: Snapshot, options: FigureOptions, name: string): TextTable {
  const view = resultView(snapshot, options, name, { limit: Infinity });
  return rowsText(resultCaption(view.rows.length, findPart(snapshot, name, 'known') !== undefined), view);
}
