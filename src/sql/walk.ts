import { BOOLEAN, type Field } from '../model';
import { type Expression } from './plan';

/** The column at `index`, as an expression. */
export const columnAt = ({ name, type }: Pick<Field, 'name' | 'type'>, index: number): Expression => ({
  op: 'column',
  index,
  name,
  type,
});

/** The expressions directly inside one, in the order in which they are written. */
export function inputsOf(one: Expression): Expression[] {
  if ('input' in one) return [one.input];
  if ('left' in one) return [one.left, one.right];
  if ('inputs' in one) return one.inputs;
  if (one.op !== 'case') return [];
  return [...one.branches.flatMap(({ when, then }) => [when, then]), ...(one.otherwise ? [one.otherwise] : [])];
}

/** The same expression with `change` applied to the expressions directly inside it. */
export function mapInputs(one: Expression, change: (input: Expression) => Expression): Expression {
  if ('input' in one) return { ...one, input: change(one.input) };
  if ('left' in one) return { ...one, left: change(one.left), right: change(one.right) };
  if ('inputs' in one) return { ...one, inputs: one.inputs.map(change) };
  if (one.op !== 'case') return one;
  const branches = one.branches.map(({ when, then }) => ({ when: change(when), then: change(then) }));
  return { ...one, branches, otherwise: one.otherwise && change(one.otherwise) };
}

/** Whether an expression reads a column for which `test` holds. */
export const readsColumn = (one: Expression, test: (index: number) => boolean): boolean =>
  one.op === 'column' ? test(one.index) : inputsOf(one).some((input) => readsColumn(input, test));

/** The same expression over columns that stand `by` places further on. */
export const moved = (one: Expression, by: number): Expression =>
  one.op === 'column' ? { ...one, index: one.index + by } : mapInputs(one, (input) => moved(input, by));

/** What stands between the ANDs of a condition. */
export const conjuncts = (one: Expression): Expression[] =>
  one.op === 'and' ? [...conjuncts(one.left), ...conjuncts(one.right)] : [one];

/** Conditions as one, or null where there are none. */
export const allOf = (conditions: readonly Expression[]): Expression | null =>
  conditions.length === 0 ? null : conditions.reduce((left, right) => ({ op: 'and', left, right, type: BOOLEAN }));

export const sameExpression = (a: Expression, b: Expression): boolean =>
  a.op === b.op && JSON.stringify(a) === JSON.stringify(b);

/** Whether an expression can be null, when the columns it reads can be null where `nullable` says so. */
export function isNullable(one: Expression, nullable: (column: number) => boolean): boolean {
  switch (one.op) {
    case 'column':
      return nullable(one.index);
    case 'literal':
      return one.value === null;
    case 'is null':
      return false;
    case 'cast':
      return isNullable(one.input, nullable) || (one.input.type.name === 'STRING' && one.type.name !== 'STRING');
    case 'case':
      return (
        one.otherwise === null ||
        isNullable(one.otherwise, nullable) ||
        one.branches.some((branch) => !isGuarded(branch) && isNullable(branch.then, nullable))
      );
    default:
      return givesNull(one) || inputsOf(one).some((input) => isNullable(input, nullable));
  }
}

/** What has no value for some values: a division by zero, the root of less than zero. */
const givesNull = (one: Expression): boolean =>
  one.op === 'arithmetic' ? one.operator === '/' || one.operator === '%' : one.op === 'call' && one.name === 'SQRT';

/** `WHEN x IS NOT NULL THEN x`, as COALESCE writes it; x may be widened on the way. */
function isGuarded({ when, then }: { when: Expression; then: Expression }): boolean {
  if (when.op !== 'is null' || !when.negated) return false;
  const widened = then.op === 'cast' && then.input.type.name !== 'STRING' ? then.input : then;
  return sameExpression(when.input, widened);
}
