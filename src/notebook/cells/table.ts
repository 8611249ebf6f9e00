import { streamSchema } from '../../data';
import { type TableCell } from '../document';
import { readWhere } from '../queries';
import { type CellKind } from './cell';

/** Rows as they are: the result of a run, or the events of a stream. */
export const table: CellKind<TableCell> = {
  head: ['reads', 'title'],
  body: 'yaml',
  read({ head, body, known }) {
    const fields = body.fields(['stream', 'where', 'columns', 'limit']);
    const reads = head.need('reads');
    const cell = known.cells.get(reads.string());
    const from = cell?.kind === 'scenario' ? known.cell(reads, 'scenario') : known.cell(reads, 'sql');
    const streams = from.kind === 'scenario' ? from.scenario.streams : null;
    if (!streams && fields.has('stream'))
      throw fields.need('stream').error('a run has no streams to show', {
        expected: 'reads= a scenario beside stream:',
        found: `sql cell ${from.id}`,
      });
    const stream = streams ? fields.need('stream').oneOf(Object.keys(streams)) : null;
    const columns = streams && stream ? streamSchema(streams[stream]) : known.schemaOf(from.id);
    return {
      reads: from.id,
      stream,
      where: readWhere(fields.get('where'), columns),
      columns: fields.list('columns', (one) => one.oneOf(columns.map((column) => column.name))),
      limit: fields.get('limit')?.whole(1, 1_000) ?? 20,
    };
  },
};
