import { type Column, type Dictionary } from '../model';
import { CodeMemo, mapCodes } from '../model/codeMemo';
import { compareTexts } from '../model/textOrder';
import {
  REAL_SLOTS,
  SQUARE_SLOTS,
  addReal,
  addRealSquare,
  addSquare,
  mergeDigits,
  mergeSquares,
  refuseWideSum,
} from './exact';

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
}

export type AccumulatorName = 'count' | 'sum' | 'squares' | 'real sum' | 'real squares';

type Change = (state: Float64Array, at: number, value: number) => void;

/** The loop over the rows that count. */
function each(change: Change): Accumulator['add'] {
  return (state, bases, offset, { column, mask }, from, to) => {
    const { data } = column;
    for (let i = from; i < to; i += 1) {
      if (bases[i] < 0 || (mask !== null && mask[i] === 0)) continue;
      change(state, bases[i] + offset, data[i]);
    }
  };
}

function counting(sign: 1 | -1): Accumulator['add'] {
  return (state, bases, offset, { mask }, from, to) => {
    for (let i = from; i < to; i += 1) {
      if (bases[i] < 0 || (mask !== null && mask[i] === 0)) continue;
      state[bases[i] + offset] += sign;
    }
  };
}

function summing(sign: 1 | -1): Accumulator['add'] {
  return (state, bases, offset, { column, mask }, from, to) => {
    const data = column.data as Float64Array;
    for (let i = from; i < to; i += 1) {
      if (bases[i] < 0 || (mask !== null && mask[i] === 0)) continue;
      const at = bases[i] + offset;
      const sum = state[at] + sign * data[i];
      state[at] = sum;
      if (sum > Number.MAX_SAFE_INTEGER || sum < Number.MIN_SAFE_INTEGER) refuseWideSum(sum);
    }
  };
}

/** Everything that only adds up, by name. See `exact.ts` for what the slots hold. */
export const ACCUMULATORS: Record<AccumulatorName, Accumulator> = {
  count: {
    slots: 1,
    empty: 0,
    add: counting(1),
    remove: counting(-1),
    merge: (into, intoAt, from, fromAt) => {
      into[intoAt] += from[fromAt];
    },
  },
  sum: {
    slots: 1,
    empty: 0,
    add: summing(1),
    remove: summing(-1),
    merge: (into, intoAt, from, fromAt) => {
      into[intoAt] += from[fromAt];
      refuseWideSum(into[intoAt]);
    },
  },
  squares: {
    slots: 2,
    empty: 0,
    add: each((state, at, value) => addSquare(state, at, value, 1)),
    remove: each((state, at, value) => addSquare(state, at, value, -1)),
    merge: mergeSquares,
  },
  'real sum': {
    slots: REAL_SLOTS,
    empty: 0,
    add: each((state, at, value) => addReal(state, at, value, 1)),
    remove: each((state, at, value) => addReal(state, at, value, -1)),
    merge: (into, intoAt, from, fromAt) => mergeDigits(into, intoAt, from, fromAt, REAL_SLOTS),
  },
  'real squares': {
    slots: SQUARE_SLOTS,
    empty: 0,
    add: each((state, at, value) => addRealSquare(state, at, value, 1)),
    remove: each((state, at, value) => addRealSquare(state, at, value, -1)),
    merge: (into, intoAt, from, fromAt) => mergeDigits(into, intoAt, from, fromAt, SQUARE_SLOTS),
  },
};

/** MIN or MAX of numbers and times; NaN where there is none yet. */
export function extreme(name: 'MIN' | 'MAX'): Accumulator {
  const better: Change =
    name === 'MIN'
      ? (state, at, value) => {
          if (!(state[at] <= value)) state[at] = value;
        }
      : (state, at, value) => {
          if (!(state[at] >= value)) state[at] = value;
        };
  return {
    slots: 1,
    empty: NaN,
    add: each(better),
    remove: null,
    merge: (into, intoAt, from, fromAt) => {
      const value = from[fromAt];
      if (value === value) better(into, intoAt, value);
    },
  };
}

/** MIN or MAX of texts. The slot is a code of `dictionary`, as are the values. */
export function extremeText(name: 'MIN' | 'MAX', { strings }: Dictionary): Accumulator {
  const sign = name === 'MIN' ? 1 : -1;
  const better: Change = (state, at, code) => {
    const held = state[at];
    if (!(held === held) || sign * compareTexts(strings[code], strings[held]) < 0) state[at] = code;
  };
  return {
    slots: 1,
    empty: NaN,
    add: each(better),
    remove: null,
    merge: (into, intoAt, from, fromAt) => {
      const code = from[fromAt];
      if (code === code) better(into, intoAt, code);
    },
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
