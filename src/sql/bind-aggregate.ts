import { aggregateOf } from '../aggregates';
import { BIGINT, type ColumnType, type TextPlace } from '../model';
import { type Ast } from './ast';
import { type AggregateAst, bindCondition, bindExpression, type Context, noAggregates } from './bind-expression';
import { fail, shorten } from './fail';
import { formatExpression } from './format';
import { AGGREGATES } from './functions';
import { as } from './operators';
import { type AggregateCall, type Expression } from './plan';
import { convert, familyOf, INTERVAL, nameType } from './types';
import { isNullable } from './walk';

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
  if (ast.distinct && !found.distinct) {
    fail(place, {
      what: `${ast.name.text} of each value once is not run here`,
      expected: 'COUNT(DISTINCT x)',
      found: shorten(text),
      hint: 'Aggregate a subquery that has each value once: FROM (SELECT x … GROUP BY x) AS d.',
    });
  }
  const isLag = found.name === 'LAG';
  if (isLag && !ast.over) {
    fail(place, {
      what: 'LAG looks back from a row, and so needs the rows before it',
      expected: 'LAG(x) OVER (PARTITION BY … ORDER BY …)',
      found: shorten(text),
      hint: 'Write LAG(amount) OVER (PARTITION BY card ORDER BY ts); LAST_VALUE(x) is the latest of a group.',
    });
  }
  const count = ast.arguments.length;
  if (ast.star ? !found.star : count < 1 || count > (isLag ? 3 : 1)) {
    fail(place, {
      what: `${ast.name.text} takes ${isLag ? 'one to three arguments' : 'one argument'}`,
      expected: isLag ? 'a value, how many rows back, and what to give where there are not so many' : 'one argument',
      found: ast.star ? '*' : String(count),
      hint: `Write ${found.detail.replace(/:.*/, '')}.`,
    });
  }
  const argument = ast.star ? null : checkArgument(bindExpression(ast.arguments[0], inner), ast, place);
  const filter = ast.filter && bindCondition(ast.filter, inner);
  const type = found.type(argument?.type ?? { name: 'BIGINT' });
  const call: AggregateCall = { name: found.name, argument, distinct: ast.distinct, filter, type, text };
  return isLag ? { ...call, lag: lagOf(ast, type, inner) } : call;
}

/** The second and third argument of LAG: constants. */
function lagOf({ arguments: [, back, rest] }: AggregateAst, type: ColumnType, context: Context): AggregateCall['lag'] {
  const rows = back ? bindExpression(back, context) : null;
  if (back && !(rows?.op === 'literal' && rows.type.name === 'INT' && Number(rows.value) >= 1)) {
    fail(back.place, {
      what: 'LAG looks back by a constant number of rows',
      expected: 'a whole number of at least 1',
      found: shorten(formatExpression(back)),
      hint: 'Write LAG(amount, 1) OVER (…); 1 is the row before.',
    });
  }
  const value = rest ? as(bindExpression(rest, context), type, rest, `a value of ${nameType(type)}`) : null;
  if (rest && value?.op !== 'literal') {
    fail(rest.place, {
      what: 'what LAG gives instead is a constant',
      expected: `a value of ${nameType(type)}`,
      found: shorten(formatExpression(rest)),
      hint: 'Write COALESCE(LAG(x) OVER (…), y) where it depends on the row.',
    });
  }
  return {
    rows: rows?.op === 'literal' ? Number(rows.value) : 1,
    otherwise: value?.op === 'literal' ? value.value : null,
  };
}

function checkArgument(argument: Expression, ast: AggregateAst, place: TextPlace): Expression {
  const { takes } = AGGREGATES.get(ast.name.text)!;
  const family = familyOf(argument.type);
  // Where a number is asked for, a span of time is its milliseconds.
  if (takes === 'number' && argument.type === INTERVAL) return convert(argument, BIGINT)!;
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

/** Aggregate calls in the order in which they are met, equal ones once. */
export class DistinctCalls {
  readonly list: AggregateCall[] = [];
  private readonly places = new Map<string, number>();

  /** The place of an equal call in the list; appended where there is none. */
  add(call: AggregateCall): number {
    const { name, distinct, lag, argument, filter } = call;
    const meaning = JSON.stringify([name, distinct, lag, argument, filter]);
    const known = this.places.get(meaning);
    if (known !== undefined) return known;
    this.places.set(meaning, this.list.length);
    return this.list.push(call) - 1;
  }
}

/**
 * Whether the result can be null. `alone`: the aggregate may see no row at all, as without GROUP BY.
 */
export function aggregateIsNullable(
  call: AggregateCall,
  nullable: (column: number) => boolean,
  alone: boolean,
): boolean {
  const { nullable: isNull } = aggregateOf(call.name);
  if (isNull === 'never') return false;
  if (call.lag && call.lag.otherwise === null) return true;
  return alone || call.filter !== null || isNull === 'of few' || isNullable(call.argument!, nullable);
}
