import { BIGINT, field, makeTable, takeRows, TIMESTAMP, type Schema, type Table } from '../../model';
import { type Topic } from '../log/topic';

/** A table with more columns of numbers after its own; `values` by row. */
export function withColumns(table: Table, extra: [Schema[number], ArrayLike<number>][]): Table {
  const added = makeTable(
    extra.map(([one]) => one),
    table.length,
  );
  extra.forEach(([, values], i) => {
    for (let row = 0; row < table.length; row += 1) added.columns[i].data[row] = values[row];
  });
  return {
    schema: [...table.schema, ...added.schema],
    columns: [...table.columns, ...added.columns],
    length: table.length,
  };
}

/** A table of columns of numbers. */
export const tableOfColumns = (columns: [Schema[number], ArrayLike<number>][]): Table =>
  withColumns({ schema: [], columns: [], length: columns[0][1].length }, columns);

/** Rows of a topic with where they are in the log and the inputs that they came with, as the part `events` has them. */
export function eventsTable(
  { table, time, append, partition, offset }: Topic,
  rows: ArrayLike<number>,
  inputs: ArrayLike<number>,
): Table {
  const of = (values: ArrayLike<number>): number[] => Array.from(rows, (row) => values[row]);
  return withColumns(takeRows(table, rows), [
    [field('#time', TIMESTAMP), of(time)],
    [field('#append', TIMESTAMP), of(append)],
    [field('#partition', BIGINT), of(partition)],
    [field('#offset', BIGINT), of(offset)],
    [field('#input', BIGINT), inputs],
  ]);
}
