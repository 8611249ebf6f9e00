import { TidemarkError, formatType, powerOfTen, scaleOf, type ColumnType } from '../../model';
import { type FunctionName } from '../../sql/plan';
import { OutputColumn, type Evaluator } from './evaluator';

type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

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

/** Makes null of what is no number, and throws for the first other row of [from, to) that does not fit its type. */
function checkRows(out: OutputColumn, from: number, to: number, what: string): void {
  const { data, type } = out;
  const limit = limitOf(type);
  for (let i = from; i < to; i += 1) {
    const value = data[i];
    if (value !== value) {
      if (out.valid === null) out.nulls(to).fill(1, from, to);
      out.valid![i] = 0;
      data[i] = 0;
    }
    if (out.valid?.[i] === 0 || (value <= limit && value >= -limit)) continue;
    throw new TidemarkError({
      what: 'number too large',
      where: what,
      expected: `a ${formatType(type)} of at most ${limit} units`,
      found: `about ${value}`,
      hint: type.name === 'DOUBLE' ? 'Scale the numbers down first.' : 'Work in DOUBLE: CAST(… AS DOUBLE).',
    });
  }
}

type Kernel = (a: Float64Array, b: Float64Array, out: Float64Array, from: number, to: number, limit: number) => boolean;

/** Each kernel returns whether some row, null or not, is no number within the limit. Adding 0 turns −0 into 0. */
const KERNELS: Record<ArithmeticOperator, Kernel> = {
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
  '/'(a, b, out, from, to, limit) {
    let past = false;
    for (let i = from; i < to; i += 1) {
      const value = b[i] === 0 ? NaN : a[i] / b[i] + 0;
      out[i] = value;
      if (!(value <= limit && value >= -limit)) past = true;
    }
    return past;
  },
  '%'(a, b, out, from, to, limit) {
    let past = false;
    for (let i = from; i < to; i += 1) {
      const value = (a[i] % b[i]) + 0;
      out[i] = value;
      if (!(value <= limit && value >= -limit)) past = true;
    }
    return past;
  },
};

/**
 * Both sides are in the units of the result, except that the units of a product have the scales of both. `/` and `%` are
 * null for a divisor of 0; `%` has the sign of the dividend.
 */
export function arithmetic(
  operator: ArithmeticOperator,
  left: Evaluator,
  right: Evaluator,
  type: ColumnType,
): Evaluator {
  const out = new OutputColumn(type);
  const kernel = KERNELS[operator];
  const limit = limitOf(type);
  return (batch, from, to) => {
    const a = left(batch, from, to);
    const b = right(batch, from, to);
    out.nullWhere(a, b, from, to);
    const past = kernel(a.data as Float64Array, b.data as Float64Array, out.numbers(to), from, to, limit);
    if (past) checkRows(out, from, to, operator);
    return out;
  };
}

/** Takes `surplus` digits behind the point away, rounding half away from zero, or adds them where it is below zero. */
export function rescaled(input: Evaluator, type: ColumnType, surplus: number, what: string): Evaluator {
  if (surplus === 0) return input;
  const factor = powerOfTen(Math.abs(surplus));
  return mapNumbers(input, type, (value) => (surplus > 0 ? divideRounding(value, factor) : value * factor), what);
}

/** A function of one number, row by row; null for null, and where it is no number. */
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
    if (past) checkRows(out, from, to, what);
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
