import { BIGINT, BOOLEAN, DATE, DOUBLE, STRING, type TextPlace, TIMESTAMP } from '../model';
import { type Ast, type BinaryOperator, type CallAst } from './ast';
import { fail } from './fail';
import { AGGREGATES, FUNCTIONS, REFUSED_FUNCTIONS, SUGAR } from './functions';
import { extract, timestampDiff } from './bind-time';
import { markNullSafe } from './null-safe';
import { intervalMs } from './parse-interval';
import {
  arithmetic,
  as,
  castOf,
  choose,
  compare,
  concat,
  literal,
  negate,
  noTime,
  shown,
  type Typed,
} from './operators';
import { COMPARISONS, type Expression } from './plan';
import { type Aliases, type Origins, resolve, type Scope } from './scope';
import { nearest, unknownName } from './suggest';
import { convert, familyOf, INTERVAL, readNumber, readTime, UNTYPED } from './types';
import { inputsOf } from './walk';

/** What the names of an expression mean where it stands. */
export interface Context {
  scope: Scope;
  origins: Origins;
  aliases?: Aliases;
  /** Takes in an aggregate call, and gives the column that will hold its result. */
  aggregate: (call: AggregateAst) => Expression;
}

/** Bound where the SELECT list is: a numbered row is more than a value. */
export const ROW_NUMBER = 'ROW_NUMBER';

export type AggregateAst = CallAst & { place: TextPlace };

/** For places where no aggregate may stand; `instead` says what to do. */
export function noAggregates(clause: string, instead: string): Context['aggregate'] {
  return (call) =>
    fail(call.place, {
      what: `an aggregate cannot stand in ${clause}`,
      expected: 'an expression over single rows',
      found: shown(call),
      hint: instead,
    });
}

/** Names of `scope`, where no aggregate may stand. */
export const contextOf = (
  scope: Scope,
  clause: string,
  instead: string,
  origins: Origins = new WeakMap(),
  aliases?: Aliases,
): Context => ({ scope, origins, aliases, aggregate: noAggregates(clause, instead) });

/** Nodes in one bound expression: CASE, IN and BETWEEN repeat their operand, and nesting them multiplies. */
const MAX_NODES = 10_000;

/**
 * Settles names and types of an expression. The result is as `Expression` promises, except that the type of an
 * interval is `INTERVAL` and of a bare NULL `UNTYPED` (see `types.ts`).
 */
export function bindExpression(ast: Ast, context: Context): Expression {
  const bound = bindNode(ast, context);
  if (sizeOf(bound) > MAX_NODES) {
    fail(ast.place, {
      what: 'the expression is too big',
      expected: `at most ${MAX_NODES} parts once CASE, IN and BETWEEN are written out`,
      found: shown(ast),
      hint: 'Compute the inner part in a subquery, and give it a name there.',
    });
  }
  return bound;
}

const sizes = new WeakMap<Expression, number>();

function sizeOf(one: Expression): number {
  let size = sizes.get(one);
  if (size === undefined) {
    size = 1;
    for (const input of inputsOf(one)) size += sizeOf(input);
    sizes.set(one, size);
  }
  return size;
}

/** A condition: WHERE, HAVING, WHEN, FILTER. */
export function bindCondition(ast: Ast, context: Context): Expression {
  return as(bindExpression(ast, context), BOOLEAN, ast, 'a condition, such as amount > 10');
}

function bindNode(ast: Ast, context: Context): Expression {
  const bind = (one: Ast): Expression => bindExpression(one, context);
  switch (ast.ast) {
    case 'column': {
      const column = resolve(context.scope, ast.table, ast.name, context.aliases);
      context.origins.set(column, ast.place);
      return column;
    }
    case 'number':
      return readNumber(ast.text) ?? tooLarge(ast);
    case 'string':
      return literal(ast.value, STRING);
    case 'constant':
      return ast.value === null ? literal(null, UNTYPED) : literal(ast.value, BOOLEAN);
    case 'interval':
      return literal(intervalMs(ast.amount, ast.unit), INTERVAL);
    case 'time':
      return literal(
        readTime(ast.value, ast.type) ?? noTime(ast, ast.value, ast.type),
        ast.type === 'DATE' ? DATE : TIMESTAMP,
      );
    case 'unary':
      return ast.operator === 'NOT'
        ? { op: 'not', input: bindCondition(ast.input, context), type: BOOLEAN }
        : negate(bind(ast.input), ast.input);
    case 'binary':
      return binary(ast, ast.operator, context);
    case 'is null':
      return { op: 'is null', input: bind(ast.input), negated: ast.negated, type: BOOLEAN };
    case 'between': {
      const input = bind(ast.input);
      const low = compare('>=', [input, ast.input], [bind(ast.low), ast.low], ast.place);
      const high = compare('<=', [input, ast.input], [bind(ast.high), ast.high], ast.place);
      return inverted({ op: 'and', left: low, right: high, type: BOOLEAN }, ast.negated);
    }
    case 'in': {
      const input = bind(ast.input);
      const equal = ast.list.map((one) => compare('=', [input, ast.input], [bind(one), one], one.place));
      return inverted(anyOf(equal), ast.negated);
    }
    case 'in query':
    case 'exists':
      return fail(ast.place, {
        what: 'a condition with a subquery is a join of its own',
        expected: 'it between the ANDs of WHERE',
        found: shown(ast),
        hint: 'Write WHERE EXISTS (SELECT …) AND …: neither under OR, nor in ON, HAVING or the SELECT list.',
      });
    case 'distinct':
      return distinct(ast, context);
    case 'case':
      return caseOf(ast, context);
    case 'cast':
      return castOf(bind(ast.input), ast.type, ast);
    case 'call':
      return call(ast, context);
  }
}

const inverted = (input: Expression, negated: boolean): Expression =>
  negated ? { op: 'not', input, type: BOOLEAN } : input;

/** OR as a balanced tree: a long IN list must not become a deep one. */
function anyOf(conditions: Expression[]): Expression {
  if (conditions.length === 1) return conditions[0];
  const half = conditions.length >> 1;
  return { op: 'or', left: anyOf(conditions.slice(0, half)), right: anyOf(conditions.slice(half)), type: BOOLEAN };
}

function tooLarge(ast: Ast): never {
  return fail(ast.place, {
    what: 'the number has more digits than are held exactly',
    expected: 'at most 15 digits',
    found: shown(ast),
    hint: 'Write it with an exponent, such as 1e20: then it is a DOUBLE.',
  });
}

function binary(ast: Ast & { ast: 'binary' }, operator: BinaryOperator, context: Context): Expression {
  if (operator === 'AND' || operator === 'OR') {
    const left = bindCondition(ast.left, context);
    const right = bindCondition(ast.right, context);
    return { op: operator === 'AND' ? 'and' : 'or', left, right, type: BOOLEAN };
  }
  const left = bindExpression(ast.left, context);
  const right = bindExpression(ast.right, context);
  if (operator === '||') return concat([left, right], [ast.left, ast.right]);
  const comparison = COMPARISONS.find((one) => one === operator);
  if (comparison) return compare(comparison, [left, ast.left], [right, ast.right], ast.place);
  return arithmetic(operator as '+', left, right, ast);
}

/** IS [NOT] DISTINCT FROM: two nulls are the same, a null and a value are not. */
function distinct(ast: Ast & { ast: 'distinct' }, context: Context): Expression {
  const left: Typed = [bindExpression(ast.left, context), ast.left];
  const right: Typed = [bindExpression(ast.right, context), ast.right];
  const equal = compare('=', left, right, ast.place) as Expression & { op: 'compare' };
  const isNull = (input: Expression): Expression => ({ op: 'is null', input, negated: false, type: BOOLEAN });
  const branches = [
    { when: isNull(equal.left), then: isNull(equal.right) },
    { when: isNull(equal.right), then: literal(false, BOOLEAN) },
  ];
  const same = markNullSafe({ op: 'case', branches, otherwise: equal, type: BOOLEAN }, equal);
  return inverted(same, !ast.negated);
}

/** CASE in both forms; `CASE x WHEN a` compares x with a. */
function caseOf(ast: Ast & { ast: 'case' }, context: Context): Expression {
  const { subject } = ast;
  const value = subject && bindExpression(subject, context);
  const whens = ast.branches.map(({ when }) =>
    subject && value
      ? compare('=', [value, subject], [bindExpression(when, context), when], when.place)
      : bindCondition(when, context),
  );
  const results = [...ast.branches.map(({ then }) => then), ...(ast.otherwise ? [ast.otherwise] : [])];
  return choose(
    whens,
    results.map((one) => [bindExpression(one, context), one]),
    ast.place,
  );
}

function call(ast: AggregateAst, context: Context): Expression {
  const name = ast.name.text;
  if (AGGREGATES.has(name) || name === ROW_NUMBER) return context.aggregate(ast);
  const refused = REFUSED_FUNCTIONS.get(name);
  if (refused) fail(ast.name.place, { ...refused, expected: 'a function that this engine has', found: name });
  const scalar = FUNCTIONS.get(name);
  const sugar = SUGAR.get(name);
  if (!scalar && !sugar) unknownFunction(ast);
  const extra = ast.over ? 'OVER' : ast.filter ? 'FILTER' : ast.distinct ? 'DISTINCT' : ast.star ? '*' : null;
  if (extra) {
    fail(ast.place, {
      what: `${name} is no aggregate`,
      expected: `${name}(…) alone`,
      found: extra,
      hint: `Only aggregates such as COUNT and SUM take ${extra}.`,
    });
  }
  const { least, most } = sugar ?? { least: 1, most: scalar!.many ? 100 : 1 };
  const count = ast.arguments.length;
  if (count < least || count > most) {
    const expected =
      least === most ? `${least} ${least === 1 ? 'argument' : 'arguments'}` : `at least ${least} argument`;
    fail(ast.place, {
      what: `${name} takes ${expected}`,
      expected,
      found: String(count),
      hint: (sugar ?? scalar)!.detail.replace(/^/, 'Write ') + '.',
    });
  }
  const ofTime = OF_TIME.get(name);
  if (ofTime) return ofTime(ast, (one) => bindExpression(one, context));
  const inputs = ast.arguments.map((one) => bindExpression(one, context));
  if (sugar)
    return SUGARED[name as keyof typeof SUGARED](
      inputs.map((one, i) => [one, ast.arguments[i]]),
      ast,
    );
  if (name === 'CONCAT') return concat(inputs, ast.arguments);
  const { takes, type } = scalar!;
  const input = inputs[0].type === INTERVAL ? convert(inputs[0], BIGINT)! : inputs[0];
  const at = ast.arguments[0];
  const wanted = takes === 'text' ? STRING : takes === 'double' || input.type === UNTYPED ? DOUBLE : input.type;
  if (takes !== 'text' && !['number', 'null'].includes(familyOf(input.type))) as(input, DOUBLE, at, 'a number');
  const value = as(input, wanted, at, takes === 'text' ? 'a text' : 'a number');
  return { op: 'call', name: scalar!.name, inputs: [value], type: type(value.type) };
}

function unknownFunction({ name }: AggregateAst): never {
  const known = [...AGGREGATES.keys(), ROW_NUMBER, ...FUNCTIONS.keys(), ...SUGAR.keys()];
  return fail(name.place, {
    what: `there is no function ${name.text}`,
    ...unknownName(name.text, known, 'functions'),
    expected: nearest(name.text, known) ?? 'a function',
  });
}

/** Functions whose first argument is a unit of time, not a value. */
const OF_TIME = new Map([
  ['TIMESTAMPDIFF', timestampDiff],
  ['EXTRACT', extract],
]);

const SUGARED = {
  COALESCE: (inputs: Typed[], ast: AggregateAst): Expression => {
    const whens = inputs
      .slice(0, -1)
      .map(([input]): Expression => ({ op: 'is null', input, negated: true, type: BOOLEAN }));
    return whens.length ? choose(whens, inputs, ast.place) : inputs[0][0];
  },
  NULLIF: ([one, other]: Typed[], ast: AggregateAst): Expression =>
    choose([compare('=', one, other, ast.place)], [[literal(null, UNTYPED), ast], one], ast.place),
  IF: ([[condition, at], one, other]: Typed[], ast: AggregateAst): Expression =>
    choose([as(condition, BOOLEAN, at, 'a condition')], [one, other], ast.place),
  MOD: ([[left, a], [right, b]]: Typed[], ast: AggregateAst): Expression =>
    arithmetic('%', left, right, { ast: 'binary', operator: '%', left: a, right: b, place: ast.place }),
};

/** `input` where the context wants nothing special: a bare NULL is a STRING then, an interval BIGINT ms. */
export function plain(input: Expression): Expression {
  return input.type === UNTYPED ? literal(null, STRING) : input;
}
