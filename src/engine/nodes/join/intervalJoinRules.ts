import { addTime, MAX_TIME, MIN_TIME } from '../../../model';
import { type StateBackend } from '../../state/backend';
import { type StateValue } from '../../state/store';
import { type IntervalJoin } from '../../../sql/plan';
import { DueRows } from '../../state/dueRows';
import { type JoinState } from './joinState';

type Sides = JoinState['sides'];

/** What a rule tells the join. */
interface Answers {
  /** Emits the row in `slot` without a partner, if its side is one that is padded and it has none. */
  pad(port: number, slot: number, watermark: number, input: number): void;
  /** The row in `slot` is not remembered any more. */
  gone(port: number, slot: number, input: number): void;
}

/**
 * When an interval join knows that nothing can come any more. Systems agree on which rows match; they differ in the
 * clock by which rows become too old, and in what is done with those that come late.
 */
export interface IntervalRule {
  /** How far the watermark is held back (S8.4). */
  readonly watermarkDelay: number;
  /** A row is here: everything is done that has become due before it. */
  meet(port: number, time: number, watermark: number, input: number): void;
  /** Whether a row is refused without being looked at. */
  refuses(time: number): boolean;
  /** Whether a row is kept for later partners; a row that is neither kept nor matched will never have one. */
  keeps(port: number, time: number): boolean;
  /** Rows of a side from before this are gone, even where they are still held. */
  oldest(port: number): number;
  /** A row without a partner is kept. True where it is padded already now. */
  waits(port: number, slot: number): boolean;
  advance(watermark: number, input: number): void;
  due(watermark: number): number;
  /** Both sides have their rows back; `lonely` rows are those that have neither a partner nor been padded. */
  restored(lonely: (port: number, slot: number) => boolean): void;
}

/**
 * Flink's: the watermark. A left row goes at time + max(upper, 0), a right one at time + max(−lower, 0) (S8.3), and is
 * padded then. SQL lets late rows match the rows that are still kept; a DataStream refuses what is before the watermark (S8.2).
 */
export class WatermarkRule implements IntervalRule {
  readonly watermarkDelay: number;
  private readonly stay: [number, number];
  private readonly watermark: StateValue;
  /** The watermark at which the next row goes. */
  private next = MAX_TIME;

  constructor(
    { lower, upper, timeOf }: IntervalJoin,
    private readonly sides: Sides,
    private readonly answers: Answers,
    private readonly lateRows: 'match' | 'drop',
    state: StateBackend,
  ) {
    this.watermark = state.value(MIN_TIME, 'min');
    const stay: [number, number] = [Math.max(upper, 0), Math.max(-lower, 0)];
    this.stay = stay;
    // A late row may still meet the oldest that is kept, and the result may carry its own time on.
    const reach = timeOf === 'left' ? stay[1] + upper : timeOf === 'right' ? stay[0] - lower : 0;
    this.watermarkDelay = Math.max(...stay, reach);
  }

  meet(_port: number, _time: number, watermark: number, input: number): void {
    if (watermark > this.watermark.value) this.advance(watermark, input);
  }

  refuses(time: number): boolean {
    return this.lateRows === 'drop' && time < this.watermark.value;
  }

  keeps(port: number, time: number): boolean {
    const until = addTime(time, this.stay[port]);
    if (until <= this.watermark.value && this.lateRows === 'match') return false;
    if (until < this.next) this.next = until;
    return true;
  }

  oldest(): number {
    return MIN_TIME;
  }

  waits(): boolean {
    return false;
  }

  advance(watermark: number, input: number): void {
    if (watermark >= this.next) this.release(watermark, input);
    this.watermark.value = watermark;
  }

  /** Rows go in the order in which they become due, left ones first. */
  private release(watermark: number, input: number): void {
    const { sides, stay } = this;
    for (;;) {
      const left = sides[0].rows.rows > 0 ? addTime(sides[0].rows.due.oldest, stay[0]) : Infinity;
      const right = sides[1].rows.rows > 0 ? addTime(sides[1].rows.due.oldest, stay[1]) : Infinity;
      const until = Math.min(left, right);
      this.next = Math.min(until, MAX_TIME);
      if (until > watermark) return;
      const port = left <= right ? 0 : 1;
      const slot = sides[port].rows.shift();
      this.answers.pad(port, slot, Math.min(this.watermark.value, until - 1), input);
      this.answers.gone(port, slot, input);
    }
  }

  due(watermark: number): number {
    // A row on its way may be due at once.
    return watermark === MAX_TIME ? MAX_TIME : watermark + 1;
  }

  restored(): void {
    this.next = Math.min(...this.sides.map(({ rows }, port) => addTime(rows.due.oldest, this.stay[port])));
  }
}

/**
 * Kafka's: stream time, the largest time that has come on either side; rows are remembered by the newest of their own
 * side (S8.6). A row is padded when its window and the grace have passed, or at once where its window had passed before
 * it came. The end of the input moves nothing: only a record does.
 */
export class StreamTimeRule implements IntervalRule {
  readonly watermarkDelay: number;
  private readonly streamTime: StateValue;
  private readonly sideTime: [StateValue, StateValue];
  /** How far ahead of a row its last partner may be. */
  private readonly reach: [number, number];
  /** Rows of a side that are not newer than its newest less this are gone. */
  private readonly retention: number;
  /** Rows without a partner so far. */
  private readonly waiting: [DueRows, DueRows];

  constructor(
    { lower, upper }: IntervalJoin,
    private readonly sides: Sides,
    private readonly answers: Answers,
    private readonly grace: number,
    private readonly state: StateBackend,
  ) {
    this.streamTime = state.value(MIN_TIME, 'max');
    this.sideTime = [state.value(MIN_TIME, 'max'), state.value(MIN_TIME, 'max')];
    this.reach = [upper, -lower];
    this.retention = upper - lower + grace;
    this.waiting = [new DueRows(sides[0].rows.batch), new DueRows(sides[1].rows.batch)];
    this.watermarkDelay = Math.max(upper, 0) + Math.max(-lower, 0) + grace;
  }

  meet(port: number, time: number, watermark: number, input: number): void {
    if (time > this.sideTime[port].value) this.sideTime[port].value = time;
    if (time > this.streamTime.value) {
      this.streamTime.value = time;
      this.pad(watermark, input);
      this.forget(1 - port, input);
    }
    this.forget(port, input);
  }

  /** In the order of time, right ones first, as Kafka's store of unjoined rows has them. */
  private pad(watermark: number, input: number): void {
    const { waiting, answers } = this;
    const closed = (port: number): number =>
      waiting[port].size > 0 && waiting[port].oldest <= this.closed(port) ? waiting[port].oldest : Infinity;
    for (;;) {
      const left = closed(0);
      const right = closed(1);
      if (left === Infinity && right === Infinity) return;
      const port = right <= left ? 1 : 0;
      answers.pad(port, waiting[port].shift(), watermark, input);
    }
  }

  /** Rows up to this time can have no partner any more. */
  private closed(port: number): number {
    return addTime(this.streamTime.value, -this.reach[port] - this.grace - 1);
  }

  private forget(port: number, input: number): void {
    const { rows } = this.sides[port];
    // Whatever still waits to be padded must stay.
    const last = Math.min(this.oldest(port) - 1, this.closed(port));
    // The most rows there were are those before some go, wherever a range ends.
    if (rows.rows > 0 && rows.due.oldest <= last) this.state.count();
    while (rows.rows > 0 && rows.due.oldest <= last) this.answers.gone(port, rows.shift(), input);
  }

  refuses(): boolean {
    return false;
  }

  keeps(port: number, time: number): boolean {
    return time >= this.oldest(port);
  }

  oldest(port: number): number {
    return addTime(this.sideTime[port].value, 1 - this.retention);
  }

  waits(port: number, slot: number): boolean {
    if (this.sides[port].rows.batch.time[slot] + this.reach[port] < this.streamTime.value) return true;
    this.waiting[port].push(slot);
    return false;
  }

  advance(): void {}

  due(): number {
    return MAX_TIME;
  }

  restored(lonely: (port: number, slot: number) => boolean): void {
    for (const port of [0, 1]) {
      this.waiting[port].clear();
      for (const slot of this.sides[port].rows.inOrder()) if (lonely(port, slot)) this.waiting[port].push(slot);
    }
  }
}
