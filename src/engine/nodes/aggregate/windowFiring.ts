import { TIMINGS, type ColumnBatch, type Timing } from '../../../model';
import { type Aggregate, type WindowAggregate } from '../../../sql/plan';
import { layoutOf, type AggregateLayout } from '../../aggregates';
import { type KeyTable } from '../../state/keys';
import { type Context } from '../../stream/operator';
import { POLICIES, type Policies } from '../../profiles';
import { firesOnClose, type Accumulation, type StreamOptions, type Trigger } from '../../stream/options';
import { atLeastZero } from '../../spans';
import { lastOf } from '../../stream/windows';
import { checkEvictor } from '../../windowing/check';
import { compileTrigger } from '../../windowing/compile';
import { KeptRows } from '../../windowing/kept';
import { NO_PANE, WindowStore } from '../../windowing/store';
import { type Moment, type TriggerNode } from '../../windowing/trigger';
import { PaneRows, type TakesBack } from '../../windowing/paneRows';
import { type Assigner } from '../../windowing/assign';

/** How windows are cut, fired and emptied. */
export interface WindowSettings extends Pick<
  StreamOptions,
  'profile' | 'time' | 'trigger' | 'accumulation' | 'lateness' | 'evictor' | 'outputTimestamp' | 'onTime' | 'closing'
> {
  assigner: Assigner;
  /** Time is the largest row time so far, the row at hand included (S1.1), and neither the watermark nor the clock. */
  streamTime: boolean;
}

/** What happens to the windows of the window operator: rows enter them, they merge, fire, and go. */
export class Firing {
  readonly policies: Policies;
  /** Whether triggers start again after each firing (S4.5), or finish and close the window (S4.8). */
  readonly restarts: boolean;
  readonly layout: AggregateLayout;
  readonly trigger: TriggerNode;
  readonly store: WindowStore;
  readonly rows: PaneRows;
  readonly moment: Moment = {
    state: new Float64Array(0),
    at: 0,
    last: 0,
    event: 0,
    watermark: 0,
    clock: 0,
    cause: 'element',
    oneByOne: true,
    batch: null,
    row: 0,
    time: 0,
  };
  /** Whether windows emit once, when they close, instead of when their trigger fires. */
  readonly onClose: boolean;
  private readonly accumulation: Accumulation;
  /** Whether the time of a result is that of the newest row (S13.6). */
  private readonly timeOfNewest: boolean;
  readonly kept: KeptRows | null;
  /** Scratch for a state row that is traced. */
  private readonly values: Float64Array;

  constructor(
    plan: WindowAggregate | Aggregate,
    private readonly settings: WindowSettings,
    keys: KeyTable,
    private readonly context: Context,
  ) {
    const { profile, time, lateness, assigner, evictor, streamTime } = settings;
    const { schema, timeColumn } = plan.input;
    this.policies = POLICIES[profile];
    const { defaults, jump, finished } = this.policies;
    this.restarts = finished.is !== 'closes';
    this.moment.oneByOne = jump.is === 'each timer';
    const trigger = settings.trigger ?? defaults.trigger;
    this.accumulation = settings.accumulation ?? defaults.accumulation;
    const place = { profile, time, merging: assigner.merging, lateness, schema };
    atLeastZero('the allowed lateness', 'lateness', lateness);
    if (evictor) checkEvictor(evictor);
    this.layout = layoutOf(plan.aggregates, schema, { timeColumn });
    this.onClose = streamTime && firesOnClose(trigger);
    this.timeOfNewest = streamTime && this.policies.resultTime.is === 'newest record';
    const compiled = compileTrigger(this.onClose ? NEVER : trigger, place, this.restarts);
    this.trigger = compiled.trigger;
    const { state } = context;
    this.store = state.add(new WindowStore(this.layout, compiled.slots));
    const takesBack = this.takesBack(streamTime);
    this.rows = new PaneRows(plan, this.layout, keys, this.store, takesBack, this.timeOfNewest);
    if (takesBack !== 'never') state.add(this.rows.shown);
    this.kept = evictor ? state.add(new KeptRows(schema, this.store)) : null;
    this.values = new Float64Array(this.layout.fields.length);
  }

  /** A table's new value replaces the old one by its key alone, where nothing is retracted (S13.1). */
  private takesBack(isTable: boolean): TakesBack {
    if (this.accumulation === 'retracting') return 'by value';
    return isTable ? 'by key' : 'never';
  }

  /** Counts a row into a window. `bases` is scratch; `time`: the row's, on the clock that windows are cut by. */
  add(slot: number, batch: ColumnBatch, row: number, bases: Int32Array, time: number, watermark: number): void {
    const { store, layout } = this;
    bases[row] = slot * layout.stride;
    layout.add(store.state, bases, batch, row, row + 1);
    this.kept?.add(slot, batch, row);
    store.count(slot);
    if (this.timeOfNewest) store.latest[slot] = Math.max(store.latest[slot], time);
    else if (time > watermark) {
      store.earliest[slot] = Math.min(store.earliest[slot], batch.time[row]);
      store.latest[slot] = Math.max(store.latest[slot], batch.time[row]);
    }
    this.traceState(slot, batch.input[row]);
  }

  /**
   * Sessions become one, [start, end): contents, pending firings and what there is to take back are put together
   * (S3.3, S3.4). One that already had these bounds goes on as it was; else panes are numbered from 0 again (S3.5).
   * Answers its slot; `gone` is told the others.
   */
  merge(
    met: number[],
    start: number,
    end: number,
    moment: Moment,
    input: number,
    gone: (slot: number) => void,
  ): number {
    const { store, layout, trigger, rows, kept, context } = this;
    const same = met.find((slot) => store.start[slot] === start && store.end[slot] === end);
    const into = same ?? met[0];
    const others = met.filter((slot) => slot !== into);
    for (const slot of met) {
      if (slot === same) continue;
      const [from, to] = [store.start[slot], store.end[slot]];
      context.trace?.add('windows merged', context.number, input, store.key[slot], from, to, -1, [start, end]);
    }
    moment.last = lastOf(end);
    moment.at = into * store.triggerSlots;
    trigger.merge(
      moment,
      others.map((slot) => slot * store.triggerSlots),
    );
    for (const from of others) {
      layout.merge(store.state, into * layout.stride, store.state, from * layout.stride);
      store.count(into, store.sizes[from], store.pending[from]);
      store.earliest[into] = Math.min(store.earliest[into], store.earliest[from]);
      store.latest[into] = Math.max(store.latest[into], store.latest[from]);
      kept?.merge(into, from);
      rows.merge(into, from);
      gone(from);
      store.close(from);
    }
    if (same === undefined) {
      rows.replace(into);
      store.move(into, start, end);
      store.pane[into] = 0;
      store.timing[into] = NO_PANE;
      store.bornLate[into] = moment.last <= this.ends(moment) ? 1 : 0;
    }
    return into;
  }

  /** The time on the clock that windows end by. */
  private ends({ event, clock }: Moment): number {
    return this.settings.time === 'processing' ? clock : event;
  }

  /**
   * A window whose trigger is ready emits a pane, unless there is nothing to say; `closing`: its state is about to go,
   * so this pane is its last (S4.13). `before` is the watermark up to which what is emitted is not late.
   */
  fire(slot: number, moment: Moment, input: number, before: number, closing: boolean): void {
    const { store, trigger, accumulation, kept, settings } = this;
    const timing = closing && this.onClose ? 'on time' : this.timingOf(slot, moment);
    if (!closing) trigger.fire(moment);
    const last = closing || trigger.hasFinished(moment);
    const { evictor } = settings;
    if (kept && evictor?.when === 'before' && kept.evict(slot, evictor)) this.sumAgain(slot, input);
    if (this.isEmitted(slot, timing, last)) this.emit(slot, timing, last, input, before);
    store.pending[slot] = 0;
    if (!this.timeOfNewest) store.forgetTimes(slot);
    if (kept && evictor?.when === 'after' && kept.evict(slot, evictor)) this.sumAgain(slot, input);
    if (last && !this.restarts) store.closed[slot] = 1;
    if (accumulation === 'discarding' || store.closed[slot] === 1) this.empty(slot, input);
  }

  /** S4.10. */
  private timingOf(slot: number, moment: Moment): Timing {
    const { store, settings } = this;
    // The newest row is never late, also where the end of its window is its own time, as that of an inclusive session is.
    if (settings.streamTime)
      return moment.time <= moment.watermark && store.end[slot] - 1 <= moment.watermark ? 'late' : 'early';
    const shown = store.timing[slot];
    if (store.bornLate[slot] === 1 || shown === ON_TIME || shown === LATE) return 'late';
    return this.ends(moment) < moment.last ? 'early' : 'on time';
  }

  private isEmitted(slot: number, timing: Timing, last: boolean): boolean {
    const { store, policies, accumulation, settings } = this;
    const fresh = store.pending[slot] > 0;
    // A result that has not changed is not sent again (S13.2); an append-only one is.
    if (!policies.emptyPane.is) return store.sizes[slot] > 0 && (fresh || accumulation !== 'retracting');
    if (fresh || (timing === 'on time' && settings.onTime === 'fire-always')) return true;
    return last && settings.closing === 'fire-always';
  }

  private emit(slot: number, timing: Timing, last: boolean, input: number, before: number): void {
    const { store, context, settings } = this;
    const [key, start, end] = [store.key[slot], store.start[slot], store.end[slot]];
    const index = store.pane[slot];
    const code = TIMINGS.indexOf(timing);
    const time = this.timeOfPane(slot);
    store.pane[slot] += 1;
    store.timing[slot] = code;
    context.trace?.add('window fired', context.number, input, key, start, end, index, [code]);
    const watermark = timing === 'late' || settings.streamTime ? before : Math.min(before, time - 1);
    this.rows.write({ slot, timing, index, last, time, watermark, input });
  }

  /** That of a row that was not late; where there is none, the end of the window says it. */
  private timeOfPane(slot: number): number {
    const { end, earliest, latest } = this.store;
    if (this.timeOfNewest) return latest[slot];
    const rule = this.settings.outputTimestamp;
    if (rule === 'end-of-window' || latest[slot] < earliest[slot]) return lastOf(end[slot]);
    return rule === 'earliest' ? earliest[slot] : latest[slot];
  }

  /** The sums of a window that has lost rows. */
  private sumAgain(slot: number, input: number): void {
    const { store, layout, kept } = this;
    const rows = kept!.sum(slot, layout, store.state, slot * layout.stride);
    store.count(slot, rows - store.sizes[slot], 0);
    this.traceState(slot, input);
  }

  private empty(slot: number, input: number): void {
    const { store, context } = this;
    if (store.sizes[slot] === 0) return;
    this.kept?.empty(slot);
    store.empty(slot);
    const { trace, number } = context;
    trace?.add('window emptied', number, input, store.key[slot], store.start[slot], store.end[slot], -1);
  }

  purge(slot: number, input: number): void {
    const { store, context, kept, rows } = this;
    const [key, start, end] = [store.key[slot], store.start[slot], store.end[slot]];
    kept?.empty(slot);
    rows.shown.empty(slot);
    store.close(slot);
    context.trace?.add('window purged', context.number, input, key, start, end, -1);
  }

  private traceState(slot: number, input: number): void {
    const { store, layout, values, context } = this;
    const { written } = context;
    if (!written) return;
    layout.readState(store.state, slot * layout.stride, values);
    written(input, store.key[slot], values, store.start[slot], store.end[slot]);
  }
}

/** The trigger of windows that emit only when they close. */
const NEVER: Trigger = { type: 'count', n: Number.MAX_SAFE_INTEGER };
const ON_TIME = TIMINGS.indexOf('on time');
const LATE = TIMINGS.indexOf('late');
