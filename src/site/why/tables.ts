import { distinct, type TextTable } from '../../figures/figure';
import { formatClock, formatValue, readRow, type Table } from '../../model';

const TITLES: Record<string, string> = {
  '#time': 'event time',
  '#append': 'arrived',
  '#partition': 'partition',
  '#offset': 'offset',
  '#processing': 'processing time',
  '#start': 'from',
  '#end': 'to',
};
/** Columns that say nothing to a reader. */
const LEFT_OUT = ['#input', '#step'];

/** A table of an answer, ready to read. */
export function textOf(caption: string, table: Table): TextTable {
  const shown = table.schema.map((_, i) => i).filter((i) => !LEFT_OUT.includes(table.schema[i].name));
  const write = (value: ReturnType<typeof readRow>[number], column: number): string => {
    const { type } = table.schema[column];
    if (type.name === 'BOOLEAN') return value ? 'yes' : '';
    return type.name === 'TIMESTAMP' && value !== null
      ? formatClock(Number(value), 'seconds')
      : formatValue(value, type);
  };
  return {
    caption,
    columns: distinct(shown.map((i) => TITLES[table.schema[i].name] ?? table.schema[i].name)),
    rows: Array.from({ length: table.length }, (_, row) => {
      const values = readRow(table, row);
      return shown.map((i) => write(values[i], i));
    }),
  };
}
