import {
  DELETE,
  INSERT,
  TIMINGS,
  UPDATE_AFTER,
  UPDATE_BEFORE,
  type ColumnBatch,
  type Schema,
  type Table,
} from '../../../model';
import { type AggregateLayout } from '../../aggregates';
import { type Context } from '../../stream/operator';
import { UpdatingWindowRows } from './updatingWindowRows';
import { WindowStore } from './updatingWindowStore';

/** When a window speaks: with every record that enters it, or once, when it has closed (S18: first emission). */
export type Emit = 'update' | 'close';

/** The record that is being handled. */
export interface Arrival {
  batch: ColumnBatch;
  row: number;
  key: number;
  /** Its time on the clock that windows are cut by. */
  at: number;
}

/**
 * What the rules of all window shapes are made of: windows in a store, changed by one record at a time, each change
 * sent on as the shape's rules ask and traced behind its effect.
 */
export class WindowCells {
  readonly store: WindowStore;
  readonly emitted: UpdatingWindowRows;
  /** Largest record time so far over all keys (S1.1); −1 before any, as records are never older than the epoch. */
  streamTime = -1;
  /** Whether the record under way has entered any window. */
  entered = false;
  private readonly bases = { of: new Int32Array(0) };
  private readonly values: Float64Array;

  constructor(
    readonly context: Context,
    readonly layout: AggregateLayout,
    schema: Schema,
    keys: Table,
    private readonly emit: Emit,
    /** Whether the old value is taken back before the new one: −U +U instead of +U alone (S13.1). */
    private readonly retract: boolean,
  ) {
    this.store = new WindowStore(layout);
    this.emitted = new UpdatingWindowRows(schema, keys.columns.length, layout, keys);
    this.values = new Float64Array(layout.fields.length);
  }

  /** Adds the record to a window that is there, and sends what it holds then. */
  update(arrival: Arrival, slot: number): void {
    const { store } = this;
    const again = this.emit === 'update' && this.retract && store.panes[slot] > 0;
    if (again) this.write(arrival, slot, UPDATE_BEFORE);
    this.add(arrival, slot);
    this.emitPane(arrival, slot, store.panes[slot] > 0 ? UPDATE_AFTER : INSERT);
  }

  /** A new window, with the contents of window `from` (−1: empty) and the record. */
  create(arrival: Arrival, start: number, end: number, from = -1): void {
    const slot = this.store.insert(arrival.key, start, end);
    if (from >= 0) this.mergeInto(slot, from);
    this.add(arrival, slot);
    this.emitPane(arrival, slot, INSERT);
  }

  mergeInto(slot: number, from: number): void {
    const { stride } = this.layout;
    this.layout.merge(this.store.state, slot * stride, this.store.state, from * stride);
  }

  add({ batch, row, at }: Arrival, slot: number): void {
    const { store, layout, bases } = this;
    if (bases.of.length <= row) bases.of = new Int32Array(Math.max(row + 1, batch.length, 2 * bases.of.length));
    bases.of[row] = slot * layout.stride;
    layout.add(store.state, bases.of, batch, row, row + 1);
    if (at > store.time[slot]) store.time[slot] = at;
    this.entered = true;
  }

  /** The state of a window has changed: trace it, and speak if windows speak with every record. */
  emitPane(arrival: Arrival, slot: number, kind: number): void {
    const { store, context, layout } = this;
    if (context.trace) {
      layout.readState(store.state, slot * layout.stride, this.values);
      const { start, end } = store;
      const input = arrival.batch.input[arrival.row];
      context.trace.add('state written', context.number, input, arrival.key, start[slot], end[slot], -1, this.values);
    }
    if (this.emit === 'close') return;
    // The newest record is never late, also where the end of its window is its own time, as that of a session is.
    const late = arrival.at < this.streamTime && store.end[slot] <= this.streamTime;
    this.fire(arrival, slot, late ? LATE : EARLY);
    this.write(arrival, slot, kind);
  }

  /** Traces that a window speaks, and counts it. */
  fire({ batch, row }: Arrival, slot: number, timing: number[] = ON_TIME): void {
    const { store, context } = this;
    const { key, start, end, panes } = store;
    const pane = panes[slot];
    panes[slot] += 1;
    context.trace?.add(
      'window fired',
      context.number,
      batch.input[row],
      key[slot],
      start[slot],
      end[slot],
      pane,
      timing,
    );
  }

  write({ batch, row }: Arrival, slot: number, kind: number): void {
    this.emitted.write(this.store, slot, kind, batch.watermark[row], batch.input[row]);
  }

  /**
   * A window that takes the place of others and holds what they held, and the record. What they have said is deleted
   * before it speaks, oldest first (S3.6).
   */
  replace(arrival: Arrival, old: readonly number[], start: number, end: number): void {
    const { store } = this;
    if (this.emit === 'update') for (const slot of old) this.write(arrival, slot, DELETE);
    const slot = store.insert(arrival.key, start, end);
    const same = store.start[old[0]] === start && store.end[old[0]] === end;
    store.panes[slot] = same ? store.panes[old[0]] : 0;
    for (const one of old) {
      store.time[slot] = Math.max(store.time[slot], store.time[one]);
      this.mergeInto(slot, one);
      store.remove(one);
      this.traceMerge(arrival, one, start, end);
    }
    this.add(arrival, slot);
    this.emitPane(arrival, slot, INSERT);
  }

  /** Growing is traced as a merge, unless the session stays as it was. */
  private traceMerge({ batch, row, key }: Arrival, slot: number, start: number, end: number): void {
    const { context, store } = this;
    if (store.start[slot] === start && store.end[slot] === end) return;
    const input = batch.input[row];
    context.trace?.add('windows merged', context.number, input, key, store.start[slot], store.end[slot], -1, [
      start,
      end,
    ]);
  }

  discard(arrival: Arrival, slot: number): void {
    this.store.remove(slot);
    this.tracePurge(arrival, slot);
  }

  tracePurge({ batch, row }: Arrival, slot: number): void {
    const { context } = this;
    const { key, start, end } = this.store;
    context.trace?.add('window purged', context.number, batch.input[row], key[slot], start[slot], end[slot], -1);
  }
}

const ON_TIME = [TIMINGS.indexOf('on time')];
const LATE = [TIMINGS.indexOf('late')];
const EARLY = [TIMINGS.indexOf('early')];
