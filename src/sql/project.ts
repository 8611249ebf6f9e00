import { type Expression, type Plan, type Project } from './plan';
import { uniqueNames } from './scope';
import { isNullable } from './walk';

/** One column of the SELECT list. Its expression reads input columns, window columns and results, in this order. */
export interface Item {
  expression: Expression;
  name: string;
}

/** The rows for which `predicate` holds; null: all. */
export function filterOf(input: Plan, predicate: Expression | null): Plan {
  const { schema, timeColumn } = input;
  return predicate ? { node: 'filter', input, predicate, schema, timeColumn } : input;
}

/** The SELECT list over `input`; it carries event time on where it has the column as it is. */
export function projectOf(input: Plan, items: readonly Item[]): Project {
  const names = uniqueNames(items.map((one) => one.name));
  const nullable = (column: number): boolean => input.schema[column].nullable;
  const schema = items.map(({ expression }, i) => ({
    name: names[i],
    type: expression.type,
    nullable: isNullable(expression, nullable),
  }));
  const time = items.findIndex(({ expression }) => expression.op === 'column' && expression.index === input.timeColumn);
  return { node: 'project', input, expressions: items.map((one) => one.expression), schema, timeColumn: time };
}
