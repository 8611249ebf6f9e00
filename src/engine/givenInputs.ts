import { sameType, tableOf, TidemarkError, formatType, type Schema, type Table, type Value } from '../model';
import { type Catalog, type Scan } from '../sql';
import { topicOf, type Topic } from './log/topic';

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

/**
 * The inputs as SQL sees them. Throws a TidemarkError for inputs or columns whose names differ only by case, which SQL
 * cannot tell apart.
 */
export function catalogOf(inputs: Record<string, TableInput>): Catalog {
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

/** The text declares an input by CREATE TABLE: what it says of columns and event time holds for the rows. */
export function declaredInput<T extends TableInput>(input: T, { table, schema, timeColumn }: Scan): T {
  const columns = (one: Schema) => one.map(({ name, type }) => `${name} ${formatType(type)}`).join(', ');
  const same =
    schema.length === input.schema.length &&
    schema.every(({ name, type }, i) => {
      const given = input.schema[i];
      return name.toLowerCase() === given.name.toLowerCase() && sameType(type, given.type);
    });
  if (!same) {
    throw new TidemarkError({
      what: 'CREATE TABLE declares other columns than the input has',
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
    found: time,
  });
}

/** A stream as the log that the run reads. Throws a TidemarkError for what is wrong with its rows. */
export function topicFrom(name: string, input: StreamInput): Topic {
  const { rows, schema } = input;
  const column = timeColumnOf(name, input);
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

/** The rows as a table. Throws a TidemarkError for the first one that does not fit the schema. */
export function checkedTable(where: string, { schema, rows }: TableInput): Table {
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
