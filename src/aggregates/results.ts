import { writeValue, type Column } from '../model';
import type { PlacedSlots, Result } from './aggregate';

/** A number of `n` values, null for fewer than `least`. */
export function numberResult(
  count: PlacedSlots,
  least: number,
  answer: (state: Float64Array, base: number, n: number) => number,
): Result {
  return (state, bases, groups, column, row) => {
    const { data } = column;
    for (let i = 0; i < groups; i += 1) {
      const n = state[bases[i] + count.offset];
      if (n < least) writeValue(column, row + i, null);
      else data[row + i] = answer(state, bases[i], n);
    }
    if (column.valid !== null) markValid(column, state, bases, groups, row, count, least);
  };
}

/** How many values there are: 0 of nothing. */
export function sizeResult({ read }: PlacedSlots): Result {
  return (state, bases, groups, column, row) => {
    for (let i = 0; i < groups; i += 1) column.data[row + i] = read(state, bases[i]) || 0;
    if (column.valid !== null) column.valid.fill(1, row, row + groups);
  };
}

/** What the slots come to, as it is. */
export function valueResult({ read, dictionary }: PlacedSlots): Result {
  return (state, bases, groups, column, row) => {
    for (let i = 0; i < groups; i += 1) {
      const value = read(state, bases[i]);
      if (!(value === value)) writeValue(column, row + i, null);
      else writeValue(column, row + i, dictionary ? dictionary.strings[value] : value);
    }
  };
}

/** Marks groups of fewer than `least` values as null. */
export function markValid(
  { valid }: Column,
  state: Float64Array,
  bases: Int32Array,
  groups: number,
  row: number,
  { offset }: PlacedSlots,
  least: number,
): void {
  for (let i = 0; i < groups; i += 1) valid![row + i] = state[bases[i] + offset] < least ? 0 : 1;
}

/** After a loop that met `empty` groups without values and wrote some number for them. */
export function markEmpty(
  column: Column,
  state: Float64Array,
  bases: Int32Array,
  groups: number,
  row: number,
  count: PlacedSlots,
  empty: number,
): void {
  if (empty > 0) column.valid ??= new Uint8Array(column.data.length).fill(1);
  if (column.valid !== null) markValid(column, state, bases, groups, row, count, 1);
}
