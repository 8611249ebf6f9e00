import { formatDuration, formatValue, MAX_TIME, type Schema, type Value } from '../model';
import { METRIC_FACTS, type Query, type Unit } from './document';

/** The unit of a query's answer; `schemaOf` gives the result columns of a sql cell. */
export function queryUnit(query: Query, schemaOf: (id: string) => Schema): Unit {
  switch (query.ask) {
    case 'final':
    case 'pane':
      return schemaOf(query.of).find(({ name }) => name === query.column)?.type ?? 'number';
    case 'metric':
      return METRIC_FACTS[query.metric].unit;
    case 'agrees':
      return 'boolean';
    case 'count':
    case 'panes':
    case 'differences':
      return 'number';
    case 'value':
      return query.unit;
  }
}

/** A value as prose writes it: `€36.00`, `3 h 59 min`, `99 %`, `1,325`, `–` for none. */
export function formatUnit(value: Value, unit: Unit): string {
  if (value === null) return '–';
  switch (unit) {
    case 'duration':
      return formatDuration(twoUnits(Number(value)));
    case 'share':
      return `${Math.round(Number(value) * 1_000) / 10} %`;
    case 'boolean':
      return value ? 'yes' : 'no';
    case 'number':
      return groups(Number(value));
    case 'text':
      return String(value);
    default:
      return unit.name === 'INT' || unit.name === 'BIGINT' ? String(value) : formatValue(value, unit);
  }
}

/** `1,325`, `41.25`: at most four decimals. */
function groups(value: number): string {
  const [whole, part] = String(Math.round(value * 10_000) / 10_000).split('.');
  const marked = whole.length > 3 ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole;
  return part ? `${marked}.${part}` : marked;
}

const SIZES = [86_400_000, 3_600_000, 60_000, 1_000, 1];

/** Rounded to its two largest units, as people write durations: `1 h 12 min`, `2 min 47 s`, `2 s 244 ms`. */
function twoUnits(span: number): number {
  if (Math.abs(span) >= MAX_TIME) return span;
  const largest = SIZES.findIndex((size) => size <= Math.abs(span));
  const least = SIZES[Math.min(largest < 0 ? SIZES.length - 1 : largest + 1, SIZES.length - 1)];
  return Math.round(span / least) * least;
}
