import { addTime, MAX_TIME, MIN_TIME, TIMINGS, writeValue, type ColumnBatch } from '../../../model';
import { type WindowJoin } from '../../../sql/plan';
import { windowed } from '../../windowed';
import { JoinKeys } from './joinKeys';
import { joinSides, type JoinSide } from './joinSide';
import { OpenWindows } from './openWindows';
import { PairRows, Residual } from './pairRows';
import { showRows, stateValues } from './stateView';
import { type Context, type KeyedState, type Operator, type Pairing } from '../../stream/operator';
import { type StateValue } from '../../state/store';
import { firstEnd, gridOf, lastEnd, nextEnd, startOf, type Grid } from '../../stream/windows';

/** Columns that say which window a row is in. */
const WINDOW_COLUMNS = 3;
const ON_TIME = [TIMINGS.indexOf('on time')];

/**
 * Rows of the same window and key, put out when the watermark reaches the last millisecond of the window (S4.1), by
 * key, then by time. A row is kept once, however many windows it is in, and goes with the last of them; it is dropped
 * where all of them have fired before it came (S5.7). A result is known by the numbers of its rows and the window end.
 */
export class WindowJoinOperator implements Operator {
  readonly name = 'window join';
  readonly out: ColumnBatch;
  readonly state: KeyedState;

  private readonly grid: Grid;
  private readonly keys: JoinKeys;
  private readonly sides: [JoinSide, JoinSide];
  private readonly open: OpenWindows;
  private readonly rows: PairRows;
  private readonly residual: Residual | null;
  /** Which sides come out with nulls where they have no partner. */
  private readonly pads: [boolean, boolean];
  private readonly watermark: StateValue;
  private readonly both: boolean;
  /** Which right rows of the key and window that fire have a partner. */
  private met = new Uint8Array(16);
  private beside = new Int32Array(16);

  constructor(
    private readonly plan: WindowJoin,
    readonly title: string,
    private readonly context: Context,
  ) {
    const { kind, where } = plan;
    this.grid = gridOf(plan.window);
    const { state } = context;
    this.keys = new JoinKeys(plan, state);
    this.sides = joinSides(plan, this.keys, state);
    this.watermark = state.value(MIN_TIME, 'min');
    this.open = new OpenWindows(this.grid);
    this.pads = [kind === 'left' || kind === 'full' || kind === 'anti', kind === 'right' || kind === 'full'];
    const [{ store: leftRows }, { store: rightRows }] = this.sides;
    this.both = kind !== 'semi' && kind !== 'anti';
    this.rows = new PairRows(plan.schema, leftRows, rightRows, this.both);
    this.out = this.rows.out;
    this.residual = where && new Residual(where, leftRows, rightRows, windowed);
    state.derived(() => this.findOpen());
    this.state = showRows(state, this.sides);
  }

  get pairing(): Pairing {
    const { grid } = this;
    return {
      kind: 'window',
      windowsOf(time) {
        const found: [number, number][] = [];
        for (let end = firstEnd(grid, time); end <= lastEnd(grid, time); end += grid.slide)
          found.push([startOf(grid, end), end]);
        return found;
      },
    };
  }

  process(batch: ColumnBatch, from: number, to: number, port: number): void {
    const side = this.sides[port];
    side.take(batch, from, to);
    this.sides[1 - port].index.reserveKeys(this.keys.size);
    for (let row = from; row < to; row += 1) {
      if (batch.watermark[row] > this.watermark.value) this.fire(batch.watermark[row], batch.input[row]);
      this.take(batch, row, port);
    }
    this.flush();
  }

  private take(batch: ColumnBatch, row: number, port: number): void {
    const { grid, context } = this;
    const watermark = this.watermark.value;
    const { store, slots, keys } = this.sides[port];
    const time = batch.time[row];
    const key = keys[row];
    const end = lastEnd(grid, time);
    const inNone = end <= time;
    const late = !inNone && end - 1 <= watermark;
    if (late) context.drop(batch, row, key, startOf(grid, end), end);
    if (late || inNone || (!this.pads[port] && !this.keys.matches(key))) {
      store.free(slots[row]);
      return;
    }
    this.sides[port].keep(slots[row]);
    this.open.note(time, key, addTime(watermark, 1));
    if (context.trace === null) return;
    context.state.count();
    const values = stateValues(port, time, 0);
    context.trace.add('state written', context.number, batch.input[row], key, time, time, -1, values);
  }

  advance(watermark: number, input: number): void {
    this.fire(watermark, input);
    this.flush();
  }

  due(watermark: number): number {
    // A row on its way may open any window that the watermark has not passed.
    return watermark === MIN_TIME || watermark === MAX_TIME ? watermark : nextEnd(this.grid, watermark + 1) - 1;
  }

  /** Fires every window that `watermark` has reached, in the order of their ends (S4.3). */
  private fire(watermark: number, input: number): void {
    const { open, context, grid } = this;
    for (let end = open.next; end !== MAX_TIME && end - 1 <= watermark; end = open.next) {
      const start = startOf(grid, end);
      for (const key of open.shift()) {
        context.trace?.add('window fired', context.number, input, key, start, end, 0, ON_TIME);
        this.fireKey(key, start, end, input);
      }
      this.forget(0, end, input);
      this.forget(1, end, input);
    }
    this.watermark.value = watermark;
  }

  /** The windows that held rows are in and that have not fired. */
  private findOpen(): void {
    this.open.clear();
    for (const side of this.sides) {
      side.index.reserveKeys(this.keys.size);
      const { time, key } = side.store;
      for (const slot of side.inOrder()) this.open.note(time[slot], key[slot], addTime(this.watermark.value, 1));
    }
  }

  private fireKey(key: number, start: number, end: number, input: number): void {
    const { kind } = this.plan;
    const [{ index: lefts }, { index: rights }] = this.sides;
    const from = rights.from(key, start);
    const to = rights.from(key, end);
    if (this.met.length < to - from) this.met = new Uint8Array(2 * (to - from));
    this.met.fill(0, 0, to - from);
    const meets = this.keys.matches(key);
    const last = lefts.from(key, end);
    for (let at = lefts.from(key, start); at < last; at += 1) {
      const left = lefts.slots[at];
      const partners = meets ? this.join(left, from, to, start, end, input) : 0;
      if (partners === 0) this.pad(0, left, end, input);
      else if (kind === 'semi') this.put(left, -1, end, input);
    }
    for (let at = from; at < to; at += 1) if (this.met[at - from] === 0) this.pad(1, rights.slots[at], end, input);
  }

  /** Pairs a left row with the right ones in places [from, to) of its key; returns how many it meets. */
  private join(left: number, from: number, to: number, start: number, end: number, input: number): number {
    const { context, both } = this;
    const [{ store: leftRows }, { store: rightRows, index }] = this.sides;
    const holds = this.residual === null ? null : this.ask(this.residual, left, from, to, start, end);
    let partners = 0;
    for (let at = from; at < to; at += 1) {
      if (holds !== null && holds[at - from] === 0) continue;
      const right = index.slots[at];
      partners += 1;
      this.met[at - from] = 1;
      leftRows.mark[left] += 1;
      rightRows.mark[right] += 1;
      if (context.trace) {
        const numbers = [leftRows.number[left], rightRows.number[right]];
        const times = [leftRows.time[left], rightRows.time[right]];
        context.trace.add('pair joined', context.number, input, leftRows.key[left], times[0], times[1], -1, numbers);
      }
      if (both) this.put(left, right, end, input);
    }
    return partners;
  }

  private ask(residual: Residual, left: number, from: number, to: number, start: number, end: number): Uint8Array {
    const count = to - from;
    if (this.beside.length < count) this.beside = new Int32Array(2 * count);
    this.beside.fill(left, 0, count);
    return residual.of(this.beside, this.sides[1].index.slots.subarray(from, to), count, [start, end, end - 1]);
  }

  private pad(port: number, slot: number, end: number, input: number): void {
    if (!this.pads[port]) return;
    const { time, key } = this.sides[port].store;
    this.context.trace?.add('row padded', this.context.number, input, key[slot], time[slot], time[slot], port);
    this.put(port === 0 ? slot : -1, port === 0 ? -1 : slot, end, input);
  }

  private put(left: number, right: number, end: number, input: number): void {
    this.rows.add(left, right, end - 1, Math.min(this.watermark.value, end - 2), input, end);
  }

  /** Lets go of the rows whose last window ends at `end` or before. */
  private forget(port: number, end: number, input: number): void {
    const side = this.sides[port];
    const { context } = this;
    while (side.rows > 0 && lastEnd(this.grid, side.due.oldest) <= end) {
      const slot = side.leave();
      if (context.trace === null) continue;
      const { time, key } = side.store;
      context.state.count();
      context.trace.add('row purged', context.number, input, key[slot], time[slot], time[slot], port);
    }
  }

  /** Visible columns of the rows that are new in `out`: those of the sides, and behind them the window's. */
  private flush(): void {
    const { out, rows, sides, both } = this;
    const from = rows.flush(WINDOW_COLUMNS);
    const left = sides[0].store.table.columns.length;
    this.writeWindows(left, out.id0, from);
    if (both) this.writeWindows(left + WINDOW_COLUMNS + sides[1].store.table.columns.length, out.id1, from);
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
