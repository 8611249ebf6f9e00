import { TidemarkError, type ColumnType, type Schema } from '../model';

/** Throws a TidemarkError unless what a caller gave `holds`. */
export function mustBe(
  holds: boolean,
  { what, where, expected, found }: { what: string; where?: string; expected: string; found: unknown },
): asserts holds {
  if (!holds) throw new TidemarkError({ what, where, expected, found: shown(found) });
}

/** A value as JavaScript writes it, so that '10' and 10 look different; the beginning of a long one. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, LONGEST)}'`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value).slice(0, LONGEST);
  try {
    const text = JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one)) ?? 'nothing';
    return text.slice(0, LONGEST);
  } catch {
    // An object that contains itself, or that cannot be read.
    return 'an object that cannot be written down';
  }
}

const LONGEST = 80;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Throws a TidemarkError for what is no list of fields. */
export function checkSchema(where: string, schema: Schema): void {
  const given: unknown = schema;
  mustBe(Array.isArray(given), { what: 'the schema is no list', where, expected: 'a list of fields', found: given });
  for (let i = 0; i < given.length; i += 1) checkField(where, i, given[i]);
}

function checkField(where: string, i: number, field: unknown): void {
  const what = `field ${i} of the schema is no field`;
  mustBe(isObject(field) && typeof field.name === 'string', {
    what,
    where,
    expected: 'a name and a type, as field() makes them',
    found: field,
  });
  mustBe(isType(field.type), {
    what,
    where,
    expected: `${field.name} of a type such as INT or decimal(10, 2)`,
    found: field.type,
  });
  mustBe(field.nullable === undefined || typeof field.nullable === 'boolean', {
    what,
    where,
    expected: `${field.name} with nullable true or false`,
    found: field.nullable,
  });
}

const NAMES: Record<ColumnType['name'], true> = {
  BOOLEAN: true,
  INT: true,
  BIGINT: true,
  DOUBLE: true,
  DECIMAL: true,
  STRING: true,
  DATE: true,
  TIMESTAMP: true,
};

/** Decimals have as many digits as SQL's. */
function isType(type: unknown): boolean {
  if (!isObject(type) || typeof type.name !== 'string' || !Object.hasOwn(NAMES, type.name)) return false;
  if (type.name !== 'DECIMAL') return true;
  const [precision, scale] = [type.precision as number, type.scale as number];
  return (
    [precision, scale].every(Number.isInteger) && scale >= 0 && scale <= precision && precision >= 1 && precision <= 38
  );
}
