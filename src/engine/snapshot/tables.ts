import { makeTable, type Schema, type Table } from '../../model';

/** A table with more columns of numbers behind its own; `values` by row. */
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
