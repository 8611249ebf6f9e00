import {
  adds,
  BIGINT,
  DELETE,
  field,
  INSERT,
  makeBatch,
  makeColumn,
  MAX_TIME,
  MIN_TIME,
  readRow,
  reserveBatch,
  takeRows,
  UPDATE_AFTER,
  UPDATE_BEFORE,
  withRoom,
  writeValue,
  type Column,
  type ColumnBatch,
  type Table,
} from '../../model';
import { inputsOf, type Expression, type Plan, type Scan } from '../../sql/plan';
import { keyedResult } from '.';
import type { runBatch } from '../batch';
import { KeyIds } from '../state/keys';
import { type KeyedState } from '../state/keyedState';
import { type RowLists } from '../state/rows';
import { type StateTtl } from '../state/stateTtl';
import { type StateValue } from '../state/store';
import { type Timers } from '../state/timers';
import { type Context, type Operator } from '../stream/operator';
import { type StreamOptions } from '../stream/options';
import { immediately, type Recomputation, type ResultRow } from './kind';

interface RecomputeOptions extends Pick<StreamOptions, 'edge' | 'hop' | 'ttl'> {
  runBatch: typeof runBatch;
  /** Whether a new row (+U) replaces the old one by its key alone. */
  upsert: boolean;
}

/** Rows of one input by key; where pairs are made of them, numbered as they arrived. */
interface Side {
  keys: KeyIds;
  rows: RowLists;
  width: number;
  /** Whether its rows are results by key, which have no place in a log (S19). */
  keyed: boolean;
  arrived: StateValue;
}

/**
 * Any node whose inputs have a key, over inputs that take rows back. It keeps the rows of each key; a change to them
 * emits what the batch executor answers for the rows after it minus what it answered for those before it (S13.2). It is
 * the first implementation of each node that has no incremental one, and the oracle of those that have.
 *
 * A row of the result is published when the watermark reaches it, as by any other operator. Nothing is late: a row
 * older than the watermark corrects what has been published.
 */
export class RecomputeOperator implements Operator {
  readonly name: string;
  readonly out: ColumnBatch;
  readonly state: KeyedState;

  private readonly sides: Side[];
  /** For each row of a result that waits, at the watermark that publishes it. */
  private readonly timers: Timers;
  /** The watermark so far: what it publishes has been published. */
  private readonly watermark: StateValue;
  private readonly ttl: StateTtl;
  /** The node over the rows of one key. */
  private readonly plan: Plan;
  private readonly numbers: Column = makeColumn(BIGINT, 0);
  /** By key the result over its rows, where it has been asked for since they changed. */
  private readonly results = new Map<number, ResultRow[]>();

  constructor(
    node: Plan,
    keys: readonly Expression[][],
    private readonly how: Recomputation,
    private readonly options: RecomputeOptions,
    private readonly context: Context,
  ) {
    const { state } = context;
    const inputs = inputsOf(node);
    this.name = node.node;
    this.out = makeBatch(node.schema);
    this.plan = overScans(node, inputs.map(scanOf));
    const first = state.keys(keys[0], inputs[0].schema);
    this.sides = inputs.map((input, side) => ({
      keys: side === 0 ? first : new KeyIds(keys[side], input.schema, first.table),
      rows: how.identity === 'pair' ? state.rowLists([...input.schema, NUMBER], 1) : state.rowLists(input.schema),
      width: input.schema.length,
      keyed: keyedResult(input),
      arrived: state.value(0, 'max'),
    }));
    this.timers = state.timers();
    this.watermark = state.value(MIN_TIME, 'min');
    this.ttl = state.ttl(options.ttl, this.forget);
    state.derived(() => this.results.clear());
    this.state = state.show([field('rows', BIGINT)], (visit) => {
      for (let key = 0; key < first.count; key += 1) {
        const count = this.count(key);
        if (count > 0) visit(key, 0, 0, [count]);
      }
    });
  }

  process(batch: ColumnBatch, from: number, to: number, port: number): void {
    const side = this.sides[port];
    const ids = side.keys.find(batch, from, to);
    this.numbers.data = withRoom(this.numbers.data as Float64Array, to);
    const wide = { ...batch, columns: [...batch.columns, this.numbers] };
    for (let row = from; row < to; row += 1) {
      if (this.ttl.canExpire) this.ttl.pass(this.context.clock(batch.input[row]));
      this.advance(batch.watermark[row], batch.input[row]);
      this.numbers.data[row] = side.arrived.value;
      side.arrived.value += 1;
      this.take(side, wide, row, ids[row]);
    }
  }

  private take({ rows }: Side, batch: ColumnBatch, row: number, key: number): void {
    const { context, timers, how, watermark } = this;
    const isPublished = (one: ResultRow): boolean => how.due(one) <= watermark.value;
    const before = this.resultOf(key).filter(isPublished);
    if (adds(batch.kind[row])) rows.append(key, rows.put(batch, row));
    // What was forgotten cannot be taken back.
    else if (!remove(rows, key, batch, row)) return;
    this.results.delete(key);
    this.ttl.write(key);
    context.written?.(batch.input[row], key, [this.count(key)]);
    const after = this.resultOf(key);
    for (const one of after) if (!isPublished(one)) timers.register(key, 0, how.due(one));
    this.emitDifference(before, after.filter(isPublished), batch.time[row], batch.input[row]);
  }

  private count(key: number): number {
    return this.sides.reduce((sum, { rows }) => sum + rows.slotsOf(key).length, 0);
  }

  /** The result of the node over the rows of a key. Without rows there is none, not even a count of 0 (S16). */
  private resultOf(key: number): ResultRow[] {
    let result = this.results.get(key);
    if (result) return result;
    if (this.count(key) === 0) return [];
    result = this.compute(key);
    this.results.set(key, result);
    return result;
  }

  private compute(key: number): ResultRow[] {
    const slots = this.sides.map((side) => inBatchOrder(side, key));
    const tables = this.sides.map(({ rows, width }, side): Table => {
      const { schema, columns, length } = takeRows(rows.batch, slots[side]);
      return { schema: schema.slice(0, width), columns: columns.slice(0, width), length };
    });
    const { runBatch, edge, hop } = this.options;
    const { table, time, identities } = runBatch(this.plan, (name) => tables[Number(name)], { edge, hop });
    const { id0, id1, id2 } = identities();
    return Array.from({ length: table.length }, (_, at) => ({
      values: readRow(table, at),
      time: time[at],
      ids: this.identityOf(key, slots, [id0[at], id1[at], id2[at]]),
    }));
  }

  /** `ids`: who a row is among those of one key. */
  private identityOf(key: number, slots: number[][], [first, second, third]: ResultRow['ids']): ResultRow['ids'] {
    if (this.how.identity === 'key') return [key, second, third];
    if (this.how.identity === 'pair') {
      const [left, right] = [first, second].map((at, side) => (at < 0 ? -1 : this.numberOf(side, slots[side][at])));
      return [left, right, third];
    }
    // A scan numbers its rows.
    const slot = slots[0][third];
    const { id0, id1, id2 } = this.sides[0].rows.batch;
    return [id0[slot], id1[slot], id2[slot]];
  }

  private numberOf(side: number, slot: number): number {
    const { rows, width } = this.sides[side];
    return rows.batch.columns[width].data[slot];
  }

  private emitDifference(before: ResultRow[], after: ResultRow[], time: number, input: number): void {
    const { upsert } = this.options;
    const ids = (row: ResultRow): string => row.ids.join(' ');
    const old = new Map(before.map((row) => [ids(row), row]));
    const now = new Set(after.map(ids));
    for (const row of before) if (!now.has(ids(row))) this.emit(row, DELETE, time, input);
    for (const row of after) {
      const replaced = old.get(ids(row));
      if (replaced && row.values.every((value, i) => value === replaced.values[i])) continue;
      if (replaced && !upsert) this.emit(replaced, UPDATE_BEFORE, time, input);
      this.emit(row, replaced ? UPDATE_AFTER : INSERT, time, input);
    }
  }

  /** `time`: of a row whose node has lost event time. */
  private emit({ values, ids, time }: ResultRow, kind: number, cause: number, input: number): void {
    const { out } = this;
    const at = out.length;
    if (at === out.time.length) reserveBatch(out, Math.max(256, at * 2));
    values.forEach((value, i) => writeValue(out.columns[i], at, value));
    out.time[at] = this.plan.timeColumn < 0 ? cause : time;
    out.watermark[at] = this.watermark.value;
    out.input[at] = input;
    out.kind[at] = kind;
    [out.id0[at], out.id1[at], out.id2[at]] = ids;
    out.length = at + 1;
  }

  private readonly forget = (key: number): void => {
    this.results.delete(key);
    for (const { rows } of this.sides) for (const slot of rows.slotsOf(key).splice(0)) rows.release(slot);
  };

  advance(watermark: number, input: number): void {
    if (watermark <= this.watermark.value) return;
    this.timers.advance(watermark, (key, _, due) => {
      for (const row of this.resultOf(key)) if (this.how.due(row) === due) this.emit(row, INSERT, row.time, input);
    });
    this.watermark.value = watermark;
  }

  due(watermark: number): number {
    // A row on its way may be due with the next watermark.
    const waits = this.how.due !== immediately && watermark < MAX_TIME;
    return waits ? watermark + 1 : this.timers.next;
  }
}

const NUMBER = field('#number', BIGINT);

/** Takes a row out of those of its key; false where it is not there. */
function remove(rows: RowLists, key: number, { id0, id1, id2 }: ColumnBatch, row: number): boolean {
  const list = rows.slotsOf(key);
  const { batch } = rows;
  const at = list.findIndex(
    (slot) => batch.id0[slot] === id0[row] && batch.id1[slot] === id1[row] && batch.id2[slot] === id2[row],
  );
  if (at < 0) return false;
  rows.release(list[at]);
  list.splice(at, 1);
  return true;
}

/** The rows of a key as the batch executor orders those of one time: results by who they are, events as they came (S19). */
function inBatchOrder({ rows, keyed }: Side, key: number): number[] {
  const { id0, id1, id2 } = rows.batch;
  const list = rows.slotsOf(key);
  return keyed ? list.toSorted((a, b) => id0[a] - id0[b] || id1[a] - id1[b] || id2[a] - id2[b]) : list;
}

/** Stands for an input: the rows of one key. */
const scanOf = ({ schema, timeColumn }: Plan, side: number): Scan => ({
  node: 'scan',
  table: String(side),
  schema,
  timeColumn,
  watermark: null,
  primaryKey: [],
  options: {},
});

function overScans(node: Plan, scans: Scan[]): Plan {
  if ('left' in node) return { ...node, left: scans[0], right: scans[1] };
  return 'input' in node ? { ...node, input: scans[0] } : node;
}
