import { adds, BIGINT, DELETE, field, grown, MIN_TIME, withRoom, type ColumnBatch, type Table } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type TemporalJoin } from '../../../sql/plan';
import { DueRows } from './dueRows';
import { JoinKeys } from './joinKeys';
import { PairRows, Residual } from './pairRows';
import { RowStore } from './rowStore';
import { inOrder } from '../../stream/inOrder';
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
  /** Left rows; `mark` is their kind. */
  protected readonly left: RowStore;
  protected readonly versions: Versions;
  protected readonly answers: Answers | null;
  /** Left rows that wait, by time, ties as they came. */
  protected readonly rows: DueRows;
  /** How far the operator's time has come. */
  protected reached = MIN_TIME;
  private readonly pairs: PairRows;
  private readonly residual: Residual | null;
  private readonly slots = [new Int32Array(0), new Int32Array(0)];
  /** Left rows that wait, by key. */
  private leftCount = new Int32Array(16);
  /** Rows answered in this range that the rest of the condition has not been asked for. */
  private offers = 0;
  private offeredLefts = new Int32Array(256);
  private offeredVersions = new Int32Array(256);
  private offeredWatermarks = new Float64Array(256);
  private offeredInputs = new Int32Array(256);

  /** `changes`: the left side takes rows back. */
  constructor(
    protected readonly plan: TemporalJoin,
    readonly title: string,
    changes: boolean,
    protected readonly context: Context,
  ) {
    this.keys = new JoinKeys(plan);
    this.left = new RowStore(plan.left.schema);
    this.rows = new DueRows(this.left);
    this.versions = new Versions(plan.right.schema);
    this.answers = changes ? new Answers(this.versions) : null;
    this.pairs = new PairRows(plan.schema, this.left, this.versions.store, true);
    this.residual = plan.where && new Residual(plan.where, this.left, this.versions.store);
    this.out = this.pairs.out;
    this.state = this.view();
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
    const ids = this.keys.find(batch, from, to, port);
    this.reserveKeys(this.keys.size);
    if (this.slots[port].length < to) this.slots[port] = new Int32Array(Math.max(to, 2 * this.slots[port].length));
    const slots = this.slots[port];
    if (port !== LEFT) return this.versions.put(batch, from, to, ids, slots);
    this.left.put(batch, from, to, ids, slots);
    for (let row = from; row < to; row += 1) {
      this.left.mark[slots[row]] = batch.kind[row];
      this.answers?.name(slots[row], batch, row);
    }
  }

  /** Takes rows in that have slots. */
  private take(batch: ColumnBatch, from: number, to: number, port: number): void {
    const slots = this.slots[port];
    const rows = port === LEFT ? this.left : this.versions.store;
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

  /** The left row in `slot` is not answered yet. */
  protected wait(slot: number): void {
    this.rows.push(slot);
    this.leftCount[this.left.key[slot]] += 1;
  }

  /** Answers the rows that have waited until `time`. */
  protected release(time: number, watermark: number, input: number): void {
    while (this.rows.size > 0 && this.rows.oldest <= time) {
      const slot = this.rows.shift();
      const key = this.left.key[slot];
      this.meet(slot, watermark, input);
      this.leftCount[key] -= 1;
      this.traceKey(key, input);
    }
  }

  /** Answers a left row with the version that is valid at its own time. */
  protected meet(slot: number, watermark: number, input: number): void {
    const key = this.left.key[slot];
    const version = this.keys.matches(key) ? this.versions.at(key, this.left.time[slot]) : -1;
    this.answer(slot, version, watermark, input);
  }

  /** Answers the left row in `slot`, with a version or -1, and lets go of it. */
  protected answer(slot: number, version: number, watermark: number, input: number): void {
    const { answers, left } = this;
    if (answers === null) this.offer(slot, version, watermark, input);
    else if (adds(left.mark[slot])) {
      this.offer(slot, version, watermark, input);
      answers.keep(slot, this.settle());
    } else {
      const emitted = answers.take(slot);
      if (emitted !== null && emitted.version !== NOTHING) {
        left.number[slot] = emitted.number;
        this.emit(slot, emitted.version, watermark, input);
      }
    }
    left.free(slot);
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
    const answer = { number: -1, version: NOTHING };
    for (let i = 0; i < offers; i += 1) {
      const version = versions[i] >= 0 && (!held || held[i] === 1) ? versions[i] : NULLS;
      answer.number = this.left.number[lefts[i]];
      answer.version = version === NULLS && this.plan.kind === 'inner' ? NOTHING : version;
      if (answer.version === NOTHING) continue;
      this.emit(lefts[i], version, this.offeredWatermarks[i], this.offeredInputs[i]);
    }
    this.offers = 0;
    return answer;
  }

  private emit(slot: number, version: number, watermark: number, input: number): void {
    const { left, out } = this;
    this.pairs.add(slot, version, left.time[slot], watermark, input);
    out.kind[out.length - 1] = left.mark[slot];
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
    return [this.leftCount[key], this.versions.countOf(key)];
  }

  private reserveKeys(keys: number): void {
    this.versions.reserveKeys(keys);
    this.leftCount = withRoom(this.leftCount, keys);
  }

  private grow(): void {
    this.offeredLefts = grown(this.offeredLefts, 2 * this.offers);
    this.offeredVersions = grown(this.offeredVersions, 2 * this.offers);
    this.offeredInputs = grown(this.offeredInputs, 2 * this.offers);
    this.offeredWatermarks = grown(this.offeredWatermarks, 2 * this.offers);
  }

  private view(): KeyedState {
    const { keys, versions, rows } = this;
    return {
      keys: keys.table.table,
      schema: [field('waiting', BIGINT), field('versions', BIGINT)],
      get rows() {
        return rows.size + versions.size;
      },
      each: (visit) => {
        for (let key = 0; key < keys.size; key += 1) {
          const counts = this.counts(key);
          if (counts[0] + counts[1] > 0) visit(key, 0, 0, counts);
        }
      },
    };
  }

  save(writer: StateWriter): void {
    const { time, number } = this.left;
    const waiting = this.rows.numbers().sort((a, b) => time[a] - time[b] || number[a] - number[b]);
    writer.number(this.reached);
    this.left.save(writer, waiting);
    const places = this.versions.save(writer, this.answers?.named() ?? []);
    this.answers?.save(writer, places, waiting);
  }

  restore(reader: StateReader): void {
    this.reached = reader.number();
    this.rows.clear();
    const count = this.left.restore(reader);
    this.left.key.set(this.keys.find(this.left.table, 0, count, LEFT).subarray(0, count));
    this.reserveKeys(this.keys.size);
    this.leftCount.fill(0);
    for (let slot = 0; slot < count; slot += 1) this.wait(slot);
    const keysOf = (rows: Table, size: number): Int32Array => this.keys.find(rows, 0, size, 1 - LEFT);
    this.versions.restore(reader, keysOf, () => {
      this.answers?.restore(reader);
      return this.answers?.named() ?? [];
    });
    this.reserveKeys(this.keys.size);
  }
}
