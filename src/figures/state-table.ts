import { type FigureOptions } from '../notebook/document';
import { type PartRequest, type Snapshot } from '../model';
import { type TextTable } from './figure';
import { rowsText, stateView, type Box } from './rows';

/**
 * What an operator remembers: one row per key and window, the rows that this step wrote in gold.
 *
 * Options: `where`, `operator` (its number; default the last one with state), `limit` (rows in the box, default 8).
 */
export function parts({ where, operator }: FigureOptions): Record<string, PartRequest> {
  return { state: typeof operator === 'number' ? { part: 'state', operator, where } : { part: 'state', where } };
}

/** `most` comes from the page, which knows the whole run: the most rows that the table has at any step. */
export const boxOf = ({ limit, most }: FigureOptions): Box => ({
  limit: Number(limit) > 0 ? Number(limit) : 8,
  ...(typeof most === 'number' ? { most } : {}),
});

export function describe(snapshot: Snapshot, _options: FigureOptions, name: string): TextTable {
  const view = stateView(snapshot, name, { limit: Infinity });
  return rowsText(`Keyed state: ${view.rows.length} ${view.rows.length === 1 ? 'row' : 'rows'}`, view);
}
