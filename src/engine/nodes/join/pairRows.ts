import {
  INSERT,
  makeBatch,
  makeTable,
  reserve,
  reserveBatch,
  withRoom,
  type ColumnBatch,
  type Schema,
  type Table,
} from '../../../model';
import { type Expression } from '../../../sql/plan';
import { compilePredicate } from '../../expression';
import { type RowStore } from './rowStore';

/**
 * The rows that a join puts out. While a range is gone through only slots and hidden columns are written down; `flush`
 * then gathers the visible columns, one after the other. A row is known by the numbers of the two that made it (-1:
 * none).
 */
export class PairRows {
  readonly out: ColumnBatch;
  /** Slots that row i of `out` is made of; -1: nulls. */
  private lefts = new Int32Array(256);
  private rights = new Int32Array(256);
  /** Rows of `out` whose columns are there. */
  private gathered = 0;

  /** `both`: the right columns follow the left ones. */
  constructor(
    schema: Schema,
    private readonly left: RowStore,
    private readonly right: RowStore,
    private readonly both: boolean,
  ) {
    this.out = makeBatch(schema);
  }

  add(left: number, right: number, time: number, watermark: number, input: number, id2 = 0): void {
    const { out } = this;
    const at = out.length;
    // The runtime empties `out` between two ranges.
    if (at === 0) this.gathered = 0;
    if (at === out.time.length || at === this.lefts.length) this.grow(at + 1);
    this.lefts[at] = left;
    this.rights[at] = right;
    out.time[at] = time;
    out.watermark[at] = watermark;
    out.input[at] = input;
    out.kind[at] = INSERT;
    out.id0[at] = left < 0 ? -1 : this.left.number[left];
    out.id1[at] = right < 0 ? -1 : this.right.number[right];
    out.id2[at] = id2;
    out.length = at + 1;
  }

  /** Returns the first row that was written. `gap`: columns between left and right ones that the caller fills in. */
  flush(gap = 0): number {
    const { out, left, right } = this;
    const from = Math.min(this.gathered, out.length);
    if (from === out.length) return from;
    const count = out.length - from;
    left.gather(this.lefts, count, out, 0, from, from);
    if (this.both) right.gather(this.rights, count, out, left.table.columns.length + gap, from, from);
    this.gathered = out.length;
    return from;
  }

  private grow(size: number): void {
    reserveBatch(this.out, size);
    this.lefts = withRoom(this.lefts, this.out.time.length);
    this.rights = withRoom(this.rights, this.out.time.length);
  }
}

/** What must hold for a pair beside its key and time, asked for one row and those that it may meet. */
export class Residual {
  private readonly holds: ReturnType<typeof compilePredicate>;
  private readonly pairs: Table;
  /** Where the right columns start. */
  private readonly first: number;

  /** `wide` adds the columns that the join gives to each side, behind its own. */
  constructor(
    where: Expression,
    private readonly left: RowStore,
    private readonly right: RowStore,
    wide: (schema: Schema) => Schema = (schema) => schema,
  ) {
    const schema = [...wide(left.table.schema), ...wide(right.table.schema)];
    this.first = wide(left.table.schema).length;
    this.pairs = makeTable(schema, 64);
    this.holds = compilePredicate(where, schema);
  }

  /** 1 for each pair (`lefts[i]`, `rights[i]`) for which it holds. `added`: the values of the columns that are added. */
  of(lefts: Int32Array, rights: Int32Array, count: number, added: readonly number[] = []): Uint8Array {
    const { pairs, left, right, first } = this;
    reserve(pairs, count);
    left.gather(lefts, count, pairs, 0, 0);
    right.gather(rights, count, pairs, first, 0);
    added.forEach((value, i) => {
      pairs.columns[left.table.columns.length + i].data.fill(value, 0, count);
      pairs.columns[first + right.table.columns.length + i].data.fill(value, 0, count);
    });
    pairs.length = count;
    return this.holds(pairs, 0, count);
  }
}
