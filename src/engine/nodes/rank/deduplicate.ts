import { INSERT, makeBatch, MAX_TIME, MIN_TIME, UPDATE_AFTER, UPDATE_BEFORE, type ColumnBatch } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type Deduplicate } from '../../../sql/plan';
import { type Context, type KeyedState, type Operator } from '../../stream/operator';
import { type ChangelogOptions, sameValue } from '../aggregate/groupAggregate';
import { StateTtl } from '../../state/stateTtl';
import { KeyIds } from '../../state/keyIds';
import { RollingStore } from '../over/rollingStore';
import { restoreKeys, saveKeys } from '../../state/savedRows';
import { emitRow } from '../../state/storedRows';

const NONE = -1;

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
  private readonly store: RollingStore;
  private readonly ttl: StateTtl;
  /** Slot of the row that is shown, by key. */
  private shown: Int32Array<ArrayBuffer> = new Int32Array(16).fill(NONE);

  constructor(
    private readonly plan: Deduplicate,
    readonly title: string,
    private readonly options: ChangelogOptions,
    private readonly context: Context,
  ) {
    this.keys = new KeyIds(plan.keys, plan.input.schema);
    this.store = new RollingStore(plan.input.schema);
    this.ttl = new StateTtl(options.ttl);
    this.out = makeBatch(plan.schema);
    this.state = this.view();
  }

  process(batch: ColumnBatch, from: number, to: number): void {
    const ids = this.keys.find(batch, from, to);
    this.reserve();
    for (let row = from; row < to; row += 1) {
      const now = this.options.ttl === null ? MIN_TIME : this.context.clock(batch.input[row]);
      this.ttl.expire(now, this.forget);
      this.take(batch, row, ids[row], now);
    }
    this.count();
  }

  private reserve(): void {
    if (this.shown.length >= this.keys.count) return;
    const shown = new Int32Array(Math.max(this.keys.count, this.shown.length * 2)).fill(NONE);
    shown.set(this.shown);
    this.shown = shown;
  }

  private take(batch: ColumnBatch, row: number, key: number, now: number): void {
    const { store, out, context } = this;
    const columns = out.columns.length;
    const old = this.shown[key];
    if (old !== NONE && !this.replaces(batch.time[row], store.rows.time[old])) return;
    const slot = store.put(batch, row);
    this.shown[key] = slot;
    this.ttl.write(key, now);
    context.trace?.add('state written', context.number, batch.input[row], key, 0, 0, -1, [batch.time[row]]);
    if (old === NONE) emitRow(store.rows, slot, columns, out, INSERT, batch, row, key);
    else if (!this.sameRow(old, slot)) {
      if (!this.options.upsert) emitRow(store.rows, old, columns, out, UPDATE_BEFORE, batch, row, key);
      emitRow(store.rows, slot, columns, out, UPDATE_AFTER, batch, row, key);
    }
    if (old !== NONE) store.release(old);
  }

  private replaces(time: number, shown: number): boolean {
    return this.plan.keep === 'last' ? time >= shown : time < shown;
  }

  /** S13.2: a row just like the one shown is no change. */
  private sameRow(a: number, b: number): boolean {
    return this.store.rows.columns.every((column) => sameValue(column, a, column, b));
  }

  private readonly forget = (key: number): void => {
    if (this.shown[key] === NONE) return;
    this.store.release(this.shown[key]);
    this.shown[key] = NONE;
  };

  advance(): void {}

  due(): number {
    return MAX_TIME;
  }

  alarm(): number {
    return this.ttl.due;
  }

  get isClocked(): boolean {
    return this.ttl.canExpire;
  }

  tick(now: number): void {
    if (now < MAX_TIME) this.ttl.expire(now, this.forget);
    this.count();
  }

  private count(): void {
    const { counters } = this.context;
    counters.stateRows = this.store.live;
    if (counters.stateRows > counters.stateRowsMax) counters.stateRowsMax = counters.stateRows;
  }

  private view(): KeyedState {
    const { store } = this;
    return {
      keys: this.keys.table.table,
      schema: [{ name: 'time shown', type: { name: 'TIMESTAMP' }, nullable: false }],
      get rows() {
        return store.live;
      },
      each: (visit) => {
        for (let key = 0; key < this.keys.count; key += 1) {
          if (this.shown[key] !== NONE) visit(key, 0, 0, [store.rows.time[this.shown[key]]]);
        }
      },
    };
  }

  save(writer: StateWriter): void {
    saveKeys(writer, this.keys.table);
    const keys = [...this.shown.keys()].filter((key) => this.shown[key] !== NONE);
    writer.ints(Int32Array.from(keys));
    this.store.save(
      writer,
      0,
      Int32Array.from(keys, (key) => this.shown[key]),
    );
    this.ttl.save(writer, this.keys.count);
  }

  restore(reader: StateReader): void {
    restoreKeys(reader, this.keys.table);
    const keys = reader.ints();
    const slots = this.store.restore(reader);
    this.reserve();
    this.shown.fill(NONE);
    keys.forEach((key, i) => {
      this.shown[key] = slots[i];
    });
    this.ttl.restore(reader);
  }
}
