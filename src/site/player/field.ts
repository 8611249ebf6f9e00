import {
  formatDecimal,
  formatDate,
  formatTime,
  formatType,
  parseTime,
  TidemarkError,
  type ColumnType,
  type Field,
  type Value,
} from '../../model';

/** A value as the reader may type it again. */
export function showField(value: Value, type: ColumnType): string {
  if (value === null) return '';
  switch (type.name) {
    case 'DECIMAL':
      return formatDecimal(Number(value), type.scale).replace('−', '-');
    case 'TIMESTAMP':
      return formatTime(Number(value));
    case 'DATE':
      return formatDate(Number(value));
    default:
      return String(value);
  }
}

/** Reads a typed value in the column's own units. Empty is null, where the column allows it. */
export function readField(text: string, { name, type, nullable }: Field): Value {
  const source = text.trim();
  const fail = (): never => {
    throw new TidemarkError({
      what: `not a value of column ${name}`,
      expected: formatType(type),
      found: JSON.stringify(source),
    });
  };
  if (source === '') return nullable || type.name === 'STRING' ? (type.name === 'STRING' ? '' : null) : fail();
  switch (type.name) {
    case 'STRING':
      return source;
    case 'BOOLEAN':
      return source === 'true' ? true : source === 'false' ? false : fail();
    case 'TIMESTAMP':
    case 'DATE':
      return parseTime(source);
    case 'DECIMAL': {
      const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(source);
      if (!match || (match[3] ?? '').length > type.scale) return fail();
      const units = Number(match[2] + (match[3] ?? '').padEnd(type.scale, '0'));
      return match[1] ? -units : units;
    }
    case 'DOUBLE':
      return Number.isFinite(Number(source)) ? Number(source) : fail();
    default:
      return Number.isSafeInteger(Number(source)) ? Number(source) : fail();
  }
}
