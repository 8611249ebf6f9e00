import { type FigureOptions } from '../notebook/document';
import { type PartRequest, type Snapshot } from '../model';
import { type TextTable } from './figure';
import { resultView, rowsText } from './rows';

/**
 * The result as it stands, and when each row became known; the rows that just changed in gold.
 *
 * Options: `where`, `columns` (default all), `limit` (rows in the box, default 8).
 */
export function parts({ where }: FigureOptions): Record<string, PartRequest> {
  return { result: { part: 'result', where } };
}

export const columnsOf = (options: FigureOptions): string[] =>
  Array.isArray(options.columns) ? options.columns.map(String) : [];

export function describe(snapshot: Snapshot, options: FigureOptions, name: string): TextTable {
  const view = resultView(snapshot, name, { limit: Infinity }, columnsOf(options));
  const stands = view.marks ? 'The result as it was known at T, and as it stands now' : 'The result as it stands';
  return rowsText(`${stands}: ${view.rows.length} ${view.rows.length === 1 ? 'row' : 'rows'}`, view);
}
