import { MOST_ORDERED } from '../../engine/search/orders';
import { type OrdersCell } from '../document';
import { type CellKind } from './cell';
import { wantWritten } from './claim';

/**
 * The events of a run in every order in which they can arrive.
 *
 * How to write it: `reads=` an sql cell whose streams declare their columns and have at most six events together,
 * written by hand; the body is empty.
 *
 *     ```orders id=every reads=spend title="720 orders"
 *     ```
 */
export const orders: CellKind<OrdersCell> = {
  head: ['reads', 'title'],
  body: 'yaml',
  read({ head, body, known }) {
    const reads = head.need('reads');
    const cell = known.cell(reads, 'sql');
    const { streams } = known.scenarioOf(cell).scenario;
    wantWritten(reads, cell, streams);
    const count = Object.values(streams).reduce((sum, { planted }) => sum + planted.length, 0);
    if (count > MOST_ORDERED)
      throw reads.error(`${cell.id} reads too many events for every order of them`, {
        expected: `at most ${MOST_ORDERED} events`,
        found: String(count),
      });
    body.fields([]);
    return { reads: cell.id };
  },
};
