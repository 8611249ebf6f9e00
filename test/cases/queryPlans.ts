import {
  BIGINT,
  DOUBLE,
  field,
  STRING,
  type AggregateCall,
  type AggregateName,
  type Expression,
  type Schema,
  type Value,
} from '../../src/index';
import { pack, unpack } from './joinPlans';
import { CaseFault, isList, type Item, type Json } from '../../src/cases/kind';

export function callOf(name: AggregateName, argument: Expression | null, distinct = false): AggregateCall {
  const type = name === 'COUNT' ? BIGINT : argument!.type;
  const inside = argument?.op === 'column' ? argument.name : '*';
  const text = `${name}(${distinct ? 'DISTINCT ' : ''}${inside})`;
  return { name, argument, distinct, filter: null, type, text };
}

export const resultFields = (calls: AggregateCall[]): Schema => calls.map(({ text, type }) => field(text, type, true));

/**
 * Rows that are lists, as columns `0`, `1`, …: of numbers where all that come are numbers, else each value as JSON text.
 */
export class ListRows {
  readonly schema: Schema;

  constructor(events: readonly Item[]) {
    const rows = events.flatMap(({ row }) => (isList(row) ? [row] : []));
    const width = Math.max(0, ...rows.map((row) => row.length));
    this.schema = Array.from({ length: width }, (_, i) => {
      const numeric = rows.every((row) => row[i] === null || typeof row[i] === 'number');
      return field(String(i), numeric ? DOUBLE : STRING, true);
    });
  }

  read(row: Json | undefined): Value[] {
    if (!isList(row) || row.length !== this.schema.length) {
      throw new CaseFault(`${JSON.stringify(row) ?? 'nothing'} is not a row of ${this.schema.length} columns`);
    }
    return row.map((value, i) => (this.schema[i].type === DOUBLE ? (value as number | null) : textIn(value)));
  }
}

/** Texts stand for themselves, so that they order as texts; all else is JSON behind a mark. */
const textIn = (value: Json): string | null =>
  typeof value === 'string' || value === null ? value : `\u0000${pack(value) ?? ''}`;

/** A result as a list. */
export const listOut = (row: Record<string, Value>): Json[] =>
  Object.values(row).map((value) =>
    typeof value === 'string' && value.startsWith('\u0000') ? unpack(value.slice(1)) : value,
  );

/** The number of a row among equal ones: what takes a row back names the earliest that is still there. */
export class Identities {
  private readonly held = new Map<string, number[]>();
  private next = 0;

  of(row: Json | undefined, comes: boolean): [number, number, number] {
    const text = JSON.stringify(row);
    const numbers = this.held.get(text) ?? [];
    this.held.set(text, numbers);
    if (!comes) return [0, 0, numbers.shift() ?? -1];
    numbers.push(this.next);
    this.next += 1;
    return [0, 0, this.next - 1];
  }
}
