import {
  makeTable,
  reserve,
  readValue,
  writeValue,
  type Column,
  type Field,
  type Schema,
  type Table,
} from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type Expression } from '../../sql/plan';
import { compile, type Evaluator } from '../expression';
import { PairIndex } from './pairs';
import { restoreColumns, saveColumns } from './savedRows';
import { valueIndexOf, type ValueIndex } from './values';

/**
 * Keys by dense id, in order of first sight: operators hold state by id, never by value. A composite key is a chain of
 * pairs: (first, second) gets a number, that number and the third get one, and so on, so one column and many take the
 * same short loops. Null is a key of its own (S16). A key of no columns is one key.
 */
export class KeyTable {
  /** Key values by id. */
  readonly table: Table;
  private first: ValueIndex | null = null;
  private rest: { values: ValueIndex; pairs: PairIndex }[] = [];
  private scratch = new Int32Array(0);

  constructor(schema: Field[]) {
    this.table = makeTable(schema);
    this.makeIndexes();
  }

  get size(): number {
    return this.table.length;
  }

  /** `ids[i]` becomes the id of the key of row i, for rows [from, to). */
  intern(columns: Column[], from: number, to: number, ids: Int32Array): void {
    if (from >= to) return;
    if (this.first === null) ids.fill(0, from, to);
    else this.first.intern(columns[0], from, to, ids);
    let size = this.first === null ? 1 : this.first.size;
    this.rest.forEach(({ values, pairs }, i) => {
      if (this.scratch.length < to) this.scratch = new Int32Array(Math.max(to, this.scratch.length * 2));
      values.intern(columns[i + 1], from, to, this.scratch);
      pairs.intern(ids, this.scratch, from, to, ids);
      size = pairs.size;
    });
    if (size > this.size) this.keepNew(columns, from, to, ids);
  }

  writeFrame(writer: StateWriter): void {
    writer.number(this.size);
    saveColumns(
      writer,
      this.table.columns,
      Int32Array.from({ length: this.size }, (_, key) => key),
    );
  }

  /** Keys get the ids that they had. `keepsIds`: keys that have come since keep theirs too. */
  readFrame(reader: StateReader, keepsIds: boolean): void {
    const length = reader.number();
    const saved: Table = {
      schema: this.table.schema,
      columns: this.table.columns.map(({ type, dictionary, data }) => {
        const room = new (data.constructor as new (n: number) => Column['data'])(length);
        return { type, data: room, valid: null, dictionary };
      }),
      length,
    };
    restoreColumns(reader, saved.columns);
    if (keepsIds && this.size > 0) return;
    this.makeIndexes();
    this.table.length = 0;
    this.intern(saved.columns, 0, length, new Int32Array(length));
  }

  private makeIndexes(): void {
    const [first, ...rest] = this.table.schema;
    this.first = first ? valueIndexOf(first.type) : null;
    this.rest = rest.map(({ type }) => ({ values: valueIndexOf(type), pairs: new PairIndex() }));
  }

  /** New ids come in order of their first rows. */
  private keepNew(columns: Column[], from: number, to: number, ids: Int32Array): void {
    const { table } = this;
    let next = table.length;
    for (let i = from; i < to; i += 1) {
      if (ids[i] !== next) continue;
      next += 1;
      reserve(table, table.length + 1);
      for (let c = 0; c < table.columns.length; c += 1) {
        writeValue(table.columns[c], table.length, readValue(columns[c], i));
      }
      table.length += 1;
    }
  }
}

/** Key ids of the rows of one range after another. A key of no columns is the one key 0. */
export class KeyIds {
  /** By row number of the batch. */
  ids = new Int32Array(0);
  private readonly evaluators: Evaluator[];

  constructor(
    keys: Expression[],
    input: Schema,
    readonly table: KeyTable,
  ) {
    this.evaluators = keys.map((key) => compile(key, input));
  }

  /** How many keys there are or may be. */
  get count(): number {
    return Math.max(1, this.table.size);
  }

  find(batch: Table, from: number, to: number): Int32Array {
    const columns = this.evaluators.map((evaluate) => evaluate(batch, from, to));
    if (this.ids.length < to) this.ids = new Int32Array(Math.max(to, this.ids.length * 2));
    this.table.intern(columns, from, to, this.ids);
    return this.ids;
  }
}

/** The columns of a key table. */
export const keyFields = (keys: Expression[]): Field[] =>
  keys.map((key, i) => ({ name: key.op === 'column' ? key.name : `key ${i + 1}`, type: key.type, nullable: true }));
