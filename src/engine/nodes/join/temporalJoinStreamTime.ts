import { addTime, MAX_TIME, type ColumnBatch } from '../../../model';
import { type TemporalJoin } from '../../../sql/plan';
import { type Context } from '../../stream/operator';
import { atLeastZero } from '../../spans';
import { VersionJoin } from './temporalJoinBase';

/**
 * A stream joined with a versioned table as Kafka Streams does it (S9.9). A record waits until stream time − `grace` has
 * reached its time, then sees the version valid at its own time; one that is older than that when it comes is joined at
 * once. Stream time is the largest time of the stream's records; the table's do not move it. At the end of the input,
 * which Kafka does not know, whatever waits is joined.
 *
 * As a record may be as old as it likes, all versions are kept.
 */
export class StreamTableJoinOperator extends VersionJoin {
  readonly name = 'stream-table join';

  /** `grace` in ms. */
  constructor(
    plan: TemporalJoin,
    title: string,
    changes: boolean,
    private readonly grace: number,
    context: Context,
  ) {
    super(plan, title, changes, context);
    atLeastZero('the grace', 'grace', grace);
  }

  protected before(): void {}

  protected takeLeft(batch: ColumnBatch, row: number, slot: number): void {
    const time = batch.time[row];
    this.reached.value = Math.max(this.reached.value, addTime(time, -this.grace));
    if (time < this.reached.value) {
      this.meet(slot, batch.watermark[row], batch.input[row]);
      this.left.store.free(slot);
    } else {
      this.left.keep(slot);
      this.release(this.reached.value, batch.watermark[row], batch.input[row]);
    }
  }

  protected takeVersion(slot: number, isDeleted: boolean): void {
    this.versions.add(slot, isDeleted);
  }

  advance(watermark: number, input: number): void {
    if (watermark !== MAX_TIME) return;
    this.release(MAX_TIME, watermark, input);
    this.finish();
  }

  due(): number {
    return MAX_TIME;
  }
}
