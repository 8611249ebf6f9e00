import { TidemarkError, type Column, type Table } from '../../../model';
import { type Filter, type Project, type Scan, type UnionAll } from '../../../sql/plan';
import { readsColumn } from '../../../sql/walk';
import {
  CHUNK_ROWS,
  Collector,
  lazily,
  originRow,
  pushTable,
  type Chunk,
  type Consumer,
  type Identities,
  type Origin,
} from '../../batch/chunk';
import { type BatchFamily, type BatchTable, type Job } from '../../batch/operator';
import { compile, compilePredicate } from '../../expression';
import { type Pieces } from '../../pieces';

export const batch = {
  scan,
  filter: (node, job, consume) => job.push(node.input, filtering(node, consume)),
  project: (node, job, consume) =>
    job.push(node.input, projecting(node, consume), (column) =>
      node.expressions.some((one) => readsColumn(one, (index) => index === column)),
    ),
  'union all': unionAll,
} satisfies BatchFamily;

function scan({ table: name, schema }: Scan, job: Job, consume: Consumer): Pieces {
  const table = job.tables(name);
  if (table.columns.length !== schema.length) {
    throw new TidemarkError({
      what: 'a table does not have the columns that the query was planned for',
      where: name,
      expected: schema.map((one) => one.name).join(', '),
      found: table.schema.map((one) => one.name).join(', '),
    });
  }
  job.rowsRead += table.length;
  return pushTable(table, originOf(table), consume);
}

function originOf({ length, topic = 0, append, partition, offset }: BatchTable): Origin {
  return lazily(() => ({
    id0: new Float64Array(length).fill(topic),
    id1: partition ? Float64Array.from(partition.subarray(0, length)) : new Float64Array(length),
    id2: offset ? Float64Array.from(offset.subarray(0, length)) : Float64Array.from({ length }, (_, row) => row),
    append: append ?? null,
  }));
}

function filtering({ predicate, input }: Filter, consume: Consumer): Consumer {
  const holds = compilePredicate(predicate, input.schema);
  const kept = new Int32Array(CHUNK_ROWS);
  const rows = new Int32Array(CHUNK_ROWS);
  const copies: (Column | null)[] = input.schema.map(() => null);
  return (chunk) => {
    const held = holds(chunk, 0, chunk.length);
    let count = 0;
    for (let i = 0; i < chunk.length; i += 1) {
      kept[count] = i;
      count += held[i];
    }
    if (count === 0) return;
    if (count === chunk.length) return consume(chunk);
    for (let i = 0; i < count; i += 1) rows[i] = originRow(chunk, kept[i]);
    const columns = chunk.columns.map((column, c) => (copies[c] = packed(column, kept, count, copies[c])));
    consume({ ...chunk, columns, length: count, rows, whole: null });
  };
}

/** The kept rows of a column, moved together, in the buffers of the last time. */
function packed(column: Column, kept: Int32Array, count: number, before: Column | null): Column {
  const data = before?.data ?? new (column.data.constructor as new (n: number) => Column['data'])(CHUNK_ROWS);
  for (let i = 0; i < count; i += 1) data[i] = column.data[kept[i]];
  let valid: Uint8Array | null = null;
  if (column.valid !== null) {
    valid = before?.valid ?? new Uint8Array(CHUNK_ROWS);
    for (let i = 0; i < count; i += 1) valid[i] = column.valid[kept[i]];
  }
  return { type: column.type, data, valid, dictionary: column.dictionary };
}

function projecting({ expressions, input, schema }: Project, consume: Consumer): Consumer {
  const evaluators = expressions.map((one) => compile(one, input.schema));
  const columnsOf = (rows: Table): Column[] => evaluators.map((evaluate) => evaluate(rows, 0, rows.length));
  const picks = expressions.every(({ op }) => op === 'column');
  let from: Table | null = null;
  let picked: Table | null = null;
  return (chunk: Chunk) => {
    // Columns that are only picked are those of a table if they were before.
    if (picks && chunk.whole !== from) {
      from = chunk.whole;
      picked = from && { schema, columns: columnsOf(from), length: from.length };
    }
    consume({ ...chunk, schema, columns: columnsOf(chunk), whole: picked });
  };
}

/**
 * All rows of all inputs, one input after the other. Rows keep their identity, made unique over the inputs as on
 * streams: `id0` becomes `id0 × inputs + port`. Append times break ties only where every input has them.
 */
function* unionAll({ inputs, schema }: UnionAll, job: Job, consume: Consumer): Pieces {
  const all = new Collector(schema);
  const parts: { origin: Origin; end: number }[] = [];
  for (const input of inputs) {
    yield* job.push(input, all.take);
    parts.push({ origin: all.origin, end: all.length });
  }
  const rows = all.rows();
  const origin = lazily((): Identities => {
    const [id0, id1, id2] = [0, 1, 2].map(() => new Float64Array(rows.length));
    let append: Float64Array | null = new Float64Array(rows.length);
    let at = 0;
    parts.forEach((part, port) => {
      if (at === part.end) return;
      const from = part.origin();
      if (!from.append) append = null;
      for (; at < part.end; at += 1) {
        const row = rows[at];
        id0[at] = from.id0[row] * inputs.length + port;
        id1[at] = from.id1[row];
        id2[at] = from.id2[row];
        if (append && from.append) append[at] = from.append[row];
      }
    });
    return { id0, id1, id2, append };
  });
  yield* pushTable(all.table(), origin, consume);
}
