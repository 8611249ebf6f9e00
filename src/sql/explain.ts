import { formatDate, formatDecimal, formatDuration, formatTime } from '../model';
import { type Ast, type BinaryOperator, TIME_UNITS, type TimeUnit } from './ast';
import { formatExpression, formatName } from './format';
import { UNIT_MS } from './parse-interval';
import {
  type AggregateCall,
  type Expression,
  type Frame,
  type FunctionName,
  type GridShape,
  type WindowShape,
} from './plan';
import { INTERVAL } from './types';
import { sameExpression } from './walk';

/** Functions whose first input is a unit of time: a word, not a text. */
const UNITED: readonly FunctionName[] = ['TIMESTAMPDIFF', 'EXTRACT', 'EXTRACT_SPAN'];

const NOWHERE = { line: 1, column: 1, from: 0, to: 0 };

/** A bound expression as SQL text, for titles: a column that an aggregate made is written as the aggregate. */
export const explainExpression = (one: Expression): string => formatExpression(toAst(one, titleName));

/** The same as text that can be read again. */
export const writeExpression = (one: Expression): string => formatExpression(toAst(one, formatName));

/** A name as titles write it: that of a column that an aggregate made is the call itself. */
export const titleName = (name: string): string => (/^[A-Z_]+\([^()]*\)$/.test(name) ? name : formatName(name));

const binaryAst = (operator: BinaryOperator, left: Ast, right: Ast): Ast => ({
  ast: 'binary',
  operator,
  left,
  right,
  place: NOWHERE,
});

/** Like a number, a name that is written already is text that stands for itself. */
const asWritten = (text: string): Ast => ({ ast: 'number', text, place: NOWHERE });

function toAst(one: Expression, name: (name: string) => string): Ast {
  const inner = (input: Expression): Ast => toAst(input, name);
  const place = NOWHERE;
  switch (one.op) {
    case 'column':
      return asWritten(name(one.name));
    case 'literal':
      return literalAst(one);
    case 'cast':
      return { ast: 'cast', input: inner(one.input), type: one.type, place };
    case 'negate':
      return { ast: 'unary', operator: '-', input: inner(one.input), place };
    case 'not':
      return { ast: 'unary', operator: 'NOT', input: inner(one.input), place };
    case 'is null':
      return { ast: 'is null', input: inner(one.input), negated: one.negated, place };
    case 'arithmetic': {
      // Beside a time, a number of milliseconds is a span.
      const span =
        one.type.name === 'TIMESTAMP' && one.right.op === 'literal' ? { ...one.right, type: INTERVAL } : one.right;
      return binaryAst(one.operator, inner(one.left), inner(span));
    }
    case 'compare':
      return binaryAst(one.operator, inner(one.left), inner(one.right));
    case 'and':
      return binaryAst('AND', inner(one.left), inner(one.right));
    case 'or':
      return listOf(one, inner) ?? binaryAst('OR', inner(one.left), inner(one.right));
    case 'case': {
      const branches = one.branches.map(({ when, then }) => ({ when: inner(when), then: inner(then) }));
      return { ast: 'case', subject: null, branches, otherwise: one.otherwise && inner(one.otherwise), place };
    }
    case 'call': {
      const name = { text: one.name === 'EXTRACT_SPAN' ? 'EXTRACT' : one.name, place };
      const inputs = one.inputs.map((input, i) =>
        i === 0 && input.op === 'literal' && UNITED.includes(one.name) ? asWritten(String(input.value)) : inner(input),
      );
      return { ast: 'call', name, star: false, distinct: false, arguments: inputs, filter: null, over: null, place };
    }
  }
}

/** `x = 1 OR x = 2 …` as the IN list that it was, or null. */
function listOf(one: Expression, inner: (input: Expression) => Ast): Ast | null {
  const equal = leaves(one);
  const [first] = equal;
  if (first.op !== 'compare') return null;
  const same = equal.every(
    (leaf) => leaf.op === 'compare' && leaf.operator === '=' && sameExpression(leaf.left, first.left),
  );
  if (!same) return null;
  const list = equal.map((leaf) => inner((leaf as typeof first).right));
  return { ast: 'in', input: inner(first.left), negated: false, list, place: NOWHERE };
}

const leaves = (one: Expression): Expression[] =>
  one.op === 'or' ? [...leaves(one.left), ...leaves(one.right)] : [one];

function literalAst({ value, type }: Expression & { op: 'literal' }): Ast {
  const place = NOWHERE;
  if (value === null || typeof value === 'boolean') return { ast: 'constant', value, place };
  if (typeof value === 'string') return { ast: 'string', value, place };
  if (type === INTERVAL) return { ast: 'interval', ...largestUnit(value), place };
  if (type.name === 'TIMESTAMP' || type.name === 'DATE') {
    const write = type.name === 'DATE' ? formatDate : formatTime;
    return { ast: 'time', type: type.name, value: write(value), place };
  }
  const text = type.name === 'DECIMAL' ? formatDecimal(Math.abs(value), type.scale) : String(Math.abs(value));
  const number: Ast = { ast: 'number', text, place };
  return value < 0 ? { ast: 'unary', operator: '-', input: number, place } : number;
}

/** The largest unit of which a span is a whole number; else seconds with a fraction. */
function largestUnit(ms: number): { amount: string; unit: TimeUnit } {
  const unit = TIME_UNITS.find((one) => one !== 'SECOND' && ms !== 0 && ms % UNIT_MS[one] === 0);
  if (unit) return { amount: String(ms / UNIT_MS[unit]), unit };
  return { amount: formatDecimal(ms, 3, '-').replace(/\.?0+$/, ''), unit: 'SECOND' };
}

/** `TUMBLE 5 min`, `HOP 1 h every 10 min`. */
export function explainWindow(window: WindowShape): string {
  switch (window.kind) {
    case 'tumble':
      return shifted(window, `TUMBLE ${formatDuration(window.size)}`);
    case 'hop':
      return shifted(window, `HOP ${formatDuration(window.size)} every ${formatDuration(window.slide)}`);
    case 'cumulate':
      return shifted(window, `CUMULATE up to ${formatDuration(window.size)} by ${formatDuration(window.step)}`);
    case 'session':
      return `SESSION gap ${formatDuration(window.gap)}`;
    case 'global':
      return 'everything so far';
  }
}

const shifted = ({ offset }: GridShape, text: string): string =>
  offset ? `${text}, shifted by ${formatDuration(offset)}` : text;

/** `over the last 30 min`, `over this row and the 5 before it`. */
export function explainFrame({ unit, preceding }: Frame): string {
  if (preceding === null) return 'over everything so far';
  if (unit === 'range') return `over the last ${formatDuration(preceding)}`;
  return preceding === 0 ? 'over this row' : `over this row and the ${preceding} before it`;
}

/** `SUM(amount) per card`. */
export const explainCalls = (aggregates: readonly AggregateCall[], keys: readonly Expression[]): string => {
  const by = keys.map(explainExpression).join(', ');
  return [aggregates.map((one) => one.text).join(', '), by && `per ${by}`].filter(Boolean).join(' ');
};
