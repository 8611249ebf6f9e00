import { type Accumulator, inCodesOf } from '../../aggregates/accumulators';
import { type Fold, type PlacedSlots, type Slots } from '../../aggregates/aggregate';
import { COUNT_SLOTS, counter } from '../../aggregates/count';
import { type ObjectAccumulator } from '../../aggregates/objectState';
import { aggregateOf } from '../../aggregates';
import { BIGINT, Dictionary, TidemarkError, isNumeric, type ColumnType, type Schema, type Table } from '../../model';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { type AggregateCall, type Expression } from '../../sql/plan';
import { isNullable } from '../../sql/walk';
import { compile, compilePredicate, type Evaluator } from '../expression';

/** Calls over one argument and filter, and where their slots are. */
export interface Source {
  argument: Expression | null;
  type: ColumnType;
  text: string;
  evaluate: Evaluator | null;
  filter: ((batch: Table, from: number, to: number) => Uint8Array) | null;
  nullable: boolean;
  slots: Map<Slots, AccumulatorSlots>;
}

interface AccumulatorSlots extends PlacedSlots {
  accumulator: Accumulator;
  /** Texts that the state has codes of. */
  texts: Dictionary | null;
  /** The accumulator, where it has objects behind its slots. */
  objects: ObjectAccumulator | null;
}

/** What a call over a group keeps and gives. Throws a TidemarkError where it has no meaning there. */
export function foldOf({ name, argument, distinct, text }: AggregateCall): Fold {
  const { fold, star, takes, ...entry } = aggregateOf(name);
  if (fold === null) {
    throw new TidemarkError({
      what: `${name} looks at one earlier row, so it needs rows in order`,
      where: text,
      expected: `${text} OVER (PARTITION BY … ORDER BY …)`,
      hint: 'LAST_VALUE(x) is the latest value of a group.',
    });
  }
  if (distinct && (!entry.distinct || argument === null)) {
    throw new TidemarkError({
      what: `${name} does not take DISTINCT`,
      where: text,
      expected: 'COUNT(DISTINCT x)',
      hint: 'Aggregate a subquery that has each value once: FROM (SELECT … GROUP BY …) AS x.',
    });
  }
  if (argument === null && !star) {
    throw new TidemarkError({ what: `${name} needs an argument`, where: text, expected: `${name}(column)` });
  }
  if (argument !== null && takes === 'number' && !isNumeric(argument.type)) {
    throw new TidemarkError({ what: `${name} works on numbers`, where: text, found: argument.type.name });
  }
  return (distinct && entry.distinct) || fold;
}

export function newSource({ argument, filter, text }: AggregateCall, schema: Schema): Source {
  return {
    argument,
    type: argument?.type ?? BIGINT,
    text: argument?.op === 'column' ? argument.name : insideParentheses(text),
    evaluate: argument && compile(argument, schema),
    filter: filter && compilePredicate(filter, schema),
    nullable: argument !== null && isNullable(argument, (column) => schema[column].nullable),
    slots: new Map(),
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

/** Gives a source its slots of one kind, at `offset`; null where it needs none of its own. */
export function place(kind: Slots, source: Source, offset: number, retracting: boolean): AccumulatorSlots | null {
  const { type, slots, nullable, filter } = source;
  // Slot 0 counts the rows, and every row counts.
  if (kind === COUNT_SLOTS && !nullable && filter === null) {
    slots.set(kind, slotsAt(0, counter, null, null));
    return null;
  }
  // Sums of texts are counts, which look at no value.
  const texts = type.name === 'STRING' && kind.holds !== 'sums' ? new Dictionary() : null;
  const accumulator = kind.accumulator(type, { texts, retracting });
  const placed = slotsAt(offset, accumulator, texts, kind.holds === 'value' ? texts : null);
  slots.set(kind, placed);
  return placed;
}

const slotsAt = (
  offset: number,
  accumulator: Accumulator | ObjectAccumulator,
  texts: Dictionary | null,
  dictionary: Dictionary | null,
): AccumulatorSlots => ({
  accumulator: texts ? inCodesOf(texts, accumulator) : accumulator,
  offset,
  dictionary,
  texts,
  read: (state, base) => accumulator.read(state, base + offset),
  objects: 'release' in accumulator ? accumulator : null,
});

/** Slots of a group as values. Of a text the last slot is its code; all others are numbers. */
export function writeSlots(slots: AccumulatorSlots, state: Float64Array, base: number, entry: EntryWriter): void {
  const { accumulator, objects, texts } = slots;
  const at = base + slots.offset;
  if (objects) return objects.write(state, at, entry, texts);
  accumulator.normalize?.(state, at);
  const last = accumulator.slots - 1;
  entry.numbers(state, at, last);
  entry.coded(state[at + last], texts);
}

export function fillSlots(slots: AccumulatorSlots, state: Float64Array, base: number, entry: EntryReader): void {
  const { accumulator, objects, texts } = slots;
  const at = base + slots.offset;
  if (objects) return objects.fill(state, at, entry, texts);
  const last = accumulator.slots - 1;
  entry.numbers(state, at, last);
  state[at + last] = entry.coded(texts);
}

/** Those that are not the number of rows. */
export const ownSlots = ({ slots }: Source): AccumulatorSlots[] =>
  [...slots.values()].filter(({ offset }) => offset > 0);
