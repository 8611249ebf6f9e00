import { type Field, type Schema, type Table } from '../../model';
import { type Expression } from '../../sql/plan';
import { compile, type Evaluator } from '../expression';
import { type KeyTable } from './keys';

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
