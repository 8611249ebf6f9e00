import {
  BIGINT,
  DOUBLE,
  Dictionary,
  TidemarkError,
  decimal,
  field,
  isExact,
  isNumeric,
  writeValue,
  type Column,
  type ColumnType,
  type Field,
  type Schema,
  type Table,
} from '../model';
import { type AggregateCall, type Expression } from '../sql/plan';
import { ACCUMULATORS, extreme, extremeText, type Accumulator, type Values } from './accumulators';
import { realDeviation, realSquares, realSum, wholeDeviation } from './exact';
import { compile, compilePredicate, isNullable, type Evaluator } from './expression';
import { powerOfTen, scaleOf } from './expression/numeric';
import { momentsKernel, rowsKernel, sumKernel } from './kernels';

/**
 * How the aggregates of one operator are held and worked out. The state of a group is `stride` Float64 slots of one
 * shared array; slot 0 is its number of rows. Calls over the same argument and filter share what they can: AVG, SUM,
 * COUNT and STDDEV of one column need only n, Σx and Σx². All state is exact (`exact.ts`), so the order of adding,
 * removing and merging never shows in a result.
 *
 * To add an aggregate: its name in `sql/plan.ts`, what it needs in `NEEDS`, how it ends in `resultOf`.
 */
export interface AggregateLayout {
  stride: number;
  /** What a state row shows people: `n`, `SUM(amount)`, … */
  fields: Field[];
  /** Texts of string fields (MIN, MAX): `stateValues` gives codes of these. null for every other field. */
  dictionaries: (Dictionary | null)[];
  /** False as soon as MIN or MAX is in it. */
  retractable: boolean;
  /** Where the state is [rows, Σx] of one whole-number column without nulls: that column's index. Else -1. */
  soleSum: number;
  init(state: Float64Array, base: number): void;
  /** Adds rows [from, to): row i goes to the group whose slots start at `bases[i]`; a negative base skips the row. */
  add(state: Float64Array, bases: Int32Array, batch: Table, from: number, to: number): void;
  /** Takes rows back. Throws a TidemarkError where the layout is not retractable. */
  remove(state: Float64Array, bases: Int32Array, batch: Table, from: number, to: number): void;
  merge(into: Float64Array, intoBase: number, from: Float64Array, fromBase: number): void;
  /** Writes the results of `count` groups, whose slots start at `bases[0 …]`, into the given columns, from row `row` on. */
  results(state: Float64Array, bases: Int32Array, count: number, columns: Column[], row: number): void;
  /** The same for one group. */
  result(state: Float64Array, base: number, columns: Column[], row: number): void;
  /** One number per entry of `fields`; NaN for null. */
  stateValues(state: Float64Array, base: number): number[];
  /** The same numbers, written to the start of `into`. */
  readState(state: Float64Array, base: number, into: Float64Array): void;
  /** No row is in it. */
  isEmpty(state: Float64Array, base: number): boolean;
}

type Need = 'count' | 'sum' | 'squares' | 'MIN' | 'MAX';

const NEEDS: Record<AggregateCall['name'], Need[]> = {
  COUNT: ['count'],
  SUM: ['count', 'sum'],
  AVG: ['count', 'sum'],
  MIN: ['MIN'],
  MAX: ['MAX'],
  STDDEV_SAMP: ['count', 'sum', 'squares'],
  STDDEV_POP: ['count', 'sum', 'squares'],
};

/** Calls over one argument and filter, and where their slots are. */
interface Source {
  argument: Expression | null;
  type: ColumnType;
  text: string;
  evaluate: Evaluator | null;
  filter: ((batch: Table, from: number, to: number) => Uint8Array) | null;
  nullable: boolean;
  parts: Partial<Record<Need, Part>>;
}

interface Part {
  accumulator: Accumulator;
  offset: number;
  /** A string part's texts. */
  dictionary: Dictionary | null;
}

/** Throws a TidemarkError for calls that have no meaning here (DISTINCT, sums of text). */
export function layoutOf(calls: AggregateCall[], inputSchema: Schema): AggregateLayout {
  const sources = new Map<string, Source>();
  const sourceOf = calls.map((call) => {
    refuseUnsupported(call);
    const key = JSON.stringify([call.argument, call.filter]);
    let source = sources.get(key);
    if (!source) sources.set(key, (source = newSource(call, inputSchema)));
    return source;
  });
  let stride = 1;
  const fields = [field('n', BIGINT)];
  const read: ((state: Float64Array, base: number) => number)[] = [(state, base) => state[base]];
  const dictionaries: (Dictionary | null)[] = [null];
  for (const need of ['count', 'sum', 'squares', 'MIN', 'MAX'] as const) {
    calls.forEach((call, i) => {
      const source = sourceOf[i];
      if (source.parts[need] || !NEEDS[call.name].includes(need)) return;
      if (need === 'count' && !source.nullable && source.filter === null) {
        // Every row counts, and slot 0 counts the rows.
        source.parts.count = { accumulator: ACCUMULATORS.count, offset: 0, dictionary: null };
        return;
      }
      const part = newPart(need, source, stride);
      source.parts[need] = part;
      stride += part.accumulator.slots;
      fields.push(field(titleOf(need, source), typeOfPart(need, source.type), need === 'MIN' || need === 'MAX'));
      read.push(readerOf(need, source, part));
      dictionaries.push(part.dictionary);
    });
  }
  const owned = [...sources.values()].flatMap((source) => ownParts(source));
  const empty = new Float64Array(stride);
  for (const { accumulator, offset } of owned) empty.fill(accumulator.empty, offset, offset + accumulator.slots);
  const ends = calls.map((call, i) => resultOf(call, sourceOf[i]));
  const { add, remove } = fusedChanges([...sources.values()]) ?? changesOf([...sources.values()]);
  const one = new Int32Array(1);
  const retractable = owned.every(({ accumulator }) => accumulator.remove !== null);

  return {
    stride,
    fields,
    dictionaries,
    retractable,
    soleSum: stride === 2 ? soleSumOf([...sources.values()]) : -1,
    init(state, base) {
      for (let i = 0; i < stride; i += 1) state[base + i] = empty[i];
    },
    add,
    remove(state, bases, batch, from, to) {
      if (!retractable) {
        throw new TidemarkError({
          what: 'MIN and MAX cannot take a row back',
          hint: 'Work the group out again from its rows.',
        });
      }
      remove(state, bases, batch, from, to);
    },
    merge(into, intoBase, from, fromBase) {
      into[intoBase] += from[fromBase];
      for (const { accumulator, offset } of owned) accumulator.merge(into, intoBase + offset, from, fromBase + offset);
    },
    results(state, bases, count, columns, row) {
      for (let i = 0; i < ends.length; i += 1) ends[i](state, bases, count, columns[i], row);
    },
    result(state, base, columns, row) {
      one[0] = base;
      for (let i = 0; i < ends.length; i += 1) ends[i](state, one, 1, columns[i], row);
    },
    stateValues: (state, base) => read.map((one) => one(state, base)),
    readState(state, base, into) {
      for (let i = 0; i < read.length; i += 1) into[i] = read[i](state, base);
    },
    isEmpty: (state, base) => state[base] === 0,
  };
}

function refuseUnsupported({ name, argument, distinct, text }: AggregateCall): void {
  if (distinct && name !== 'MIN' && name !== 'MAX') {
    throw new TidemarkError({
      what: 'DISTINCT is not supported in an aggregate yet',
      where: text,
      hint: 'Leave DISTINCT out.',
    });
  }
  if (argument === null && name !== 'COUNT') {
    throw new TidemarkError({ what: `${name} needs an argument`, where: text, expected: `${name}(column)` });
  }
  const counts = name === 'COUNT' || name === 'MIN' || name === 'MAX';
  if (argument !== null && !counts && !isNumeric(argument.type)) {
    throw new TidemarkError({ what: `${name} works on numbers`, where: text, found: argument.type.name });
  }
}

function newSource({ argument, filter, text }: AggregateCall, schema: Schema): Source {
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

function newPart(need: Need, source: Source, offset: number): Part {
  const text = source.type.name === 'STRING';
  if (need === 'MIN' || need === 'MAX') {
    const dictionary = text ? new Dictionary() : null;
    return { accumulator: dictionary ? extremeText(need, dictionary) : extreme(need), offset, dictionary };
  }
  const real = source.type.name === 'DOUBLE';
  const name = need === 'count' ? need : real ? (`real ${need}` as const) : need;
  return { accumulator: ACCUMULATORS[name], offset, dictionary: null };
}

function ownParts(source: Source): Part[] {
  return Object.values(source.parts).filter((part) => part.offset > 0);
}

function titleOf(need: Need, { text, filter }: Source): string {
  const condition = filter ? ' filtered' : '';
  if (need === 'squares') return `SUM(${text}²)${condition}`;
  return `${need.toUpperCase()}(${text})${condition}`;
}

function typeOfPart(need: Need, type: ColumnType): ColumnType {
  if (need === 'count') return BIGINT;
  if (need === 'MIN' || need === 'MAX') return type;
  if (!isExact(type)) return DOUBLE;
  return type.name === 'DECIMAL' ? decimal(38, need === 'sum' ? type.scale : 2 * type.scale) : BIGINT;
}

function readerOf(need: Need, { type }: Source, { offset }: Part): (state: Float64Array, base: number) => number {
  if (need === 'sum' && !isExact(type)) return (state, base) => realSum(state, base + offset);
  if (need !== 'squares') return (state, base) => state[base + offset];
  // For people: the exact sum may have more digits than a double shows.
  if (isExact(type)) return (state, base) => state[base + offset] + state[base + offset + 1] * 4_503_599_627_370_496;
  return (state, base) => realSquares(state, base + offset);
}

type Change = (state: Float64Array, bases: Int32Array, batch: Table, from: number, to: number) => void;

interface Changes {
  add: Change;
  remove: Change;
}

/** The column behind the one sum that the state holds besides its number of rows. */
function soleSumOf(sources: Source[]): number {
  const [source] = sources.filter((one) => ownParts(one).length > 0);
  const plain = source.parts.sum?.offset === 1 && !source.nullable && source.filter === null && isExact(source.type);
  return plain && source.argument?.op === 'column' ? source.argument.index : -1;
}

/** One loop for everything, for the commonest shapes; null for any other. */
function fusedChanges(sources: Source[]): Changes | null {
  const needing = sources.filter((source) => ownParts(source).length > 0);
  if (needing.length === 0) {
    const { add, remove } = rowsKernel;
    return {
      add: (state, bases, _batch, from, to) => add(state, bases, NO_VALUES, from, to),
      remove: (state, bases, _batch, from, to) => remove(state, bases, NO_VALUES, from, to),
    };
  }
  const [source] = needing;
  const { sum, squares, MIN, MAX } = source.parts;
  const plain = needing.length === 1 && !source.nullable && source.filter === null && isExact(source.type);
  if (!plain || sum?.offset !== 1 || MIN || MAX) return null;
  const { add, remove } = squares ? momentsKernel : sumKernel;
  const evaluate = source.evaluate!;
  const valuesOf = (batch: Table, from: number, to: number): Float64Array => {
    const column = evaluate(batch, from, to);
    refuseNulls(column, source, from, to);
    return column.data as Float64Array;
  };
  return {
    add: (state, bases, batch, from, to) => add(state, bases, valuesOf(batch, from, to), from, to),
    remove: (state, bases, batch, from, to) => remove(state, bases, valuesOf(batch, from, to), from, to),
  };
}

/** One loop per accumulator. */
function changesOf(sources: Source[]): Changes {
  const needing = sources
    .map((source) => ({ source, parts: ownParts(source), mask: new Uint8Array(0) }))
    .filter(({ parts }) => parts.length > 0);
  const change =
    (way: 'add' | 'remove'): Change =>
    (state, bases, batch, from, to) => {
      rowsKernel[way](state, bases, NO_VALUES, from, to);
      for (const one of needing) {
        const { source, parts } = one;
        const kept = source.filter && source.filter(batch, from, to);
        const column = source.evaluate ? source.evaluate(batch, from, to) : NO_COLUMN;
        if (!source.nullable) refuseNulls(column, source, from, to);
        if (kept !== null && one.mask.length < to) one.mask = new Uint8Array(Math.max(to, 2 * one.mask.length));
        const values: Values = { column, mask: bothHold(kept, column.valid, one.mask, from, to) };
        for (const { accumulator, offset } of parts) accumulator[way]!(state, bases, offset, values, from, to);
      }
    };
  return { add: change('add'), remove: change('remove') };
}

const NO_VALUES = new Float64Array(0);
/** The argument of COUNT(*): there is none, and its accumulator looks at no value. */
const NO_COLUMN: Column = { type: BIGINT, data: new Float64Array(0), valid: null, dictionary: null };

function bothHold(
  a: Uint8Array | null,
  b: Uint8Array | null,
  out: Uint8Array,
  from: number,
  to: number,
): Uint8Array | null {
  if (a === null || b === null) return a ?? b;
  for (let i = from; i < to; i += 1) out[i] = a[i] & b[i];
  return out;
}

/** A column declared NOT NULL counts by its rows, so a null in it would be counted: better refused. */
function refuseNulls({ valid }: Column, { text }: Source, from: number, to: number): void {
  if (valid === null) return;
  for (let i = from; i < to; i += 1) {
    if (valid[i] === 0) throw new TidemarkError({ what: 'null in a column that is NOT NULL', where: text });
  }
}

type End = (state: Float64Array, bases: Int32Array, count: number, column: Column, row: number) => void;

/** What a call answers: null over no values; COUNT 0; the sample deviation of fewer than two values null. */
function resultOf({ name }: AggregateCall, { type, parts }: Source): End {
  const exact = isExact(type);
  const unit = powerOfTen(scaleOf(type));
  const count = parts.count?.offset ?? 0;
  const sum = parts.sum?.offset ?? 0;
  const squares = parts.squares?.offset ?? 0;
  const number = (least: number, answer: (state: Float64Array, base: number, n: number) => number): End => {
    return (state, bases, groups, column, row) => {
      const { data } = column;
      for (let i = 0; i < groups; i += 1) {
        const n = state[bases[i] + count];
        if (n < least) writeValue(column, row + i, null);
        else data[row + i] = answer(state, bases[i], n);
      }
      if (column.valid !== null) markValid(column, state, bases, groups, row, count, least);
    };
  };
  switch (name) {
    case 'COUNT':
      return countEnd(count);
    case 'SUM':
      return exact ? sumEnd(count, sum) : number(1, (state, base) => realSum(state, base + sum));
    case 'AVG':
      return number(
        1,
        exact ? (state, base, n) => state[base + sum] / (n * unit) : (state, base, n) => realSum(state, base + sum) / n,
      );
    case 'STDDEV_SAMP':
    case 'STDDEV_POP': {
      const less = name === 'STDDEV_SAMP' ? 1 : 0;
      return number(
        1 + less,
        exact
          ? (state, base, n) =>
              wholeDeviation(n, state[base + sum], state[base + squares], state[base + squares + 1], n - less, unit)
          : (state, base, n) => realDeviation(n, state, base + sum, base + squares, n - less),
      );
    }
    case 'MIN':
    case 'MAX':
      return extremeEnd(parts[name]!);
  }
}

/** The commonest results have loops of their own, without a call for each group. */
function countEnd(count: number): End {
  return (state, bases, groups, column, row) => {
    const { data } = column;
    for (let i = 0; i < groups; i += 1) data[row + i] = state[bases[i] + count];
    if (column.valid !== null) column.valid.fill(1, row, row + groups);
  };
}

function sumEnd(count: number, sum: number): End {
  return (state, bases, groups, column, row) => {
    const { data } = column;
    let empty = 0;
    for (let i = 0; i < groups; i += 1) {
      const base = bases[i];
      data[row + i] = state[base + sum];
      if (state[base + count] === 0) empty += 1;
    }
    if (empty > 0) column.valid ??= new Uint8Array(data.length).fill(1);
    if (column.valid !== null) markValid(column, state, bases, groups, row, count, 1);
  };
}

function extremeEnd({ offset, dictionary }: Part): End {
  return (state, bases, groups, column, row) => {
    for (let i = 0; i < groups; i += 1) {
      const value = state[bases[i] + offset];
      if (!(value === value)) writeValue(column, row + i, null);
      else writeValue(column, row + i, dictionary ? dictionary.strings[value] : value);
    }
  };
}

function markValid(
  { valid }: Column,
  state: Float64Array,
  bases: Int32Array,
  groups: number,
  row: number,
  count: number,
  least: number,
): void {
  for (let i = 0; i < groups; i += 1) valid![row + i] = state[bases[i] + count] < least ? 0 : 1;
}
