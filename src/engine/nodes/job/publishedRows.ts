import { makeTable, readRow, reserve, type Schema, type Table } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { EntryReader, EntryWriter } from '../../../sim/entries';
import { type Store } from '../../state/store';

/** The one key of a job. */
const JOB = 0;

/** Copies of a row, each with its identity. */
interface Copies {
  row: number;
  ids: number[];
}

/** The result that a batch job has published, by the content of its rows. */
export class PublishedRows implements Store {
  readonly rows = 0;
  table: Table;
  private copies = new Map<string, Copies>();

  constructor(schema: Schema) {
    this.table = makeTable(schema);
  }

  /** The identity of a copy of this content that no row has taken yet, or undefined. */
  take(content: string): number | undefined {
    return this.copies.get(content)?.ids.shift();
  }

  /** Rows that none has taken, by their identities: in an order that does not depend on the process. */
  get left(): [id: number, row: number][] {
    const left = [...this.copies.values()].flatMap(({ row, ids }) => ids.map((id): [number, number] => [id, row]));
    return left.sort(([a], [b]) => a - b);
  }

  /** In place of all that is published: a result, and the identities of its rows. */
  replace(table: Table, ids: readonly number[]): void {
    this.table = table;
    this.copies = new Map();
    ids.forEach((id, row) => {
      const content = contentOf(table, row);
      const copies = this.copies.get(content);
      if (copies) copies.ids.push(id);
      else this.copies.set(content, { row, ids: [id] });
    });
  }

  writeFrame(writer: StateWriter): void {
    const [entry, names] = [new EntryWriter(), new EntryWriter()];
    this.writeEntries(
      () => entry,
      () => names,
    );
    writer.small(entry.finish());
    writer.small(names.finish());
  }

  readFrame(reader: StateReader): void {
    this.table = makeTable(this.table.schema);
    this.readEntry(JOB, new EntryReader(reader.small()), new EntryReader(reader.small()));
  }

  writeEntries(entry: (key: number) => EntryWriter, names: (key: number) => EntryWriter): void {
    for (const [, { row, ids }] of [...this.copies].sort(([a], [b]) => (a < b ? -1 : 1))) {
      for (const id of ids) {
        names(JOB).number(id);
        for (const column of this.table.columns) entry(JOB).value(column, row);
      }
    }
  }

  readEntry(_key: number, entry: EntryReader, names: EntryReader): void {
    const { table } = this;
    const ids: number[] = [];
    for (; !entry.finished; table.length += 1) {
      reserve(table, table.length + 1);
      ids.push(names.number());
      for (const column of table.columns) entry.value(column, table.length);
    }
    this.replace(table, ids);
  }
}

export const contentOf = (table: Table, row: number): string => JSON.stringify(readRow(table, row), numbersInFull);

/** JSON has no infinite number, which it writes as null, and no −0. A column of numbers has no texts. */
function numbersInFull(_: string, value: unknown): unknown {
  if (typeof value !== 'number') return value;
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}
