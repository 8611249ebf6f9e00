import { grown, makeColumn, takeRows, TidemarkError, type Column, type Schema, type Table } from '../../../../model';
import { type Expression, type JoinKind, type Plan } from '../../../../sql/plan';
import { keyedResult } from '../..';
import { compile, compilePredicate } from '../../../expression';
import { PIECE, type Pieces } from '../../../pieces';
import { KeyTable } from '../../../state/keys';
import { mostSlots, spend } from '../../../batch/allowance';
import { CHUNK_ROWS, lazily, type Collector, type Origin } from '../../../batch/chunk';
import { type Used } from '../../../batch/operator';
import { timesOf, totalOrder } from '../../../batch/order';
import { gatherOrNull, hasMissing } from '../../../stream/rows';
import { type JoinPlan } from '../joinState';

/** What a join answers: its rows, and who they are. */
export interface Joined {
  table: Table;
  origin: Origin;
}

/** Columns that nobody uses may be left empty. */
export type Join<P> = (plan: P, sides: Sides, used: Used) => Pieces<Joined>;

/** One side of a join, all of it. */
export interface Side {
  table: Table;
  origin: Origin;
  /** Row numbers in the origin. */
  rows: () => Int32Array;
  /** The values of the key. */
  keyColumns: Column[];
  /** Key id of each row, shared by both sides; -1 for a key that equals nothing. Worked out when it is asked for. */
  readonly keys: Int32Array;
}

export interface Sides extends Tables {
  left: Side;
  right: Side;
  /** How many key ids there are. */
  readonly keys: number;
}

/** Rows of both sides. */
interface Tables {
  left: { table: Table };
  right: { table: Table };
}

export const keyTableOf = ({ leftKeys }: JoinPlan): KeyTable =>
  new KeyTable(leftKeys.map((key, i) => ({ name: `key ${i + 1}`, type: key.type, nullable: true })));

/** Takes over what was collected and gives equal keys equal ids. Null equals nothing (S8.5), unless `nullSafe`. */
export function sidesOf(plan: JoinPlan, left: Collector, right: Collector): Sides {
  const keys = keyTableOf(plan);
  const sides = [
    sideOf(left, plan.left.schema, plan.leftKeys, plan.nullSafe, keys),
    sideOf(right, plan.right.schema, plan.rightKeys, plan.nullSafe, keys),
  ];
  return {
    left: sides[0],
    right: sides[1],
    get keys() {
      // Both sides have to be numbered first.
      return sides.every((side) => side.keys) ? keys.size : 0;
    },
  };
}

function sideOf(
  collector: Collector,
  schema: Schema,
  expressions: Expression[],
  nullSafe: boolean,
  keyTable: KeyTable,
): Side {
  const table = collector.table();
  const keyColumns = expressions.map((key) => compile(key, schema)(table, 0, table.length));
  let keys: Int32Array | null = null;
  return {
    table,
    origin: collector.origin,
    rows: () => collector.rows(),
    keyColumns,
    get keys() {
      return (keys ??= numbered(keyColumns, table.length, nullSafe, keyTable));
    },
  };
}

function numbered(columns: Column[], rows: number, nullSafe: boolean, keyTable: KeyTable): Int32Array {
  const keys = new Int32Array(rows);
  keyTable.intern(columns, 0, rows, keys);
  if (!nullSafe) for (const column of columns) forgetNulls(column, keys);
  return keys;
}

/** Rows whose value is null get no key. */
export function forgetNulls({ valid }: Column, keys: Int32Array): void {
  if (valid === null) return;
  for (let row = 0; row < keys.length; row += 1) if (valid[row] === 0) keys[row] = -1;
}

/** The event-time column of a side. Throws a TidemarkError where the query has lost it. `join`: `an as-of join`. */
export function timeOf({ table }: Side, { timeColumn }: Plan, join: string): Column {
  if (timeColumn >= 0) return table.columns[timeColumn];
  throw new TidemarkError({
    what: `${join} needs an event-time column on both sides`,
    where: 'JOIN',
    hint: 'Keep the time column in the SELECT list of both inputs.',
  });
}

/** One side of a join by event time. */
export interface OrderedSide {
  /** Event time of each row. */
  time: Float64Array;
  /** Row numbers in the total order (S19). */
  order: Int32Array;
}

/** Throws a TidemarkError where a row has no event time. */
export function* orderOf(side: Side, plan: Plan, join: string): Pieces<OrderedSide> {
  timeOf(side, plan, join);
  const time = timesOf(plan, side.table);
  return { time, order: yield* totalOrder(time, side.origin, side.rows, keyedResult(plan)) };
}

/** Rows by key: those of key k are `rows[starts[k]] … rows[starts[k + 1] - 1]`, in the order given. */
interface ByKey {
  starts: Int32Array;
  rows: Int32Array;
}

export function byKey(keys: Int32Array, count: number, order: Int32Array): ByKey {
  const starts = new Int32Array(count + 1);
  for (const row of order) if (keys[row] >= 0) starts[keys[row] + 1] += 1;
  for (let key = 0; key < count; key += 1) starts[key + 1] += starts[key];
  const next = starts.slice();
  const rows = new Int32Array(starts[count]);
  for (const row of order) {
    const key = keys[row];
    if (key < 0) continue;
    rows[next[key]] = row;
    next[key] += 1;
  }
  return { starts, rows };
}

/** Pairs of row numbers, in order; -1 is no row. */
export class Pairs {
  length = 0;

  /** Takes over arrays with room for pairs. */
  constructor(
    public lefts = new Int32Array(CHUNK_ROWS),
    public rights = new Int32Array(CHUNK_ROWS),
  ) {}

  add(left: number, right: number): void {
    if (this.length === this.lefts.length) this.grow();
    this.lefts[this.length] = left;
    this.rights[this.length] = right;
    this.length += 1;
  }

  private grow(): void {
    if (this.length * 2 > mostSlots()) {
      throw new TidemarkError({
        what: 'too many pairs to hold at once',
        where: 'JOIN',
        found: `more than ${this.length}`,
        hint: 'Join on more columns, or filter first.',
      });
    }
    spend(this.length, 'JOIN');
    this.lefts = grown(this.lefts, this.length * 2);
    this.rights = grown(this.rights, this.length * 2);
  }
}

/** A test of pairs by the rest of the join condition: keeps, of the pairs from `from` on, those for which it is true. */
export function pairFilter(plan: JoinPlan, { left, right }: Tables): (pairs: Pairs, from: number) => Pieces {
  if (plan.where === null) return nothing;
  const schema = [...plan.left.schema, ...plan.right.schema];
  const holds = compilePredicate(plan.where, schema);
  const rows = Math.max(1, Math.min(CHUNK_ROWS, Math.floor((16 * PIECE) / schema.length)));
  return function* (pairs, from) {
    const { lefts, rights, length } = pairs;
    let kept = from;
    for (let at = from; at < length; at += rows) {
      const end = Math.min(length, at + rows);
      const columns = [
        ...takeRows(left.table, lefts.subarray(at, end)).columns,
        ...takeRows(right.table, rights.subarray(at, end)).columns,
      ];
      const held = holds({ schema, columns, length: end - at }, 0, end - at);
      for (let i = at; i < end; i += 1) {
        lefts[kept] = lefts[i];
        rights[kept] = rights[i];
        kept += held[i - at];
      }
      yield;
    }
    pairs.length = kept;
  };
}

/**
 * What the kind of join makes of the pairs that match: pads, or keeps left rows alone. `lefts` are all left rows, in the
 * order in which those of the pairs stand, `rights` all right ones, in the order wanted.
 */
export function* resultOf(kind: JoinKind, pairs: Pairs, lefts: Int32Array, rights: Int32Array): Pieces<Pairs> {
  if (kind === 'inner') return pairs;
  const result = new Pairs();
  const padLeft = kind === 'left' || kind === 'full';
  let at = 0;
  let paused = 0;
  for (const row of lefts) {
    const first = at;
    while (at < pairs.length && pairs.lefts[at] === row) at += 1;
    if (kind === 'semi' || kind === 'anti') {
      if (at > first === (kind === 'semi')) result.add(row, -1);
      continue;
    }
    for (let i = first; i < at; i += 1) result.add(row, pairs.rights[i]);
    if (padLeft && at === first) result.add(row, -1);
    if (at - paused < CHUNK_ROWS) continue;
    paused = at;
    yield;
  }
  if (kind !== 'right' && kind !== 'full') return result;
  const met = new Uint8Array(rights.length);
  for (let i = 0; i < pairs.length; i += 1) met[pairs.rights[i]] = 1;
  for (const row of rights) if (met[row] === 0) result.add(-1, row);
  return result;
}

/**
 * The rows of the pairs as the result of the join; one that is missing is a row of nulls. Only columns in `used` are
 * filled in.
 */
export function* pairTable(plan: JoinPlan, { left, right }: Tables, pairs: Pairs, used: Used): Pieces<Joined> {
  const { length } = pairs;
  const lefts = pairs.lefts.subarray(0, length);
  const rights = pairs.rights.subarray(0, length);
  const columns = [...(yield* takeOrNull(left.table, lefts, used))];
  if (plan.kind !== 'semi' && plan.kind !== 'anti') {
    const usedRight: Used = (column) => used(left.table.columns.length + column);
    columns.push(...(yield* takeOrNull(right.table, rights, usedRight)));
  }
  const origin = lazily(() => ({
    id0: new Float64Array(lefts),
    id1: new Float64Array(rights),
    id2: new Float64Array(length),
    append: null,
  }));
  return { table: { schema: plan.schema, columns, length }, origin };
}

/** The columns in these rows; null where there is no row. */
function* takeOrNull({ columns, length }: Table, rows: Int32Array, used: Used): Pieces<Column[]> {
  if (areAll(rows, length)) return columns;
  const misses = hasMissing(rows, 0, rows.length);
  spend(columns.filter((_, i) => used(i)).length * rows.length, 'JOIN');
  const all: Column[] = [];
  for (const [i, column] of columns.entries()) {
    const taken = makeColumn(column.type, used(i) ? rows.length : 0, column.dictionary);
    if (used(i)) gatherOrNull(column, rows, 0, rows.length, taken, misses);
    all.push(taken);
    if (i % 8 === 7 || rows.length > CHUNK_ROWS) yield;
  }
  return all;
}

function areAll(rows: Int32Array, count: number): boolean {
  if (rows.length !== count) return false;
  for (let i = 0; i < count; i += 1) if (rows[i] !== i) return false;
  return true;
}

function* nothing(): Pieces {}
