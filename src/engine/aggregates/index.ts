import { AGGREGATES, aggregateOf } from '../../aggregates';
import { type Aggregate, type Slots } from '../../aggregates/aggregate';
import {
  BIGINT,
  TidemarkError,
  field,
  type Column,
  type Dictionary,
  type Field,
  type Schema,
  type Table,
} from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { type AggregateCall } from '../../sql/plan';
import { changesOf, fusedChanges, fusedLoop, soleSumOf } from './changes';
import { fillSlots, foldOf, newSource, ownSlots, place, writeSlots, type Source } from './sources';

/**
 * How the aggregates of one operator are held and worked out. The state of a group is `stride` Float64 slots of one
 * shared array; slot 0 is its number of rows. Calls over the same argument and filter share what they can: AVG, SUM,
 * COUNT and STDDEV of one column need only n, Σx and Σx². All state is exact (`exact.ts`), so the order of adding,
 * removing and merging never shows in a result.
 *
 * Most state is numbers alone. Sets, sorted lists and sketches are objects behind a slot (`aggregates/held.ts`): such a
 * layout's slots belong to one group, end with `init`, and are saved with `save` beside the slots themselves.
 */
export interface AggregateLayout {
  stride: number;
  /** What a state row shows people: `n`, `SUM(amount)`, … */
  fields: Field[];
  /** Texts of string fields (MIN, MAX): `stateValues` gives codes of these. null for every other field. */
  texts: (Dictionary | null)[];
  /** False where one of its calls cannot take rows back, as MIN and MAX, which could if the layout were `retracting`. */
  retractable: boolean;
  /** Whether a group's state is its slots and nothing else, so that slots may be copied and thrown away. */
  flat: boolean;
  /** Where the state is [rows, Σx] of one whole-number column without nulls: that column's index. Else -1. */
  soleSum: number;
  /** Makes the group empty. The slots are fresh (all zero) or were a group's. */
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
  /** Checkpoints: the state of a group as values, in canonical bytes. */
  writeGroup(state: Float64Array, base: number, entry: EntryWriter): void;
  /** Fills an empty group with what `writeGroup` wrote. */
  fillGroup(state: Float64Array, base: number, entry: EntryReader): void;
  /** What the slots refer to; a writer of slots saves this too, and restores it after them. */
  save(writer: StateWriter): void;
  restore(reader: StateReader): void;
}

interface LayoutOptions {
  /** Rows will be taken back, one by one: MIN, MAX, FIRST_VALUE, LAST_VALUE and sketches then keep what is left. */
  retracting?: boolean;
  /** The input column with event time, by which FIRST_VALUE and LAST_VALUE go; -1: rows come in their order. */
  timeColumn?: number;
}

/** Every kind of slots, in the order in which they are laid out. */
const KINDS: Slots[] = (() => {
  const entries: Aggregate[] = Object.values(AGGREGATES);
  const all = new Set(entries.flatMap(({ fold, distinct }) => [fold, distinct].flatMap((one) => one?.needs ?? [])));
  return (['sums', 'value', 'set'] as const).flatMap((holds) => [...all].filter((kind) => kind.holds === holds));
})();

/** Throws a TidemarkError for calls that have no meaning here (LAG, SUM of DISTINCT, sums of text). */
export function layoutOf(
  calls: AggregateCall[],
  inputSchema: Schema,
  { retracting = false, timeColumn = -1 }: LayoutOptions = {},
): AggregateLayout {
  const sources = new Map<string, Source>();
  const folds = calls.map((call) => {
    const key = JSON.stringify([call.argument, call.filter]);
    const fold = foldOf(call);
    let source = sources.get(key);
    if (!source) sources.set(key, (source = newSource(call, inputSchema)));
    return { fold, source };
  });
  let stride = 1;
  const fields = [field('n', BIGINT)];
  const read: ((state: Float64Array, base: number) => number)[] = [(state, base) => state[base]];
  const texts: (Dictionary | null)[] = [null];
  for (const kind of KINDS) {
    for (const { fold, source } of folds) {
      if (source.slots.has(kind) || !fold.needs.includes(kind)) continue;
      const slots = place(kind, source, stride, retracting);
      if (!slots) continue;
      stride += slots.accumulator.slots;
      const title = kind.title(source.text) + (source.filter ? ' filtered' : '');
      fields.push(field(title, kind.type(source.type), kind.holds === 'value'));
      read.push(slots.read);
      texts.push(slots.dictionary);
    }
  }
  const all = [...sources.values()];
  const owned = all.flatMap(ownSlots);
  const empty = new Float64Array(stride);
  for (const { accumulator, offset } of owned) empty.fill(accumulator.empty, offset, offset + accumulator.slots);
  const ends = folds.map(({ fold, source }) =>
    fold.result(
      fold.needs.map((kind) => source.slots.get(kind)!),
      source.type,
    ),
  );
  const byTime = calls.some(({ name }) => aggregateOf(name).byTime);
  const fused = fusedLoop(all);
  const { add, remove } = fused ? fusedChanges(fused) : changesOf(all, byTime ? timeColumn : -1);
  const holders = owned.flatMap(({ objects, offset }) => (objects ? [{ holding: objects, offset }] : []));
  const dictionaries = owned.flatMap((slots) => slots.texts ?? []);
  const one = new Int32Array(1);
  const retractable = owned.every(({ accumulator }) => accumulator.remove !== null);

  return {
    stride,
    fields,
    texts,
    retractable,
    flat: holders.length === 0,
    soleSum: fused ? soleSumOf(fused) : -1,
    init(state, base) {
      for (const { holding, offset } of holders) holding.release(state, base + offset);
      for (let i = 0; i < stride; i += 1) state[base + i] = empty[i];
    },
    add,
    remove(state, bases, batch, from, to) {
      if (!retractable) {
        throw new TidemarkError({
          what: 'this aggregate cannot take a row back',
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
    writeGroup(state, base, entry) {
      entry.number(state[base]);
      for (const slots of owned) writeSlots(slots, state, base, entry);
    },
    fillGroup(state, base, entry) {
      state[base] = entry.number();
      for (const slots of owned) fillSlots(slots, state, base, entry);
    },
    save(writer) {
      for (const dictionary of dictionaries) {
        writer.number(dictionary.strings.length);
        for (const text of dictionary.strings) writer.text(text);
      }
      for (const { holding } of holders) holding.save(writer);
    },
    restore(reader) {
      // A dictionary only grows, so texts have the codes that they had.
      for (const dictionary of dictionaries)
        for (let left = reader.number(); left > 0; left -= 1) dictionary.code(reader.text());
      for (const { holding } of holders) holding.restore(reader);
    },
  };
}
