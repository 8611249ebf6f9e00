import { formatDuration, grown, TidemarkError, type ColumnBatch } from '../../../model';
import { type IntervalJoin } from '../../../sql/plan';
import { JoinKeys } from './joinKeys';
import { joinSides, type JoinSide } from './joinSide';
import { PairRows, Residual } from './pairRows';
import { showRows, stateValues } from './stateView';
import { inOrder } from '../../run/inOrder';
import { POLICIES } from '../../profiles';
import { type Context, type KeyedState, type Operator, type Pairing, type RowRange } from '../../stream/operator';
import { type StreamOptions } from '../../stream/options';
import { atLeastZero } from '../../spans';
import { StreamTimeRule, WatermarkRule, type IntervalRule } from './intervalJoinRules';

/** In `mark` of a row: it was put out with nulls beside it. Otherwise the number of its partners. */
const PADDED = -1;

/**
 * Rows of two streams with the same key whose times are close (S8): left time + lower ≤ right time ≤ left time + upper.
 * Whichever comes second finds the first, so every pair is made once, in whatever order its rows come. Rows that nobody
 * can come for any more are forgotten; the side that an outer join keeps whole is padded with nulls then.
 *
 * Pairs of one row come in the order of their partners' times. Which clock decides, and what becomes of late rows, is
 * the business of `IntervalRule`.
 */
export class IntervalJoinOperator implements Operator {
  readonly name = 'interval join';
  readonly out: ColumnBatch;
  readonly watermarkDelay: number;
  readonly state: KeyedState;

  private readonly keys: JoinKeys;
  private readonly sides: [JoinSide, JoinSide];
  private readonly rule: IntervalRule;
  private readonly rows: PairRows;
  private readonly residual: Residual | null;
  /** Which sides come out with nulls where they have no partner. */
  private readonly pads: [boolean, boolean];
  /** Semi and anti joins: only left rows come out, each once. */
  private readonly leftOnly: boolean;
  readonly silent: boolean;
  /** Whether a pair asks for more than to be put out. */
  private readonly plain: boolean;
  private candidates = [new Int32Array(16), new Int32Array(16)];

  constructor(
    private readonly plan: IntervalJoin,
    readonly title: string,
    { profile, lateness, lateRows }: StreamOptions,
    private readonly context: Context,
  ) {
    const { kind, where } = plan;
    const byStreamTime = POLICIES[profile].joinExpiry.is === 'grace';
    if (byStreamTime) checkBounds(plan);
    atLeastZero('the grace', 'lateness', lateness);
    const { state } = context;
    this.keys = new JoinKeys(plan, state);
    this.sides = joinSides(plan, this.keys, state);
    this.pads = [kind === 'left' || kind === 'full' || kind === 'anti', kind === 'right' || kind === 'full'];
    this.leftOnly = kind === 'semi' || kind === 'anti';
    const [{ store: leftRows }, { store: rightRows }] = this.sides;
    this.rows = new PairRows(plan.schema, leftRows, rightRows, !this.leftOnly);
    this.out = this.rows.out;
    this.residual = where && new Residual(where, leftRows, rightRows);
    this.silent = context.trace === null && !this.pads[0] && !this.pads[1];
    this.plain = this.silent && !this.leftOnly && this.residual === null;
    this.rule = byStreamTime
      ? new StreamTimeRule(plan, this.sides, this, lateness, state)
      : new WatermarkRule(plan, this.sides, this, lateRows, state);
    this.watermarkDelay = this.rule.watermarkDelay;
    state.derived(() => {
      for (const side of this.sides) side.index.reserveKeys(this.keys.size);
      this.rule.restored((port, slot) => this.pads[port] && this.sides[port].store.mark[slot] === 0);
    });
    this.state = showRows(state, this.sides);
  }

  get pairing(): Pairing {
    return { kind: 'interval', lower: this.plan.lower, upper: this.plan.upper };
  }

  process(batch: ColumnBatch, from: number, to: number, port: number): void {
    this.take({ batch, from, to }, port);
    for (let row = from; row < to; row += 1) this.meet(batch, row, port);
    this.rows.flush();
  }

  processMultiTopicRange(ranges: readonly RowRange[]): void {
    ranges.forEach((range, port) => this.take(range, port));
    inOrder(ranges, (port, from, to) => {
      for (let row = from; row < to; row += 1) this.meet(ranges[port].batch, row, port);
    });
    this.rows.flush();
  }

  private take({ batch, from, to }: RowRange, port: number): void {
    this.sides[port].take(batch, from, to);
    this.sides[port].forgetNulls(from, to);
    for (const side of this.sides) side.index.reserveKeys(this.keys.size);
  }

  private meet(batch: ColumnBatch, row: number, port: number): void {
    const { rule, context } = this;
    const { store, slots, keys } = this.sides[port];
    const time = batch.time[row];
    const watermark = batch.watermark[row];
    const input = batch.input[row];
    const slot = slots[row];
    rule.meet(port, time, watermark, input);
    if (rule.refuses(time)) {
      context.drop(batch, row, keys[row], time, time);
      store.free(slot);
      return;
    }
    const partners = keys[row] < 0 ? 0 : this.join(port, slot, watermark, input);
    // A left row of a semi or anti join is done with its first partner.
    const answered = partners > 0 && port === 0 && this.leftOnly;
    if (answered && this.plan.kind === 'semi') this.rows.add(slot, -1, time, watermark, input);
    const kept = keys[row] >= 0 && !answered && rule.keeps(port, time);
    if (kept) this.keep(port, slot, partners, watermark, input);
    else store.free(slot);
    if (kept || partners > 0) return;
    if (this.pads[port]) this.pad(port, slot, watermark, input);
    else if (keys[row] >= 0) context.drop(batch, row, keys[row], time, time);
  }

  private keep(port: number, slot: number, partners: number, watermark: number, input: number): void {
    const side = this.sides[port];
    side.keep(slot);
    side.store.mark[slot] = partners;
    const { trace, number } = this.context;
    if (trace) {
      const { key, time } = side.store;
      this.context.state.count();
      const values = stateValues(port, time[slot], partners);
      trace.add('state written', number, input, key[slot], time[slot], time[slot], -1, values);
    }
    if (partners === 0 && this.pads[port] && this.rule.waits(port, slot)) this.pad(port, slot, watermark, input);
  }

  /** Finds the partners of a row among those that came before it; returns how many there are. */
  private join(port: number, slot: number, watermark: number, input: number): number {
    const { lower, upper } = this.plan;
    const { store } = this.sides[port];
    const { index } = this.sides[1 - port];
    const time = store.time[slot];
    const key = store.key[slot];
    const first = port === 0 ? time + lower : time - upper;
    const last = port === 0 ? time + upper : time - lower;
    const from = index.from(key, Math.max(first, this.rule.oldest(1 - port)));
    const end = index.end[key];
    const { times, slots } = index;
    if (this.residual !== null) return this.joinSome(port, slot, from, last, watermark, input);
    let at = from;
    if (!this.plain) for (; at < end && times[at] <= last; at += 1) this.pair(port, slot, slots[at], watermark, input);
    else {
      const { timeOf } = this.plan;
      const other = this.sides[1 - port].store;
      for (; at < end && times[at] <= last; at += 1) {
        const partner = slots[at];
        other.mark[partner] += 1;
        const latest = times[at] > time ? times[at] : time;
        const own = timeOf === 'latest' ? latest : (timeOf === 'left') === (port === 0) ? time : times[at];
        if (port === 0) this.rows.add(slot, partner, own, watermark, input);
        else this.rows.add(partner, slot, own, watermark, input);
      }
    }
    return at - from;
  }

  /** The same where something else must hold as well (S8.5). */
  private joinSome(port: number, slot: number, from: number, last: number, watermark: number, input: number): number {
    const { times, slots, end } = this.sides[1 - port].index;
    const to = end[this.sides[port].store.key[slot]];
    let count = 0;
    for (let at = from; at < to && times[at] <= last; at += 1, count += 1) {
      if (count === this.candidates[0].length) this.candidates = this.candidates.map((old) => grown(old, 2 * count));
      this.candidates[port][count] = slot;
      this.candidates[1 - port][count] = slots[at];
    }
    if (count === 0) return 0;
    const holds = this.residual!.of(this.candidates[0], this.candidates[1], count);
    let partners = 0;
    for (let i = 0; i < count; i += 1) {
      if (holds[i] === 0) continue;
      this.pair(port, slot, this.candidates[1 - port][i], watermark, input);
      partners += 1;
    }
    return partners;
  }

  private pair(port: number, slot: number, partner: number, watermark: number, input: number): void {
    const { timeOf } = this.plan;
    const left = port === 0 ? slot : partner;
    const right = port === 0 ? partner : slot;
    const { store } = this.sides[0];
    const leftTime = store.time[left];
    const rightTime = this.sides[1].store.time[right];
    const { mark } = this.sides[1 - port].store;
    const before = Math.max(0, mark[partner]);
    mark[partner] = before + 1;
    const { trace, number } = this.context;
    if (trace !== null) {
      const numbers = [store.number[left], this.sides[1].store.number[right]];
      trace.add('pair joined', number, input, store.key[left], leftTime, rightTime, -1, numbers);
    }
    if (!this.leftOnly) {
      const latest = leftTime > rightTime ? leftTime : rightTime;
      const time = timeOf === 'latest' ? latest : timeOf === 'left' ? leftTime : rightTime;
      this.rows.add(left, right, time, watermark, input);
    } else if (this.plan.kind === 'semi' && port === 1 && before === 0) {
      this.rows.add(left, -1, leftTime, watermark, input);
    }
  }

  pad(port: number, slot: number, watermark: number, input: number): void {
    const { mark, time, key } = this.sides[port].store;
    if (!this.pads[port] || mark[slot] !== 0) return;
    mark[slot] = PADDED;
    this.context.trace?.add('row padded', this.context.number, input, key[slot], time[slot], time[slot], port);
    this.rows.add(port === 0 ? slot : -1, port === 0 ? -1 : slot, time[slot], watermark, input);
  }

  gone(port: number, slot: number, input: number): void {
    const { trace, number } = this.context;
    if (trace === null) return;
    const { time, key } = this.sides[port].store;
    this.context.state.count();
    trace.add('row purged', number, input, key[slot], time[slot], time[slot], port);
  }

  advance(watermark: number, input: number): void {
    this.rule.advance(watermark, input);
    this.rows.flush();
  }

  due(watermark: number): number {
    return this.rule.due(watermark);
  }
}

/** SQL may ask for what no two rows can be, and exclusive bounds may leave nothing; before and after cannot. */
function checkBounds({ lower, upper }: IntervalJoin): void {
  if (lower <= upper) return;
  throw new TidemarkError({
    what: 'no two rows can be that far apart',
    where: 'interval join',
    expected: 'a lower bound at or below the upper one',
    found: `from ${formatDuration(lower)} to ${formatDuration(upper)}`,
  });
}
