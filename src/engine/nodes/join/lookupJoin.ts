import { MAX_TIME, type ColumnBatch } from '../../../model';
import { type TemporalJoin } from '../../../sql/plan';
import { type Context, type Pairing } from '../../stream/operator';
import { VersionJoin } from './temporalJoinBase';

/**
 * A join with a table as it is now: a left row sees whatever stands under its key when it comes. By processing time in
 * SQL (S9.7), and with a table that has no versions in Kafka Streams (S9.9). Which of two rows came first decides, so
 * the same events in another order, or with another delay, give another result: it is not reproducible.
 */
export class LookupJoinOperator extends VersionJoin {
  readonly name = 'lookup join';

  constructor(plan: TemporalJoin, title: string, changes: boolean, context: Context) {
    super(plan, title, changes, context, true);
  }

  override get pairing(): Pairing {
    return { kind: 'version', by: 'arrival' };
  }

  protected before(): void {}

  protected takeLeft(batch: ColumnBatch, row: number, slot: number): void {
    const key = this.left.store.key[slot];
    const version = this.keys.matches(key) ? this.versions.newest(key) : -1;
    this.answer(slot, version, batch.watermark[row], batch.input[row]);
    this.left.store.free(slot);
  }

  protected takeVersion(slot: number, isDeleted: boolean): void {
    this.versions.replace(slot, isDeleted);
  }

  /** It does not wait for anything. */
  advance(): void {}

  due(): number {
    return MAX_TIME;
  }
}
