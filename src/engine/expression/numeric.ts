import { TidemarkError, formatType, powerOfTen, scaleOf, type Column, type ColumnType } from '../../model';
import { type FunctionName } from '../../sql/plan';
import { OutputColumn, type Evaluator } from './evaluator';

/** Largest whole number that a column of this type can hold exactly; for DOUBLE the largest finite number. */
export function limitOf(type: ColumnType): number {
  if (type.name === 'INT') return 2_147_483_647;
  return type.name === 'DOUBLE' ? Number.MAX_VALUE : Number.MAX_SAFE_INTEGER;
}

/** `units / factor`, rounded half away from zero, exactly (no double rounding). */
export function divideRounding(units: number, factor: number): number {
  const rest = units % factor;
  const whole = (units - rest) / factor;
  if (2 * Math.abs(rest) < factor) return whole + 0;
  return units < 0 ? whole - 1 : whole + 1;
}

/** Throws for the first row of [from, to) that is not null and does not fit its type. */
function refuseOverflow(column: Column, from: number, to: number, what: string): void {
  const limit = limitOf(column.type);
  for (let i = from; i < to; i += 1) {
    const value = column.data[i];
    if ((column.valid !== null && column.valid[i] === 0) || (value <= limit && value >= -limit)) continue;
    throw new TidemarkError({
      what: 'number too large',
      where: what,
      expected: `a ${formatType(column.type)} of at most ${limit} units`,
      found: `about ${value}`,
      hint: column.type.name === 'DOUBLE' ? 'Scale the numbers down first.' : 'Work in DOUBLE: CAST(… AS DOUBLE).',
    });
  }
}

type Kernel = (a: Float64Array, b: Float64Array, out: Float64Array, from: number, to: number, limit: number) => boolean;

/** Each kernel returns whether some row, null or not, exceeded the limit. Adding 0 turns −0 into 0. */
const KERNELS: Record<'+' | '-' | '*', Kernel> = {
  '+'(a, b, out, from, to, limit) {
    let past = false;
    for (let i = from; i < to; i += 1) {
      const value = a[i] + b[i];
      out[i] = value;
      if (!(value <= limit && value >= -limit)) past = true;
    }
    return past;
  },
  '-'(a, b, out, from, to, limit) {
    let past = false;
    for (let i = from; i < to; i += 1) {
      const value = a[i] - b[i];
      out[i] = value;
      if (!(value <= limit && value >= -limit)) past = true;
    }
    return past;
  },
  '*'(a, b, out, from, to, limit) {
    let past = false;
    for (let i = from; i < to; i += 1) {
      const value = a[i] * b[i] + 0;
      out[i] = value;
      if (!(value <= limit && value >= -limit)) past = true;
    }
    return past;
  },
};

/** `+` and `-`: both sides in the units of the result. */
export function addition(operator: '+' | '-', left: Evaluator, right: Evaluator, type: ColumnType): Evaluator {
  const out = new OutputColumn(type);
  const kernel = KERNELS[operator];
  const limit = limitOf(type);
  return (batch, from, to) => {
    const a = left(batch, from, to);
    const b = right(batch, from, to);
    out.nullWhere(a, b, from, to);
    const past = kernel(a.data as Float64Array, b.data as Float64Array, out.numbers(to), from, to, limit);
    if (past) refuseOverflow(out, from, to, operator);
    return out;
  };
}

/** `*`: the units of a product have the scales of both sides; what the result's scale lacks is rounded half away from zero. */
export function multiplication(left: Evaluator, right: Evaluator, type: ColumnType, surplusScale: number): Evaluator {
  const out = new OutputColumn(type);
  const limit = limitOf(type);
  const factor = powerOfTen(Math.abs(surplusScale));
  return (batch, from, to) => {
    const a = left(batch, from, to);
    const b = right(batch, from, to);
    out.nullWhere(a, b, from, to);
    const data = out.numbers(to);
    let past = KERNELS['*'](a.data as Float64Array, b.data as Float64Array, data, from, to, limit);
    if (past) refuseOverflow(out, from, to, '*');
    if (surplusScale > 0) for (let i = from; i < to; i += 1) data[i] = divideRounding(data[i], factor);
    if (surplusScale < 0) {
      for (let i = from; i < to; i += 1) {
        data[i] *= factor;
        if (Math.abs(data[i]) > limit) past = true;
      }
      if (past) refuseOverflow(out, from, to, '*');
    }
    return out;
  };
}

/**
 * `/` gives DOUBLE, for whole numbers and decimals too (both sides in the same units, so one rounding), and null for a
 * divisor of 0. `%` has the sign of the dividend and is null for 0.
 */
export function division(operator: '/' | '%', left: Evaluator, right: Evaluator, type: ColumnType): Evaluator {
  const out = new OutputColumn(type);
  return (batch, from, to) => {
    const a = left(batch, from, to);
    const b = right(batch, from, to);
    const dividend = a.data as Float64Array;
    const divisor = b.data as Float64Array;
    const data = out.numbers(to);
    out.nullWhere(a, b, from, to);
    let zeros = false;
    for (let i = from; i < to; i += 1) {
      if (divisor[i] === 0) {
        zeros = true;
        data[i] = 0;
      } else {
        data[i] = (operator === '/' ? dividend[i] / divisor[i] : dividend[i] % divisor[i]) + 0;
      }
    }
    if (zeros) markZeros(out, divisor, from, to);
    if (operator === '/') refuseOverflow(out, from, to, operator);
    return out;
  };
}

function markZeros(out: OutputColumn, divisor: Float64Array, from: number, to: number): void {
  const known = out.valid;
  const valid = out.nulls(to);
  for (let i = from; i < to; i += 1) valid[i] = divisor[i] !== 0 && (known === null || known[i] === 1) ? 1 : 0;
}

/** A function of one number, row by row; null for null. */
export function mapNumbers(
  input: Evaluator,
  type: ColumnType,
  map: (value: number) => number,
  what: string,
): Evaluator {
  const out = new OutputColumn(type);
  const limit = limitOf(type);
  return (batch, from, to) => {
    const column = input(batch, from, to);
    const values = column.data;
    out.reserve(to);
    const data = out.data;
    out.nullWhere(column, null, from, to);
    const { valid } = out;
    let past = false;
    for (let i = from; i < to; i += 1) {
      const value = valid === null || valid[i] === 1 ? map(values[i]) + 0 : 0;
      data[i] = value;
      if (!(value <= limit && value >= -limit)) past = true;
    }
    if (past) refuseOverflow(out, from, to, what);
    return out;
  };
}

/** SQRT of a negative number is null, as there is no such number. */
export function squareRoot(input: Evaluator, type: ColumnType): Evaluator {
  const out = new OutputColumn(type);
  return (batch, from, to) => {
    const column = input(batch, from, to);
    const values = column.data as Float64Array;
    const data = out.numbers(to);
    const valid = out.nulls(to);
    for (let i = from; i < to; i += 1) {
      const real = values[i] >= 0 && (column.valid === null || column.valid[i] === 1);
      valid[i] = real ? 1 : 0;
      data[i] = real ? Math.sqrt(values[i]) : 0;
    }
    return out;
  };
}

/** FLOOR and CEIL of units of `from` as units of `to`, exactly. */
export function rounding(
  name: Extract<FunctionName, 'FLOOR' | 'CEIL'>,
  from: ColumnType,
  to: ColumnType,
): (value: number) => number {
  if (from.name === 'DOUBLE') return name === 'FLOOR' ? Math.floor : Math.ceil;
  const factor = powerOfTen(scaleOf(from));
  const unit = powerOfTen(scaleOf(to));
  return (value) => {
    const rest = value % factor;
    const whole = (value - rest) / factor;
    if (rest === 0) return whole * unit;
    if (name === 'FLOOR') return (rest < 0 ? whole - 1 : whole) * unit;
    return (rest > 0 ? whole + 1 : whole) * unit;
  };
}
