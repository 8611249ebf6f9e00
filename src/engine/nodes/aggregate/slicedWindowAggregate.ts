import {
  addTime,
  INSERT,
  MAX_TIME,
  MIN_TIME,
  stepCode,
  withRoom,
  UPDATE_AFTER,
  UPDATE_BEFORE,
  type ColumnBatch,
} from '../../../model';
import { type WindowAggregate } from '../../../sql/plan';
import { layoutOf, type AggregateLayout } from '../../aggregates';
import { PIECE, Resumable, type Pieces } from '../../pieces';
import { type KeyIds } from '../../state/keys';
import { type StateValue } from '../../state/store';
import { type Context, type KeyedState, type Operator, type WindowView } from '../../stream/operator';
import { firstEnd, isExpired, lastEnd, startOf, windowsAt, type Grid } from '../../stream/windows';
import { gridOf } from '../../windowing/shapes';
import { Panes } from '../../windowing/panes';
import { Slices } from '../../windowing/slices';
import { WindowRows } from '../../windowing/windowRows';
import { WindowValues } from '../../windowing/windowValues';

/**
 * Aggregates per key and window. A window fires when the watermark reaches its last millisecond (S4.1), in order of
 * window ends (S4.3); an event that comes later, but inside the allowed lateness, makes its windows fire again at once
 * (S4.4), the old value taken back first (S6.3). State goes when the last window of a slice has expired (S5.3). An
 * event all of whose windows have expired is dropped (S5.5).
 */
export class SlicedWindowAggregateOperator implements Operator {
  readonly name = 'window aggregate';
  readonly out: ColumnBatch;
  readonly state: KeyedState;

  private readonly grid: Grid;
  /** Whether time has stretches that belong to no window. */
  private readonly gaps: boolean;
  private readonly layout: AggregateLayout;
  private readonly keys: KeyIds;
  private readonly slices: Slices;
  private readonly panes: Panes;
  private readonly watermark: StateValue;
  private readonly lateness: StateValue;
  private bases = new Int32Array(0);
  /** Scratch for a state row that is traced. */
  private readonly values: Float64Array;
  private readonly emitted: WindowRows;
  private readonly windowValues: WindowValues;
  /** Rows that are taken in, or what a watermark is due. */
  private readonly work: Resumable;
  /** Windows of one key that fire again between two pauses, and whether a row never has more. */
  private readonly piece: number;
  private readonly refiresFew: boolean;

  constructor(
    plan: WindowAggregate,
    lateness: number,
    private readonly context: Context,
  ) {
    const input = plan.input.schema;
    this.work = new Resumable(context.mayGoOn);
    this.grid = gridOf(plan.window);
    this.gaps = this.grid.slide > this.grid.size;
    this.layout = layoutOf(plan.aggregates, input, { timeColumn: plan.input.timeColumn });
    this.piece = Math.max(1, Math.floor(PIECE / this.layout.fields.length));
    this.refiresFew = this.grid.size / this.grid.slide <= Math.min(8, this.piece);
    const { state } = context;
    this.keys = state.keys(plan.keys, input, true, plan.schema.slice(0, plan.keys.length));
    this.slices = state.add(new Slices(this.grid.slice, this.grid.offset, this.layout));
    this.panes = state.add(new Panes());
    this.watermark = state.value(MIN_TIME, 'min');
    this.lateness = state.value(lateness, 'max');
    this.values = new Float64Array(this.layout.fields.length);
    this.emitted = new WindowRows(plan, this.layout, this.keys.table.table);
    this.out = this.emitted.out;
    this.windowValues = new WindowValues(this.grid, this.slices, this.layout, this.emitted);
    state.derived(() => this.windowValues.forget());
    const { slices, layout, grid } = this;
    this.state = state.show(
      layout.fields,
      (visit) =>
        slices.each((key, start, base) =>
          visit(key, start, start + grid.slice, layout.stateValues(slices.state, base)),
        ),
      layout.texts,
    );
  }

  get windows(): WindowView {
    const { grid, lateness } = this;
    return { lateness: lateness.value, streamTime: null, windowsOf: (slice) => windowsAt(grid, slice) };
  }

  set({ lateness }: { lateness?: number }): void {
    if (lateness !== undefined) this.lateness.value = lateness;
  }

  get isPaused(): boolean {
    return this.work.isUnderWay;
  }

  process(batch: ColumnBatch, from: number, to: number): void {
    this.work.goOn(() => this.take(batch, from, to));
  }

  private *take(batch: ColumnBatch, from: number, to: number): Pieces {
    this.keys.find(batch, from, to);
    this.bases = withRoom(this.bases, to);
    this.slices.reserveKeys(this.keys.count);
    for (let row = this.takeSome(batch, from, to); row < to; row = this.takeSome(batch, row + 1, to))
      yield* this.takeLate(batch, row);
  }

  /**
   * Adds rows to their slices, many at a time; a row that is behind the watermark finds everything fired that it is due.
   * Stops at a row that takes more than a moment, and returns its number.
   */
  private takeSome(batch: ColumnBatch, from: number, to: number): number {
    const { bases, slices, grid, gaps, context } = this;
    const { ids } = this.keys;
    const { time, watermark } = batch;
    const inBulk = !gaps && !context.trace?.isWatched;
    for (let row = from; row < to; row += 1) {
      if (inBulk) {
        const end = slices.touchAll(time, watermark, ids, row, to, bases);
        this.add(batch, row, end);
        if (end === to) return to;
        row = end;
      }
      if (gaps && lastEnd(grid, time[row]) <= time[row]) this.passOver(batch, row);
      else if (this.isLate(time[row], watermark[row])) {
        if (!this.refiresFew || this.isDue(watermark[row])) return row;
        this.watermark.value = Math.max(this.watermark.value, watermark[row]);
        const again = this.enterLate(batch, row);
        if (again) this.fireAgain(again, batch, row, 0, again.ends.length);
      } else {
        bases[row] = slices.touch(time[row], ids[row]);
        this.add(batch, row, row + 1);
      }
    }
    return to;
  }

  /** Whether a window of this time has fired already. */
  private isLate(time: number, watermark: number): boolean {
    return time <= watermark && firstEnd(this.grid, time) - 1 <= watermark;
  }

  /** A row in a gap between windows is in none; behind the watermark it is set aside as a late one is (S5.5). */
  private passOver(batch: ColumnBatch, row: number): void {
    const at = batch.time[row];
    if (isExpired(at + 1, this.lateness.value, batch.watermark[row]))
      this.context.drop(batch, row, this.keys.ids[row], at, at);
  }

  /** Adds rows to their groups; while a trace is kept each is written down before the next, which may have the same group. */
  private add(batch: ColumnBatch, from: number, to: number): void {
    const { layout, slices, bases, context } = this;
    if (from === to) return;
    if (context.trace === null) {
      layout.add(slices.state, bases, batch, from, to);
      return;
    }
    for (let row = from; row < to; row += 1) {
      layout.add(slices.state, bases, batch, row, row + 1);
      this.traceState(batch, row);
    }
  }

  private traceState(batch: ColumnBatch, row: number): void {
    const base = this.bases[row];
    if (base < 0) return;
    const start = this.slices.startOf(batch.time[row]);
    this.layout.readState(this.slices.state, base, this.values);
    this.context.written!(batch.input[row], this.keys.ids[row], this.values, start, start + this.grid.slice);
  }

  /** A row for which at least one window has fired already. */
  private *takeLate(batch: ColumnBatch, row: number): Pieces {
    yield* this.catchUp(batch.watermark[row], batch.input[row]);
    const again = this.enterLate(batch, row);
    const windows = again ? again.ends.length : 0;
    for (let from = 0; from < windows; from += this.piece) {
      this.fireAgain(again!, batch, row, from, Math.min(windows, from + this.piece));
      yield;
    }
  }

  /** Adds a late row to its slice, or drops it; answers the windows that it makes fire again. */
  private enterLate(batch: ColumnBatch, row: number): Again | null {
    const { bases, slices, grid, context } = this;
    const at = batch.time[row];
    const watermark = batch.watermark[row];
    const key = this.keys.ids[row];
    bases[row] = -1;
    if (isExpired(lastEnd(grid, at), this.lateness.value, watermark)) {
      context.drop(batch, row, key, startOf(grid, lastEnd(grid, at)), lastEnd(grid, at));
      return null;
    }
    const ends: number[] = [];
    for (let end = firstEnd(grid, at); end <= lastEnd(grid, at) && end - 1 <= watermark; end += grid.slide) {
      if (!isExpired(end, this.lateness.value, watermark)) ends.push(end);
    }
    const before = this.windowValues.ofKey(key, ends, at);
    bases[row] = slices.touch(at, key);
    this.add(batch, row, row + 1);
    if (grid.grows) this.windowValues.addLate(slices.startOf(at), key, bases, batch, row);
    return { ends, before, after: this.windowValues.ofKey(key, ends, at) };
  }

  /** Windows [from, to) of those that a late row makes fire again. */
  private fireAgain({ ends, before, after }: Again, batch: ColumnBatch, row: number, from: number, to: number): void {
    const { layout, grid, context, emitted } = this;
    const watermark = batch.watermark[row];
    const input = batch.input[row];
    const key = this.keys.ids[row];
    for (let i = from; i < to; i += 1) {
      const end = ends[i];
      const base = i * layout.stride;
      const isFirst = layout.isEmpty(before, base);
      const pane = this.panes.take(end, key, isFirst ? 0 : 1);
      const start = startOf(grid, end);
      context.trace?.add(WINDOW_FIRED, context.number, input, key, start, end, pane, LATE);
      if (!isFirst) emitted.writeOne(before, base, key, start, end, UPDATE_BEFORE, watermark, input);
      emitted.writeOne(after, base, key, start, end, isFirst ? INSERT : UPDATE_AFTER, watermark, input);
    }
  }

  advance(watermark: number, input: number): void {
    this.work.goOn(() => this.catchUp(watermark, input));
  }

  due(watermark: number): number {
    // A row on its way may open any window that the watermark has not passed: the grid says what is due at the earliest.
    if (watermark === MIN_TIME || watermark === MAX_TIME) return watermark;
    const fire = firstEnd(this.grid, watermark + 1) - 1;
    return Math.min(fire, addTime(firstEnd(this.grid, watermark + 1 - this.lateness.value) - 1, this.lateness.value));
  }

  /** Fires and purges everything that `watermark` is due, in time order, firing before purging. */
  private *catchUp(watermark: number, input: number): Pieces {
    if (watermark <= this.watermark.value) return;
    const { slices } = this;
    // Also windows that stayed empty have fired: whatever comes for them is late.
    let fired = this.firedAt(this.watermark.value);
    for (;;) {
      const end = this.nextFiring(fired);
      const purge = this.purgeTime;
      const fire = end === MAX_TIME ? MAX_TIME : end - 1;
      if (Math.min(fire, purge) > watermark || (end === MAX_TIME && slices.oldest === MAX_TIME)) break;
      if (end !== MAX_TIME && fire <= purge) {
        yield* this.fire(end, input);
        fired = end;
      } else this.purge(input);
      yield;
    }
    this.watermark.value = watermark;
  }

  /** Whether `watermark` makes something fire or go. */
  private isDue(watermark: number): boolean {
    if (watermark <= this.watermark.value) return false;
    const end = this.nextFiring(this.firedAt(this.watermark.value));
    return (end !== MAX_TIME && end - 1 <= watermark) || this.purgeTime <= watermark;
  }

  /** The watermark at which the oldest slice goes, or MAX_TIME. */
  private get purgeTime(): number {
    const { oldest } = this.slices;
    return oldest === MAX_TIME ? MAX_TIME : addTime(lastEnd(this.grid, oldest) - 1, this.lateness.value);
  }

  /** The largest window end up to which every window has fired by this watermark. */
  private firedAt(watermark: number): number {
    if (watermark === MIN_TIME || watermark === MAX_TIME) return watermark;
    return firstEnd(this.grid, watermark + 1) - this.grid.slide;
  }

  /** End of the first window that has not fired and holds a live slice, or MAX_TIME. */
  private nextFiring(fired: number): number {
    const { grid, slices } = this;
    // The first slice that a window ending behind `fired` can hold.
    const from = fired === MIN_TIME ? MIN_TIME : fired === MAX_TIME ? MAX_TIME : startOf(grid, firstEnd(grid, fired));
    const slice = slices.liveFrom(from);
    if (slice === MAX_TIME) return MAX_TIME;
    const first = firstEnd(grid, slice);
    return fired === MIN_TIME || first > fired ? first : firstEnd(grid, fired);
  }

  private *fire(end: number, input: number): Pieces {
    const { context, grid, emitted, windowValues } = this;
    const start = startOf(grid, end);
    const count = yield* windowValues.list(end);
    if (context.trace)
      for (let i = 0; i < count; i += 1)
        context.trace.add(WINDOW_FIRED, context.number, input, emitted.keys[i], start, end, 0, ON_TIME);
    const watermark = Math.min(this.watermark.value, end - 2);
    yield* emitted.write(windowValues.values, count, start, end, INSERT, watermark, input);
  }

  private purge(input: number): void {
    const { slices, context, grid } = this;
    const start = slices.oldest;
    const { trace, number } = context;
    slices.drop(trace && ((key) => trace.add(WINDOW_PURGED, number, input, key, start, start + grid.slice, -1)));
    this.panes.forget(lastEnd(grid, start));
  }
}

/** Windows of a key that fire again, by their ends, and their values without and with the row that makes them. */
interface Again {
  ends: number[];
  before: Float64Array;
  after: Float64Array;
}

const WINDOW_FIRED = stepCode('window fired');
const WINDOW_PURGED = stepCode('window purged');
const ON_TIME = [0];
const LATE = [1];
