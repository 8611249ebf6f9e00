import {
  columnNamed,
  formatType,
  parseTime,
  powerOfTen,
  readValue,
  TidemarkError,
  type ColumnType,
  type Schema,
  type Table,
  type Value,
  type Where,
} from '../model';

/** A value as a document writes it, in the units of a column: money in cents, `10:15` on the day of `base`. */
function valueFor(value: Value, type: ColumnType, base: number): Value {
  if (value === null) return null;
  if (type.name === 'TIMESTAMP' || type.name === 'DATE')
    return typeof value === 'string' ? parseTime(value, base) : value;
  if (type.name === 'DECIMAL') return Math.round(Number(value) * powerOfTen(type.scale));
  if (type.name === 'STRING') return String(value);
  if (type.name === 'BOOLEAN') return value === true || value === 'true';
  return Number(value);
}

/** A test for rows whose columns equal the values of `where`. Throws a TidemarkError for a column that is not there. */
export function matcher(
  schema: Schema,
  where: Where | undefined,
  base: number,
): (table: Table, row: number) => boolean {
  const wanted = Object.entries(where ?? {}).map(([name, value]) => {
    const index = columnNamed(schema, name);
    if (index < 0) {
      throw new TidemarkError({
        what: `no column ${name} to choose rows by`,
        expected: schema.map((one) => `${one.name} ${formatType(one.type)}`).join(', '),
        found: name,
      });
    }
    return { index, value: valueFor(value, schema[index].type, base) };
  });
  return (table, row) => wanted.every(({ index, value }) => readValue(table.columns[index], row) === value);
}
