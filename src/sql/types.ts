import {
  attempt,
  BIGINT,
  type ColumnType,
  days,
  decimal,
  DOUBLE,
  floorTime,
  formatDate,
  formatDecimal,
  formatTime,
  formatType,
  INT,
  isNumeric,
  parseTime,
  powerOfTen,
  sameType,
  scaleOf,
  TIMESTAMP,
} from '../model';
import { type Expression } from './plan';

/**
 * The types of intervals and of a bare NULL. A plan knows neither (BIGINT ms, and the type that the context wants);
 * while names are bound they are told apart from the others by identity.
 */
export const INTERVAL: ColumnType = { name: 'BIGINT' };
export const UNTYPED: ColumnType = { name: 'STRING' };

export type Family = 'number' | 'time' | 'text' | 'boolean' | 'interval' | 'null';

export function familyOf(type: ColumnType): Family {
  if (type === INTERVAL) return 'interval';
  if (type === UNTYPED) return 'null';
  if (isNumeric(type)) return 'number';
  return type.name === 'STRING' ? 'text' : type.name === 'BOOLEAN' ? 'boolean' : 'time';
}

export function nameType(type: ColumnType): string {
  return type === INTERVAL ? 'INTERVAL' : type === UNTYPED ? 'NULL' : formatType(type);
}

/** The type in which values of both types can be compared or stand in one column; null where there is none. */
export function commonType(a: ColumnType, b: ColumnType): ColumnType | null {
  if (a === UNTYPED) return b;
  if (b === UNTYPED) return a;
  const family = familyOf(a);
  if (family !== familyOf(b)) return null;
  if (family === 'number') return commonNumber(a, b);
  return family === 'time' && a.name !== b.name ? TIMESTAMP : a;
}

function commonNumber(a: ColumnType, b: ColumnType): ColumnType {
  if (a.name === 'DOUBLE' || b.name === 'DOUBLE') return DOUBLE;
  if (a.name !== 'DECIMAL' && b.name !== 'DECIMAL')
    return a.name === 'BIGINT' ? BIGINT : b.name === 'BIGINT' ? BIGINT : INT;
  const [one, other] = [digitsOf(a), digitsOf(b)];
  const scale = Math.max(one.scale, other.scale);
  return decimal(Math.min(38, Math.max(one.precision - one.scale, other.precision - other.scale) + scale), scale);
}

/** Precision and scale of an exact number; integers as Flink counts them. */
export function digitsOf(type: ColumnType): { precision: number; scale: number } {
  return type.name === 'DECIMAL' ? type : { precision: type.name === 'INT' ? 10 : 19, scale: 0 };
}

/** Whether CAST knows the way from one type to the other. */
export function castable(from: ColumnType, to: ColumnType): boolean {
  const [one, other] = [familyOf(from), familyOf(to)];
  if (one === 'interval') return other === 'interval' || other === 'number';
  if (other === 'interval') return false;
  return one === other || one === 'null' || one === 'text' || other === 'text';
}

/** `input` as a value of `type`; null where a literal is no such value. The types must be castable. */
export function convert(input: Expression, type: ColumnType): Expression | null {
  if (input.op === 'literal') return convertLiteral(input.value, input.type, type);
  const asNumber = input.type === INTERVAL && type !== INTERVAL;
  if (sameType(input.type, type) && !asNumber) return input;
  return { op: 'cast', input, type };
}

type Constant = number | string | boolean | null;

function convertLiteral(value: Constant, from: ColumnType, type: ColumnType): Expression | null {
  const literal = (converted: Constant): Expression => ({ op: 'literal', value: converted, type });
  if (value === null || sameType(from, type)) return literal(value);
  if (type.name === 'STRING') return literal(writeLiteral(value, from));
  if (typeof value === 'string') {
    const read = readLiteral(value, type);
    return read === null ? null : literal(read);
  }
  if (familyOf(type) === 'time') {
    return literal(type.name === 'DATE' ? floorTime(Number(value), days(1)) : Number(value));
  }
  if (type.name === 'BOOLEAN') return literal(value);
  const number = rescale(Number(value), from, type);
  return number === null ? null : literal(number);
}

/** A number of one type in units of another; null where it is too large to be held exactly. */
function rescale(value: number, from: ColumnType, to: ColumnType): number | null {
  const down = scaleOf(from);
  if (to.name === 'DOUBLE') return value / powerOfTen(down);
  const up = scaleOf(to);
  const scaled = up >= down ? value * powerOfTen(up - down) : value / powerOfTen(down - up);
  const size = Math.abs(scaled);
  // Half away from zero between decimals; integers lose their fraction (see `Expression`).
  const whole = to.name === 'DECIMAL' ? Math.floor(size + 0.5) : Math.floor(size);
  const precise = to.name !== 'DECIMAL' || whole < powerOfTen(to.precision);
  const fits = Number.isSafeInteger(whole) && precise && (to.name !== 'INT' || whole <= 2_147_483_648);
  return fits ? (scaled < 0 && whole !== 0 ? -whole : whole) : null;
}

/** A number as written: `12` is INT or BIGINT, `1.50` DECIMAL(3,2), `1e3` DOUBLE; null where it cannot be held exactly. */
export function readNumber(text: string): (Expression & { op: 'literal' }) | null {
  if (/e/i.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? { op: 'literal', value, type: DOUBLE } : null;
  }
  const [whole, fraction] = text.split('.');
  const value = Number(whole + (fraction ?? ''));
  if (!Number.isSafeInteger(value)) return null;
  if (fraction === undefined) return { op: 'literal', value, type: value <= 2_147_483_647 ? INT : BIGINT };
  const precision = Math.max(whole.replace(/^0+/, '').length + fraction.length, 1);
  return precision > 38 ? null : { op: 'literal', value, type: decimal(precision, fraction.length) };
}

/** A time as SQL writes it, with its date; null for anything else. */
export function readTime(text: string, type: 'TIMESTAMP' | 'DATE'): number | null {
  if (text.length > 40 || !/^\s*\d{4}-/.test(text)) return null;
  const time = attempt(() => parseTime(text));
  return time !== null && type === 'DATE' && time % days(1) !== 0 ? null : time;
}

function readLiteral(text: string, type: ColumnType): Constant {
  if (type.name === 'TIMESTAMP' || type.name === 'DATE') return readTime(text, type.name);
  const word = text.trim().toLowerCase();
  if (type.name === 'BOOLEAN') return word === 'true' ? true : word === 'false' ? false : null;
  const match = /^([-+]?)(\d+(?:\.\d*)?|\.\d+)(e[-+]?\d+)?$/.exec(word);
  const number = match && readNumber(match[2] + (match[3] ?? ''));
  return number ? rescale(Number(number.value) * (match[1] === '-' ? -1 : 1), number.type, type) : null;
}

function writeLiteral(value: Constant, type: ColumnType): string {
  if (type.name === 'TIMESTAMP') return formatTime(Number(value));
  if (type.name === 'DATE') return formatDate(Number(value));
  if (type.name === 'DECIMAL') return formatDecimal(Number(value), type.scale, '-');
  return type.name === 'BOOLEAN' ? String(value).toUpperCase() : String(value);
}
