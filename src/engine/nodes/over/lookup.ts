import {
  addTime,
  columnIndex,
  makeBatch,
  MAX_TIME,
  MIN_TIME,
  TidemarkError,
  type Column,
  type ColumnBatch,
  type Schema,
} from '../../../model';
import { type Edge, type Over } from '../../../sql/plan';
import { layoutOf, type AggregateLayout } from '../../aggregates';
import { compile, type Evaluator } from '../../expression';
import { keyFields, type KeyTable } from '../../state/keys';
import { type Context, type KeyedState, type Operator } from '../../stream/operator';
import { frameText } from '../../frames/bounds';
import { type KeyedRows } from '../../state/rows';
import { oneRow, type KeyedSlots } from '../../state/slots';
import { copyHidden, copyValue } from '../../stream/rows';
import { adoptDictionary } from '../../state/savedRows';

export const EVENTS = 0;
export const REQUESTS = 1;

interface LookupOptions {
  edge: Edge;
  /** From state, or by reading the log of the key again. */
  answer: 'state' | 'rescan';
  requests: Schema;
}

/**
 * Online features: a request is answered at once, from the rolling aggregate of its key at the request's own time.
 * It does not wait for the watermark, so it knows what has arrived and no more.
 *
 * From state, an event is touched when it comes and once more when it leaves the frame. A rescan keeps no aggregate:
 * each request reads every event of its key in the frame again (an index finds them; only those read are counted).
 */
export class LookupOperator implements Operator {
  readonly name = 'lookup';
  readonly out: ColumnBatch;
  readonly state: KeyedState;

  private readonly layout: AggregateLayout;
  private readonly groups: KeyedSlots;
  private readonly keyTable: KeyTable;
  private readonly keyOfEvent: Evaluator[];
  private readonly keyOfRequest: number[];
  private readonly store: KeyedRows;
  private readonly results: Column[];
  private readonly span: number;
  private ids = new Int32Array(0);

  constructor(
    plan: Over,
    private readonly options: LookupOptions,
    private readonly context: Context,
  ) {
    const input = plan.input.schema;
    if (plan.frame.unit !== 'range' || plan.frame.preceding === null) {
      throw new TidemarkError({
        what: 'a request needs a frame in time',
        expected: 'RANGE BETWEEN INTERVAL … PRECEDING AND CURRENT ROW',
        found: frameText(plan.frame, options.edge),
      });
    }
    this.span = plan.frame.preceding;
    this.layout = layoutOf(plan.aggregates, input);
    if (!this.layout.retractable && options.answer === 'state') {
      throw new TidemarkError({
        what: 'MIN and MAX cannot be kept for requests',
        hint: 'Answer by rescan, or use SUM, COUNT, AVG or STDDEV.',
      });
    }
    this.keyOfEvent = plan.partitionBy.map((key) => compile(key, input));
    this.keyOfRequest = plan.partitionBy.map((key) => {
      const index = key.op === 'column' ? columnIndex(options.requests, key.name) : -1;
      if (index < 0)
        throw new TidemarkError({
          what: 'a request does not say its key',
          expected: `a column ${key.op === 'column' ? key.name : 'for each PARTITION BY'} in the stream of requests`,
          found: options.requests.map((one) => one.name).join(', '),
        });
      return index;
    });
    const { state } = context;
    this.keyTable = state.keyTable(keyFields(plan.partitionBy), true);
    this.groups = state.slots(this.layout);
    this.store = state.keyedRows(input);
    const aggregates = plan.schema.slice(input.length).map((one) => ({ ...one, nullable: true }));
    this.out = makeBatch([...options.requests, ...aggregates]);
    this.results = this.out.columns.slice(options.requests.length);
    const { store, groups } = this;
    this.state = state.show(
      this.layout.fields,
      (visit) =>
        groups.each((key) => {
          const newest = store.count[key] > 0 ? store.batch.time[store.tail[key]] : 0;
          visit(key, newest, newest, groups.values(key));
        }),
      this.layout.texts,
    );
  }

  process(batch: ColumnBatch, from: number, to: number, port: number): void {
    const columns =
      port === EVENTS
        ? this.keyOfEvent.map((evaluate) => evaluate(batch, from, to))
        : this.keyOfRequest.map((index) => batch.columns[index]);
    if (this.ids.length < to) this.ids = new Int32Array(Math.max(to, this.ids.length * 2));
    this.keyTable.intern(columns, from, to, this.ids);
    this.groups.reserve(this.keyTable.size);
    this.store.reserveKeys(this.keyTable.size);
    for (let row = from; row < to; row += 1) {
      if (port === EVENTS) this.take(batch, row, this.ids[row]);
      else this.reply(batch, row, this.ids[row]);
    }
  }

  private take(batch: ColumnBatch, row: number, key: number): void {
    this.store.insert(key, this.store.put(batch, row));
    const { counters, written } = this.context;
    if (this.options.answer === 'rescan') return;
    counters.rowsRead += 1;
    this.layout.add(this.groups.slots, oneRow(key * this.groups.width, row), batch, row, row + 1);
    const time = batch.time[row];
    written?.(batch.input[row], key, this.groups.values(key), time, time);
  }

  private reply(batch: ColumnBatch, row: number, key: number): void {
    const { counters, trace, number } = this.context;
    const time = batch.time[row];
    const touched = this.options.answer === 'rescan' ? this.rescan(key, time) : this.expire(key, time);
    counters.rowsRead += touched;
    trace?.add('state read', number, batch.input[row], key, time - this.span, time, batch.id2[row], [touched]);
    this.emit(batch, row, key);
  }

  /** Reads the frame of `time` from the log of the key; returns how many rows that took. */
  private rescan(key: number, time: number): number {
    const { store, groups, layout } = this;
    layout.init(groups.slots, key * groups.width);
    let touched = 0;
    for (const slot of store.slotsOf(key)) {
      const at = store.batch.time[slot];
      if (this.isOlder(at, time) || this.isNewer(at, time)) continue;
      touched += 1;
      this.add(key, slot);
    }
    return touched;
  }

  /** Takes what has left the frame out of the key's state; returns how many rows that were. */
  private expire(key: number, time: number): number {
    const { store } = this;
    let gone = 0;
    for (; store.count[key] > 0 && this.isOlder(store.batch.time[store.head[key]], time); gone += 1) {
      this.remove(key, store.head[key]);
      store.shift(key);
    }
    return gone;
  }

  private add(key: number, slot: number): void {
    const { layout, groups, store } = this;
    layout.add(groups.slots, oneRow(key * groups.width, slot), store.batch, slot, slot + 1);
  }

  private remove(key: number, slot: number): void {
    const { layout, groups, store } = this;
    layout.remove(groups.slots, oneRow(key * groups.width, slot), store.batch, slot, slot + 1);
  }

  /** Whether a row at `at` has left the frame of `time`. */
  private isOlder(at: number, time: number): boolean {
    return this.options.edge === 'open-left' ? at <= time - this.span : at < time - this.span;
  }

  /** Whether it is not in it yet. */
  private isNewer(at: number, time: number): boolean {
    return this.options.edge === 'open-right' ? at >= time : at > time;
  }

  private emit(batch: ColumnBatch, row: number, key: number): void {
    const { out, layout, groups } = this;
    const at = copyHidden(batch, row, out);
    out.watermark[at] = MIN_TIME;
    for (let i = 0; i < batch.columns.length; i += 1) {
      adoptDictionary(out.columns[i], batch.columns[i].dictionary, at);
      copyValue(batch.columns[i], row, out.columns[i], at);
    }
    const newer = this.newerThan(key, batch.time[row]);
    for (const slot of newer) this.remove(key, slot);
    layout.result(groups.slots, key * groups.width, this.results, at);
    for (const slot of newer) this.add(key, slot);
  }

  /** Events in the state of a key that arrived before a request, but happened after it, are not in its frame. */
  private newerThan(key: number, time: number): number[] {
    const { store, options } = this;
    const { time: times } = store.batch;
    const hasAny = options.answer === 'state' && store.count[key] > 0 && this.isNewer(times[store.tail[key]], time);
    return hasAny ? store.slotsOf(key).filter((slot) => this.isNewer(times[slot], time)) : [];
  }

  advance(watermark: number): void {
    // A rescan reads the log, which keeps everything; state keeps one frame per key, also for keys without a request.
    if (this.options.answer === 'rescan' || watermark === MAX_TIME || watermark === MIN_TIME) return;
    for (let key = 0; key < this.keyTable.size; key += 1) {
      const { count, batch, tail } = this.store;
      if (count[key] > 0 && addTime(batch.time[tail[key]], 2 * this.span) < watermark)
        this.context.counters.rowsRead += this.expire(key, watermark);
    }
  }

  due(watermark: number): number {
    return watermark === MAX_TIME ? MAX_TIME : watermark + 1;
  }
}
