import { TidemarkError, isExact, powerOfTen, scaleOf, writeValue, type Column } from '../../model';
import { type AggregateCall } from '../../sql/plan';
import { realDeviation, realSum, wholeDeviation } from '../../aggregates/exact';
import { type Part, type Source } from './sources';

export type End = (state: Float64Array, bases: Int32Array, count: number, column: Column, row: number) => void;

/** What a call answers: null over no values; COUNT 0; the sample deviation of fewer than two values null. */
export function resultOf({ name, distinct }: AggregateCall, { type, parts }: Source): End {
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
      return distinct ? wholeEnd(parts.distinct!) : countEnd(count);
    case 'APPROX_COUNT_DISTINCT':
      return wholeEnd(parts.sketch!);
    case 'SUM':
      return exact ? sumEnd(count, sum) : number(1, (state, base) => realSum(state, base + sum));
    case 'AVG':
      return exact ? meanEnd(count, sum, unit) : number(1, (state, base, n) => realSum(state, base + sum) / n);
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
    case 'FIRST_VALUE':
    case 'LAST_VALUE':
      return valueEnd(parts[name]!);
    case 'LAG':
      throw new TidemarkError({ what: 'LAG is no aggregate of a group' });
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

/** Σx / n in units of the scale; null for no values. */
function meanEnd(count: number, sum: number, unit: number): End {
  return (state, bases, groups, column, row) => {
    const { data } = column;
    let empty = 0;
    for (let i = 0; i < groups; i += 1) {
      const base = bases[i];
      const n = state[base + count];
      data[row + i] = n === 0 ? 0 : state[base + sum] / (n * unit);
      if (n === 0) empty += 1;
    }
    if (empty > 0) column.valid ??= new Uint8Array(data.length).fill(1);
    if (column.valid !== null) markValid(column, state, bases, groups, row, count, 1);
  };
}

/** A number of values: nothing is 0. */
function wholeEnd({ read }: Part): End {
  return (state, bases, groups, column, row) => {
    for (let i = 0; i < groups; i += 1) column.data[row + i] = read(state, bases[i]) || 0;
    if (column.valid !== null) column.valid.fill(1, row, row + groups);
  };
}

function valueEnd({ read, dictionary }: Part): End {
  return (state, bases, groups, column, row) => {
    for (let i = 0; i < groups; i += 1) {
      const value = read(state, bases[i]);
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
