import { BIGINT, DOUBLE, TIMESTAMP, field, readRow, type Schema, type Table, type Value } from '../../src/model';
import {
  type Aggregate,
  type AggregateCall,
  type AggregateName,
  type Expression,
  type Frame,
  type Over,
  type Plan,
  type Scan,
  type WindowAggregate,
  type WindowShape,
} from '../../src/sql/plan';

/** Plans by hand, for tests of what runs them. */
export function scan(table: string, schema: Schema, time: string): Scan {
  const timeColumn = schema.findIndex((one) => one.name === time);
  return { node: 'scan', table, schema, timeColumn, watermark: null, primaryKey: [], options: {} };
}

export function column(schema: Schema, name: string): Expression {
  const index = schema.findIndex((one) => one.name === name);
  if (index < 0) throw new RangeError(`no column ${name}`);
  return { op: 'column', index, name, type: schema[index].type };
}

export function call(
  name: AggregateName,
  argument: Expression | null,
  filter: Expression | null = null,
): AggregateCall {
  const real = name === 'AVG' || name.startsWith('STDDEV');
  const type = name === 'COUNT' ? BIGINT : real ? DOUBLE : argument!.type;
  const inside = argument === null ? '*' : argument.op === 'column' ? argument.name : '…';
  return { name, argument, distinct: false, filter, type, text: `${name}(${inside})` };
}

const keyFields = (keys: Expression[]): Schema =>
  keys.map((key, i) => field(key.op === 'column' ? key.name : `key ${i + 1}`, key.type, true));
const resultFields = (calls: AggregateCall[]): Schema =>
  calls.map((one) => field(one.text, one.type, one.name !== 'COUNT'));

export function overWindow(
  input: Plan,
  window: WindowShape,
  keys: string[],
  aggregates: AggregateCall[],
): WindowAggregate {
  const by = keys.map((name) => column(input.schema, name));
  const times = ['window_start', 'window_end', 'window_time'].map((name) => field(name, TIMESTAMP));
  const schema = [...keyFields(by), ...times, ...resultFields(aggregates)];
  return { node: 'window aggregate', input, window, keys: by, aggregates, schema, timeColumn: keys.length + 2 };
}

export function groupBy(input: Plan, keys: Expression[], aggregates: AggregateCall[]): Aggregate {
  const schema = [...keyFields(keys), ...resultFields(aggregates)];
  return { node: 'aggregate', input, keys, aggregates, schema, timeColumn: -1 };
}

export function rolling(input: Plan, by: string[], frame: Frame, aggregates: AggregateCall[]): Over {
  const partitionBy = by.map((name) => column(input.schema, name));
  const schema = [...input.schema, ...resultFields(aggregates)];
  return { node: 'over', input, partitionBy, frame, aggregates, schema, timeColumn: input.timeColumn };
}

export const tumble = (size: number, offset = 0) => ({ kind: 'tumble', size, offset }) as const;
export const hop = (size: number, slide: number, offset = 0) => ({ kind: 'hop', size, slide, offset }) as const;

export const rowsOf = (table: Table): Value[][] =>
  Array.from({ length: table.length }, (_, row) => readRow(table, row));
