import {
  field,
  STRING,
  TIMESTAMP,
  type Expression,
  type IntervalJoin,
  type Scan,
  type Schema,
  type Value,
} from '../../../src/index';
import { type StreamOptions } from '../../../src/engine/stream/options';
import { driveNode, type OperatorDrive } from '../../support/operatorDrive';
import { type Json } from '../../../src/cases/kind';

/** An interval join of two tables of (key, name, ts); keys and names are JSON, so any value may be one. */
export interface Interval {
  lower: number;
  upper: number;
  kind: IntervalJoin['kind'];
  nullSafe: boolean;
  /** Whether keys must be equal. */
  keyed: boolean;
  where: Expression | null;
}

const schemaOf = (name: string): Schema => [
  field(`${name}_key`, STRING, true),
  field(name, STRING),
  field(`${name}_ts`, TIMESTAMP),
];
const LEFT = schemaOf('left');
const RIGHT = schemaOf('right');

const columnOf = (schema: Schema, index: number, before = 0): Expression => ({
  op: 'column',
  index: before + index,
  name: schema[index].name,
  type: schema[index].type,
});

/** The name of a pair's left row, and of its right one. */
export const NAME = columnOf(LEFT, 1);
export const OTHER_NAME = columnOf(RIGHT, 1, LEFT.length);

const scan = (table: string, schema: Schema): Scan => ({
  node: 'scan',
  table,
  schema,
  timeColumn: 2,
  watermark: null,
  primaryKey: [],
  options: {},
});

/** Port 0 takes left rows, port 1 right ones. */
export function drivePair({ keyed, ...interval }: Interval, options: Partial<StreamOptions>): OperatorDrive {
  const leftOnly = interval.kind === 'semi' || interval.kind === 'anti';
  const node: IntervalJoin = {
    node: 'interval join',
    left: scan('left', LEFT),
    right: scan('right', RIGHT),
    schema: (leftOnly ? LEFT : [...LEFT, ...RIGHT]).map((one) => ({ ...one, nullable: true })),
    timeColumn: 2,
    timeOf: 'latest',
    leftKeys: keyed ? [columnOf(LEFT, 0)] : [],
    rightKeys: keyed ? [columnOf(RIGHT, 0)] : [],
    ...interval,
  };
  return driveNode(node, options);
}

export const named = (value: Json): string => JSON.stringify(value);

export const rowOf = (key: Json | undefined, name: Json, time: number): Value[] => [
  key === null || key === undefined ? null : named(key),
  named(name),
  time,
];
