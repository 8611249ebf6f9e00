import {
  type Column,
  columnIndex,
  columnOf,
  type Field,
  field,
  INT,
  makeColumn,
  type Schema,
  STRING,
  type Table,
} from '../model';
import { FIXTURE_SCHEMAS } from './fixtures';
import { SCHEMAS, type TableName } from './mart/schemas';
import { type StreamSpec } from './scenario';
import { type World } from './world';

/** All tables that a stream may name, with their columns. */
export const SOURCES: Record<string, Schema> = { ...SCHEMAS, ...FIXTURE_SCHEMAS };

/** The table whose fraudulent rows `cc_fraud` names. */
export const LABELLED: TableName = 'credit_card_transactions';

/** A column that no table holds, but that follows from one it does. */
interface Derived {
  field: Field;
  /** The column that it follows from. */
  from: string;
  derive: (from: Column, length: number, world: World) => Column;
}

const DERIVED: Derived[] = [
  { field: field('card', INT), from: 'cc_num', derive: lastDigits },
  { field: field('category', STRING), from: 'merchant_id', derive: categoryOf },
];

/** The fields of a source by name, with those that can be derived, in order. */
function sourceFields(schema: Schema): Schema {
  const has = (name: string): boolean => columnIndex(schema, name) >= 0;
  return [...schema, ...DERIVED.flatMap((one) => (has(one.from) && !has(one.field.name) ? [one.field] : []))];
}

/** Every column that a stream may speak of: those of its table and what follows from them, or the declared ones. */
export function fieldsOf({ table, declared }: StreamSpec): Schema {
  if (table === null) return Object.entries(declared).map(([name, type]) => field(name, type));
  return sourceFields(SOURCES[table]);
}

/** A column of a source table, derived where the table does not hold it. */
export function sourceColumn(table: Table, name: string, world: World): Column {
  if (columnIndex(table.schema, name) >= 0) return columnOf(table, name);
  const derived = DERIVED.find((one) => one.field.name === name)!;
  return derived.derive(columnOf(table, derived.from), table.length, world);
}

/** The last four digits of card numbers. */
function lastDigits(numbers: Column, length: number): Column {
  const column = makeColumn(INT, length);
  const digits = numbers.dictionary!.strings.map((text) => Number(text.slice(-4)));
  for (let row = 0; row < length; row += 1) column.data[row] = digits[numbers.data[row]];
  return column;
}

/** What the merchant of each row sells. */
function categoryOf(merchants: Column, length: number, world: World): Column {
  const details = world.tables.merchant_details;
  const ids = columnOf(details, 'merchant_id');
  const categories = columnOf(details, 'category');
  const byCode = new Int32Array(merchants.dictionary!.strings.length);
  for (let row = 0; row < details.length; row += 1) {
    byCode[merchants.dictionary!.find(ids.dictionary!.strings[ids.data[row]])] = categories.data[row];
  }
  const column = makeColumn(STRING, length, categories.dictionary);
  for (let row = 0; row < length; row += 1) column.data[row] = byCode[merchants.data[row]];
  return column;
}
