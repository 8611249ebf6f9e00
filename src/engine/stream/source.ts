import { MIN_TIME, type Column, type ColumnBatch, type Duration } from '../../model';
import { type Expression, type Scan } from '../../sql/plan';
import { compile } from '../expression';
import { type SourceScan } from './build';
import { type InputLog, type SourceTopic } from './agenda';
import { type LocalOptions } from './local';
import { POLICIES } from '../profiles';
import { settle } from '../profiles/settle';
import {
  bounded,
  declared,
  Given,
  MicroBatch,
  monotonous,
  Percentile,
  perfect,
  punctuated,
  silent,
  type Generator,
} from './watermarks/generators';
import { Watermarks, type WatermarkSetup } from './watermarks/watermarks';

/** A topic that the plan reads, with its own watermark. */
export class Source {
  readonly watermarks: Watermarks;
  /** Place among the topics of the run. */
  readonly topic: number;
  readonly table: SourceTopic;
  /** Its watermark behind each input, where the run is traced: the teal line. */
  readonly watermarkAt: Float64Array;
  /** Whether it was idle behind each input. */
  readonly idleAt: Uint8Array;
  /** Events of each partition, those to come included; counted where partitions are aligned. */
  private readonly rows: Float64Array;

  constructor(from: SourceScan, inputLog: InputLog, options: LocalOptions, isTraced: boolean) {
    this.topic = from.topic;
    this.table = inputLog.topics[from.topic];
    this.rows = new Float64Array(this.table.topic.partitions);
    if (options.maxDrift !== null) for (const partition of this.table.batch.id1) this.rows[partition] += 1;
    const inputs = isTraced ? inputLog.length : 0;
    this.watermarkAt = new Float64Array(inputs).fill(MIN_TIME);
    this.idleAt = new Uint8Array(inputs);
    this.watermarks = new Watermarks({
      ...generatorsOf(from, this.table, options),
      partitions: this.table.topic.partitions,
      emitEvery: options.job ? 0 : options.emitEvery,
      idle: options.job ? null : options.idle,
      begin: beginOf(inputLog),
      clock: (input) => inputLog.processing[input],
    });
  }

  /** Whether partition `partition` takes part in alignment (S20.2): it has spoken, is not idle, and has more to come. */
  isInGroup(partition: number): boolean {
    const { watermarks, rows } = this;
    const count = watermarks.counts[partition];
    return count > 0 && count < rows[partition] && !watermarks.isIdleAt(partition);
  }

  /** Writes down where it stands behind inputs [from, to). */
  keep(from: number, to: number): void {
    this.watermarkAt.fill(this.watermarks.current, from, to);
    this.idleAt.fill(this.watermarks.idle ? 1 : 0, from, to);
  }
}

/** A run begins with its first event. */
function beginOf({ topics }: InputLog): number {
  const firsts = topics.filter(({ batch }) => batch.length > 0).map(({ topic }) => topic.append[0]);
  return firsts.length === 0 ? 0 : Math.min(...firsts);
}

/** What the options say of watermarks, for one topic; `checkOptions` has seen to it that they make sense. */
function generatorsOf(
  { scan }: SourceScan,
  { topic, batch }: SourceTopic,
  options: LocalOptions,
): Pick<WatermarkSetup, 'make' | 'isBounded' | 'wait'> {
  const each = (make: (wait: () => Duration) => Generator): WatermarkSetup['make'] => {
    return (wait) => Array.from({ length: topic.partitions }, () => make(wait));
  };
  const fixed = { isBounded: false, wait: null };
  // A batch job reads what has landed, however late: its source makes no watermark.
  if (options.job) return { ...fixed, make: () => [silent()] };
  const byClause = options.wait === null && scan.watermark !== null;
  const strategy = settle(options).watermark ?? { type: byClause ? 'declared' : 'bounded' };
  const wait = options.wait ?? 0;
  switch (strategy.type) {
    case 'bounded':
      // Stream time is one for all partitions, so the newest of all moves it (S1.1).
      if (POLICIES[options.profile].watermark.is === 'none')
        return { make: (waits) => [bounded(waits)], isBounded: true, wait };
      return { make: each(bounded), isBounded: true, wait };
    case 'declared': {
      const claims = valuesOf(scan.watermark!, scan.schema, batch);
      return { ...fixed, make: each(() => declared(claims)) };
    }
    case 'monotonous':
      return { ...fixed, make: each(monotonous) };
    case 'punctuated': {
      const marks = marksOf(batch.columns[columnOf(scan, strategy.column)], batch.length);
      return { ...fixed, make: each(() => punctuated(marks)) };
    }
    case 'percentile':
      return { ...fixed, make: each(() => new Percentile(strategy.share)) };
    case 'perfect':
      return { ...fixed, make: () => [perfect(topic.time.subarray(0, topic.table.length))] };
    case 'micro-batch':
      return { isBounded: false, wait, make: (waits) => [new MicroBatch(waits, strategy.batch)] };
    case 'given':
      return { ...fixed, make: () => [new Given(strategy.moves)] };
  }
}

const valuesOf = (expression: Expression, schema: ColumnBatch['schema'], batch: ColumnBatch): Float64Array =>
  (compile(expression, schema)(batch, 0, batch.length).data as Float64Array).slice();

/** Place of a column by name, in whatever case; -1 where there is none. */
export const columnOf = ({ schema }: Scan, name: string): number =>
  schema.findIndex((one) => one.name.toLowerCase() === name.toLowerCase());

/** 1 for a row that is true, or not null where the column is no truth value. */
function marksOf({ data, valid, type }: Column, rows: number): Uint8Array {
  const marks = new Uint8Array(rows);
  for (let row = 0; row < rows; row += 1) {
    if (!valid || valid[row] === 1) marks[row] = type.name === 'BOOLEAN' ? data[row] : 1;
  }
  return marks;
}
