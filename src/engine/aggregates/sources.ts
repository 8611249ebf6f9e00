import {
  BIGINT,
  DOUBLE,
  Dictionary,
  TidemarkError,
  decimal,
  isExact,
  isNumeric,
  type ColumnType,
  type Schema,
  type Table,
} from '../../model';
import { type AggregateCall, type Expression } from '../../sql/plan';
import { ACCUMULATORS, extreme, extremeText, inCodesOf, type Accumulator } from '../../aggregates/accumulators';
import { realSquares, realSum } from '../../aggregates/exact';
import { compile, compilePredicate, isNullable, type Evaluator } from '../expression';
import { compareTexts } from '../../model/textOrder';
import { holding, type HoldingAccumulator } from '../../aggregates/held';
import { DISTINCT, best } from '../../aggregates/multiset';
import { inOrder, oneEnd } from '../../aggregates/ordered';
import { sketch } from '../../aggregates/sketch';

/** What a call needs to be held, in the order of the slots. */
export const ALL_NEEDS = [
  'count',
  'sum',
  'squares',
  'MIN',
  'MAX',
  'FIRST_VALUE',
  'LAST_VALUE',
  'distinct',
  'sketch',
] as const;
export type Need = (typeof ALL_NEEDS)[number];

const NEEDS: Record<Exclude<AggregateCall['name'], 'LAG'>, Need[]> = {
  COUNT: ['count'],
  SUM: ['count', 'sum'],
  AVG: ['count', 'sum'],
  MIN: ['MIN'],
  MAX: ['MAX'],
  STDDEV_SAMP: ['count', 'sum', 'squares'],
  STDDEV_POP: ['count', 'sum', 'squares'],
  FIRST_VALUE: ['FIRST_VALUE'],
  LAST_VALUE: ['LAST_VALUE'],
  APPROX_COUNT_DISTINCT: ['sketch'],
};

export function needsOf({ name, distinct }: AggregateCall): Need[] {
  if (name === 'LAG') return [];
  return name === 'COUNT' && distinct ? ['distinct'] : NEEDS[name];
}

/** Calls over one argument and filter, and where their slots are. */
export interface Source {
  argument: Expression | null;
  type: ColumnType;
  text: string;
  evaluate: Evaluator | null;
  filter: ((batch: Table, from: number, to: number) => Uint8Array) | null;
  nullable: boolean;
  parts: Partial<Record<Need, Part>>;
}

export interface Part {
  accumulator: Accumulator;
  offset: number;
  /** Texts that the answer is a code of. */
  dictionary: Dictionary | null;
  /** Texts that the state has codes of. */
  texts: Dictionary | null;
  /** What the part comes to, for people; of parts that are an answer, NaN for null. */
  read: (state: Float64Array, base: number) => number;
  /** The accumulator, where it has objects behind its slots. */
  holding: HoldingAccumulator | null;
}

export function refuseUnsupported({ name, argument, distinct, text }: AggregateCall): void {
  if (name === 'LAG') {
    throw new TidemarkError({
      what: 'LAG looks at one earlier row, so it needs rows in order',
      where: text,
      expected: `${text} OVER (PARTITION BY … ORDER BY …)`,
      hint: 'LAST_VALUE(x) is the latest value of a group.',
    });
  }
  if (distinct && name !== 'MIN' && name !== 'MAX' && (name !== 'COUNT' || argument === null)) {
    throw new TidemarkError({
      what: `${name} does not take DISTINCT`,
      where: text,
      expected: 'COUNT(DISTINCT x)',
      hint: 'Aggregate a subquery that has each value once: FROM (SELECT … GROUP BY …) AS x.',
    });
  }
  if (argument === null && name !== 'COUNT') {
    throw new TidemarkError({ what: `${name} needs an argument`, where: text, expected: `${name}(column)` });
  }
  const sums = NEEDS[name].includes('sum');
  if (argument !== null && sums && !isNumeric(argument.type)) {
    throw new TidemarkError({ what: `${name} works on numbers`, where: text, found: argument.type.name });
  }
}

export function newSource({ argument, filter, text }: AggregateCall, schema: Schema): Source {
  return {
    argument,
    type: argument?.type ?? BIGINT,
    text: argument?.op === 'column' ? argument.name : insideParentheses(text),
    evaluate: argument && compile(argument, schema),
    filter: filter && compilePredicate(filter, schema),
    nullable: argument !== null && isNullable(argument, schema),
    parts: {},
  };
}

/** `a * b` of `SUM(a * b) FILTER (WHERE …)`, and what stands behind it. */
function insideParentheses(text: string): string {
  const open = text.indexOf('(');
  let depth = 0;
  for (let i = open; i >= 0 && i < text.length; i += 1) {
    if (text[i] === '(') depth += 1;
    if (text[i] === ')') depth -= 1;
    if (depth === 0) return text.slice(open + 1, i);
  }
  return text;
}

/** Slot 0 counts the rows, and every row counts. */
export const rowCount = (): Part => ({
  accumulator: ACCUMULATORS.count,
  offset: 0,
  dictionary: null,
  texts: null,
  read: (state, base) => state[base],
  holding: null,
});

export function newPart(need: Need, { type }: Source, offset: number, retracting: boolean): Part {
  const exact = isExact(type);
  const dictionary = type.name === 'STRING' ? new Dictionary() : null;
  const plain = (accumulator: Accumulator, read: Part['read'] = (state, base) => state[base + offset]): Part => ({
    accumulator: dictionary ? inCodesOf(dictionary, accumulator) : accumulator,
    offset,
    dictionary,
    texts: dictionary,
    read,
    holding: null,
  });
  const held = (accumulator: HoldingAccumulator, answer = dictionary): Part => ({
    accumulator: dictionary ? inCodesOf(dictionary, accumulator) : accumulator,
    offset,
    dictionary: answer,
    texts: dictionary,
    read: (state, base) => accumulator.read(state, base + offset),
    holding: accumulator,
  });
  switch (need) {
    case 'count':
      // Counting looks at no value.
      return { ...plain(ACCUMULATORS.count), accumulator: ACCUMULATORS.count, dictionary: null, texts: null };
    case 'sum':
      if (exact) return plain(ACCUMULATORS.sum);
      return plain(ACCUMULATORS['real sum'], (state, base) => realSum(state, base + offset));
    case 'squares':
      if (!exact) return plain(ACCUMULATORS['real squares'], (state, base) => realSquares(state, base + offset));
      // For people: the exact sum may have more digits than a double shows.
      return plain(
        ACCUMULATORS.squares,
        (state, base) => state[base + offset] + state[base + offset + 1] * 4_503_599_627_370_496,
      );
    case 'MIN':
    case 'MAX':
      if (retracting) return held(holding(best(orderOf(need, dictionary))));
      return plain(dictionary ? extremeText(need, dictionary) : extreme(need));
    case 'FIRST_VALUE':
    case 'LAST_VALUE':
      if (retracting) return held(holding(inOrder(need)));
      return plain(oneEnd(need), (state, base) => state[base + offset + 1]);
    case 'distinct':
      return held(holding(DISTINCT), null);
    case 'sketch':
      return held(holding(sketch(dictionary, retracting)), null);
  }
}

function orderOf(need: 'MIN' | 'MAX', dictionary: Dictionary | null): (a: number, b: number) => number {
  const sign = need === 'MIN' ? 1 : -1;
  if (dictionary === null) return (a, b) => sign * (a - b);
  const { strings } = dictionary;
  return (a, b) => sign * compareTexts(strings[a], strings[b]);
}

export function ownParts(source: Source): Part[] {
  return Object.values(source.parts).filter((part) => part.offset > 0);
}

export function titleOf(need: Need, { text, filter }: Source): string {
  const condition = filter ? ' filtered' : '';
  if (need === 'squares') return `SUM(${text}²)${condition}`;
  if (need === 'distinct') return `COUNT(DISTINCT ${text})${condition}`;
  if (need === 'sketch') return `APPROX_COUNT_DISTINCT(${text})${condition}`;
  return `${need.toUpperCase()}(${text})${condition}`;
}

export function typeOfPart(need: Need, type: ColumnType): ColumnType {
  if (need === 'count' || need === 'distinct' || need === 'sketch') return BIGINT;
  if (isAnswer(need)) return type;
  if (!isExact(type)) return DOUBLE;
  return type.name === 'DECIMAL' ? decimal(38, need === 'sum' ? type.scale : 2 * type.scale) : BIGINT;
}

/** Parts that are null where nothing has counted. */
export const isAnswer = (need: Need): boolean =>
  need === 'MIN' || need === 'MAX' || need === 'FIRST_VALUE' || need === 'LAST_VALUE';
