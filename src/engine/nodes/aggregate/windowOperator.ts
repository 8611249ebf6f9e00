import { addTime, MAX_TIME, MIN_TIME, withRoom, type ColumnBatch } from '../../../model';
import { type Aggregate, type WindowAggregate } from '../../../sql/plan';
import { PIECE, Resumable, type Pieces } from '../../pieces';
import { type KeyIds } from '../../state/keys';
import { type StateValue } from '../../state/store';
import { type Context, type KeyedState, type Operator, type WindowView } from '../../stream/operator';
import { lastOf, type Span } from '../../stream/windows';
import { lastFor } from '../../windowing/assign';
import { type Cause } from '../../windowing/trigger';
import { WindowTimers } from '../../windowing/timers';
import { Firing, type WindowSettings } from './windowFiring';

/**
 * Aggregates per key and window for any shape of window and any trigger: each window has its own sums, its own trigger
 * state and at most one timer on each clock. `slicedWindowAggregate.ts` does the commonest case faster.
 *
 * A row enters the windows that are not expired (S5.1, S5.4) or closed (S4.8); its trigger is asked immediately.
 * Timers are asked in order of time (S4.3); state goes at the last millisecond plus the
 * allowed lateness (S5.3). Inside, watermarks are inclusive (S1.1): who has Beam's gives W − 1.
 */
export class WindowOperator implements Operator {
  readonly name = 'window aggregate';
  readonly state: KeyedState;

  private readonly keys: KeyIds;
  protected readonly firing: Firing;
  private readonly events = new WindowTimers();
  private readonly clocks = new WindowTimers();
  private readonly byClock: boolean;
  private readonly lateness: StateValue;
  /** Event time as far as it has come: the watermark, or stream time − 1. */
  private readonly watermark: StateValue;
  /** The run's watermark at the row at hand, where time is stream time: what the row emits carries it on. */
  private rowWatermark = MIN_TIME;
  private readonly clock: StateValue;
  private bases = new Int32Array(0);
  /** Rows that are taken in, or what a clock is due. */
  private readonly work: Resumable;
  /** Windows that a row enters between two pauses. */
  private readonly piece: number;

  constructor(
    plan: WindowAggregate | Aggregate,
    private readonly settings: WindowSettings,
    private readonly context: Context,
  ) {
    const input = plan.input.schema;
    this.work = new Resumable(context.mayGoOn);
    this.byClock = settings.time === 'processing' && !settings.streamTime;
    const { state } = context;
    this.lateness = state.value(this.byClock ? 0 : settings.lateness, 'max');
    this.watermark = state.value(MIN_TIME, settings.streamTime ? 'max' : 'min');
    this.clock = state.value(MIN_TIME, 'min');
    this.keys = state.keys(plan.keys, input, true, plan.schema.slice(0, plan.keys.length));
    this.firing = new Firing(plan, settings, this.keys.table, context);
    const { store, layout } = this.firing;
    this.piece = Math.max(1, Math.floor(PIECE / layout.fields.length));
    state.derived(() => this.setTimers());
    this.state = state.show(
      layout.fields,
      (visit) => {
        for (const slot of store.live()) {
          if (store.sizes[slot] === 0) continue;
          const values = layout.stateValues(store.state, slot * layout.stride);
          visit(store.key[slot], store.start[slot], store.end[slot], values);
        }
      },
      layout.texts,
    );
  }

  get out(): ColumnBatch {
    return this.firing.rows.out;
  }

  get windows(): WindowView {
    const { value: watermark } = this.watermark;
    const streamTime = this.settings.streamTime ? (watermark === MIN_TIME ? -1 : watermark + 1) : null;
    return { lateness: this.lateness.value, streamTime, windowsOf: (start, end) => [[start, end]] };
  }

  set({ lateness }: { lateness?: number }): void {
    if (lateness === undefined || this.byClock) return;
    this.lateness.value = lateness;
    this.setTimers();
  }

  /** The timers of all windows, from what their triggers wait for. */
  private setTimers(): void {
    this.events.reset();
    this.clocks.reset();
    const { store } = this.firing;
    for (const slot of store.live())
      this.schedule(slot, this.watermark.value, store.byTimer[slot] === 1 ? 'event timer' : 'element');
  }

  get isPaused(): boolean {
    return this.work.isUnderWay;
  }

  process(batch: ColumnBatch, from: number, to: number): void {
    this.work.goOn(() => this.takeRows(batch, from, to));
  }

  private *takeRows(batch: ColumnBatch, from: number, to: number): Pieces {
    this.keys.find(batch, from, to);
    this.bases = withRoom(this.bases, to);
    const { context } = this;
    for (let row = from; row < to; row += 1) {
      const input = batch.input[row];
      if (this.settings.streamTime) yield* this.takeRecord(batch, row, input);
      else {
        yield* this.follow(batch.watermark[row], row === from ? input : batch.input[row - 1]);
        yield* this.tickTo(context.clock(input), input);
        yield* this.take(batch, row, this.byClock ? this.clock.value : batch.time[row], input);
      }
      context.state.count();
    }
  }

  advance(watermark: number, input: number): void {
    if (this.settings.streamTime) return;
    this.work.goOn(() => this.reach(watermark, input));
  }

  private *reach(watermark: number, input: number): Pieces {
    yield* this.tickTo(this.context.clock(input), input);
    yield* this.follow(watermark, input);
  }

  /** Rows on their way may open windows of any end, so any watermark may be the one. */
  due(watermark: number): number {
    if (this.byClock || this.settings.streamTime || watermark === MAX_TIME) return MAX_TIME;
    return watermark === MIN_TIME ? MIN_TIME : watermark + 1;
  }

  get isClocked(): boolean {
    return !this.settings.streamTime;
  }

  alarm(): number {
    return this.clocks.next;
  }

  /** Everything that the clock is due at or before `now` (S11.2). */
  tick(now: number, input: number): void {
    this.work.goOn(() => this.tickTo(now, input));
  }

  private *tickTo(now: number, input: number): Pieces {
    // A row that comes with the last tick of its window opens it again, and that is due at once.
    if (now < this.clock.value || (now === this.clock.value && this.clocks.next > now)) return;
    const { store } = this.firing;
    const { oneByOne } = this.firing.moment;
    const fire = (slot: number, time: number): void => {
      this.clock.value = oneByOne ? time : now;
      if (store.closed[slot] === 0) this.ask(slot, this.watermark.value, 'clock timer', input, this.watermark.value);
      if (this.byClock && lastOf(store.end[slot]) <= time) this.purge(slot, input);
      else this.schedule(slot, this.watermark.value, 'clock timer');
    };
    while (!this.clocks.advance(now, fire, never)) yield;
    this.clock.value = now;
  }

  /** Everything that the watermark is due, in order of time (S4.3). */
  private *follow(watermark: number, input: number): Pieces {
    const before = this.watermark.value;
    if (watermark <= before) return;
    this.watermark.value = watermark;
    const { store, policies, moment } = this.firing;
    const fire = (slot: number, time: number): void => {
      const event = moment.oneByOne ? time : watermark;
      const expiry = this.expiryOf(slot);
      const open = store.closed[slot] === 0;
      // Past the end and the lateness at once: one pane, the last (S4.12); and what is left is never lost (S4.13).
      const over = expiry <= event;
      if (over && policies.emptyPane.is && open)
        this.firing.fire(slot, this.moment(slot, event, 'event timer'), input, before, true);
      else if (open) this.ask(slot, event, 'event timer', input, before);
      if (over) this.purge(slot, input);
      else this.schedule(slot, event, 'event timer');
    };
    while (!this.events.advance(watermark, fire, never)) yield;
  }

  /**
   * Stream time includes the row itself (S1.1): the row is judged by it and enters its windows, then everything that it
   * closes emits and goes, in the order of ends, starts and keys (S5.2).
   */
  private *takeRecord(batch: ColumnBatch, row: number, input: number): Pieces {
    const { context, settings, firing } = this;
    const { store } = firing;
    const time = settings.time === 'event' ? batch.time[row] : context.clock(input);
    // Stream time starts at the epoch, and so do windows (S2.5).
    if (time < 0) {
      context.drop(batch, row, this.keys.ids[row], time, time);
      return;
    }
    this.watermark.value = Math.max(this.watermark.value, time - 1);
    this.rowWatermark = batch.watermark[row];
    yield* this.take(batch, row, time, input);
    const closed: number[] = [];
    this.events.advance(this.watermark.value, (slot) => closed.push(slot));
    closed.sort(
      (a, b) => store.end[a] - store.end[b] || store.start[a] - store.start[b] || store.key[a] - store.key[b],
    );
    for (const slot of closed) {
      if (firing.onClose)
        firing.fire(slot, this.moment(slot, this.watermark.value, 'event timer'), input, this.rowWatermark, true);
      this.purge(slot, input);
      yield;
    }
  }

  private *take(batch: ColumnBatch, row: number, time: number, input: number): Pieces {
    const { settings } = this;
    const key = this.keys.ids[row];
    const spans = settings.assigner.assign(time, batch, row);
    let taken = 0;
    for (const [start, end] of spans) {
      const slot = this.enter(key, start, end, input);
      if (slot < 0) continue;
      taken += 1;
      this.add(slot, batch, row, time);
      this.settle(slot, input);
      if (taken % this.piece === 0) yield;
    }
    if (settings.streamTime) this.refuse(batch, row, key, spans, taken > 0);
    if (settings.streamTime || taken > 0) return;
    // Flink sets aside what is behind the watermark itself (S5.5), and that too for which there is no window at all.
    if (this.firing.restarts ? addTime(time, this.lateness.value) > this.watermark.value : spans.length === 0) return;
    const [start, end] = spans.at(-1) ?? [time, time];
    this.context.drop(batch, row, key, start, end);
  }

  /** Counts each window that was closed to the row; the row itself is lost only where it got into none (S5.4). */
  private refuse(batch: ColumnBatch, row: number, key: number, spans: Span[], isTaken: boolean): void {
    const { context, settings } = this;
    if (isTaken && settings.assigner.merging) return;
    for (const [start, end] of spans) {
      if (!this.isExpired(end)) continue;
      if (isTaken) {
        context.counters.dropped += 1;
        context.trace?.add('row dropped', context.number, batch.input[row], key, start, end, -1);
      } else context.drop(batch, row, key, start, end);
    }
  }

  /** The window or session that a row enters; -1 where it is refused: too late, or the window has closed. */
  protected enter(key: number, start: number, end: number, input: number): number {
    return this.settings.assigner.merging ? this.sessionOf(key, start, end, input) : this.windowOf(key, start, end);
  }

  /** The window of a row, opened if need be; -1 where it is expired or closed. */
  private windowOf(key: number, start: number, end: number): number {
    const { store } = this.firing;
    if (this.isExpired(end)) return -1;
    const found = store.find(key, start, end);
    if (found < 0) return this.open(key, start, end);
    return store.closed[found] === 1 ? -1 : found;
  }

  /** The session that a row's own window becomes part of (S3.1, S3.3); -1 where it comes too late (S3.8). */
  private sessionOf(key: number, start: number, end: number, input: number): number {
    const { store, policies } = this.firing;
    if (policies.sessionLateness.is === 'own' && this.isExpired(end)) return -1;
    const { reach } = this.settings.assigner;
    const met = store.meeting(key, addTime(start, -reach), addTime(end, reach), policies.touching.is);
    const from = Math.min(start, ...met.map((slot) => store.start[slot]));
    const to = Math.max(end, ...met.map((slot) => store.end[slot]));
    if (this.isExpired(to)) return -1;
    if (met.length === 0) return this.windowOf(key, from, to);
    if (met.length === 1 && store.start[met[0]] === from && store.end[met[0]] === to) {
      // A row replaces an inclusive session, also one that keeps its bounds, unless it is a single instant (S3.6).
      if (reach > 0 && from < to) this.firing.rows.replace(met[0]);
      return met[0];
    }
    const moment = this.moment(met[0], this.watermark.value, 'element');
    return this.firing.merge(met, from, to, moment, input, (gone) => {
      this.events.clear(gone);
      this.clocks.clear(gone);
    });
  }

  private open(key: number, start: number, end: number): number {
    const { store, trigger } = this.firing;
    const slot = store.open(key, start, end);
    trigger.reset(this.moment(slot, this.watermark.value, 'element'));
    store.bornLate[slot] = lastOf(end) <= (this.byClock ? this.clock.value : this.watermark.value) ? 1 : 0;
    return slot;
  }

  private add(slot: number, batch: ColumnBatch, row: number, time: number): void {
    const { firing, bases } = this;
    firing.add(slot, batch, row, bases, time, this.watermark.value);
    const moment = this.moment(slot, this.watermark.value, 'element');
    moment.batch = batch;
    moment.row = row;
    moment.time = time;
    firing.trigger.element(moment);
  }

  /** Asks a window's trigger after rows have come. */
  protected settle(slot: number, input: number): void {
    const before = this.settings.streamTime ? this.rowWatermark : this.watermark.value;
    if (this.firing.store.closed[slot] === 0) this.ask(slot, this.watermark.value, 'element', input, before);
    this.schedule(slot, this.watermark.value, 'element');
  }

  private ask(slot: number, event: number, cause: Cause, input: number, before: number): void {
    const moment = this.moment(slot, event, cause);
    if (this.firing.trigger.ready(moment)) this.firing.fire(slot, moment, input, before, false);
  }

  private moment(slot: number, event: number, cause: Cause): Firing['moment'] {
    const { moment, store } = this.firing;
    moment.state = store.trigger;
    moment.at = slot * store.triggerSlots;
    moment.last = lastOf(store.end[slot]);
    moment.event = event;
    moment.watermark = this.watermark.value;
    moment.clock = this.clock.value;
    moment.cause = cause;
    return moment;
  }

  /** Sets the timers of a window to what its trigger, or the end of its state, waits for. */
  private schedule(slot: number, event: number, cause: Cause): void {
    const { store, trigger } = this.firing;
    const moment = this.moment(slot, event, cause);
    const open = store.closed[slot] === 0;
    const order = store.order[slot];
    store.byTimer[slot] = cause === 'event timer' ? 1 : 0;
    const clock = open ? trigger.clockDue(moment) : MAX_TIME;
    if (this.byClock) this.clocks.set(slot, Math.min(clock, moment.last), order);
    else {
      const due = open ? trigger.eventDue(moment) : MAX_TIME;
      this.events.set(slot, Math.min(due, this.expiryOf(slot)), order);
      if (clock < MAX_TIME) this.clocks.set(slot, clock, order);
      else this.clocks.clear(slot);
    }
  }

  private expiryOf(slot: number): number {
    return addTime(lastFor(this.settings.assigner, this.firing.store.end[slot]), this.lateness.value);
  }

  private isExpired(end: number): boolean {
    const last = lastFor(this.settings.assigner, end);
    return !this.byClock && addTime(last, this.lateness.value) <= this.watermark.value;
  }

  private purge(slot: number, input: number): void {
    this.events.clear(slot);
    this.clocks.clear(slot);
    this.firing.purge(slot, input);
  }
}

const never = (): boolean => false;
