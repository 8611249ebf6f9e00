import {
  CHANGE_SIGNS,
  adds,
  readRow,
  readStep,
  tableOf,
  TidemarkError,
  type Counters,
  type Schema,
  type Step,
  type Table,
  type Value,
} from '../model';
import { plan as planOf, type Catalog, type Edge, type Plan } from '../sql';
import { runBatch as runJob } from './batch';
import { topicOf, type Topic } from './log/topic';
import { openRun, openTracedRun } from './run/openRun';
import { DEFAULTS, type LocalOptions, type StreamSettings } from './stream/options';
import { type TracedRun } from './run/tracedRun';

/** Rows as people write them: decimals in units of their scale (cents), times in ms since the epoch, UTC. */
export interface TableInput {
  schema: Schema;
  rows: readonly (readonly Value[])[];
  /** Column that carries event time. Default: the first TIMESTAMP column, if there is any. */
  time?: string;
}

/** A table whose rows arrive one after the other. */
export interface StreamInput extends TableInput {
  /** Processing time at which each row arrives, ms. Default: in the order of `rows`, none before its own time. */
  arrival?: readonly number[];
  /** The log partition of each row, from 0. Default: all in partition 0. */
  partition?: readonly number[];
}

/** SQL over the inputs' names, or a plan of `plan`. */
export type Query = { sql: string; plan?: undefined } | { plan: Plan; sql?: undefined };

/** One row of a changelog. */
export interface ChangeRow {
  /** `+I`, `−U`, `+U` or `−D` (S13.1). */
  change: (typeof CHANGE_SIGNS)[number];
  row: Record<string, Value>;
  /** Event time of the row, ms. */
  time: number;
  /** Processing time at which it came out, ms. */
  at: number;
}

export interface StreamResult {
  schema: Schema;
  /** Everything that came out, in order. */
  changes: ChangeRow[];
  /** What stands in the end: the changes applied to an empty table, in order of first appearance. */
  rows: Record<string, Value>[];
  counters: Counters;
  /** The run's watermark in the end. */
  watermark: number;
  /** Every step of the run, where a trace was asked for. */
  steps: Step[] | null;
}

export interface StreamRunOptions extends Partial<StreamSettings> {
  /** Whether the input ends after its last row; with `false` the run stops with what has come out. Default: true. */
  end?: boolean;
  /** Whether to keep every step. */
  trace?: boolean;
}

/** The inputs as SQL sees them. A CREATE TABLE of the text with the same name comes first. */
export function catalogOf(inputs: Record<string, TableInput>): Catalog {
  return Object.fromEntries(
    Object.entries(inputs).map(([table, input]) => [
      table,
      {
        node: 'scan',
        table,
        schema: input.schema,
        timeColumn: timeColumn(table, input),
        watermark: null,
        primaryKey: [],
        options: {},
      },
    ]),
  );
}

/** Runs a query once over bounded tables. Throws a TidemarkError for what is wrong with the SQL or the rows. */
export function runBatch({
  tables,
  edge = 'closed',
  ...query
}: Query & { tables: Record<string, TableInput>; edge?: Edge }): { schema: Schema; rows: Record<string, Value>[] } {
  const stored = new Map(Object.entries(tables).map(([name, input]) => [name, checkedTable(name, input)]));
  const { table } = runJob(
    settle(query, tables),
    (name) => {
      const found = stored.get(name);
      if (!found) throw unknown('table', name, [...stored.keys()]);
      return found;
    },
    { edge },
  );
  return { schema: table.schema, rows: rowsOf(table) };
}

/**
 * Runs a query continuously over streams, to the end of what arrives: every row, watermark and firing in the order in
 * which they happen. Throws a TidemarkError for what is wrong with the SQL, the rows or the options, and for what a
 * stream cannot do.
 */
export function runStream({
  streams,
  options: { end = true, trace = false, ...options } = {},
  ...query
}: Query & { streams: Record<string, StreamInput>; options?: StreamRunOptions }): StreamResult {
  const plan = settle(query, streams);
  const topics = Object.entries(streams).map(([name, input]) => topicFrom(name, input));
  const settled: LocalOptions = {
    ...DEFAULTS,
    ...options,
    lookup: null,
    recompute: runJob,
    job: null,
    changes: [],
    // Only so is a row put out under the very input that caused it: `at` says when.
    rangeRows: 1,
  };
  const setup = { plan, topics, end, options: settled };
  const traced = trace ? openTracedRun(setup) : null;
  const run = traced?.engine ?? openRun(setup);
  if (traced) while (!traced.advance(() => true));
  else run.advance(() => true);
  const { rows } = run.results;
  const all = rowsOf(rows);
  return {
    schema: rows.schema,
    changes: all.map((row, i) => ({
      change: CHANGE_SIGNS[rows.kind[i]],
      row,
      time: rows.time[i],
      at: run.inputs.processing(rows.input[i]),
    })),
    rows: finalRows(all, rows.kind),
    counters: { ...run.counters },
    watermark: run.watermark,
    steps: traced && stepsOf(traced),
  };
}

function settle(query: Query, inputs: Record<string, TableInput>): Plan {
  return query.sql === undefined ? query.plan : planOf(query.sql, catalogOf(inputs)).query;
}

function stepsOf({ engine: { inputs }, trace: { log } }: TracedRun): Step[] {
  return Array.from({ length: log.length }, (_, at) => readStep(log, at, (input) => inputs.processing(input)));
}

const rowsOf = (table: Table): Record<string, Value>[] =>
  Array.from({ length: table.length }, (_, row) => {
    const values = readRow(table, row);
    return Object.fromEntries(table.schema.map(({ name }, i) => [name, values[i]]));
  });

/** Takes away and updates carry the values that they take back, so equal rows cancel out. */
function finalRows(rows: Record<string, Value>[], kind: Uint8Array): Record<string, Value>[] {
  const counts = new Map<string, { row: Record<string, Value>; count: number }>();
  rows.forEach((row, i) => {
    const name = JSON.stringify(Object.values(row));
    const entry = counts.get(name) ?? { row, count: 0 };
    entry.count += adds(kind[i]) ? 1 : -1;
    counts.set(name, entry);
  });
  return [...counts.values()].flatMap(({ row, count }) => Array.from({ length: Math.max(0, count) }, () => row));
}

function timeColumn(table: string, { schema, time }: TableInput): number {
  const index =
    time === undefined
      ? schema.findIndex(({ type }) => type.name === 'TIMESTAMP')
      : schema.findIndex(({ name }) => name === time);
  const wrong = index < 0 ? time !== undefined : schema[index].type.name !== 'TIMESTAMP';
  if (!wrong) return index;
  throw new TidemarkError({
    what: 'the time column is no column of type TIMESTAMP',
    where: table,
    expected: schema.flatMap(({ name, type }) => (type.name === 'TIMESTAMP' ? [name] : [])).join(' or ') || 'one',
    found: time,
  });
}

function topicFrom(name: string, input: StreamInput): Topic {
  const { rows, schema } = input;
  const column = timeColumn(name, input);
  if (column < 0) {
    throw new TidemarkError({
      what: 'a stream needs a column that says when each row happened',
      where: name,
      expected: 'a column of type TIMESTAMP',
      found: schema.map((one) => one.name).join(', '),
    });
  }
  checkedTable(name, input);
  const times = rows.map((row, i) => timeOf(row[column], name, i));
  let newest = times.length > 0 ? times[0] : 0;
  const arrival = input.arrival ?? times.map((time) => (newest = Math.max(newest, time)));
  const partition = input.partition ?? rows.map(() => 0);
  checkList(name, 'arrival', arrival, rows.length, Number.isSafeInteger);
  checkList(
    name,
    'partition',
    partition,
    rows.length,
    (one) => Number.isInteger(one) && one >= 0 && one < MOST_PARTITIONS,
  );
  const order = rows.map((_, i) => i).sort((a, b) => arrival[a] - arrival[b] || partition[a] - partition[b] || a - b);
  return topicOf(
    {
      name,
      table: tableOf(
        schema,
        order.map((i) => rows[i]),
      ),
      time: Float64Array.from(order, (i) => times[i]),
      append: Float64Array.from(order, (i) => arrival[i]),
      partition: Int32Array.from(order, (i) => partition[i]),
    },
    partition.reduce((most, one) => Math.max(most, one + 1), 1),
  );
}

const MOST_PARTITIONS = 1_024;

function timeOf(value: Value, where: string, row: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new TidemarkError({
    what: `row ${row} has no time`,
    where,
    expected: 'whole milliseconds since the epoch',
    found: String(value),
  });
}

function checkList(
  where: string,
  name: string,
  values: readonly number[],
  length: number,
  holds: (value: number) => boolean,
): void {
  const wrong = values.find((value) => !holds(value));
  if (values.length === length && wrong === undefined) return;
  throw new TidemarkError({
    what: `${name} does not fit the rows`,
    where,
    expected: `${length} whole numbers, one for each row`,
    found: wrong === undefined ? String(values.length) : String(wrong),
  });
}

function checkedTable(where: string, { schema, rows }: TableInput): Table {
  const wrong = rows.findIndex((row) => row.length !== schema.length);
  if (wrong >= 0) {
    throw new TidemarkError({
      what: `row ${wrong} does not fit the schema`,
      where,
      expected: `${schema.length} values: ${schema.map(({ name }) => name).join(', ')}`,
      found: String(rows[wrong].length),
    });
  }
  rows.forEach((row, at) => schema.forEach((field, i) => checkValue(row[i], field, where, at)));
  return tableOf(schema, rows);
}

function checkValue(value: Value, { name, type, nullable }: Schema[number], where: string, row: number): void {
  const right =
    value === null
      ? nullable
      : type.name === 'STRING'
        ? typeof value === 'string'
        : type.name === 'BOOLEAN'
          ? typeof value === 'boolean'
          : typeof value === 'number' && (type.name === 'DOUBLE' ? !Number.isNaN(value) : Number.isSafeInteger(value));
  if (right) return;
  throw new TidemarkError({
    what: `row ${row} has a value that its column cannot hold`,
    where,
    expected: `${name} ${type.name}${nullable ? ' or null' : ''}`,
    found: String(value),
  });
}

const unknown = (kind: string, found: string, names: string[]): TidemarkError =>
  new TidemarkError({ what: `there is no such ${kind}`, expected: names.join(', '), found });
