import { writeValue, type Column } from '../model';
import type { Fold, PlacedSlots, Result, Slots } from './aggregate';

/** A number of `n` values, null for fewer than `least`. */
export function numberResult(
  count: PlacedSlots,
  least: number,
  answer: (state: Float64Array, base: number, n: number) => number,
): Result {
  return (state, bases, groups, column, row) => {
    const { data } = column;
    let missing = 0;
    for (let i = 0; i < groups; i += 1) {
      const n = state[bases[i] + count.offset];
      if (n < least) missing += 1;
      data[row + i] = n < least ? 0 : answer(state, bases[i], n);
    }
    markMissing(column, state, bases, groups, row, count.offset, least, missing);
  };
}

/** Σx of whole numbers, or their mean in `unit`s: a loop of its own, without a call for each group. */
export function exactResult(count: PlacedSlots, sum: PlacedSlots, unit: number | null): Result {
  return (state, bases, groups, column, row) => {
    const { data } = column;
    let missing = 0;
    for (let i = 0; i < groups; i += 1) {
      const base = bases[i];
      const n = state[base + count.offset];
      if (n === 0) missing += 1;
      data[row + i] = state[base + sum.offset] / (unit === null || n === 0 ? 1 : n * unit);
    }
    markMissing(column, state, bases, groups, row, count.offset, 1, missing);
  };
}

/** How many values there are: 0 of nothing. */
export function sizeResult({ read }: PlacedSlots): Result {
  return (state, bases, groups, column, row) => {
    for (let i = 0; i < groups; i += 1) column.data[row + i] = read(state, bases[i]) || 0;
    if (column.valid !== null) column.valid.fill(1, row, row + groups);
  };
}

/** A fold over one value that the slots come to, as it is. `type`: that of the value. */
export const valueFold = (
  name: string,
  accumulator: Slots['accumulator'],
  type: Slots['type'] = (argument) => argument,
): Fold => ({
  needs: [{ holds: 'value', title: (argument) => `${name}(${argument})`, type, accumulator }],
  result: ([value]) => valueResult(value),
});

function valueResult({ read, dictionary }: PlacedSlots): Result {
  return (state, bases, groups, column, row) => {
    for (let i = 0; i < groups; i += 1) {
      const value = read(state, bases[i]);
      if (!(value === value)) writeValue(column, row + i, null);
      else writeValue(column, row + i, dictionary ? dictionary.strings[value] : value);
    }
  };
}

/** Makes results of fewer than `least` values null; there are `missing` of them. */
function markMissing(
  column: Column,
  state: Float64Array,
  bases: Int32Array,
  groups: number,
  row: number,
  offset: number,
  least: number,
  missing: number,
): void {
  if (missing > 0) column.valid ??= new Uint8Array(column.data.length).fill(1);
  const { valid } = column;
  if (valid === null) return;
  for (let i = 0; i < groups; i += 1) valid[row + i] = state[bases[i] + offset] < least ? 0 : 1;
}
