import { adds, BIGINT, DELETE, field, MIN_TIME, type ColumnBatch, type Schema } from '../../../model';
import { type TemporalJoin } from '../../../sql/plan';
import { JoinOutput, Residual } from './joinOutput';
import { EmittedRows, JoinState, type Rows } from './joinState';
import { type Hidden } from '../../state/rows';
import { type StateValue } from '../../state/store';
import { TimedRows } from '../../state/timedRows';
import { inOrder } from '../../run/inOrder';
import { type Context, type KeyedState, type Operator, type Pairing, type RowRange } from '../../stream/operator';

const LEFT = 0;

/**
 * What all joins with a versioned table share: left rows are answered one after the other, each with at most one
 * version. When a row is answered, and with which version, is for the operator to say.
 *
 * The rest of the condition is looked at after choosing the version; it does not fall back to an older one (S9.4). A
 * left row that is taken back takes back what it was answered with (S9.5).
 */
export abstract class VersionJoin<R extends Rows> implements Operator {
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
    readonly title: string,
    changes: boolean,
    private readonly context: Context,
    versions: (schema: Schema) => R,
  ) {
    const { state } = context;
    const hidden: Hidden = changes ? ['time', 'kind', 'id0', 'id1', 'id2'] : ['time'];
    this.join = new JoinState(plan, state, { left: (schema) => new TimedRows(schema, hidden), right: versions });
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
    return [this.left.slotsOf(key).length, this.versions.slotsOf(key).length];
  }
}
