import { adds, BIGINT, DELETE, field, grown, MIN_TIME, type ColumnBatch } from '../../../model';
import { type TemporalJoin } from '../../../sql/plan';
import { JoinKeys } from './joinKeys';
import { JoinSide } from './joinSide';
import { type StateValue } from '../../state/store';
import { PairRows, Residual } from './pairRows';
import { inOrder } from '../../run/inOrder';
import { type Context, type KeyedState, type Operator, type Pairing, type RowRange } from '../../stream/operator';
import { Answers, NOTHING, NULLS, type Answer } from './temporalJoinAnswers';
import { Versions } from './temporalJoinVersions';

export const LEFT = 0;

/**
 * What all joins with a versioned table share: left rows are answered one after the other, each with at most one
 * version. When a row is answered, and with which version, is for the operator to say.
 *
 * The rest of the condition is looked at after choosing the version; it does not fall back to an older one (S9.4). A
 * left row that is taken back takes back what it was answered with (S9.5).
 */
export abstract class VersionJoin implements Operator {
  abstract readonly name: string;
  readonly out: ColumnBatch;
  readonly state: KeyedState;

  protected readonly keys: JoinKeys;
  /** Left rows that wait; `mark` is their kind. */
  protected readonly left: JoinSide;
  protected readonly versions: Versions;
  protected readonly answers: Answers | null;
  /** How far the operator's time has come. */
  protected readonly reached: StateValue;
  private readonly pairs: PairRows;
  private readonly residual: Residual | null;
  /** Rows answered in this range that the rest of the condition has not been asked for. */
  private offers = 0;
  private offeredLefts = new Int32Array(256);
  private offeredVersions = new Int32Array(256);
  private offeredWatermarks = new Float64Array(256);
  private offeredInputs = new Int32Array(256);

  /** `changes`: the left side takes rows back. `onlyNewest`: the right side has no history. */
  constructor(
    protected readonly plan: TemporalJoin,
    readonly title: string,
    changes: boolean,
    protected readonly context: Context,
    onlyNewest = false,
  ) {
    const { state } = context;
    this.keys = new JoinKeys(plan, state);
    this.left = state.add(new JoinSide(plan.left.schema, this.keys, LEFT, state.numbers()));
    this.versions = state.add(new Versions(plan.right.schema, this.keys, 1 - LEFT, state.numbers(), onlyNewest));
    this.answers = changes ? state.add(new Answers(this.left, this.versions)) : null;
    this.reached = state.value(MIN_TIME, 'min');
    state.derived(() => this.reserveKeys());
    this.pairs = new PairRows(plan.schema, this.left.store, this.versions.store, true);
    this.residual = plan.where && new Residual(plan.where, this.left.store, this.versions.store);
    this.out = this.pairs.out;
    this.state = state.show([field('waiting', BIGINT), field('versions', BIGINT)], (visit) => {
      for (let key = 0; key < this.keys.size; key += 1) {
        const counts = this.counts(key);
        if (counts[0] + counts[1] > 0) visit(key, 0, 0, counts);
      }
    });
  }

  /** Takes a left row in: `meet` it now, or later. */
  protected abstract takeLeft(batch: ColumnBatch, row: number, slot: number): void;
  /** Takes a version in; a deletion is one too. */
  protected abstract takeVersion(slot: number, isDeleted: boolean): void;
  /** Whatever must have happened before a row is taken in. */
  protected abstract before(batch: ColumnBatch, row: number): void;
  abstract advance(watermark: number, input: number): void;
  abstract due(watermark: number): number;
  get pairing(): Pairing {
    return { kind: 'version', by: 'time' };
  }

  process(batch: ColumnBatch, from: number, to: number, port: number): void {
    this.put({ batch, from, to }, port);
    this.take(batch, from, to, port);
    this.finish();
  }

  processMultiTopicRange(ranges: readonly RowRange[]): void {
    ranges.forEach((range, port) => this.put(range, port));
    inOrder(ranges, (port, from, to) => this.take(ranges[port].batch, from, to, port));
    this.finish();
  }

  /** Gives the rows of a range slots. */
  private put({ batch, from, to }: RowRange, port: number): void {
    const side = port === LEFT ? this.left : this.versions;
    side.take(batch, from, to);
    this.reserveKeys();
    if (port !== LEFT) return;
    for (let row = from; row < to; row += 1) {
      side.store.mark[side.slots[row]] = batch.kind[row];
      this.answers?.name(side.slots[row], batch, row);
    }
  }

  /** Takes rows in that have slots. */
  private take(batch: ColumnBatch, from: number, to: number, port: number): void {
    const { store: rows, slots } = port === LEFT ? this.left : this.versions;
    for (let row = from; row < to; row += 1) {
      const slot = slots[row];
      this.before(batch, row);
      if (port === LEFT) this.takeLeft(batch, row, slot);
      else if (adds(batch.kind[row]) || batch.kind[row] === DELETE) this.takeRight(batch, row, slot);
      else rows.free(slot);
      this.traceKey(rows.key[slot], batch.input[row], port);
    }
  }

  private takeRight(batch: ColumnBatch, row: number, slot: number): void {
    if (this.keys.matches(this.versions.store.key[slot])) this.takeVersion(slot, !adds(batch.kind[row]));
    else this.versions.store.free(slot);
  }

  /** Answers the rows that have waited until `time`. */
  protected release(time: number, watermark: number, input: number): void {
    while (this.left.rows > 0 && this.left.due.oldest <= time) {
      const slot = this.left.leave();
      this.meet(slot, watermark, input);
      this.traceKey(this.left.store.key[slot], input);
    }
  }

  /** Answers a left row with the version that is valid at its own time. */
  protected meet(slot: number, watermark: number, input: number): void {
    const { key, time } = this.left.store;
    const version = this.keys.matches(key[slot]) ? this.versions.at(key[slot], time[slot]) : -1;
    this.answer(slot, version, watermark, input);
  }

  /** Answers the left row in `slot`, with a version or -1; the row does not wait any more. */
  protected answer(slot: number, version: number, watermark: number, input: number): void {
    const { answers } = this;
    const { mark, number } = this.left.store;
    if (answers === null) this.offer(slot, version, watermark, input);
    else if (adds(mark[slot])) {
      this.offer(slot, version, watermark, input);
      answers.keep(slot, this.settle());
    } else {
      const emitted = answers.take(slot);
      if (emitted !== null && emitted.version !== NOTHING) {
        number[slot] = emitted.number;
        this.emit(slot, emitted.version, watermark, input);
      }
    }
  }

  private offer(slot: number, version: number, watermark: number, input: number): void {
    const at = this.offers;
    if (at === this.offeredLefts.length) this.grow();
    this.offeredLefts[at] = slot;
    this.offeredVersions[at] = version;
    this.offeredWatermarks[at] = watermark;
    this.offeredInputs[at] = input;
    this.offers = at + 1;
  }

  /** Asks for the rest of the condition and says what is left. Returns the answer of the last row. */
  private settle(): Answer {
    const { offers, offeredLefts: lefts, offeredVersions: versions } = this;
    const held = this.residual?.of(lefts, versions, offers);
    const { key, number } = this.left.store;
    const answer = { key: -1, number: -1, version: NOTHING };
    for (let i = 0; i < offers; i += 1) {
      const version = versions[i] >= 0 && (!held || held[i] === 1) ? versions[i] : NULLS;
      answer.key = key[lefts[i]];
      answer.number = number[lefts[i]];
      answer.version = version === NULLS && this.plan.kind === 'inner' ? NOTHING : version;
      if (answer.version === NOTHING) continue;
      this.emit(lefts[i], version, this.offeredWatermarks[i], this.offeredInputs[i]);
    }
    this.offers = 0;
    return answer;
  }

  private emit(slot: number, version: number, watermark: number, input: number): void {
    const { time, mark } = this.left.store;
    this.pairs.add(slot, version, time[slot], watermark, input);
    this.out.kind[this.out.length - 1] = mark[slot];
  }

  /** At the end of a range: what was answered goes out. */
  protected finish(): void {
    this.settle();
    this.pairs.flush();
  }

  /** `port`: a row of that side has come, which is how a picture knows of it; -1: rows have gone. */
  protected traceKey(key: number, input: number, port = -1): void {
    this.context.trace?.add('state written', this.context.number, input, key, 0, 0, port, this.counts(key));
  }

  private counts(key: number): [waiting: number, versions: number] {
    return [this.left.countOf(key), this.versions.countOf(key)];
  }

  private reserveKeys(): void {
    for (const { index } of [this.left, this.versions]) index.reserveKeys(this.keys.size);
  }

  private grow(): void {
    this.offeredLefts = grown(this.offeredLefts, 2 * this.offers);
    this.offeredVersions = grown(this.offeredVersions, 2 * this.offers);
    this.offeredInputs = grown(this.offeredInputs, 2 * this.offers);
    this.offeredWatermarks = grown(this.offeredWatermarks, 2 * this.offers);
  }
}
