import { BIGINT, field, INT, isNull, TIMESTAMP, type Column, type ColumnBatch, type Schema } from '../../../model';
import { type Expression, type Plan } from '../../../sql/plan';
import { compile, type Evaluator } from '../../expression';
import { type StateBackend } from '../../state/backend';
import { type Numbers } from '../../state/identities';
import { keyFields, type KeyTable } from '../../state/keys';
import { type KeyedState } from '../../state/keyedState';
import { KeyedRows } from '../../state/rows';
import { TimedRows } from '../../state/timedRows';

export type JoinPlan = Extract<Plan, { left: Plan }>;

/** The keys of both sides of a join under one numbering, whose values stand under the names of the left side. */
class JoinKeys {
  readonly table: KeyTable;
  private readonly sides: Evaluator[][];
  private readonly nullSafe: boolean;

  constructor({ left, right, leftKeys, rightKeys, nullSafe }: JoinPlan, state: StateBackend) {
    this.nullSafe = nullSafe;
    const compiled = (keys: Expression[], schema: Schema): Evaluator[] => keys.map((key) => compile(key, schema));
    this.sides = [compiled(leftKeys, left.schema), compiled(rightKeys, right.schema)];
    this.table = state.keyTable(keyFields(leftKeys), true);
  }

  get size(): number {
    return this.table.size;
  }

  /** Key ids of rows [from, to) of a side. */
  find(rows: ColumnBatch, from: number, to: number, side: number, ids: Int32Array): void {
    const columns = this.sides[side].map((evaluate) => evaluate(rows, from, to));
    this.table.intern(columns, from, to, ids);
  }

  /** Whether a key equals the same key of the other side: null equals nothing (S8.5). */
  matches(key: number): boolean {
    return this.nullSafe || !this.table.table.columns.some((column) => isNull(column, key));
  }
}

/** Columns that a join adds to the rows of a side: how many partners a row has met, and who it is in pairs. */
const ADDED: Schema = [field('#partners', INT), field('#number', BIGINT)];
/** How many of them are names. */
const NAMES = 1;

export type Rows = KeyedRows | TimedRows;

/**
 * One side of a join. `take` gives the rows of a range slots and key ids; each is then either kept (`rows.append`) or
 * released.
 */
class JoinSide<R extends Rows = TimedRows> {
  /** Slot of row i of the range, and its key id. */
  slots = new Int32Array(0);
  keys = new Int32Array(0);

  constructor(
    readonly schema: Schema,
    readonly rows: R,
    private readonly numbers: Numbers,
  ) {}

  /** By slot: grows with the rows of the side as they came, refused ones too. */
  get number(): Column['data'] {
    return this.rows.batch.columns[this.schema.length + 1].data;
  }

  /** By slot; below zero for whatever else an operator notes of a row without partners. */
  get partners(): Column['data'] {
    return this.rows.batch.columns[this.schema.length].data;
  }

  /** `keys` are found before. */
  put(batch: ColumnBatch, from: number, to: number): void {
    this.rows.putRange(batch, from, to, this.keys, this.slots);
    const { slots, number, partners } = this;
    const first = this.numbers.take(to - from) - from;
    for (let row = from; row < to; row += 1) {
      number[slots[row]] = first + row;
      partners[slots[row]] = 0;
    }
  }
}

export type AnySide = JoinSide<Rows>;

/** Makes the store of a side; the last `names` columns are names. */
export type MakeRows<R> = (schema: Schema, names: number) => R;

/** What a join remembers. */
export class JoinState<L extends Rows = TimedRows, R extends Rows = TimedRows> {
  readonly keys: JoinKeys;
  readonly sides: readonly [JoinSide<L>, JoinSide<R>];

  /** `rows` makes the store of a side. */
  constructor(plan: JoinPlan, state: StateBackend, rows: { left: MakeRows<L>; right: MakeRows<R> }) {
    this.keys = new JoinKeys(plan, state);
    const { left, right } = plan;
    this.sides = [
      new JoinSide(left.schema, state.add(rows.left([...left.schema, ...ADDED], NAMES)), state.numbers()),
      new JoinSide(right.schema, state.add(rows.right([...right.schema, ...ADDED], NAMES)), state.numbers()),
    ];
    state.derived(() => this.reserveKeys());
  }

  take(batch: ColumnBatch, from: number, to: number, port: number): JoinSide<L | R> {
    const side = this.sides[port];
    if (side.slots.length < to) {
      side.slots = new Int32Array(Math.max(to, 2 * side.slots.length));
      side.keys = new Int32Array(side.slots.length);
    }
    this.keys.find(batch, from, to, port, side.keys);
    side.put(batch, from, to);
    this.reserveKeys();
    return side;
  }

  /** The rows of a range that are taken get no key where theirs equals nothing (S8.5). */
  forgetNulls(from: number, to: number, port: number): void {
    const { keys, sides } = this;
    if (keys.table.table.columns.every(({ valid }) => valid === null)) return;
    const ids = sides[port].keys;
    for (let row = from; row < to; row += 1) if (!keys.matches(ids[row])) ids[row] = -1;
  }

  private reserveKeys(): void {
    for (const { rows } of this.sides) rows.reserveKeys(this.keys.size);
  }
}

const timed: MakeRows<TimedRows> = (schema, names) => new TimedRows(schema, ['time'], names);

/** Of a join by time, which takes insertions only. */
export const timedState = (plan: JoinPlan, state: StateBackend): JoinState =>
  new JoinState(plan, state, { left: timed, right: timed });

const SHOWN: Schema = [
  field('left time', TIMESTAMP, true),
  field('right time', TIMESTAMP, true),
  field('partners', INT),
];

/** The rows that the two sides of a join by time remember: each with its time in the column of its side. */
export const showRows = (state: StateBackend, sides: JoinState['sides']): KeyedState =>
  state.show(SHOWN, (visit) => {
    const held = sides.flatMap(({ rows, partners }, port) =>
      Array.from(rows.inOrder(), (slot) => {
        const time = rows.batch.time[slot];
        return { key: rows.key[slot], time, values: stateValues(port, time, partners[slot]) };
      }),
    );
    // Sorting keeps the order of equals: left before right, then as they came.
    held.sort((a, b) => a.time - b.time || a.key - b.key);
    for (const { key, time, values } of held) visit(key, time, time, values);
  });

/** A state row as steps and pictures have it. */
export function stateValues(port: number, time: number, partners: number): number[] {
  return [port === 0 ? time : NaN, port === 1 ? time : NaN, Math.max(0, partners)];
}

/**
 * Results of left rows, as they were emitted, for when a left row is taken back: by then the versions may be others.
 * The hidden identity is that of the left row; the result's own is in columns behind its values.
 */
export class EmittedRows extends KeyedRows {
  constructor(private readonly schema: Schema) {
    super([...schema, field('#id0', BIGINT), field('#id1', BIGINT)], undefined, 2);
  }

  /** They only accompany the rows that wait. */
  override get rows(): number {
    return 0;
  }

  /** The last row of `out` is the result of the left row in `slot`. */
  keep(key: number, left: ColumnBatch, slot: number, out: ColumnBatch): void {
    const { batch, schema } = this;
    const row = out.length - 1;
    const kept = this.put(out, row);
    batch.columns[schema.length].data[kept] = out.id0[row];
    batch.columns[schema.length + 1].data[kept] = out.id1[row];
    for (const id of ['id0', 'id1', 'id2'] as const) batch[id][kept] = left[id][slot];
    this.append(key, kept);
  }

  /** Takes the result of the left row with the identity of the one in `slot` out; -1 for none. It can be read until the next is kept. */
  takeOut(key: number, left: ColumnBatch, slot: number): number {
    const { batch } = this;
    const isSame = (kept: number): boolean =>
      batch.id0[kept] === left.id0[slot] && batch.id1[kept] === left.id1[slot] && batch.id2[kept] === left.id2[slot];
    const found = this.slotsOf(key).find(isSame) ?? -1;
    if (found >= 0) this.remove(found);
    return found;
  }
}
