import { formatType, sameType, takeRows, TidemarkError, type Column, type Schema } from '../model';
import { type Catalog, type Scan } from '../sql';
import { checkedTable, isTime, type GivenRows } from './givenTable';
import { checkSchema, isObject, mustBe, shown } from './givenSchema';
import { topicOf, type Topic } from './log/topic';

/** A table, and which of its columns carries event time. */
export interface TableInput extends GivenRows {
  /** Default: the first TIMESTAMP column, if there is any. */
  time?: string;
}

/** A table whose rows arrive one after the other. */
export interface StreamInput extends TableInput {
  /** Processing time at which each row arrives, ms. Default: in the given order, none before its own time. */
  arrival?: readonly number[] | Float64Array;
  /** The log partition of each row, from 0. Default: all in partition 0. */
  partition?: readonly number[] | Int32Array;
}

/**
 * The inputs as SQL sees them. Throws a TidemarkError for what has no schema, and for inputs or columns whose names
 * differ only by case, which SQL cannot tell apart.
 */
export function catalogOf(inputs: Record<string, TableInput>): Catalog {
  checkInputs(inputs);
  differByMoreThanCase(Object.keys(inputs), 'inputs');
  return Object.fromEntries(
    Object.entries(inputs).map(([table, input]) => {
      const { schema } = input;
      differByMoreThanCase(
        schema.map(({ name }) => name),
        'columns',
        table,
      );
      const timeColumn = timeColumnOf(table, input);
      return [table, { node: 'scan', table, schema, timeColumn, watermark: null, primaryKey: [], options: {} }];
    }),
  );
}

/** Throws a TidemarkError for what is no input with a schema; rows are checked where they are read. */
export function checkInputs(inputs: Record<string, TableInput>): void {
  const expected = 'an object such as {clicks: {schema, rows}}';
  mustBe(isObject(inputs), { what: 'the inputs are no object', expected, found: inputs });
  for (const [name, input] of Object.entries(inputs)) {
    const what = 'an input is an object with its schema and its rows or columns';
    mustBe(isObject(input), { what, where: name, expected: '{schema, rows} or {schema, columns}', found: input });
    checkSchema(name, input.schema);
  }
}

function differByMoreThanCase(names: readonly string[], kind: string, where?: string): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new TidemarkError({
        what: `two ${kind} have one name for SQL, where upper and lower case are the same`,
        where,
        expected: 'names that differ by more than case',
        found: `${other} and ${name}`,
        hint: 'Rename one of them.',
      });
    }
    seen.set(name.toLowerCase(), name);
  }
}

/** A scan reads an input, of a CREATE TABLE or of a plan: what it says of columns and event time holds for the rows. */
export function readInput<T extends TableInput>(input: T, { table, schema, timeColumn }: Scan, by: string): T {
  const columns = (one: Schema) => one.map(({ name, type }) => `${name} ${formatType(type)}`).join(', ');
  const same =
    schema.length === input.schema.length &&
    schema.every(({ name, type }, i) => {
      const given = input.schema[i];
      return name.toLowerCase() === given.name.toLowerCase() && sameType(type, given.type);
    });
  if (!same) {
    throw new TidemarkError({
      what: `${by} other columns than the input has`,
      where: table,
      expected: columns(input.schema),
      found: columns(schema),
    });
  }
  return { ...input, schema, time: timeColumn < 0 ? input.time : schema[timeColumn].name };
}

function timeColumnOf(table: string, { schema, time }: TableInput): number {
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
    found: typeof time === 'string' ? time : shown(time),
  });
}

/** A stream as the log that the run reads. Throws a TidemarkError for what is wrong with its rows. */
export function topicFrom(name: string, input: StreamInput): Topic {
  const column = timeColumnOf(name, input);
  if (column < 0) {
    throw new TidemarkError({
      what: 'a stream needs a column that says when each row happened',
      where: name,
      expected: 'a column of type TIMESTAMP',
      found: input.schema.map((one) => one.name).join(', '),
    });
  }
  const table = checkedTable(name, input);
  const { length } = table;
  const time = timesOf(name, table.columns[column], length);
  const [arrival, places] = [input.arrival ?? null, input.partition ?? null];
  if (arrival !== null) checkList(name, 'arrival', arrival, length, isTime);
  if (places !== null) checkList(name, 'partition', places, length, isPartition);
  const append = arrival ? Float64Array.from(arrival) : runningMax(time);
  const partition = places ? Int32Array.from(places) : new Int32Array(length);
  const partitions = places ? partition.reduce((most, one) => Math.max(most, one + 1), 1) : 1;
  const order = arrival || places ? arrivalOrder(append, partition) : null;
  if (order === null) return topicOf({ name, table, time, append, partition }, partitions);
  return topicOf(
    {
      name,
      table: takeRows(table, order),
      time: Float64Array.from(order, (row) => time[row]),
      append: Float64Array.from(order, (row) => append[row]),
      partition: Int32Array.from(order, (row) => partition[row]),
    },
    partitions,
  );
}

const MOST_PARTITIONS = 1_024;
const isPartition = (one: number): boolean => Number.isInteger(one) && one >= 0 && one < MOST_PARTITIONS;

/** Rows by arrival, partition and place; null where they are in this order. */
function arrivalOrder(append: Float64Array, partition: Int32Array): Int32Array | null {
  const before = (a: number, b: number): number => append[a] - append[b] || partition[a] - partition[b] || a - b;
  if (append.every((_, row) => row === 0 || before(row - 1, row) < 0)) return null;
  return Int32Array.from(append, (_, row) => row).sort(before);
}

function runningMax(times: Float64Array): Float64Array {
  const newest = times.slice();
  for (let row = 1; row < newest.length; row += 1) if (newest[row] < newest[row - 1]) newest[row] = newest[row - 1];
  return newest;
}

function timesOf(where: string, { data, valid }: Column, length: number): Float64Array {
  const missing = valid === null ? -1 : valid.subarray(0, length).indexOf(0);
  if (missing < 0) return (data as Float64Array).subarray(0, length);
  throw new TidemarkError({
    what: `row ${missing} has no time`,
    where,
    expected: 'whole milliseconds since the epoch',
    found: 'null',
  });
}

function checkList(
  where: string,
  name: string,
  values: readonly number[] | Float64Array | Int32Array,
  length: number,
  holds: (value: number) => boolean,
): void {
  const isList = (given: unknown): boolean => Array.isArray(given) || ArrayBuffer.isView(given);
  const wrong = isList(values) ? values.findIndex((value) => !holds(value)) : -1;
  if (isList(values) && values.length === length && wrong < 0) return;
  throw new TidemarkError({
    what: `${name} does not fit the rows`,
    where,
    expected: `${length} whole numbers, one for each row`,
    found: !isList(values) ? shown(values) : wrong < 0 ? String(values.length) : shown(values[wrong]),
  });
}
