import { formatDuration, TidemarkError, type ColumnBatch } from '../../../model';
import { type IntervalJoin } from '../../../sql/plan';
import { JoinOutput, Residual } from './joinOutput';
import { showRows, timedState, type JoinState } from './joinState';
import { PIECE, Resumable, type Pieces } from '../../pieces';
import { inOrder } from '../../run/inOrder';
import { POLICIES } from '../../profiles';
import { type Context, type KeyedState, type Operator, type Pairing, type RowRange } from '../../stream/operator';
import { type StreamOptions } from '../../stream/options';
import { atLeastZero } from '../../spans';
import { StreamTimeRule, WatermarkRule, type IntervalRule } from './intervalJoinRules';

/** In the partners of a row: it was emitted with nulls beside it. */
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

  private readonly join: JoinState;
  private readonly rule: IntervalRule;
  private readonly output: JoinOutput;
  private readonly residual: Residual | null;
  private readonly joining: Resumable;
  /** Rows that have been looked at for a partner since the last pause. */
  private looked = 0;

  constructor(
    private readonly plan: IntervalJoin,
    { profile, lateness, lateRows }: StreamOptions,
    private readonly context: Context,
  ) {
    this.joining = new Resumable(context.mayGoOn);
    const byStreamTime = POLICIES[profile].joinExpiry.is === 'grace';
    if (byStreamTime) checkBounds(plan);
    atLeastZero('the grace', 'lateness', lateness);
    const { state } = context;
    this.join = timedState(plan, state);
    const { sides } = this.join;
    this.output = new JoinOutput(plan, sides, context);
    this.out = this.output.out;
    this.residual = plan.where && new Residual(plan.where, sides);
    this.rule = byStreamTime
      ? new StreamTimeRule(plan, sides, this, lateness, state)
      : new WatermarkRule(plan, sides, this, lateRows, state);
    this.watermarkDelay = this.rule.watermarkDelay;
    state.derived(() => this.rule.restored((port, slot) => this.output.pads[port] && sides[port].partners[slot] === 0));
    this.state = showRows(state, sides);
  }

  get pairing(): Pairing {
    return { kind: 'interval', lower: this.plan.lower, upper: this.plan.upper };
  }

  get isPaused(): boolean {
    return this.joining.isUnderWay;
  }

  process(batch: ColumnBatch, from: number, to: number, port: number): void {
    this.joining.goOn(() => this.meetRows(batch, from, to, port));
  }

  private *meetRows(batch: ColumnBatch, from: number, to: number, port: number): Pieces {
    this.take({ batch, from, to }, port);
    for (let row = from; row < to; row += 1) {
      this.meet(batch, row, port);
      if (this.looked < PIECE) continue;
      this.looked = 0;
      this.output.flush();
      yield;
    }
    this.output.flush();
  }

  processMultiTopicRange(ranges: readonly RowRange[]): void {
    ranges.forEach((range, port) => this.take(range, port));
    inOrder(ranges, (port, from, to) => {
      for (let row = from; row < to; row += 1) this.meet(ranges[port].batch, row, port);
    });
    this.output.flush();
  }

  private take({ batch, from, to }: RowRange, port: number): void {
    this.join.take(batch, from, to, port);
    this.join.forgetNulls(from, to, port);
  }

  private meet(batch: ColumnBatch, row: number, port: number): void {
    const { rule, context, output } = this;
    const { rows, slots, keys } = this.join.sides[port];
    const time = batch.time[row];
    const watermark = batch.watermark[row];
    const input = batch.input[row];
    const slot = slots[row];
    const key = keys[row];
    rule.meet(port, time, watermark, input);
    if (rule.refuses(time)) {
      context.drop(batch, row, key, time, time);
      rows.release(slot);
      return;
    }
    const partners = key < 0 ? 0 : this.meetAll(port, slot, watermark, input);
    // A left row of a semi or anti join is done with its first partner.
    const answered = partners > 0 && port === 0 && output.leftOnly;
    if (answered && this.plan.kind === 'semi') output.add(slot, -1, time, watermark, input);
    const kept = key >= 0 && !answered && rule.keeps(port, time);
    if (kept) this.keep(port, slot, partners, watermark, input);
    else rows.release(slot);
    if (kept || partners > 0) return;
    if (output.pads[port]) this.pad(port, slot, watermark, input);
    else if (key >= 0) context.drop(batch, row, key, time, time);
  }

  private keep(port: number, slot: number, partners: number, watermark: number, input: number): void {
    const side = this.join.sides[port];
    side.rows.append(side.rows.key[slot], slot);
    side.partners[slot] = partners;
    this.output.traceKept(port, slot, input);
    if (partners === 0 && this.output.pads[port] && this.rule.waits(port, slot)) this.pad(port, slot, watermark, input);
  }

  /** Pairs a row with those that came before it; returns with how many. */
  private meetAll(port: number, slot: number, watermark: number, input: number): number {
    const { output, residual, context } = this;
    const { lower, upper, kind, timeOf } = this.plan;
    const { batch, key } = this.join.sides[port].rows;
    const { partners, rows: others } = this.join.sides[1 - port];
    const { slots, times } = others.index;
    const time = batch.time[slot];
    const first = port === 0 ? time + lower : time - upper;
    const last = port === 0 ? time + upper : time - lower;
    const from = others.index.from(key[slot], Math.max(first, this.rule.oldest(1 - port)));
    const to = others.index.from(key[slot], last + 1);
    const holds = residual !== null && from < to ? residual.of(port, slot, slots.subarray(from, to)) : null;
    // A left row of a semi join comes out with its first partner.
    const emitsMet = kind === 'semi' && port === 1;
    const hasOwnTime = (timeOf === 'left') === (port === 0);
    this.looked += to - from;
    let count = 0;
    for (let at = from; at < to; at += 1) {
      if (holds !== null && holds[at - from] === 0) continue;
      const partner = slots[at];
      const met = partners[partner];
      partners[partner] = met > 0 ? met + 1 : 1;
      count += 1;
      if (context.trace) output.tracePair(port === 0 ? slot : partner, port === 0 ? partner : slot, input);
      const latest = times[at] > time ? times[at] : time;
      const own = timeOf === 'latest' ? latest : hasOwnTime ? time : times[at];
      if (!output.leftOnly) output.addSide(port, slot, partner, own, watermark, input);
      else if (emitsMet && met <= 0) output.add(partner, -1, times[at], watermark, input);
    }
    return count;
  }

  pad(port: number, slot: number, watermark: number, input: number): void {
    const { output } = this;
    const { rows, partners } = this.join.sides[port];
    if (!output.pads[port] || partners[slot] !== 0) return;
    partners[slot] = PADDED;
    output.tracePadded(port, slot, input);
    output.addSide(port, slot, -1, rows.batch.time[slot], watermark, input);
  }

  gone(port: number, slot: number, input: number): void {
    this.output.tracePurged(port, slot, input);
  }

  advance(watermark: number, input: number): void {
    this.rule.advance(watermark, input);
    this.output.flush();
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
