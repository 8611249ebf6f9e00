import {
  field,
  STRING,
  TIMESTAMP,
  type Expression,
  type JoinKind,
  type Plan,
  type Scan,
  type Schema,
} from '../../src/index';
import { CaseFault, type Json } from '../../src/cases/kind';

/** Keys go in and out as JSON, whatever they are; null stays null. */
export const pack = (value: Json | undefined): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value);
export const unpack = (value: unknown): Json => (typeof value === 'string' ? (JSON.parse(value) as Json) : null);

/** The key and time of one side, then its own columns. */
export const sideSchema = (prefix: string, ...columns: Schema[number][]): Schema => [
  field(`${prefix}Key`, STRING, true),
  field(`${prefix}Ts`, TIMESTAMP, true),
  ...columns,
];

export const scanOf = (table: string, schema: Schema): Scan => ({
  node: 'scan',
  table,
  schema,
  timeColumn: 1,
  watermark: null,
  primaryKey: [],
  options: {},
});

export const columnOf = (schema: Schema, name: string): Expression => {
  const index = schema.findIndex((one) => one.name === name);
  return { op: 'column', index, name, type: schema[index].type };
};

/** What all joins on equal keys have; columns of either side may come out null. */
export function onKey<K extends JoinKind>(left: Scan, right: Scan, kind: K, where: Expression | null = null) {
  const schema = [...left.schema, ...right.schema].map(({ name, type }) => field(name, type, true));
  return {
    left: left as Plan,
    right: right as Plan,
    kind,
    leftKeys: [columnOf(left.schema, left.schema[0].name)],
    rightKeys: [columnOf(right.schema, right.schema[0].name)],
    nullSafe: false,
    where,
    schema,
    timeColumn: left.timeColumn,
  };
}

/** 0 for the left side (`L`, the stream), 1 for the right one (`R`, the table). */
export function portOf(side: Json | undefined): 0 | 1 {
  if (side === 'L' || side === 'left' || side === 'stream') return 0;
  if (side === 'R' || side === 'right' || side === 'table') return 1;
  throw new CaseFault(`${JSON.stringify(side) ?? 'nothing'} is not a side`);
}

const KINDS = ['+I', '-U', '+U', '-D'];

/** The code of a change kind, as `kind` columns hold it. */
export function kindOf(op: Json | undefined): number {
  const code = typeof op === 'string' ? KINDS.indexOf(op.replace('−', '-')) : -1;
  if (code < 0) throw new CaseFault(`${JSON.stringify(op) ?? 'nothing'} is not a kind of change`);
  return code;
}

/** A change kind as cases write it. */
export const opOf = (change: string): string => change.replace('−', '-');
