import { type ColumnType, type Schema, type TidemarkError, type Value } from '../model';
import { unknownName } from '../sql/suggest';
import { type Unit } from './document';
import { type Item } from './item';

const CLOCK = /^(\d{4}-\d{2}-\d{2}[ T])?\d{1,2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/;

/** For a name that no column has; `key` where it is one of a map, and stands there. */
export function noColumn(item: Item, name: string, columns: Schema, key?: string): TidemarkError {
  const names = columns.map((one) => one.name);
  const span = key === undefined ? item.span : item.keySpan(key);
  return item.source.error(span, { what: `no column ${name}`, ...unknownName(name, names, 'columns') });
}

/** A written value in units of a column: money as cents, times as ms. `null` stays null. */
export function columnValue(item: Item, type: ColumnType): Value {
  if (item.scalar === null) return null;
  switch (type.name) {
    case 'DECIMAL':
      return decimalUnits(item, type.scale);
    case 'TIMESTAMP':
    case 'DATE':
      return item.time();
    case 'BOOLEAN':
      return truth(item);
    case 'STRING':
      return item.string();
    case 'DOUBLE':
      return item.number();
    default:
      return item.number({ whole: true });
  }
}

/** A written value in a unit: durations as ms, shares from 0 to 1 (or `99 %`). */
export function unitValue(item: Item, unit: Unit): Value {
  if (item.scalar === null) return null;
  if (typeof unit === 'object') return columnValue(item, unit);
  switch (unit) {
    case 'duration':
      return item.duration();
    case 'boolean':
      return item.scalar === 'yes' || item.scalar === 'no' ? item.scalar === 'yes' : truth(item);
    case 'share': {
      const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(item.string());
      return percent ? Number(percent[1]) / 100 : item.number({ min: 0, max: 1 });
    }
    case 'text':
      return item.string();
    case 'number':
      return item.number();
  }
}

function truth(item: Item): boolean {
  if (typeof item.scalar === 'boolean') return item.scalar;
  throw item.error(`${item.name} is not a truth value`, { expected: 'true or false' });
}

/** A value whose column is not known yet: clock times become ms, everything else stays as YAML reads it. */
export function looseValue(item: Item): Value {
  const value = item.scalar;
  if (value === undefined) throw item.error(`${item.name} is not one value`, { expected: 'a number, a time or text' });
  return typeof value === 'string' && CLOCK.test(value) ? item.time() : value;
}

/** `40.00` at scale 2 is 4000, read digit by digit so that nothing is rounded. */
function decimalUnits(item: Item, scale: number): number {
  const match = /^([-−+]?)(\d+)(?:\.(\d+))?$/.exec(item.raw.trim());
  const part = (match?.[3] ?? '').replace(/0+$/, '');
  if (!match || part.length > scale) {
    throw item.error(`${item.name} is not an amount`, {
      expected: `a number with at most ${scale} decimals`,
    });
  }
  const units = Number(match[2] + part.padEnd(scale, '0'));
  if (!Number.isSafeInteger(units)) throw item.error(`${item.name} is too large`, { expected: 'at most 15 digits' });
  return match[1] === '-' || match[1] === '−' ? -units : units;
}
