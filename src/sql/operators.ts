import { BIGINT, BOOLEAN, type ColumnType, decimal, DOUBLE, STRING, type TextPlace, TIMESTAMP } from '../model';
import { type Ast } from './ast';
import { fail, shorten } from './fail';
import { formatExpression } from './format';
import { type Comparison, type Expression } from './plan';
import { castable, commonType, convert, digitsOf, type Family, familyOf, INTERVAL, nameType, UNTYPED } from './types';

/** The typing of operators: bound operands in, a node of the plan out, or an error at the operand's place. */

export const literal = (value: number | string | boolean | null, type: ColumnType): Expression => ({
  op: 'literal',
  value,
  type,
});
export const shown = (ast: Ast): string => shorten(formatExpression(ast));

export function noTime(ast: Ast, text: string, type: string): never {
  return fail(ast.place, {
    what: `this is no ${type}`,
    expected: type === 'DATE' ? "a day such as '2026-11-02'" : "a day and a time such as '2026-11-02 10:15:00'",
    found: shorten(`'${text}'`),
    hint: 'Times are UTC; write year, month, day, then hours, minutes and seconds, down to the millisecond.',
  });
}

export type Typed = [bound: Expression, ast: Ast];

/** `input` as `type`, for places that take one type only. */
export function as(input: Expression, type: ColumnType, ast: Ast, expected: string): Expression {
  const fits = input.type === UNTYPED || (familyOf(input.type) === familyOf(type) && commonType(input.type, type));
  const converted = fits ? convert(input, type) : null;
  return (
    converted ??
    fail(ast.place, {
      what: `${shown(ast)} is ${nameType(input.type)}`,
      expected,
      found: nameType(input.type),
      hint:
        type === BOOLEAN
          ? 'Compare it with something, as in x > 10 or x IS NOT NULL.'
          : `Write CAST(… AS ${nameType(type)}).`,
    })
  );
}

export function castOf(input: Expression, type: ColumnType, ast: Ast): Expression {
  const found = nameType(input.type);
  if (!castable(input.type, type)) {
    const hint =
      familyOf(input.type) === 'interval'
        ? 'CAST(… AS BIGINT) is its milliseconds; added to a time it gives a time.'
        : 'CAST to STRING first.';
    fail(ast.place, {
      what: `${found} cannot become ${nameType(type)}`,
      expected: `a type that ${found} has a way to`,
      found: nameType(type),
      hint,
    });
  }
  return convert(input, type) ?? noValue(input, type, ast);
}

function noValue(input: Expression, type: ColumnType, ast: Ast): never {
  if (type.name === 'TIMESTAMP' || type.name === 'DATE') {
    if (input.op === 'literal' && typeof input.value === 'string') noTime(ast, input.value, type.name);
  }
  return fail(ast.place, {
    what: `this value is no ${nameType(type)}`,
    expected: `a value of ${nameType(type)}`,
    found: shown(ast),
    hint: 'Write a value that fits, or another type.',
  });
}

export function negate(input: Expression, ast: Ast): Expression {
  if (familyOf(input.type) !== 'number' && input.type !== INTERVAL) {
    fail(ast.place, {
      what: `a sign in front of ${nameType(input.type)}`,
      expected: 'a number',
      found: nameType(input.type),
      hint: 'Remove the minus sign.',
    });
  }
  if (input.op === 'literal') return literal(input.value === 0 ? 0 : -Number(input.value), input.type);
  return { op: 'negate', input, type: input.type };
}

/** Both sides in one type; a text literal beside a time is read as one, here and now. */
export function compare(operator: Comparison, left: Typed, right: Typed, place: TextPlace): Expression {
  const sides = unify([left, right], place, operator === '=' ? 'compared' : `compared by ${operator}`);
  return { op: 'compare', operator, left: sides.values[0], right: sides.values[1], type: BOOLEAN };
}

/** Values in the one type that they have in common. */
function unify(values: Typed[], place: TextPlace, done: string): { values: Expression[]; type: ColumnType } {
  const time = values.find(([bound]) => familyOf(bound.type) === 'time')?.[0].type;
  let type = UNTYPED;
  for (const [bound, ast] of values) {
    if (time && isText(bound)) continue;
    const wider = commonType(type, bound.type);
    if (!wider) {
      const [one, other] = [nameType(type), nameType(bound.type)];
      fail(place, {
        what: `${one} and ${other} cannot be ${done}`,
        expected: `${one} on both sides`,
        found: `${shown(ast)}, which is ${other}`,
        hint: castHint(type, bound.type),
      });
    }
    type = wider;
  }
  return { type, values: values.map(([bound, ast]) => convert(bound, type) ?? noValue(bound, type, ast)) };
}

const isText = (bound: Expression): boolean => bound.op === 'literal' && typeof bound.value === 'string';

function castHint(one: ColumnType, other: ColumnType): string {
  const has = (family: Family): boolean => familyOf(one) === family || familyOf(other) === family;
  if (has('interval'))
    return "Compare a span of time with another one, such as INTERVAL '5' MINUTE; CAST(… AS BIGINT) is its milliseconds.";
  if (has('time')) return "A time is written TIMESTAMP '2026-11-02 10:15:00', a day DATE '2026-11-02'.";
  if (has('boolean')) return 'A condition stands alone, or behind NOT; a range is written x BETWEEN 1 AND 5.';
  return `Change one side with CAST(… AS ${nameType(familyOf(one) === 'text' ? other : one)}).`;
}

export function arithmetic(
  operator: '+' | '-' | '*' | '/' | '%',
  left: Expression,
  right: Expression,
  ast: Ast & { ast: 'binary' },
): Expression {
  const node = (type: ColumnType, one = left, other = right): Expression => ({
    op: 'arithmetic',
    operator,
    left: one,
    right: other,
    type,
  });
  const to = (input: Expression, type: ColumnType, side: Ast): Expression =>
    convert(input, type) ?? noValue(input, type, side);
  const families = `${familyOf(left.type)} ${operator} ${familyOf(right.type)}`;
  switch (families) {
    case 'time + interval':
    case 'time - interval':
      return node(TIMESTAMP, to(left, TIMESTAMP, ast.left));
    case 'interval + time':
      return node(TIMESTAMP, to(right, TIMESTAMP, ast.right), left);
    case 'time - time':
      return node(INTERVAL, to(left, TIMESTAMP, ast.left), to(right, TIMESTAMP, ast.right));
    case 'interval + interval':
    case 'interval - interval':
      return node(INTERVAL);
    case 'interval / number':
    case 'interval / interval':
      return node(DOUBLE, to(left, DOUBLE, ast.left), to(right, DOUBLE, ast.right));
    case 'interval * number':
      return node(INTERVAL, left, to(wholeOnly(right, ast.right), BIGINT, ast.right));
    case 'number * interval':
      return node(INTERVAL, to(wholeOnly(left, ast.left), BIGINT, ast.left), right);
  }
  for (const [side, at] of [[left, ast.left] as const, [right, ast.right] as const]) {
    if (!(['number', 'null'] as Family[]).includes(familyOf(side.type))) notANumber(operator, side, at, left, right);
  }
  const type = operator === '/' ? DOUBLE : (commonType(left.type, right.type) ?? DOUBLE);
  if (type === UNTYPED) notANumber(operator, left, ast.left, left, right);
  if (operator === '*' && type.name === 'DECIMAL') return product(left, right, ast, node);
  const sum = (operator === '+' || operator === '-') && type.name === 'DECIMAL';
  const result = sum ? decimal(Math.min(38, type.precision + 1), type.scale) : type;
  return node(result, to(left, result, ast.left), to(right, result, ast.right));
}

function wholeOnly(input: Expression, ast: Ast): Expression {
  if (input.type.name === 'INT' || input.type.name === 'BIGINT') return input;
  return fail(ast.place, {
    what: 'a span of time times a fraction',
    expected: 'a whole number',
    found: nameType(input.type),
    hint: 'Write the span in a smaller unit.',
  });
}

function notANumber(operator: string, side: Expression, ast: Ast, left: Expression, right: Expression): never {
  const times = [left, right].some((one) => ['time', 'interval'].includes(familyOf(one.type)));
  const text = familyOf(side.type) === 'text' && operator === '+';
  const hint = times
    ? "A span of time is added as INTERVAL '5' MINUTE, to a time."
    : text
      ? 'Texts are joined with ||.'
      : 'Write CAST(… AS DOUBLE) around it.';
  fail(ast.place, {
    what: `${operator} does not work on ${nameType(side.type)}`,
    expected: 'a number',
    found: `${shown(ast)}, which is ${nameType(side.type)}`,
    hint,
  });
}

/** Decimals keep their own scales in a product, and the scales add up: no digit is lost. */
function product(
  left: Expression,
  right: Expression,
  ast: Ast,
  node: (type: ColumnType, one: Expression, other: Expression) => Expression,
): Expression {
  const sides = [left, right].map((one) => (one.type === UNTYPED ? literal(null, decimal(1, 0)) : one));
  const [one, other] = sides.map((side) => digitsOf(side.type));
  const scale = one.scale + other.scale;
  if (scale > 15) {
    const hint = 'CAST one side to DOUBLE, or to a smaller scale.';
    fail(ast.place, {
      what: 'the product has too many digits behind the point',
      expected: 'at most 15',
      found: String(scale),
      hint,
    });
  }
  const exact = sides.map(
    (side, i) => convert(side, decimal([one, other][i].precision, [one, other][i].scale)) ?? side,
  );
  return node(decimal(Math.min(38, one.precision + other.precision), scale), exact[0], exact[1]);
}

export function concat(inputs: Expression[], asts: Ast[]): Expression {
  const texts = inputs.map((one, i) => castOf(one, STRING, asts[i]));
  return { op: 'call', name: 'CONCAT', inputs: texts, type: STRING };
}

/** A CASE node of bound parts: one result per condition, and perhaps one more for the rest. */
export function choose(whens: Expression[], results: Typed[], place: TextPlace): Expression {
  const { values, type } = unify(results, place, 'results of one CASE');
  const branches = whens.map((when, i) => ({ when, then: values[i] }));
  return { op: 'case', branches, otherwise: values[whens.length] ?? null, type };
}
