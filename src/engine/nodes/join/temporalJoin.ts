import { MAX_TIME, type ColumnBatch } from '../../../model';
import { VersionJoin } from './temporalJoinBase';

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
export class TemporalJoinOperator extends VersionJoin {
  readonly name = 'temporal join';

  protected before(batch: ColumnBatch, row: number): void {
    this.reach(batch.watermark[row], batch.input[row]);
  }

  protected takeLeft(_batch: ColumnBatch, _row: number, slot: number): void {
    this.left.keep(slot);
  }

  protected takeVersion(slot: number, isDeleted: boolean): void {
    this.versions.add(slot, isDeleted);
  }

  advance(watermark: number, input: number): void {
    this.reach(watermark, input);
    this.finish();
  }

  due(watermark: number): number {
    const next = Math.min(this.left.due.oldest, this.versions.due.oldest);
    return next === MAX_TIME || watermark === MAX_TIME ? MAX_TIME : Math.max(next, watermark + 1);
  }

  private reach(watermark: number, input: number): void {
    if (watermark <= this.reached.value) return;
    this.release(watermark, this.reached.value, input);
    this.versions.prune(watermark, (key) => this.traceKey(key, input));
    this.reached.value = watermark;
  }
}
