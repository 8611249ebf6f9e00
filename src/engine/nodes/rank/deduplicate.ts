import {
  field,
  INSERT,
  makeBatch,
  MAX_TIME,
  TIMESTAMP,
  UPDATE_AFTER,
  UPDATE_BEFORE,
  type ColumnBatch,
} from '../../../model';
import { type Deduplicate } from '../../../sql/plan';
import { type Context, type KeyedState, type Operator } from '../../stream/operator';
import { type ChangelogOptions, sameValue } from '../aggregate/groupAggregate';
import { type KeyIds } from '../../state/keyIds';
import { type StateTtl } from '../../state/stateTtl';
import { type KeyedRows } from '../../state/rows';
import { emitRow } from '../../state/storedRows';

/**
 * One row per key: the first or the last by event time, as far as has come. The last is replaced by a row of the same
 * time or a later one, the first by an earlier one only (S13.4), so of equal times the first to come stays the first
 * and the last to come the last (S19).
 */
export class DeduplicateOperator implements Operator {
  readonly name = 'deduplicate';
  readonly out: ColumnBatch;
  readonly state: KeyedState;

  private readonly keys: KeyIds;
  /** The row that is shown, by key. */
  private readonly shown: KeyedRows;
  private readonly ttl: StateTtl;

  constructor(
    private readonly plan: Deduplicate,
    readonly title: string,
    private readonly options: ChangelogOptions,
    private readonly context: Context,
  ) {
    const { state } = context;
    this.keys = state.keys(plan.keys, plan.input.schema);
    this.shown = state.keyedRows(plan.input.schema);
    this.ttl = state.ttl(options.ttl, this.forget);
    this.out = makeBatch(plan.schema);
    this.state = state.show([field('time shown', TIMESTAMP)], (visit) => {
      for (let key = 0; key < this.keys.count; key += 1) {
        if (this.shown.count[key] > 0) visit(key, 0, 0, [this.timeOf(this.shown.head[key])]);
      }
    });
  }

  process(batch: ColumnBatch, from: number, to: number): void {
    const ids = this.keys.find(batch, from, to);
    this.shown.reserveKeys(this.keys.count);
    for (let row = from; row < to; row += 1) {
      if (this.ttl.canExpire) this.ttl.pass(this.context.clock(batch.input[row]));
      this.take(batch, row, ids[row]);
    }
  }

  private take(batch: ColumnBatch, row: number, key: number): void {
    const { shown, out, context } = this;
    const columns = out.columns.length;
    const isFirst = shown.count[key] === 0;
    const old = shown.head[key];
    if (!isFirst && !this.replaces(batch.time[row], this.timeOf(old))) return;
    const slot = shown.put(batch, row);
    shown.append(key, slot);
    // The row that goes can be read until the next one is put in.
    if (!isFirst) shown.shift(key);
    this.ttl.write(key);
    context.trace?.add('state written', context.number, batch.input[row], key, 0, 0, -1, [batch.time[row]]);
    if (isFirst) emitRow(shown.batch, slot, columns, out, INSERT, batch, row, key);
    else if (!this.sameRow(old, slot)) {
      if (!this.options.upsert) emitRow(shown.batch, old, columns, out, UPDATE_BEFORE, batch, row, key);
      emitRow(shown.batch, slot, columns, out, UPDATE_AFTER, batch, row, key);
    }
  }

  private replaces(time: number, shown: number): boolean {
    return this.plan.keep === 'last' ? time >= shown : time < shown;
  }

  private timeOf(slot: number): number {
    return this.shown.batch.time[slot];
  }

  /** S13.2: a row just like the one shown is no change. */
  private sameRow(a: number, b: number): boolean {
    return this.shown.batch.columns.every((column) => sameValue(column, a, column, b));
  }

  private readonly forget = (key: number): void => {
    if (this.shown.count[key] > 0) this.shown.shift(key);
  };

  advance(): void {}

  due(): number {
    return MAX_TIME;
  }
}
