import {
  grown,
  INSERT,
  makeBatch,
  makeTable,
  reserve,
  withRoom,
  type Column,
  type ColumnBatch,
  type Schema,
  type Table,
} from '../../../model';
import { type Expression } from '../../../sql/plan';
import { compilePredicate } from '../../expression';
import { type Context } from '../../stream/operator';
import { adoptDictionary } from '../../state/savedRows';
import { appendHidden, copyValue, gatherOrNull } from '../../stream/rows';
import { stateValues, type AnySide, type EmittedRows, type JoinPlan } from './joinState';

type Sides = readonly [AnySide, AnySide];

/**
 * What a join emits, and the steps that all joins trace. While a range is gone through only slots and hidden columns
 * are noted; `flush` then copies the visible columns and the identity, one column after the other: a row is known by
 * the numbers of the two that made it (-1: none).
 */
export class JoinOutput {
  readonly out: ColumnBatch;
  /** Which sides come out with nulls, or alone, where they have no partner. */
  readonly pads: readonly [left: boolean, right: boolean];
  /** Semi and anti joins: only left rows come out, each once. */
  readonly leftOnly: boolean;
  /** Slots that row i of `out` is made of; -1: nulls. */
  private readonly slots = [new Int32Array(256), new Int32Array(256)];
  /** Rows of `out` whose columns are there. */
  private gathered = 0;

  constructor(
    { kind, schema }: JoinPlan,
    private readonly sides: Sides,
    private readonly context: Context,
  ) {
    this.out = makeBatch(schema);
    this.leftOnly = kind === 'semi' || kind === 'anti';
    this.pads = [kind === 'left' || kind === 'full' || kind === 'anti', kind === 'right' || kind === 'full'];
  }

  add(left: number, right: number, time: number, watermark: number, input: number, id2 = 0, kind = INSERT): void {
    const { out, slots } = this;
    // The runtime empties `out` between two ranges.
    if (out.length === 0) this.gathered = 0;
    const at = appendHidden(out, kind, time, watermark, input, -1, -1, id2);
    if (at === slots[0].length) for (const port of [0, 1]) slots[port] = grown(slots[port], 2 * at);
    slots[0][at] = left;
    slots[1][at] = right;
  }

  /** Adds a row of one side, or a pair that is seen from there: (left, right) in the order of the sides. */
  addSide(port: number, slot: number, partner: number, time: number, watermark: number, input: number, id2 = 0): void {
    if (port === 0) this.add(slot, partner, time, watermark, input, id2);
    else this.add(partner, slot, time, watermark, input, id2);
  }

  /** Adds a result of before again, in `slot` of those that were kept, with a kind that takes it back. */
  addCopy(kept: EmittedRows, slot: number, time: number, watermark: number, input: number, kind: number): void {
    const { out } = this;
    this.flush();
    this.add(-1, -1, time, watermark, input, 0, kind);
    this.gathered = out.length;
    const at = out.length - 1;
    const { columns } = kept.batch;
    out.columns.forEach((column, i) => {
      adoptDictionary(column, columns[i].dictionary, at);
      copyValue(columns[i], slot, column, at);
    });
    out.id0[at] = columns[out.columns.length].data[slot];
    out.id1[at] = columns[out.columns.length + 1].data[slot];
  }

  /** Returns the first row that was written. `gap`: columns between left and right ones that the caller fills in. */
  flush(gap = 0): number {
    const { out, sides, slots } = this;
    const from = Math.min(this.gathered, out.length);
    if (from === out.length) return from;
    let first = 0;
    sides.forEach((side, port) => {
      numbersOf(side, slots[port], from, out.length, port === 0 ? out.id0 : out.id1);
      if (port === 1 && this.leftOnly) return;
      gatherRows(side, slots[port], from, out.length, out.columns, first);
      first += side.schema.length + gap;
    });
    this.gathered = out.length;
    return from;
  }

  /** A row is kept (by a join by time). */
  traceKept(port: number, slot: number, input: number): void {
    const { written, state } = this.context;
    if (written === null) return;
    const { rows, partners } = this.sides[port];
    const time = rows.batch.time[slot];
    state.count();
    written(input, rows.key[slot], stateValues(port, time, partners[slot]), time, time);
  }

  tracePair(left: number, right: number, input: number): void {
    const { trace, number } = this.context;
    if (trace === null) return;
    const [{ rows, number: lefts }, { rows: others, number: rights }] = this.sides;
    const times = [rows.batch.time[left], others.batch.time[right]];
    trace.add('pair joined', number, input, rows.key[left], times[0], times[1], -1, [lefts[left], rights[right]]);
  }

  tracePadded(port: number, slot: number, input: number): void {
    const { rows } = this.sides[port];
    const time = rows.batch.time[slot];
    this.context.trace?.add('row padded', this.context.number, input, rows.key[slot], time, time, port);
  }

  tracePurged(port: number, slot: number, input: number, values?: number[]): void {
    const { trace, number, state } = this.context;
    if (trace === null) return;
    const { rows } = this.sides[port];
    const time = rows.batch.time[slot];
    state.count();
    trace.add('row purged', number, input, rows.key[slot], time, time, port, values);
  }
}

function numbersOf({ number }: AnySide, slots: Int32Array, from: number, to: number, ids: Float64Array): void {
  for (let row = from; row < to; row += 1) ids[row] = slots[row] < 0 ? -1 : number[slots[row]];
}

/** Copies the rows of a side in `slots`, from `from` on, to the same rows of columns `first` and following; -1: nulls. */
function gatherRows(side: AnySide, slots: Int32Array, from: number, to: number, out: Column[], first: number): void {
  const { columns } = side.rows.batch;
  for (let i = 0; i < side.schema.length; i += 1) {
    adoptDictionary(out[first + i], columns[i].dictionary, from);
    gatherOrNull(columns[i], slots, from, to, out[first + i]);
  }
}

/** What must hold for a pair beside its key and time, asked for one row and those that it may meet. */
export class Residual {
  private readonly holds: ReturnType<typeof compilePredicate>;
  private readonly pairs: Table;
  /** By side: its schema with the columns that the join adds. */
  private readonly schemas: Schema[];
  private beside = new Int32Array(64);

  /** `wide` adds the columns that the join gives to each side, after its own. */
  constructor(
    where: Expression,
    private readonly sides: Sides,
    wide: (schema: Schema) => Schema = (schema) => schema,
  ) {
    this.schemas = sides.map(({ schema }) => wide(schema));
    const schema = this.schemas.flat();
    this.pairs = makeTable(schema, 64);
    this.holds = compilePredicate(where, schema);
  }

  /** 1 for each row of the other side for which it holds. `added`: the values of the columns that are added. */
  of(port: number, slot: number, others: Int32Array, added: readonly number[] = []): Uint8Array {
    const { pairs } = this;
    const count = others.length;
    reserve(pairs, count);
    this.beside = withRoom(this.beside, count);
    this.beside.fill(slot, 0, count);
    let first = 0;
    this.sides.forEach((side, i) => {
      gatherRows(side, i === port ? this.beside : others, 0, count, pairs.columns, first);
      added.forEach((value, j) => pairs.columns[first + side.schema.length + j].data.fill(value, 0, count));
      first += this.schemas[i].length;
    });
    pairs.length = count;
    return this.holds(pairs, 0, count);
  }
}
