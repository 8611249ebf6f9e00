/** The types of columns. How each is held in memory is said in `column.ts`. */
export type ColumnType =
  | { name: 'BOOLEAN' }
  | { name: 'INT' }
  | { name: 'BIGINT' }
  | { name: 'DOUBLE' }
  | { name: 'DECIMAL'; precision: number; scale: number }
  | { name: 'STRING' }
  | { name: 'DATE' }
  | { name: 'TIMESTAMP' };

export interface Field {
  name: string;
  type: ColumnType;
  nullable: boolean;
}

export type Schema = readonly Field[];

export const BOOLEAN: ColumnType = { name: 'BOOLEAN' };
export const INT: ColumnType = { name: 'INT' };
export const BIGINT: ColumnType = { name: 'BIGINT' };
export const DOUBLE: ColumnType = { name: 'DOUBLE' };
export const STRING: ColumnType = { name: 'STRING' };
export const DATE: ColumnType = { name: 'DATE' };
export const TIMESTAMP: ColumnType = { name: 'TIMESTAMP' };
/** Money: `DECIMAL(10,2)`, held as integer cents, shown in €. */
export const MONEY: ColumnType = { name: 'DECIMAL', precision: 10, scale: 2 };
export const decimal = (precision: number, scale: number): ColumnType => ({ name: 'DECIMAL', precision, scale });

export const field = (name: string, type: ColumnType, nullable = false): Field => ({ name, type, nullable });

/** As SQL writes it: `DECIMAL(10,2)`, `TIMESTAMP(3)`. */
export function formatType(type: ColumnType): string {
  if (type.name === 'DECIMAL') return `DECIMAL(${type.precision},${type.scale})`;
  return type.name === 'TIMESTAMP' ? 'TIMESTAMP(3)' : type.name;
}

export function sameType(a: ColumnType, b: ColumnType): boolean {
  return a.name === b.name && (a.name !== 'DECIMAL' || b.name !== 'DECIMAL' || a.scale === b.scale);
}

export const isNumeric = (type: ColumnType): boolean =>
  type.name === 'INT' || type.name === 'BIGINT' || type.name === 'DOUBLE' || type.name === 'DECIMAL';

/** Sums and squares of these are exact integers (cents count as integers). */
export const isExact = (type: ColumnType): boolean => isNumeric(type) && type.name !== 'DOUBLE';

export const scaleOf = (type: ColumnType): number => (type.name === 'DECIMAL' ? type.scale : 0);

/** 10, 100, … for a decimal's scale; exact up to 10²². */
export function powerOfTen(exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent; i += 1) power *= 10;
  return power;
}
