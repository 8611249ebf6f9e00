import { columnNamed, type Column, type Duration, type Schema, type Table } from '../../model';
import { type Expression, type Scan } from '../../sql/plan';
import { compile } from '../expression';
import { type Topic } from '../log/topic';
import { type LocalOptions } from '../stream/options';
import { type SourceNode } from './graph';
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
} from '../watermarks/generators';
import { Watermarks, type WatermarkSetup } from '../watermarks/watermarks';

/** A topic that the plan reads, with its watermark: a generator for each partition. */
export class Source {
  /** Place of its topic among those of the run. */
  readonly place: number;
  readonly watermarks: Watermarks;
  /** Events of each partition, those to come included; counted where partitions are aligned. */
  private readonly rows: Float64Array;

  /** `begin`: when the run begins; `clock`: processing time of an input. */
  constructor(
    { scan, topic: place }: SourceNode,
    readonly topic: Topic,
    options: LocalOptions,
    begin: number,
    clock: (input: number) => number,
  ) {
    this.place = place;
    const { partitions, partition, table } = topic;
    this.rows = new Float64Array(partitions);
    if (options.maxDrift !== null) for (let row = 0; row < table.length; row += 1) this.rows[partition[row]] += 1;
    this.watermarks = new Watermarks({
      ...generatorsOf(scan, topic, options),
      partitions,
      emitEvery: options.job ? 0 : options.emitEvery,
      idle: options.job ? null : options.idle,
      begin,
      clock,
    });
  }

  /** Whether partition `partition` takes part in alignment (S20.2): it has emitted a watermark, is active, and has unread events. */
  isInGroup(partition: number): boolean {
    const { watermarks, rows } = this;
    const count = watermarks.counts[partition];
    return count > 0 && count < rows[partition] && !watermarks.isIdleAt(partition);
  }
}

/** A run begins with its first event. */
export function beginOf(topics: readonly Topic[]): number {
  const firsts = topics.filter(({ table }) => table.length > 0).map(({ append }) => append[0]);
  return firsts.length === 0 ? 0 : Math.min(...firsts);
}

/** The tasks that share the partitions of a topic, each with its own stream time: one reads them all. */
const TASKS = [0];

/** What the options say of watermarks, for one topic; `checkOptions` has seen to it that they make sense. */
function generatorsOf(
  scan: Scan,
  topic: Topic,
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
      return { make: each(bounded), isBounded: true, wait };
    case 'stream-time':
      return { make: (waits) => TASKS.map(() => bounded(waits)), isBounded: true, wait };
    case 'declared': {
      const claims = valuesOf(scan.watermark!, scan.schema, topic.table);
      return { ...fixed, make: each(() => declared(claims)) };
    }
    case 'monotonous':
      return { ...fixed, make: each(monotonous) };
    case 'punctuated': {
      const marks = marksOf(topic.table.columns[columnNamed(scan.schema, strategy.column)], topic.table.length);
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

const valuesOf = (expression: Expression, schema: Schema, table: Table): Float64Array =>
  (compile(expression, schema)(table, 0, table.length).data as Float64Array).slice();

/** 1 for a row that is true, or not null where the column is no truth value. */
function marksOf({ data, valid, type }: Column, rows: number): Uint8Array {
  const marks = new Uint8Array(rows);
  for (let row = 0; row < rows; row += 1) {
    if (!valid || valid[row] === 1) marks[row] = type.name === 'BOOLEAN' ? data[row] : 1;
  }
  return marks;
}
