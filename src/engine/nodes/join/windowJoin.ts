import {
  floorTime,
  formatDuration,
  MAX_TIME,
  MIN_TIME,
  TidemarkError,
  TIMINGS,
  withRoom,
  writeValue,
  type ColumnBatch,
} from '../../../model';
import { type WindowJoin } from '../../../sql/plan';
import { PIECE, Resumable, whole, type Pieces } from '../../pieces';
import { windowed } from '../../windowed';
import { explainNode } from '..';
import { JoinOutput, Residual } from './joinOutput';
import { showRows, timedState, type JoinState } from './joinState';
import { type Context, type KeyedState, type Operator, type Pairing } from '../../stream/operator';
import { type StateValue } from '../../state/store';
import { type Timers } from '../../state/timers';
import { firstEnd, lastEnd, startOf, windowsAt, type Grid } from '../../stream/windows';
import { gridOf } from '../../windowing/shapes';

/** Columns that say which window a row is in. */
const WINDOW_COLUMNS = 3;
/** Pairs of one key in one window, while a trace is kept. */
const MOST_PAIRS = 1_000_000;
const ON_TIME = [TIMINGS.indexOf('on time')];

/**
 * Rows of the same window and key, emitted when the watermark reaches the last millisecond of the window (S4.1), by
 * key, then by time. A row is kept once, however many windows it is in, and goes with the last of them; it is dropped
 * where all of them have fired before it came (S5.7). A result is known by the numbers of its rows and the window end.
 */
export class WindowJoinOperator implements Operator {
  readonly name = 'window join';
  readonly out: ColumnBatch;
  readonly state: KeyedState;

  private readonly grid: Grid;
  private readonly join: JoinState;
  /** One for each key and window that will fire, at its last millisecond. */
  private readonly timers: Timers;
  /** By key the slice of the last row: those of one slice are in the same windows. */
  private slices = new Float64Array(0);
  private readonly output: JoinOutput;
  private readonly residual: Residual | null;
  private readonly watermark: StateValue;
  /** Which right rows have a partner in the key and window that fire, by slot. */
  private met = new Uint8Array(16);
  private readonly firing: Resumable;

  constructor(
    private readonly plan: WindowJoin,
    private readonly context: Context,
  ) {
    this.firing = new Resumable(context.mayGoOn);
    this.grid = gridOf(plan.window);
    const { state } = context;
    this.join = timedState(plan, state);
    const { sides } = this.join;
    this.timers = state.timers();
    this.watermark = state.value(MIN_TIME, 'min');
    this.output = new JoinOutput(plan, sides, context);
    this.out = this.output.out;
    this.residual = plan.where && new Residual(plan.where, sides, windowed);
    state.derived(() => this.slices.fill(NaN));
    this.state = showRows(state, sides);
  }

  get pairing(): Pairing {
    return { kind: 'window', windowsOf: (time) => windowsAt(this.grid, time) };
  }

  process(batch: ColumnBatch, from: number, to: number, port: number): void {
    this.join.take(batch, from, to, port);
    for (let row = from; row < to; row += 1) {
      if (batch.watermark[row] > this.watermark.value) whole(this.fire(batch.watermark[row], batch.input[row]));
      this.take(batch, row, port);
    }
    this.flush();
  }

  private take(batch: ColumnBatch, row: number, port: number): void {
    const { grid, context, output } = this;
    const { rows, slots, keys } = this.join.sides[port];
    const time = batch.time[row];
    const key = keys[row];
    const end = lastEnd(grid, time);
    const inNone = end <= time;
    const late = !inNone && end - 1 <= this.watermark.value;
    if (late) context.drop(batch, row, key, startOf(grid, end), end);
    if (late || inNone || (!output.pads[port] && !this.join.keys.matches(key))) {
      rows.release(slots[row]);
      return;
    }
    rows.append(key, slots[row]);
    this.setTimers(key, time);
    output.traceKept(port, slots[row], batch.input[row]);
  }

  private setTimers(key: number, time: number): void {
    const { grid, timers, watermark } = this;
    const slice = floorTime(time, grid.slice, grid.offset);
    this.slices = withRoom(this.slices, key + 1, NaN);
    if (this.slices[key] === slice) return;
    this.slices[key] = slice;
    for (const [, end] of windowsAt(grid, time)) if (end - 1 > watermark.value) timers.register(key, end, end - 1);
  }

  get isPaused(): boolean {
    return this.firing.isUnderWay;
  }

  advance(watermark: number, input: number): void {
    this.firing.goOn(() => this.fire(watermark, input));
    if (!this.isPaused) this.flush();
  }

  due(watermark: number): number {
    // A row on its way may open any window that the watermark has not passed.
    return watermark === MIN_TIME || watermark === MAX_TIME ? watermark : firstEnd(this.grid, watermark + 1) - 1;
  }

  /** Fires every window that `watermark` has reached, in the order of their ends (S4.3). */
  private *fire(watermark: number, input: number): Pieces {
    const { timers, context, grid } = this;
    let due: { key: number; end: number } | null = null;
    const take = (key: number, end: number): void => void (due = { key, end });
    while (timers.size > 0 && timers.next <= watermark) {
      const last = timers.next;
      while (timers.size > 0 && timers.next <= last) {
        timers.advance(last, take, () => false);
        const { key, end } = due!;
        const start = startOf(grid, end);
        context.trace?.add('window fired', context.number, input, key, start, end, 0, ON_TIME);
        yield* this.fireKey(key, start, end, input);
        yield;
      }
      this.forget(0, last + 1, input);
      this.forget(1, last + 1, input);
    }
    this.watermark.value = watermark;
  }

  private *fireKey(key: number, start: number, end: number, input: number): Pieces {
    const [lefts, rights] = this.join.sides;
    const { index } = rights.rows;
    const partners = index.slots.subarray(index.from(key, start), index.from(key, end));
    this.met = withRoom(this.met, rights.rows.batch.time.length);
    const meets = partners.length > 0 && this.join.keys.matches(key);
    const first = lefts.rows.index.from(key, start);
    const last = lefts.rows.index.from(key, end);
    if (this.context.trace && meets) this.checkPairs(last - first, partners.length, start, end);
    let work = 0;
    for (let at = first; at < last; at += 1) {
      work += 1 + partners.length;
      if (work > PIECE) {
        work = 0;
        this.flush();
        yield;
      }
      const left = lefts.rows.index.slots[at];
      const count = meets ? this.meetAll(left, partners, start, end, input) : 0;
      if (count === 0) this.pad(0, left, end, input);
      else if (this.plan.kind === 'semi') this.emit(left, -1, end, input);
    }
    for (const right of partners) {
      if (this.met[right] === 0) this.pad(1, right, end, input);
      this.met[right] = 0;
    }
  }

  /** A window fires in one go, so a page cannot wait for any number of pairs in it. */
  private checkPairs(lefts: number, rights: number, start: number, end: number): void {
    if (lefts * rights <= MOST_PAIRS) return;
    throw new TidemarkError({
      what: 'a window has too many pairs of one key',
      where: explainNode(this.plan),
      expected: `at most ${MOST_PAIRS}`,
      found: `${lefts} rows and ${rights} partners in a window of ${formatDuration(end - start)}`,
      hint: 'Join on more columns, or use shorter windows.',
    });
  }

  /** Pairs a left row with the right ones of its key and window; returns how many it meets. */
  private meetAll(left: number, rights: Int32Array, start: number, end: number, input: number): number {
    const { output, residual, met } = this;
    const [{ partners }, { partners: partnersOfRights }] = this.join.sides;
    const holds = residual && residual.of(0, left, rights, [start, end, end - 1]);
    let count = 0;
    rights.forEach((right, i) => {
      if (holds !== null && holds[i] === 0) return;
      count += 1;
      met[right] = 1;
      partners[left] += 1;
      partnersOfRights[right] += 1;
      output.tracePair(left, right, input);
      if (!output.leftOnly) this.emit(left, right, end, input);
    });
    return count;
  }

  private pad(port: number, slot: number, end: number, input: number): void {
    if (!this.output.pads[port]) return;
    this.output.tracePadded(port, slot, input);
    this.emit(port === 0 ? slot : -1, port === 0 ? -1 : slot, end, input);
  }

  private emit(left: number, right: number, end: number, input: number): void {
    this.output.add(left, right, end - 1, Math.min(this.watermark.value, end - 2), input, end);
  }

  /** Lets go of the rows whose last window ends at `end` or before. */
  private forget(port: number, end: number, input: number): void {
    const { rows } = this.join.sides[port];
    while (rows.rows > 0 && lastEnd(this.grid, rows.due.oldest) <= end)
      this.output.tracePurged(port, rows.shift(), input);
  }

  /** Visible columns of the rows that are new in `out`: those of the sides, and behind them the window's. */
  private flush(): void {
    const { out, output } = this;
    const [left, right] = this.join.sides.map(({ schema }) => schema.length);
    const from = output.flush(WINDOW_COLUMNS);
    this.writeWindows(left, out.id0, from);
    if (!output.leftOnly) this.writeWindows(left + WINDOW_COLUMNS + right, out.id1, from);
  }

  private writeWindows(first: number, numbers: Float64Array, from: number): void {
    const { out, grid } = this;
    for (let row = from; row < out.length; row += 1) {
      const end = out.id2[row];
      const bounds = numbers[row] < 0 ? NO_WINDOW : [startOf(grid, end), end, end - 1];
      bounds.forEach((value, i) => writeValue(out.columns[first + i], row, value));
    }
  }
}

const NO_WINDOW = [null, null, null];
