import {
  TidemarkError,
  formatType,
  formatValue,
  isNumeric,
  readRow,
  sameType,
  scaleOf,
  writeValue,
  type ColumnType,
  type Schema,
  type Table,
} from '../model';
import { explainExpression } from '../sql/explain';
import { shorten } from '../sql/fail';
import { FLIPPED, type Expression } from '../sql/plan';
import { castTo } from './expression/cast';
import { comparison, comparisonWithText } from './expression/compare';
import { OutputColumn, type Evaluator } from './expression/evaluator';
import { caseOf, connective, negation, nullTest } from './expression/logic';
import { arithmetic, mapNumbers, rescaled, rounding } from './expression/numeric';
import { concatenation, lengthOf, mapTexts, measureTexts } from './expression/text';
import { fieldOfSpan, fieldOfTime, timestampDiff } from './expression/time';

export { type Evaluator } from './expression/evaluator';

/**
 * Compiles an expression over rows of `inputSchema` into loops over columns.
 *
 * Three-valued logic goes through `valid`; decimals are whole numbers in units of their scale and stay exact, else a
 * TidemarkError is thrown; `/` gives DOUBLE; a divisor of 0 gives null. A plain column is the batch's own, not a copy.
 */
export function compile(expression: Expression, inputSchema: Schema): Evaluator {
  const evaluate = evaluatorOf(expression, inputSchema);
  if (expression.op === 'column' || expression.op === 'literal') return evaluate;
  return (batch, from, to) => {
    try {
      return evaluate(batch, from, to);
    } catch (thrown) {
      throw thrown instanceof TidemarkError ? withRow(thrown, expression, evaluate, batch, from, to) : thrown;
    }
  };
}

/** The same error with the expression and the row that it was thrown for, found by evaluating row by row. */
function withRow(
  thrown: TidemarkError,
  expression: Expression,
  evaluate: Evaluator,
  batch: Table,
  from: number,
  to: number,
): TidemarkError {
  const row = firstFailing(evaluate, batch, from, to);
  const values = batch.schema.map(({ name, type }, i) => `${name} = ${formatValue(readRow(batch, row)[i], type)}`);
  const { found, ...facts } = thrown.facts;
  return new TidemarkError({
    ...facts,
    where: explainExpression(expression),
    found: `${found ?? 'none'} in the row ${shorten(values.join(', '), 200)}`,
  });
}

function firstFailing(evaluate: Evaluator, batch: Table, from: number, to: number): number {
  for (let row = from; row < to - 1; row += 1) {
    try {
      evaluate(batch, row, row + 1);
    } catch {
      return row;
    }
  }
  return to - 1;
}

function evaluatorOf(expression: Expression, inputSchema: Schema): Evaluator {
  const inner = (one: Expression): Evaluator => evaluatorOf(one, inputSchema);
  switch (expression.op) {
    case 'column':
      return columnOfBatch(expression, inputSchema);
    case 'literal':
      return literal(expression.value, expression.type);
    case 'cast':
      return castTo(inner(expression.input), expression.input.type, expression.type);
    case 'arithmetic':
      return arithmeticOf(expression, inner);
    case 'negate':
      return mapNumbers(inner(expression.input), expression.type, (value) => -value, '-');
    case 'compare':
      return compare(expression, inner);
    case 'and':
    case 'or':
      return connective(expression.op, inner(expression.left), inner(expression.right));
    case 'not':
      return negation(inner(expression.input));
    case 'is null':
      return nullTest(inner(expression.input), expression.negated);
    case 'case':
      return caseOf(
        expression.branches.map(({ when, then }) => ({
          when: inner(when),
          then: converted(then, expression.type, inner),
        })),
        expression.otherwise && converted(expression.otherwise, expression.type, inner),
        expression.type,
      );
    case 'call':
      return call(expression, inner);
  }
}

/** As `compile`, for a condition: 1 where it is true, 0 where it is false or unknown. */
export function compilePredicate(
  expression: Expression,
  schema: Schema,
): (batch: Table, from: number, to: number) => Uint8Array {
  const evaluate = compile(expression, schema);
  let held = new Uint8Array(0);
  return (batch, from, to) => {
    const { data, valid } = evaluate(batch, from, to);
    if (valid === null) return data as Uint8Array;
    if (held.length < to) held = new Uint8Array(Math.max(to, held.length * 2));
    for (let i = from; i < to; i += 1) held[i] = data[i] & valid[i];
    return held;
  };
}

type Inner = (expression: Expression) => Evaluator;
type Of<Op extends Expression['op']> = Extract<Expression, { op: Op }>;

function columnOfBatch({ index, name }: Of<'column'>, schema: Schema): Evaluator {
  if (index < 0 || index >= schema.length) {
    throw new TidemarkError({
      what: 'no such column',
      expected: schema.map((one) => one.name).join(', '),
      found: name,
    });
  }
  return (batch) => batch.columns[index];
}

function literal(value: Of<'literal'>['value'], type: ColumnType): Evaluator {
  const out = new OutputColumn(type);
  return (_batch, _from, to) => {
    if (!out.reserve(to)) return out;
    writeValue(out, 0, value);
    out.data.fill(out.data[0]);
    if (value === null) out.nulls(out.data.length).fill(0);
    return out;
  };
}

/** Evaluates in units of `type`, where the binder left another scale or number type. */
function converted(expression: Expression, type: ColumnType, inner: Inner): Evaluator {
  const evaluate = inner(expression);
  const sameUnits = sameType(expression.type, type) || !isNumeric(expression.type) || !isNumeric(type);
  return sameUnits ? evaluate : castTo(evaluate, expression.type, type);
}

function arithmeticOf({ operator, left, right, type }: Of<'arithmetic'>, inner: Inner): Evaluator {
  if (operator === '/' && type.name !== 'DOUBLE') {
    throw new TidemarkError({ what: 'a quotient is a DOUBLE', expected: 'DOUBLE', found: formatType(type) });
  }
  if (operator === '*' && type.name !== 'DOUBLE') {
    const surplus = scaleOf(left.type) + scaleOf(right.type) - scaleOf(type);
    return rescaled(arithmetic('*', inner(left), inner(right), type), type, surplus, '*');
  }
  // Both sides in the same units need one rounding only.
  if (operator === '/' && sameType(left.type, right.type)) return arithmetic('/', inner(left), inner(right), type);
  return arithmetic(operator, converted(left, type, inner), converted(right, type, inner), type);
}

function compare({ operator, left, right }: Of<'compare'>, inner: Inner): Evaluator {
  if (right.op === 'literal' && right.type.name === 'STRING' && typeof right.value === 'string') {
    return comparisonWithText(operator, inner(left), right.value);
  }
  if (left.op === 'literal' && left.type.name === 'STRING' && typeof left.value === 'string') {
    return comparisonWithText(FLIPPED[operator], inner(right), left.value);
  }
  const type = scaleOf(left.type) >= scaleOf(right.type) ? left.type : right.type;
  const common = left.type.name === 'DOUBLE' || right.type.name === 'DOUBLE' ? ({ name: 'DOUBLE' } as const) : type;
  return comparison(operator, converted(left, common, inner), converted(right, common, inner), common);
}

function call({ name, inputs, type }: Of<'call'>, inner: Inner): Evaluator {
  const [first, second, third] = inputs;
  switch (name) {
    case 'ABS':
      return mapNumbers(converted(first, type, inner), type, Math.abs, name);
    case 'FLOOR':
    case 'CEIL':
      return mapNumbers(inner(first), type, rounding(name, first.type, type), name);
    case 'SQRT':
      return mapNumbers(converted(first, type, inner), type, Math.sqrt, name);
    case 'UPPER':
      return mapTexts(inner(first), (text) => text.toUpperCase());
    case 'LOWER':
      return mapTexts(inner(first), (text) => text.toLowerCase());
    case 'CHAR_LENGTH':
      return measureTexts(inner(first), type, lengthOf);
    case 'CONCAT':
      return concatenation(inputs.map((one) => castTo(inner(one), one.type, { name: 'STRING' })));
    case 'TIMESTAMPDIFF':
      return timestampDiff(unitOf(first), inner(second), inner(third));
    case 'EXTRACT':
      return fieldOfTime(unitOf(first), inner(second));
    case 'EXTRACT_SPAN':
      return fieldOfSpan(unitOf(first), inner(second));
  }
}

/** The binder has settled that it is a unit that the function knows. */
const unitOf = <Unit extends string>(input: Expression): Unit => (input as Of<'literal'>).value as Unit;
