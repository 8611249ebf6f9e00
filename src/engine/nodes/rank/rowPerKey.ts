import {
  adds,
  DELETE,
  field,
  INSERT,
  makeBatch,
  MAX_TIME,
  TIMESTAMP,
  UPDATE_AFTER,
  UPDATE_BEFORE,
  type ColumnBatch,
} from '../../../model';
import { type Deduplicate, type Normalize } from '../../../sql/plan';
import { type KeyIds } from '../../state/keys';
import { type KeyedRows } from '../../state/rows';
import { type StateTtl } from '../../state/stateTtl';
import { emitRow } from '../../state/storedRows';
import { type Context, type KeyedState, type Operator } from '../../stream/operator';
import { sameValue } from '../../stream/rows';
import { type ChangelogOptions } from '../aggregate/groupAggregate';
import { tombstonesOf } from './kinds';

/** What a row that arrives does to the row that its key shows; `shown`: the time of that one, null for none. */
type Effect = (batch: ColumnBatch, row: number, shown: number | null) => 'none' | 'replaces' | 'deletes';

/**
 * One row per key, as far as has arrived: a new one takes the old one back (−U +U), and a row just like the one before
 * it is no change (S13.2).
 *
 * `deduplicate` shows the first or the last row by event time. The last is replaced by a row of the same time or a later
 * one, the first by an earlier one only (S13.4), so of equal times the first to arrive stays the first and the last to
 * arrive the last (S19). `normalize` makes a changelog of an upsert stream: the last row in the order of arrival, which
 * a tombstone deletes (−D).
 */
export class RowPerKeyOperator implements Operator {
  readonly name: string;
  readonly out: ColumnBatch;
  readonly state: KeyedState;

  private readonly keys: KeyIds;
  /** The row that is shown, by key. */
  private readonly shown: KeyedRows;
  private readonly ttl: StateTtl;
  private readonly effectOf: Effect;

  constructor(
    plan: Deduplicate | Normalize,
    private readonly options: ChangelogOptions,
    private readonly context: Context,
  ) {
    const { state } = context;
    this.name = plan.node;
    this.effectOf = plan.node === 'deduplicate' ? byTime(plan) : byArrival(plan);
    this.keys = state.keys(plan.keys, plan.input.schema);
    this.shown = state.keyedRows(plan.input.schema);
    this.ttl = state.ttl(options.ttl, this.forget);
    this.out = makeBatch(plan.schema);
    this.state = state.show([field(plan.node === 'deduplicate' ? 'time shown' : 'time', TIMESTAMP)], (visit) => {
      for (let key = 0; key < this.keys.count; key += 1) {
        const time = this.timeOf(key);
        if (time !== null) visit(key, 0, 0, [time]);
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
    const { shown, context } = this;
    const before = this.timeOf(key);
    const effect = this.effectOf(batch, row, before);
    if (effect === 'none') return;
    const old = before === null ? -1 : shown.head[key];
    let fresh = -1;
    if (effect === 'deletes') this.ttl.drop(key);
    else {
      fresh = shown.put(batch, row);
      shown.append(key, fresh);
      this.ttl.write(key);
    }
    // The row that goes can be read until the next one is put in.
    if (old >= 0) shown.shift(key);
    context.written?.(batch.input[row], key, [batch.time[row]]);
    if (old < 0) this.emit(fresh, INSERT, batch, row, key);
    else if (fresh < 0) this.emit(old, DELETE, batch, row, key);
    else if (!shown.batch.columns.every((column) => sameValue(column, old, column, fresh))) {
      if (!this.options.upsert) this.emit(old, UPDATE_BEFORE, batch, row, key);
      this.emit(fresh, UPDATE_AFTER, batch, row, key);
    }
  }

  private emit(slot: number, kind: number, batch: ColumnBatch, cause: number, key: number): void {
    emitRow(this.shown.batch, slot, this.out.columns.length, this.out, kind, batch, cause, key);
  }

  private timeOf(key: number): number | null {
    const { batch, count, head } = this.shown;
    return count[key] > 0 ? batch.time[head[key]] : null;
  }

  private readonly forget = (key: number): void => {
    if (this.shown.count[key] > 0) this.shown.shift(key);
  };

  advance(): void {}

  due(): number {
    return MAX_TIME;
  }
}

const byTime =
  ({ keep }: Deduplicate): Effect =>
  ({ time }, row, shown) =>
    shown === null || (keep === 'last' ? time[row] >= shown : time[row] < shown) ? 'replaces' : 'none';

function byArrival(plan: Normalize): Effect {
  const isTombstone = tombstonesOf(plan);
  return (batch, row, shown) => {
    if (adds(batch.kind[row]) && !isTombstone(batch, row)) return 'replaces';
    return shown === null ? 'none' : 'deletes';
  };
}
