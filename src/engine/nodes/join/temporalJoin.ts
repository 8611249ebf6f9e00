import { addTime, adds, BIGINT, DELETE, field, MAX_TIME, MIN_TIME, type ColumnBatch } from '../../../model';
import { type TemporalJoin } from '../../../sql/plan';
import { atLeastZero } from '../../spans';
import { JoinOutput, Residual } from './joinOutput';
import { EmittedRows, JoinState, type MakeRows, type Rows } from './joinState';
import { type StateValue } from '../../state/store';
import { TimedRows } from '../../state/timedRows';
import { inOrder } from '../../run/inOrder';
import { type Context, type KeyedState, type Operator, type Pairing, type RowRange } from '../../stream/operator';
import { KeyedRows, type Hidden } from '../../state/rows';

const LEFT = 0;

/**
 * What all joins with a versioned table share: left rows are answered one after the other, each with at most one
 * version. When a row is answered, and with which version, is for the operator to say.
 *
 * The rest of the condition is looked at after choosing the version; it does not fall back to an older one (S9.4). A
 * left row that is taken back takes back what it was answered with (S9.5).
 */
abstract class VersionJoin<R extends Rows> implements Operator {
  abstract readonly name: string;
  readonly out: ColumnBatch;
  readonly state: KeyedState;

  protected readonly join: JoinState<TimedRows, R>;
  /** Left rows that wait. */
  protected readonly left: TimedRows;
  protected readonly versions: R;
  /** How far the operator's time has come. */
  protected readonly reached: StateValue;
  /** What may be taken back; null where the left side takes nothing back. */
  private readonly emitted: EmittedRows | null;
  private readonly output: JoinOutput;
  private readonly residual: Residual | null;

  /** `changes`: the left side takes rows back. `versions` makes their store. */
  constructor(
    private readonly plan: TemporalJoin,
    changes: boolean,
    private readonly context: Context,
    versions: MakeRows<R>,
  ) {
    const { state } = context;
    const hidden: Hidden = changes ? ['time', 'kind', 'id0', 'id1', 'id2'] : ['time'];
    this.join = new JoinState(plan, state, {
      left: (schema, names) => new TimedRows(schema, hidden, names),
      right: versions,
    });
    const { sides, keys } = this.join;
    this.left = sides[0].rows;
    this.versions = sides[1].rows;
    this.emitted = changes ? state.add(new EmittedRows(plan.schema)) : null;
    this.reached = state.value(MIN_TIME, 'min');
    this.output = new JoinOutput(plan, sides, context);
    this.out = this.output.out;
    this.residual = plan.where && new Residual(plan.where, sides);
    this.state = state.show([field('waiting', BIGINT), field('versions', BIGINT)], (visit) => {
      for (let key = 0; key < keys.size; key += 1) {
        const counts = this.counts(key);
        if (counts[0] + counts[1] > 0) visit(key, 0, 0, counts);
      }
    });
  }

  /** Takes a left row in: answers it now, or later. */
  protected abstract takeLeft(batch: ColumnBatch, row: number, key: number, slot: number): void;
  /** Takes a version in; a deletion is one too. */
  protected abstract takeVersion(key: number, slot: number, isDeleted: boolean): void;
  /** Whatever must have happened before a row is taken in. */
  protected before(_batch: ColumnBatch, _row: number): void {}
  abstract advance(watermark: number, input: number): void;
  abstract due(watermark: number): number;

  get pairing(): Pairing {
    return { kind: 'version', by: 'time' };
  }

  process(batch: ColumnBatch, from: number, to: number, port: number): void {
    this.join.take(batch, from, to, port);
    this.take(batch, from, to, port);
    this.output.flush();
  }

  processMultiTopicRange(ranges: readonly RowRange[]): void {
    ranges.forEach(({ batch, from, to }, port) => this.join.take(batch, from, to, port));
    inOrder(ranges, (port, from, to) => this.take(ranges[port].batch, from, to, port));
    this.output.flush();
  }

  /** Takes rows in that have slots. */
  private take(batch: ColumnBatch, from: number, to: number, port: number): void {
    const { slots, keys } = this.join.sides[port];
    for (let row = from; row < to; row += 1) {
      this.before(batch, row);
      if (port === LEFT) this.takeLeft(batch, row, keys[row], slots[row]);
      else this.takeRight(batch.kind[row], keys[row], slots[row]);
      this.traceKey(keys[row], batch.input[row], port);
    }
  }

  private takeRight(kind: number, key: number, slot: number): void {
    const isVersion = adds(kind) || kind === DELETE;
    if (isVersion && this.join.keys.matches(key)) this.takeVersion(key, slot, kind === DELETE);
    else this.versions.release(slot);
  }

  /** Answers the left row in `slot`, with a version or -1; the row does not wait any more. */
  protected answer(slot: number, version: number, watermark: number, input: number): void {
    const { left, emitted, output, residual, plan } = this;
    const { batch } = left;
    const key = left.key[slot];
    const kind = batch.kind[slot];
    if (emitted !== null) {
      // A newer row with its identity replaces the one before.
      const before = emitted.takeOut(key, batch, slot);
      if (!adds(kind)) {
        if (before >= 0) output.addCopy(emitted, before, batch.time[slot], watermark, input, kind);
        return;
      }
    }
    const holds = version >= 0 && (residual === null || residual.of(LEFT, slot, Int32Array.of(version))[0] === 1);
    if (!holds && plan.kind === 'inner') return;
    output.add(slot, holds ? version : -1, batch.time[slot], watermark, input, 0, kind);
    if (emitted === null) return;
    output.flush();
    emitted.keep(key, batch, slot, this.out);
  }

  /** At the end of what a watermark caused. */
  protected flush(): void {
    this.output.flush();
  }

  /** `port`: a row of that side has come, which is how a picture knows of it; -1: rows have gone. */
  protected traceKey(key: number, input: number, port = -1): void {
    this.context.written?.(input, key, this.counts(key), 0, 0, port);
  }

  private counts(key: number): [waiting: number, versions: number] {
    return [this.left.countOf(key), this.versions.countOf(key)];
  }
}

/**
 * A join with the versions of a table, by key and time; of two with one time the last to arrive is valid (S9.6). A
 * deletion is a version that matches nothing, so one with the old row's time means that this row was never valid (S9.3).
 */
abstract class HistoryJoin extends VersionJoin<TimedRows> {
  constructor(plan: TemporalJoin, changes: boolean, context: Context) {
    super(plan, changes, context, (schema, names) => new TimedRows(schema, ['time', 'kind'], names));
  }

  protected takeVersion(key: number, slot: number): void {
    this.versions.append(key, slot);
  }

  /** Answers a left row with the version that is valid at its own time (S9.1). */
  protected meet(slot: number, watermark: number, input: number): void {
    const { key, batch } = this.left;
    const version = this.join.keys.matches(key[slot]) ? this.versionAt(key[slot], batch.time[slot]) : -1;
    this.answer(slot, version, watermark, input);
  }

  private versionAt(key: number, time: number): number {
    const { index, batch } = this.versions;
    const place = index.from(key, time + 1) - 1;
    if (place < index.begin[key]) return -1;
    const slot = index.slots[place];
    return batch.kind[slot] === DELETE ? -1 : slot;
  }

  /** Answers the rows that have waited until `time`. */
  protected release(time: number, watermark: number, input: number): void {
    while (this.left.rows > 0 && this.left.due.oldest <= time) {
      const slot = this.left.shift();
      this.meet(slot, watermark, input);
      this.traceKey(this.left.key[slot], input);
    }
  }
}

/**
 * FOR SYSTEM_TIME AS OF, by event time: a left row at t sees the version of its key with the largest time ≤ t (S9.1).
 *
 * Left rows wait until the watermark, the least of both sides, has reached their time; so versions may come out of
 * order as far as it allows (S9.2). They are answered in order of time, ties as they came. Then every version is
 * dropped that is older than the one valid at the watermark.
 *
 * A late left row waits for the next watermark, as in Flink, and sees what is kept: no version, or nulls, where its
 * own has been dropped. A late version counts for every row that has not been answered.
 */
export class TemporalJoinOperator extends HistoryJoin {
  readonly name = 'temporal join';

  protected override before(batch: ColumnBatch, row: number): void {
    this.reach(batch.watermark[row], batch.input[row]);
  }

  protected takeLeft(_batch: ColumnBatch, _row: number, key: number, slot: number): void {
    this.left.append(key, slot);
  }

  advance(watermark: number, input: number): void {
    this.reach(watermark, input);
    this.flush();
  }

  due(watermark: number): number {
    const next = Math.min(this.left.due.oldest, this.versions.due.oldest);
    return next === MAX_TIME || watermark === MAX_TIME ? MAX_TIME : Math.max(next, watermark + 1);
  }

  private reach(watermark: number, input: number): void {
    if (watermark <= this.reached.value) return;
    this.release(watermark, this.reached.value, input);
    this.prune(watermark, input);
    this.reached.value = watermark;
  }

  /** Drops what no row at or after `time` sees: of each key all versions before the one valid then. */
  private prune(time: number, input: number): void {
    const { versions } = this;
    const { index, due } = versions;
    while (due.size > 0 && due.oldest <= time) {
      const key = versions.key[due.shift()];
      let dropped = false;
      while (versions.countOf(key) > 1 && index.times[index.begin[key] + 1] <= time) {
        versions.shiftOf(key);
        dropped = true;
      }
      if (dropped) this.traceKey(key, input);
    }
  }
}

/**
 * A stream joined with a versioned table as Kafka Streams does it (S9.9). A record waits until stream time − `grace` has
 * reached its time, then sees the version valid at its own time; one that is older than that when it comes is joined at
 * once. Stream time is the largest time of the stream's records; the table's do not move it. At the end of the input,
 * which Kafka does not know, whatever waits is joined.
 *
 * As a record may be as old as it likes, all versions are kept.
 */
export class StreamTableJoinOperator extends HistoryJoin {
  readonly name = 'stream-table join';

  /** `grace` in ms. */
  constructor(
    plan: TemporalJoin,
    changes: boolean,
    private readonly grace: number,
    context: Context,
  ) {
    super(plan, changes, context);
    atLeastZero('the grace', 'grace', grace);
  }

  protected takeLeft(batch: ColumnBatch, row: number, key: number, slot: number): void {
    const time = batch.time[row];
    this.reached.value = Math.max(this.reached.value, addTime(time, -this.grace));
    if (time < this.reached.value) {
      this.meet(slot, batch.watermark[row], batch.input[row]);
      this.left.release(slot);
    } else {
      this.left.append(key, slot);
      this.release(this.reached.value, batch.watermark[row], batch.input[row]);
    }
  }

  advance(watermark: number, input: number): void {
    if (watermark !== MAX_TIME) return;
    this.release(MAX_TIME, watermark, input);
    this.flush();
  }

  due(): number {
    return MAX_TIME;
  }
}

/**
 * A join with a table as it is now: a left row sees whatever stands under its key when it comes. By processing time in
 * SQL (S9.7), and with a table that has no versions in Kafka Streams (S9.9). Which of two rows came first decides, so
 * the same events in another order, or with another delay, give another result: it is not reproducible.
 */
export class LookupJoinOperator extends VersionJoin<KeyedRows> {
  readonly name = 'lookup join';

  constructor(plan: TemporalJoin, changes: boolean, context: Context) {
    super(plan, changes, context, (schema, names) => new KeyedRows(schema, ['time'], names));
  }

  override get pairing(): Pairing {
    return { kind: 'version', by: 'arrival' };
  }

  protected takeLeft(batch: ColumnBatch, row: number, key: number, slot: number): void {
    const version = this.join.keys.matches(key) ? this.versions.head[key] : -1;
    this.answer(slot, version, batch.watermark[row], batch.input[row]);
    this.left.release(slot);
  }

  /** In place of the one that the key has: the table only knows now. */
  protected takeVersion(key: number, slot: number, isDeleted: boolean): void {
    const { versions } = this;
    if (versions.count[key] > 0) versions.shift(key);
    if (isDeleted) versions.release(slot);
    else versions.append(key, slot);
  }

  /** It does not wait for anything. */
  advance(): void {}

  due(): number {
    return MAX_TIME;
  }
}
