import {
  days,
  Dictionary,
  formatType,
  makeColumn,
  powerOfTen,
  TidemarkError,
  type Column,
  type ColumnType,
  type Field,
  type Schema,
  type Table,
  type Value,
} from '../model';
import { isObject, mustBe, shown } from './givenSchema';

/** The rows of a table: as rows, or by columns. */
export interface GivenRows {
  schema: Schema;
  /** As people write them: decimals in units of their scale (cents), times in ms since the epoch, UTC, as far as a Date. */
  rows?: readonly (readonly Value[])[];
  /** In place of `rows`, one for each field. Typed arrays are read where they are, not copied: leave them unchanged. */
  columns?: readonly ColumnInput[];
}

/** Values in order, or a column as results have them. */
export type ColumnInput = readonly Value[] | Float64Array | ColumnData;

/**
 * A column in memory. `data`: a Float64Array of numbers, days and times, an Int32Array of places in `texts`, or a
 * Uint8Array of conditions (1 is true). `valid`: null or absent where no value is null, else 0 for each null and 1 for
 * each value.
 */
export interface ColumnData {
  data: Float64Array | Int32Array | Uint8Array;
  valid?: Uint8Array | null;
  texts?: readonly string[];
}

/** The input as a table. Throws a TidemarkError for the first value that does not fit the schema. */
export function checkedTable(where: string, { schema, ...input }: GivenRows): Table {
  const [rows, given] = [input.rows ?? null, input.columns ?? null];
  if ((rows === null) === (given === null)) {
    throw new TidemarkError({
      what: 'an input has rows or columns',
      where,
      expected: 'one of both',
      found: rows === null ? 'neither' : 'rows and columns',
    });
  }
  const columns = given === null ? columnsOfRows(where, schema, rows!) : columnsGiven(where, schema, given);
  const length = given === null ? rows!.length : columns.length === 0 ? 0 : columns[0].data.length;
  columns.forEach((column, i) => checkColumn(where, schema[i], column, length));
  return { schema, columns, length };
}

const mustBeList = (where: string, what: string, given: unknown): void =>
  mustBe(Array.isArray(given), { what: `the ${what} are no list`, where, expected: `a list of ${what}`, found: given });

function columnsOfRows(where: string, schema: Schema, rows: NonNullable<GivenRows['rows']>): Column[] {
  mustBeList(where, 'rows', rows);
  const wrong = rows.findIndex((row) => !Array.isArray(row) || row.length !== schema.length);
  if (wrong >= 0) {
    const row: unknown = rows[wrong];
    throw new TidemarkError({
      what: `row ${wrong} does not fit the schema`,
      where,
      expected: `${schema.length} values: ${schema.map(({ name }) => name).join(', ')}`,
      found: Array.isArray(row) ? String(row.length) : shown(row),
    });
  }
  return schema.map((field, i) => columnOfValues(where, field, rows.length, (row) => rows[row][i]));
}

function columnsGiven(where: string, schema: Schema, columns: readonly ColumnInput[]): Column[] {
  mustBeList(where, 'columns', columns);
  if (columns.length !== schema.length) {
    throw new TidemarkError({
      what: 'the columns do not fit the schema',
      where,
      expected: `${schema.length} columns: ${schema.map(({ name }) => name).join(', ')}`,
      found: String(columns.length),
    });
  }
  for (let i = 0; i < columns.length; i += 1) checkInput(where, schema[i], columns[i]);
  const length = lengthOf(columns[0] ?? []);
  return columns.map((given, i) => {
    if (lengthOf(given) !== length) {
      throw new TidemarkError({
        what: 'the columns have not the same length',
        where,
        expected: `${length} values of ${schema[i].name}, as of ${schema[0].name}`,
        found: String(lengthOf(given)),
      });
    }
    if (isList(given)) return columnOfValues(where, schema[i], length, (row) => given[row]);
    return columnOfData(where, schema[i], given instanceof Float64Array ? { data: given } : given);
  });
}

function checkInput(where: string, { name }: Field, given: unknown): void {
  if (Array.isArray(given) || given instanceof Float64Array) return;
  mustBe(isObject(given) && (ArrayBuffer.isView(given.data) || Array.isArray(given.data)), {
    what: `column ${name} is no column`,
    where,
    expected: 'a list of values, a Float64Array, or {data, valid, texts} with data a typed array',
    found: given,
  });
  const { valid, texts } = given as { valid: unknown; texts: unknown };
  mustBe((valid ?? null) === null || valid instanceof Uint8Array, {
    what: `column ${name} does not say what is null in the way that a column does`,
    where,
    expected: 'valid: a Uint8Array with 0 for each null, or null',
    found: valid,
  });
  const isTexts = Array.isArray(texts) && !Array.from(texts).some((text) => typeof text !== 'string');
  mustBe(texts === undefined || isTexts, {
    what: `the texts of column ${name} are not all texts`,
    where,
    expected: 'a list of texts',
    found: texts,
  });
}

const isList = (given: ColumnInput): given is readonly Value[] => Array.isArray(given);
const lengthOf = (given: ColumnInput): number =>
  isList(given) || given instanceof Float64Array ? given.length : given.data.length;

function columnOfData(where: string, { name, type }: Field, { data, valid = null, texts }: ColumnData): Column {
  const { data: wanted } = makeColumn(type, 0);
  const isText = type.name === 'STRING';
  if (texts && new Set(texts).size < texts.length) {
    throw new TidemarkError({
      what: `the texts of column ${name} are not all different`,
      where,
      expected: 'each text once',
      found: `${texts.length - new Set(texts).size} of them again`,
    });
  }
  if (!isThere(data)) {
    throw new TidemarkError({
      what: `the memory of column ${name} is no longer here`,
      where,
      expected: 'an array whose buffer has not been transferred',
      found: 'a detached buffer',
    });
  }
  if (data.constructor === wanted.constructor && isText === (texts !== undefined))
    return { type, data, valid, dictionary: texts ? new Dictionary(texts) : null };
  throw new TidemarkError({
    what: `column ${name} is not held as its type is`,
    where,
    expected: `${wanted.constructor.name} for ${formatType(type)}${isText ? ', with texts' : ''}`,
    found: `${data.constructor.name}${texts ? ' with texts' : ''}`,
  });
}

/** A detached buffer looks like an empty one until a view of it is taken. */
function isThere(data: ColumnData['data']): boolean {
  try {
    return !ArrayBuffer.isView(data) || data.subarray(0, 0).length === 0;
  } catch {
    return false;
  }
}

function columnOfValues(where: string, field: Field, length: number, at: (row: number) => Value): Column {
  const column = makeColumn(field.type, length);
  const { data, dictionary } = column;
  const wanted = JS_TYPES[field.type.name] ?? 'number';
  for (let row = 0; row < length; row += 1) {
    const value = at(row);
    if (value === null) {
      column.valid ??= new Uint8Array(length).fill(1);
      column.valid[row] = 0;
    } else if (typeof value !== wanted) wrongValue(where, field, row, shown(value));
    else data[row] = dictionary ? dictionary.code(value as string) : Number(value);
  }
  return column;
}

const JS_TYPES: Partial<Record<ColumnType['name'], string>> = { STRING: 'string', BOOLEAN: 'boolean' };

function checkColumn(where: string, field: Field, { data, valid, dictionary }: Column, length: number): void {
  if (valid && valid.length < length) wrongValue(where, field, valid.length, 'no flag of validity');
  const flag = valid === null ? length : firstOutside(FLAGS, valid, 0, length);
  if (flag < length) wrongValue(where, field, flag, `a flag of validity ${valid![flag]}`);
  const range = rangeOf(field.type, dictionary);
  for (let row = firstOutside(range, data, 0, length); row < length; row = firstOutside(range, data, row + 1, length))
    if (valid === null || valid[row] === 1) wrongValue(where, field, row, String(data[row]));
  const missing = valid === null || field.nullable ? -1 : valid.subarray(0, length).indexOf(0);
  if (missing >= 0) wrongValue(where, field, missing, 'null');
}

/** As far as a Date goes, ms: windows, waits and lateness have room beyond it. */
const LAST_TIME = 8.64e15;
export const isTime = (value: number): boolean => Number.isInteger(value) && Math.abs(value) <= LAST_TIME;

/** The numbers that are values of a type: multiples of `step`, of anything where it is 0. */
interface Range {
  least: number;
  most: number;
  step: number;
}

const FLAGS: Range = { least: 0, most: 1, step: 1 };

function rangeOf(type: ColumnType, dictionary: Dictionary | null): Range {
  const whole = (most: number, least = -most): Range => ({ least, most, step: 1 });
  switch (type.name) {
    case 'STRING':
      return whole(dictionary!.strings.length - 1, 0);
    case 'BOOLEAN':
      return whole(1, 0);
    case 'DOUBLE':
      return { least: -Infinity, most: Infinity, step: 0 };
    case 'INT':
      return whole(2_147_483_647, -2_147_483_648);
    case 'DECIMAL':
      return whole(Math.min(powerOfTen(type.precision) - 1, Number.MAX_SAFE_INTEGER));
    case 'DATE':
      return { ...whole(LAST_TIME), step: days(1) };
    case 'TIMESTAMP':
      return whole(LAST_TIME);
    default:
      return whole(Number.MAX_SAFE_INTEGER);
  }
}

/** The first row of [from, to) whose number is not in the range; `to` where all are. */
function firstOutside({ least, most, step }: Range, data: Column['data'], from: number, to: number): number {
  let row = from;
  if (step === 1)
    while (row < to && data[row] <= most && data[row] >= least && Math.trunc(data[row]) === data[row]) row += 1;
  else while (row < to && data[row] <= most && data[row] >= least && (step === 0 || data[row] % step === 0)) row += 1;
  return row;
}

function wrongValue(where: string, { name, type, nullable }: Field, row: number, found: string): never {
  throw new TidemarkError({
    what: `row ${row} has a value that its column cannot hold`,
    where,
    expected: `${name} ${formatType(type)}${nullable ? ' or null' : ''}`,
    found,
  });
}
