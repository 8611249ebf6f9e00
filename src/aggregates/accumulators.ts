import type { Column, Dictionary } from '../model';
import { CodeMemo, mapCodes } from '../model/codeMemo';

/** Values of one argument over a range of rows; rows with mask 0 do not count. */
export interface Values {
  column: Column;
  mask: Uint8Array | null;
  /** Event time of the rows, for whoever goes by it; null: they are in order as they come. */
  time: Float64Array | null;
}

/**
 * A few Float64 slots that sum something up for one group. Row i goes to the group whose slots start at
 * `bases[i]`; this accumulator's own start `offset` slots behind.
 */
export interface Accumulator {
  slots: number;
  /** Value of every slot of an empty group. */
  empty: number;
  add(state: Float64Array, bases: Int32Array, offset: number, values: Values, from: number, to: number): void;
  /** null: what was added cannot be taken back. */
  remove: Accumulator['add'] | null;
  merge(into: Float64Array, intoAt: number, from: Float64Array, fromAt: number): void;
  /** Brings slots that can hold one value in several ways to the canonical one. */
  normalize?(state: Float64Array, at: number): void;
  /** What the slots come to; NaN for null. */
  read(state: Float64Array, at: number): number;
}

export type Change = (state: Float64Array, at: number, value: number, time: number) => void;

/** The loop over the rows that count. */
export function each(change: Change): Accumulator['add'] {
  return (state, bases, offset, { column, mask, time }, from, to) => {
    const { data } = column;
    for (let i = from; i < to; i += 1) {
      if (bases[i] < 0 || (mask !== null && mask[i] === 0)) continue;
      change(state, bases[i] + offset, data[i], time === null ? 0 : time[i]);
    }
  };
}

/** The accumulator for a string column, whose batches have codes of their own: it sees those of `dictionary`. */
export function inCodesOf<A extends Accumulator>(dictionary: Dictionary, accumulator: A): A {
  const memo = new CodeMemo((text) => dictionary.code(text));
  let codes = new Int32Array(0);
  const translated =
    (way: 'add' | 'remove'): Accumulator['add'] =>
    (state, bases, offset, values, from, to) => {
      if (codes.length < to) codes = new Int32Array(Math.max(to, codes.length * 2));
      mapCodes(memo, values.column, codes, from, to);
      accumulator[way]!(
        state,
        bases,
        offset,
        { ...values, column: { ...values.column, data: codes, dictionary } },
        from,
        to,
      );
    };
  return { ...accumulator, add: translated('add'), remove: accumulator.remove && translated('remove') };
}
