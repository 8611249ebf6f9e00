import { columnIndex, type Snapshot, type Table } from '../model';

/** Tells the rows that the shown step changed: `#changed` is a flag, or the step that last wrote the row. */
export function changedAt(table: Table, snapshot: Snapshot): (row: number) => boolean {
  const index = columnIndex(table.schema, '#changed');
  if (index < 0) return () => false;
  const column = table.columns[index];
  return column.type.name === 'BOOLEAN' ? (row) => column.data[row] === 1 : (row) => column.data[row] === snapshot.step;
}
