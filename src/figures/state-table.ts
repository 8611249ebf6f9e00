import { type PartRequest, type Snapshot } from '../model';
import { type FigureOptions } from '../notebook/document';
import { stateCaption } from '../words/figures';
import { type TextTable } from './figure';
import { fields, findPart, keyColumns, visible } from './part';
import { readTable, rowsText, rowsView, valueAt, type Box, type RowsView, type Shape } from './rows';
import { formatSpan } from '../words/phrases';

/**
 * What an operator remembers: one row per key and window, the rows that this step wrote in gold.
 *
 * Options: `where`, `operator` (its number; default the last one with state), `limit` (rows in the box, default 8).
 */
export function parts({ where, operator }: FigureOptions): Record<string, PartRequest> {
  return { state: typeof operator === 'number' ? { part: 'state', operator, where } : { part: 'state', where } };
}

/** Its keys, its window if any row has one, and what it holds. */
export function stateView(snapshot: Snapshot, name: string, box: Box): RowsView {
  const { table, day, shapeOf } = readTable(findPart(snapshot, name, 'state'));
  const keys = keyColumns(table);
  const spanOf = fields(table, { start: 0, end: 0 });
  const isWindow = (row: number): boolean => spanOf(row).start !== spanOf(row).end;
  const write = (row: number): string => formatSpan(spanOf(row).start, spanOf(row).end, day);
  const windows: Shape[] = Array.from({ length: table.length }, (_, row) => row).some(isWindow)
    ? [{ title: 'window', write }]
    : [];
  const rest = visible(table).filter((name) => !keys.includes(name));
  return rowsView(table, [...keys.map((key) => shapeOf(key)), ...windows, ...rest.map((one) => shapeOf(one))], {
    ...box,
    target: (row) => {
      const key = Object.fromEntries(keys.map((name) => [name, valueAt(table, name, row)]));
      return { kind: 'window', key, ...spanOf(row) };
    },
  });
}

export function describe(snapshot: Snapshot, _options: FigureOptions, name: string): TextTable {
  const view = stateView(snapshot, name, { limit: Infinity });
  return rowsText(stateCaption(view.rows.length), view);
}
