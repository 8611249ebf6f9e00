import { field, type Schema } from '../../src/model';
import {
  type AsOfJoin,
  type Expression,
  type JoinKind,
  type Plan,
  type RegularJoin,
  type TemporalJoin,
} from '../../src/sql/plan';
import { column } from './plans';

/** Join plans by hand: equal columns by name, left = right. */
export interface On {
  kind?: JoinKind;
  keys: [left: string, right: string][];
  where?: Expression | null;
  nullSafe?: boolean;
}

const optional = (schema: Schema): Schema => schema.map(({ name, type }) => field(name, type, true));

function joined(left: Plan, right: Plan, { kind = 'inner', keys, where = null, nullSafe = false }: On) {
  const onlyLeft = kind === 'semi' || kind === 'anti';
  const leftPart = kind === 'right' || kind === 'full' ? optional(left.schema) : left.schema;
  const rightPart = kind === 'left' || kind === 'full' ? optional(right.schema) : right.schema;
  return {
    left,
    right,
    kind,
    leftKeys: keys.map(([name]) => column(left.schema, name)),
    rightKeys: keys.map(([, name]) => column(right.schema, name)),
    nullSafe,
    where,
    schema: onlyLeft ? left.schema : [...leftPart, ...rightPart],
  };
}

export const regular = (left: Plan, right: Plan, on: On): RegularJoin => ({
  node: 'join',
  ...joined(left, right, on),
  timeColumn: -1,
});

export const temporal = (left: Plan, right: Plan, on: On, time: TemporalJoin['time'] = 'event'): TemporalJoin => ({
  node: 'temporal join',
  ...joined(left, right, on),
  time,
  timeColumn: left.timeColumn,
});

export const asof = (left: Plan, right: Plan, match: AsOfJoin['match'], on: On): AsOfJoin => ({
  node: 'asof join',
  ...joined(left, right, on),
  match,
  timeColumn: left.timeColumn,
});

/** A comparison of a left and a right column, or of one with a number, for the rest of a join condition. */
export function compared(
  left: Plan,
  right: Plan,
  name: string,
  operator: '=' | '<>' | '<' | '<=' | '>' | '>=',
  other: string | number,
): Expression {
  const schema = [...left.schema, ...right.schema];
  const first = column(schema, name);
  const second: Expression =
    typeof other === 'number' ? { op: 'literal', value: other, type: first.type } : column(schema, other);
  return { op: 'compare', operator, left: first, right: second, type: { name: 'BOOLEAN' } };
}
