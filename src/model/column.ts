import { grown } from './grown';
import { type ColumnType, type Field, type Schema } from './schema';
import { formatClock, formatDate, formatTime } from './time';

/** A value as people write it: decimals and times as numbers (units of the column), null where there is none. */
export type Value = number | string | boolean | null;

/** Strings by code. Codes are dense, from 0, in order of first sight; a code is never reused. */
export class Dictionary {
  readonly strings: string[];
  /** How long all of them are together. */
  characters = 0;
  private readonly codes: Map<string, number>;

  constructor(strings: readonly string[] = []) {
    this.strings = [...strings];
    this.codes = new Map(this.strings.map((text, code) => [text, code]));
    for (const { length } of this.strings) this.characters += length;
  }

  code(text: string): number {
    let code = this.codes.get(text);
    if (code === undefined) {
      code = this.strings.length;
      this.strings.push(text);
      this.codes.set(text, code);
      this.characters += text.length;
    }
    return code;
  }

  /** The code of a string already seen, or -1. */
  find(text: string): number {
    return this.codes.get(text) ?? -1;
  }
}

/**
 * One column. `data` is a Float64Array for numbers, dates and times (decimals as integers in units of their scale:
 * cents), an Int32Array of dictionary codes for strings and a Uint8Array for booleans. `valid` is null where no
 * value is null, else 1 for a value and 0 for null.
 */
export interface Column {
  type: ColumnType;
  data: Float64Array | Int32Array | Uint8Array;
  valid: Uint8Array | null;
  dictionary: Dictionary | null;
}

/** Columns of equal length. Arrays may be longer than `length`; what lies behind it means nothing. */
export interface Table {
  schema: Schema;
  columns: Column[];
  length: number;
}

export function makeColumn(type: ColumnType, capacity: number, dictionary: Dictionary | null = null): Column {
  switch (type.name) {
    case 'STRING':
      return { type, data: new Int32Array(capacity), valid: null, dictionary: dictionary ?? new Dictionary() };
    case 'BOOLEAN':
      return { type, data: new Uint8Array(capacity), valid: null, dictionary: null };
    default:
      return { type, data: new Float64Array(capacity), valid: null, dictionary: null };
  }
}

export const makeTable = (schema: Schema, capacity = 0): Table => ({
  schema,
  columns: schema.map((one) => makeColumn(one.type, capacity)),
  length: 0,
});

export function isNull(column: Column, row: number): boolean {
  return column.valid !== null && column.valid[row] === 0;
}

export function readValue(column: Column, row: number): Value {
  if (isNull(column, row)) return null;
  if (column.type.name === 'STRING') return column.dictionary!.strings[column.data[row]];
  if (column.type.name === 'BOOLEAN') return column.data[row] !== 0;
  return column.data[row];
}

export function writeNull(column: Column, row: number): void {
  column.valid ??= new Uint8Array(column.data.length).fill(1);
  column.valid[row] = 0;
  column.data[row] = 0;
}

export function writeValue(column: Column, row: number, value: Value): void {
  if (value === null) {
    writeNull(column, row);
    return;
  }
  if (column.valid) column.valid[row] = 1;
  if (column.type.name === 'STRING') column.data[row] = column.dictionary!.code(String(value));
  else column.data[row] = Number(value);
}

export function readRow(table: Table, row: number): Value[] {
  return table.columns.map((column) => readValue(column, row));
}

/** Makes room for at least `capacity` rows, by doubling. */
export function reserve(table: Table, capacity: number): void {
  for (const column of table.columns) {
    if (column.data.length >= capacity) continue;
    const size = Math.max(capacity, column.data.length * 2, 16);
    column.data = grown(column.data, size);
    if (column.valid) column.valid = grown(column.valid, size, 1);
  }
}

export function appendRow(table: Table, values: readonly Value[]): void {
  reserve(table, table.length + 1);
  table.columns.forEach((column, i) => writeValue(column, table.length, values[i]));
  table.length += 1;
}

export function tableOf(schema: Schema, rows: readonly (readonly Value[])[]): Table {
  const table = makeTable(schema, rows.length);
  for (const row of rows) appendRow(table, row);
  return table;
}

/** Rows [from, to) of a column, without copying. */
export const columnView = ({ type, data, valid, dictionary }: Column, from: number, to: number): Column => ({
  type,
  data: data.subarray(from, to),
  valid: valid && valid.subarray(from, to),
  dictionary,
});

export function columnOf(table: Table, name: string): Column {
  const index = table.schema.findIndex((one) => one.name === name);
  if (index < 0) throw new RangeError(`no column ${name}`);
  return table.columns[index];
}

export const columnIndex = (schema: Schema, name: string): number =>
  schema.findIndex((one: Field) => one.name === name);

/** The same in whatever case, as SQL's names are. */
export const columnNamed = (schema: Schema, name: string): number =>
  schema.findIndex((one: Field) => one.name.toLowerCase() === name.toLowerCase());

/** A table with the given rows of another, in the given order. Dictionaries are shared. */
export function takeRows(table: Table, rows: ArrayLike<number>): Table {
  return {
    schema: table.schema,
    length: rows.length,
    columns: table.columns.map((column) => {
      const data = new (column.data.constructor as new (n: number) => typeof column.data)(rows.length);
      for (let i = 0; i < rows.length; i += 1) data[i] = column.data[rows[i]];
      let valid: Uint8Array | null = null;
      if (column.valid) {
        valid = new Uint8Array(rows.length);
        for (let i = 0; i < rows.length; i += 1) valid[i] = column.valid[rows[i]];
      }
      return { type: column.type, data, valid, dictionary: column.dictionary };
    }),
  };
}

/** A value as the page shows it: €, clock times, `–` for null. `day: true` writes the date before a time. */
export function formatValue(value: Value, type: ColumnType, { day = false }: { day?: boolean } = {}): string {
  if (value === null) return '–';
  switch (type.name) {
    case 'DECIMAL':
      return type.scale === 2 ? formatMoney(Number(value)) : formatDecimal(Number(value), type.scale);
    case 'TIMESTAMP':
      return day ? formatTime(Number(value), 'minutes') : formatClock(Number(value));
    case 'DATE':
      return formatDate(Number(value));
    case 'DOUBLE':
      return formatDouble(Number(value));
    default:
      return String(value);
  }
}

const formatMoney = (cents: number): string => `${cents < 0 ? '−' : ''}€${formatDecimal(Math.abs(cents), 2)}`;

/** Cents as text: 4000 at scale 2 is `40.00`. Texts that SQL reads have `-` as their minus. */
export function formatDecimal(units: number, scale: number, minus: '−' | '-' = '−'): string {
  if (scale === 0) return String(units);
  const digits = String(Math.abs(units)).padStart(scale + 1, '0');
  return `${units < 0 ? minus : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** At most four decimals, without trailing zeros. */
function formatDouble(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Math.round(value * 10_000) / 10_000);
}
