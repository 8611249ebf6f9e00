import { type Field, type Schema } from '../model';
import { type StreamSpec } from './scenario';
import { fieldsOf, SOURCES } from './sourceColumns';

/** The visible columns of a stream, in order; no rows are made. The spec is expected to be valid. */
export function streamSchema(spec: StreamSpec): Schema {
  const lost = spec.dropped > 0 ? droppable(spec) : [];
  return visible(spec).map((one) => ({
    ...one,
    nullable: one.nullable || leftOut(spec, one.name) || lost.includes(one.name),
  }));
}

/** Names of the visible columns whose values can be dropped: all but the event time and the key. */
export const droppable = (spec: StreamSpec): string[] =>
  visible(spec).flatMap(({ name }) => (name === spec.time || name === spec.key ? [] : [name]));

function visible(spec: StreamSpec): Schema {
  if (spec.columns.length > 0) return pick(fieldsOf(spec), spec.columns);
  return spec.table === null ? fieldsOf(spec) : SOURCES[spec.table];
}

const pick = (schema: readonly Field[], names: readonly string[]): Schema =>
  names.flatMap((name) => schema.find((one) => one.name === name) ?? []);

/** Whether some event written by hand does not give the column a value. The event time is always given. */
const leftOut = (spec: StreamSpec, name: string): boolean =>
  name !== spec.time && spec.planted.some(({ values }) => (values[name] ?? null) === null);
