import { isNull, type Schema, type Table } from '../../../model';
import { type Expression, type Plan } from '../../../sql/plan';
import { compile, type Evaluator } from '../../expression';
import { type StateBackend } from '../../state/backend';
import { keyFields } from '../../state/keyIds';
import { type KeyTable } from '../../state/keys';

export type JoinPlan = Extract<Plan, { left: Plan }>;

/** The keys of both sides of a join under one numbering, whose values stand under the names of the left side. */
export class JoinKeys {
  readonly table: KeyTable;
  private readonly sides: Evaluator[][];
  private readonly nullSafe: boolean;
  private readonly ids = [new Int32Array(256), new Int32Array(256)];

  constructor({ left, right, leftKeys, rightKeys, nullSafe }: JoinPlan, state: StateBackend) {
    this.nullSafe = nullSafe;
    const compiled = (keys: Expression[], schema: Schema): Evaluator[] => keys.map((key) => compile(key, schema));
    this.sides = [compiled(leftKeys, left.schema), compiled(rightKeys, right.schema)];
    this.table = state.keyTable(keyFields(leftKeys), true);
  }

  get size(): number {
    return this.table.size;
  }

  /** Key ids of rows [from, to) of a side, by row. What is answered is written again by the next call for that side. */
  find(rows: Table, from: number, to: number, side: number): Int32Array<ArrayBuffer> {
    if (this.ids[side].length < to) this.ids[side] = new Int32Array(Math.max(to, this.ids[side].length * 2));
    const ids = this.ids[side];
    const columns = this.sides[side].map((evaluate) => evaluate(rows, from, to));
    this.table.intern(columns, from, to, ids);
    return ids;
  }

  /** Whether a key equals the same key of the other side: null equals nothing (S8.5). */
  matches(key: number): boolean {
    return this.nullSafe || !this.table.table.columns.some((column) => isNull(column, key));
  }
}
