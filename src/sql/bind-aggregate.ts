import { type TextPlace } from '../model';
import { type Ast } from './ast';
import { type AggregateAst, bindCondition, bindExpression, type Context, noAggregates } from './bind-expression';
import { fail, shorten } from './fail';
import { formatExpression } from './format';
import { AGGREGATES } from './functions';
import { type AggregateCall, type Expression } from './plan';
import { familyOf, nameType } from './types';
import { DISTINCT } from './words';
import { isNullable, sameExpression } from './walk';

/** Settles an aggregate call over the rows of `context`'s scope. */
export function bindAggregate(ast: AggregateAst, context: Omit<Context, 'aggregate'>): AggregateCall {
  const found = AGGREGATES.get(ast.name.text)!;
  const inner: Context = {
    ...context,
    aggregate: noAggregates(
      'another aggregate',
      'Compute the inner one in a subquery in FROM, then aggregate its result.',
    ),
  };
  const text = formatExpression({ ...ast, over: null });
  const { place } = ast;
  if (ast.distinct) {
    const hint = `Aggregate a subquery that has each value once: FROM (SELECT … GROUP BY …) AS x.`;
    fail(place, { what: DISTINCT.what, expected: `${ast.name.text}(x)`, found: shorten(text), hint });
  }
  const count = ast.arguments.length;
  if (ast.star ? found.name !== 'COUNT' : count !== 1) {
    fail(place, {
      what: `${ast.name.text} takes one argument`,
      expected: 'one argument',
      found: ast.star ? '*' : String(count),
      hint: `Write ${found.detail.replace(/:.*/, '')}.`,
    });
  }
  const argument = ast.star ? null : checkArgument(bindExpression(ast.arguments[0], inner), ast, place);
  const filter = ast.filter && bindCondition(ast.filter, inner);
  return {
    name: found.name,
    argument,
    distinct: false,
    filter,
    type: found.type(argument?.type ?? { name: 'BIGINT' }),
    text,
  };
}

function checkArgument(argument: Expression, ast: AggregateAst, place: TextPlace): Expression {
  const { takes } = AGGREGATES.get(ast.name.text)!;
  const family = familyOf(argument.type);
  if (takes === 'any' || family === 'number' || (takes === 'ordered' && family !== 'boolean')) return argument;
  const at: Ast = ast.arguments[0];
  return fail(at?.place ?? place, {
    what: `${ast.name.text} does not work on ${nameType(argument.type)}`,
    expected: takes === 'number' ? 'a number' : 'a number, a time or a text',
    found: `${shorten(formatExpression(at))}, which is ${nameType(argument.type)}`,
    hint:
      family === 'boolean'
        ? 'COUNT(*) FILTER (WHERE …) counts where a condition holds.'
        : 'COUNT(x) works on everything.',
  });
}

/** The place of an equal call in the list; appended where there is none. */
export function collect(calls: AggregateCall[], call: AggregateCall): number {
  const same = (a: Expression | null, b: Expression | null): boolean => (a && b ? sameExpression(a, b) : a === b);
  const at = calls.findIndex(
    (one) => one.name === call.name && same(one.argument, call.argument) && same(one.filter, call.filter),
  );
  return at >= 0 ? at : calls.push(call) - 1;
}

/**
 * Whether the result can be null. `alone`: the aggregate may see no row at all, as without GROUP BY.
 */
export function aggregateIsNullable(
  call: AggregateCall,
  nullable: (column: number) => boolean,
  alone: boolean,
): boolean {
  if (call.name === 'COUNT') return false;
  return alone || call.filter !== null || call.name === 'STDDEV_SAMP' || isNullable(call.argument!, nullable);
}
