import {
  TidemarkError,
  floorTime,
  formatDate,
  formatDecimal,
  formatTime,
  formatType,
  parseTime,
  powerOfTen,
  sameType,
  scaleOf,
  type ColumnType,
} from '../../model';
import { CodeMemo, mapCodes } from '../../model/codeMemo';
import { OutputColumn, type Evaluator } from './evaluator';
import { divideRounding, limitOf, mapNumbers } from './numeric';

const DAY = 86_400_000;

/**
 * CAST, by Flink's rules: to a whole number cuts towards zero, to a decimal rounds half away from zero, a time becomes
 * its UTC day. A number that does not fit is an error; a text that is no such value gives null (TRY_CAST).
 */
export function castTo(input: Evaluator, from: ColumnType, to: ColumnType): Evaluator {
  if (sameType(from, to) && limitOf(from) <= limitOf(to)) return input;
  if (to.name === 'STRING') return from.name === 'STRING' ? input : toText(input, from);
  if (from.name === 'STRING') return fromText(input, to);
  const map = numberCast(from, to);
  return mapNumbers(input, to, map, `CAST(… AS ${formatType(to)})`);
}

function numberCast(from: ColumnType, to: ColumnType): (value: number) => number {
  const scale = scaleOf(from);
  const factor = powerOfTen(scale);
  switch (to.name) {
    case 'BOOLEAN':
      return (value) => (value === 0 ? 0 : 1);
    case 'DOUBLE':
      return scale === 0 ? (value) => value : (value) => value / factor;
    case 'INT':
    case 'BIGINT':
      if (from.name === 'DOUBLE') return Math.trunc;
      return scale === 0 ? (value) => value : (value) => (value - (value % factor)) / factor;
    case 'DECIMAL':
      return toDecimal(from, to);
    case 'DATE':
      return (value) => floorTime(value, DAY);
    default:
      return (value) => value;
  }
}

function toDecimal(from: ColumnType, to: ColumnType & { name: 'DECIMAL' }): (value: number) => number {
  const bound = to.precision < 16 ? powerOfTen(to.precision) : Infinity;
  const fit = (units: number, value: number): number => {
    if (Math.abs(units) < bound) return units;
    throw new TidemarkError({
      what: 'number too large',
      where: `CAST(… AS ${formatType(to)})`,
      expected: `fewer than ${to.precision - to.scale + 1} digits before the point`,
      found: String(from.name === 'DOUBLE' ? value : value / powerOfTen(scaleOf(from))),
    });
  };
  const factor = powerOfTen(Math.abs(to.scale - scaleOf(from)));
  if (from.name === 'DOUBLE') {
    return (value) => fit(value < 0 ? -Math.round(-value * factor) : Math.round(value * factor), value);
  }
  if (to.scale >= scaleOf(from)) return (value) => fit(value * factor, value);
  return (value) => fit(divideRounding(value, factor), value);
}

function toText(input: Evaluator, from: ColumnType): Evaluator {
  const out = new OutputColumn({ name: 'STRING' });
  return (batch, start, end) => {
    const column = input(batch, start, end);
    const codes = out.codes(end);
    out.nullWhere(column, null, start, end);
    for (let i = start; i < end; i += 1) {
      const present = column.valid === null || column.valid[i] === 1;
      codes[i] = present ? out.dictionary!.code(textOf(column.data[i], from)) : 0;
    }
    return out;
  };
}

/** A value as SQL writes it, in ASCII: `-1.50`, `TRUE`, `2026-11-02 10:15:30`. */
export function textOf(value: number, type: ColumnType): string {
  switch (type.name) {
    case 'BOOLEAN':
      return value === 0 ? 'FALSE' : 'TRUE';
    case 'DECIMAL':
      return formatDecimal(value, type.scale, '-');
    case 'DOUBLE':
      return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value);
    case 'DATE':
      return formatDate(value);
    case 'TIMESTAMP':
      return formatTime(value);
    default:
      return String(value);
  }
}

/** Stands for null in a memo, where NaN stands for not asked yet. */
const NO_VALUE = Infinity;

function fromText(input: Evaluator, to: ColumnType): Evaluator {
  const out = new OutputColumn(to);
  const memo = new CodeMemo((text) => valueOfText(text, to));
  let values = new Float64Array(0);
  return (batch, start, end) => {
    const column = input(batch, start, end);
    if (values.length < end) values = new Float64Array(Math.max(end, values.length * 2));
    mapCodes(memo, column, values, start, end);
    out.reserve(end);
    const valid = out.nulls(end);
    for (let i = start; i < end; i += 1) {
      const present = values[i] !== NO_VALUE && (column.valid === null || column.valid[i] === 1);
      valid[i] = present ? 1 : 0;
      out.data[i] = present ? values[i] : 0;
    }
    return out;
  };
}

function valueOfText(text: string, to: ColumnType): number {
  const trimmed = text.trim();
  if (to.name === 'BOOLEAN') {
    const lower = trimmed.toLowerCase();
    return lower === 'true' ? 1 : lower === 'false' ? 0 : NO_VALUE;
  }
  if (to.name === 'TIMESTAMP' || to.name === 'DATE') return timeOfText(trimmed, to);
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(trimmed);
  if (!match || (match[2] === '' && (match[3] ?? '') === '')) return NO_VALUE;
  if (to.name === 'DECIMAL' && match[4] === undefined) return decimalOfText(match, to);
  const number = to.name === 'DOUBLE' ? Number(trimmed) : Math.trunc(Number(trimmed));
  if (to.name === 'DECIMAL') return NO_VALUE;
  return Math.abs(number) <= limitOf(to) ? number + 0 : NO_VALUE;
}

function timeOfText(text: string, to: ColumnType): number {
  // A bare clock time has no day to belong to.
  if (!/^\d{4}-/.test(text)) return NO_VALUE;
  try {
    return to.name === 'DATE' ? floorTime(parseTime(text), DAY) : parseTime(text);
  } catch {
    return NO_VALUE;
  }
}

/** Digit by digit, so that `0.285` at scale 2 rounds as written and not as its nearest double. */
function decimalOfText(
  [, sign, whole, fraction = '']: readonly string[],
  to: ColumnType & { name: 'DECIMAL' },
): number {
  const kept = Number(whole + fraction.slice(0, to.scale).padEnd(to.scale, '0'));
  const units = (fraction[to.scale] ?? '0') >= '5' ? kept + 1 : kept;
  const bound = to.precision < 16 ? powerOfTen(to.precision) : Number.MAX_SAFE_INTEGER;
  if (units >= bound) return NO_VALUE;
  return sign === '-' ? 0 - units : units;
}
