import {
  BOOLEAN,
  columnIndex,
  field,
  makeTable,
  appendRow,
  readRow,
  type Schema,
  type Table,
  type Value,
} from '../model';
import { type KnownCounts } from '../words/known';

/** The result at a time beside the result now: rows, and how many of them have changed. */
export interface Known extends KnownCounts {
  /**
   * Columns that name a row (keys and times), then each other column twice, `… at T` and `… now`; `#changed` where they
   * are not the same.
   */
  table: Table;
}

/** Names of the two columns that a column of a result has. */
export const knownNames = (name: string): [string, string] => [`${name} at T`, `${name} now`];

/**
 * The result as it stood beside the result as it stands now (known-at clock). Rows are the same where keys and times
 * are; of several such rows, as panes that add up have them, the first is the first.
 */
export function knownTable(then: Table, now: Table, keys: readonly string[]): Known {
  const shown = then.schema.filter(({ name }) => !name.startsWith('#'));
  const isName = ({ name, type }: Schema[number]): boolean => keys.includes(name) || type.name === 'TIMESTAMP';
  const named = shown.filter(isName);
  const values = shown.filter((one) => !isName(one));
  const table = makeTable([
    ...named,
    ...values.flatMap((one) => knownNames(one.name).map((name) => ({ ...one, name, nullable: true }))),
    field('#changed', BOOLEAN),
  ]);
  const rows = new Map<string, { name: Value[]; then: Value[] | null; now: Value[] | null }>();
  for (const [side, from] of [
    ['then', then],
    ['now', now],
  ] as const) {
    const met = new Map<string, number>();
    const [nameAt, valueAt] = [named, values].map((list) => list.map(({ name }) => columnIndex(from.schema, name)));
    for (let row = 0; row < from.length; row += 1) {
      const all = readRow(from, row);
      const name = nameAt.map((at) => all[at]);
      const text = JSON.stringify(name);
      const place = met.get(text) ?? 0;
      met.set(text, place + 1);
      const id = `${text} ${place}`;
      const found = rows.get(id) ?? { name, then: null, now: null };
      found[side] = valueAt.map((at) => all[at]);
      rows.set(id, found);
    }
  }
  const known: Known = { table, then: 0, other: 0, gone: 0, added: 0 };
  const nothing = values.map(() => null);
  for (const row of rows.values()) {
    const differs = JSON.stringify(row.then) !== JSON.stringify(row.now);
    const [before, after] = [row.then ?? nothing, row.now ?? nothing];
    appendRow(table, [...row.name, ...values.flatMap((_, i) => [before[i], after[i]]), differs]);
    if (row.then) known.then += 1;
    if (row.then && row.now && differs) known.other += 1;
    if (!row.now) known.gone += 1;
    if (!row.then) known.added += 1;
  }
  return known;
}
