import {
  CHANGE_SIGNS,
  readValue,
  type Column,
  type ColumnBatch,
  type Counters,
  type Schema,
  type Step,
  type Table,
  type Value,
} from '../model';
import { type ColumnData } from './givenTable';
import { standing } from './standing';

/** A row of a result, by the names of its columns. */
export type Row = Record<string, Value>;

/** One row of a changelog. */
export interface ChangeRow {
  /** `+I`, `−U`, `+U` or `−D` (S13.1). */
  change: (typeof CHANGE_SIGNS)[number];
  row: Row;
  /** Event time of the row, ms. */
  time: number;
  /** Processing time at which it came out, ms. */
  at: number;
}

/** What a query over tables gives. Columns are there at once; rows are made when they are first asked for. */
export interface BatchResult {
  schema: Schema;
  /** One for each field, not copied. */
  readonly columns: ColumnData[];
  readonly rows: Row[];
}

/** What a stream has given when it has ended. Columns are there at once; rows are made when they are first asked for. */
export interface StreamResult {
  schema: Schema;
  /** Everything that came out, in order, by columns; one for each field, not copied. */
  readonly columns: ColumnData[];
  /** Of each row that came out: 0 `+I`, 1 `−U`, 2 `+U`, 3 `−D`. */
  readonly kind: Uint8Array;
  /** Of each row that came out: its event time, ms. */
  readonly time: Float64Array;
  /** Everything that came out, in order. */
  readonly changes: ChangeRow[];
  /** What stands in the end: the changes applied to an empty table, in the order in which they came out. */
  readonly rows: Row[];
  counters: Counters;
  /** The run's watermark in the end. */
  watermark: number;
  /** Every step of the run, where a trace was asked for. */
  steps: Step[] | null;
}

export function batchResult(table: Table): BatchResult {
  const rows = once(() => rowsOf(table));
  return {
    schema: table.schema,
    get columns() {
      return columnsOf(table);
    },
    get rows() {
      return rows();
    },
  };
}

/** `upsert`: a row replaces the one with its key, instead of taking back an equal one. */
export function streamResult(
  log: ColumnBatch,
  upsert: boolean,
  processing: (input: number) => number,
  rest: Pick<StreamResult, 'counters' | 'watermark' | 'steps'>,
): StreamResult {
  const { schema, length } = log;
  const all = once(() => rowsOf(log));
  const changes = once(() => all().map((row, at) => changeOf(log, at, row, processing)));
  const rows = once(() => Array.from(standing(log, upsert ? 'identity' : 'values'), (row) => all()[row]));
  return {
    schema,
    ...rest,
    get columns() {
      return columnsOf(log);
    },
    get kind() {
      return log.kind.subarray(0, length);
    },
    get time() {
      return log.time.subarray(0, length);
    },
    get changes() {
      return changes();
    },
    get rows() {
      return rows();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

function rowsOf(table: Table): Row[] {
  const read = rowReader(table);
  const rows: Row[] = [];
  for (let row = 0; row < table.length; row += 1) rows.push(read(row));
  return rows;
}

export const changeOf = (
  { kind, time, input }: ColumnBatch,
  at: number,
  row: Row,
  processing: (input: number) => number,
): ChangeRow => ({ change: CHANGE_SIGNS[kind[at]], row, time: time[at], at: processing(input[at]) });

/** Reads rows of a table as objects. */
export function rowReader({ schema, columns }: Table): (row: number) => Row {
  const readers = columns.map(valueReader);
  const names = schema.map(({ name }) => name);
  // An assignment to this name would set no column.
  if (names.includes('__proto__')) return (at) => Object.fromEntries(names.map((name, i) => [name, readers[i](at)]));
  return (at) => {
    const row: Row = {};
    for (let i = 0; i < names.length; i += 1) row[names[i]] = readers[i](at);
    return row;
  };
}

/** `readValue` of a column that stays as it is. */
function valueReader(column: Column): (row: number) => Value {
  const { data, valid, dictionary } = column;
  if (valid !== null || column.type.name === 'BOOLEAN') return (row) => readValue(column, row);
  if (dictionary === null) return (row) => data[row];
  const { strings } = dictionary;
  return (row) => strings[data[row]];
}

const columnsOf = ({ columns, length }: Table): ColumnData[] =>
  columns.map(({ data, valid, dictionary }) => ({
    data: data.subarray(0, length),
    valid: valid && valid.subarray(0, length),
    ...(dictionary && { texts: dictionary.strings }),
  }));
