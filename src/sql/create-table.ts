import { formatType, type Schema } from '../model';
import { writeExpression } from './explain';
import { formatName, quote } from './format';
import { type Scan } from './plan';

/** The CREATE TABLE text that declares a stream or table, as the page shows it. It reads back as the same scan. */
export function createTable({ table, schema, timeColumn, watermark, primaryKey, options }: Scan): string {
  const lines = columnLines(schema);
  if (watermark) lines.push(`WATERMARK FOR ${formatName(schema[timeColumn].name)} AS ${writeExpression(watermark)}`);
  const keys = primaryKey.map((one) => formatName(schema[one].name));
  if (keys.length) lines.push(`PRIMARY KEY (${keys.join(', ')}) NOT ENFORCED`);
  const settings = Object.entries(options).filter(([key]) => key !== 'connector');
  const list = [['connector', 'tidemark'], ...settings].map(([key, value]) => `${quote(key)} = ${quote(value)}`);
  return `CREATE TABLE ${formatName(table)} (\n  ${lines.join(',\n  ')}\n) WITH (${list.join(', ')});`;
}

function columnLines(schema: Schema): string[] {
  return schema.map((one) => `${formatName(one.name)} ${formatType(one.type)}${one.nullable ? '' : ' NOT NULL'}`);
}
