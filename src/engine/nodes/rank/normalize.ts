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
  type Table,
} from '../../../model';
import { type Normalize } from '../../../sql/plan';
import { type KeyIds } from '../../state/keyIds';
import { type KeyedRows } from '../../state/rows';
import { type StateTtl } from '../../state/stateTtl';
import { emitRow } from '../../state/storedRows';
import { type Context, type KeyedState, type Operator } from '../../stream/operator';
import { sameValue } from '../aggregate/groupAggregate';
import { explainNode } from '..';
import { tombstonesOf } from './kinds';

/**
 * An upsert stream as a changelog: the last row of each key, in the order of arrival. A new one takes the old one back
 * (−U +U), a tombstone deletes it (−D); a row just like the one before it is no change (S13.2).
 */
export class NormalizeOperator implements Operator {
  readonly name = 'normalize';
  readonly title: string;
  readonly out: ColumnBatch;
  readonly state: KeyedState;
  private readonly keys: KeyIds;
  private readonly rows: KeyedRows;
  private readonly ttl: StateTtl;
  private readonly isTombstone: (rows: Table, row: number) => boolean;

  constructor(
    plan: Normalize,
    private readonly options: { upsert: boolean; ttl: number | null },
    private readonly context: Context,
  ) {
    const { state } = context;
    this.title = explainNode(plan);
    this.isTombstone = tombstonesOf(plan);
    this.keys = state.keys(plan.keys, plan.input.schema);
    this.rows = state.keyedRows(plan.input.schema);
    this.ttl = state.ttl(options.ttl, this.forget);
    this.out = makeBatch(plan.schema);
    this.state = state.show([field('time', TIMESTAMP)], (visit) => {
      const { batch, count, head } = this.rows;
      for (let key = 0; key < this.keys.count; key += 1) if (count[key] > 0) visit(key, 0, 0, [batch.time[head[key]]]);
    });
  }

  process(batch: ColumnBatch, from: number, to: number): void {
    const ids = this.keys.find(batch, from, to);
    this.rows.reserveKeys(this.keys.count);
    for (let row = from; row < to; row += 1) {
      if (this.ttl.canExpire) this.ttl.pass(this.context.clock(batch.input[row]));
      this.take(batch, row, ids[row]);
    }
  }

  private take(batch: ColumnBatch, row: number, key: number): void {
    const { rows, out, context } = this;
    const columns = out.columns.length;
    const old = rows.count[key] > 0 ? rows.head[key] : -1;
    const isGone = !adds(batch.kind[row]) || this.isTombstone(batch, row);
    if (isGone && old < 0) return;
    const slot = isGone ? -1 : rows.put(batch, row);
    if (isGone) this.ttl.drop(key);
    else {
      rows.append(key, slot);
      this.ttl.write(key);
    }
    // The row that goes can be read until the next one is put in.
    if (old >= 0) rows.shift(key);
    context.trace?.add('state written', context.number, batch.input[row], key, 0, 0, -1, [batch.time[row]]);
    const isSame = old >= 0 && !isGone && rows.batch.columns.every((column) => sameValue(column, old, column, slot));
    if (isSame) return;
    if (isGone) emitRow(rows.batch, old, columns, out, DELETE, batch, row, key);
    else {
      if (old >= 0 && !this.options.upsert) emitRow(rows.batch, old, columns, out, UPDATE_BEFORE, batch, row, key);
      emitRow(rows.batch, slot, columns, out, old < 0 ? INSERT : UPDATE_AFTER, batch, row, key);
    }
  }

  private readonly forget = (key: number): void => {
    if (this.rows.count[key] > 0) this.rows.shift(key);
  };

  advance(): void {}

  due(): number {
    return MAX_TIME;
  }
}
