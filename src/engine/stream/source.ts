import { MIN_TIME, type ColumnBatch } from '../../model';
import { type Scan } from '../../sql/plan';
import { compile } from '../expression';
import { type SourceScan } from './build';
import { type FeedTopic } from './feed';
import { type StreamOptions } from './options';
import { Watermarks } from './watermarks';

/** A topic that the plan reads, with its own watermark. */
export class Source {
  readonly watermarks: Watermarks;
  /** Place in the feed's topics. */
  readonly topic: number;
  readonly table: FeedTopic;
  /** Its watermark behind each input, where the run is traced: the teal line. */
  readonly watermarkAt: Float64Array;

  constructor(
    { scan, topic }: SourceScan,
    table: FeedTopic,
    options: StreamOptions,
    /** Inputs to keep the line of; 0 without a trace. */
    inputs: number,
  ) {
    this.topic = topic;
    this.table = table;
    this.watermarkAt = new Float64Array(inputs).fill(MIN_TIME);
    const claims = options.wait === null && scan.watermark ? claimsOf(scan, table.batch) : null;
    // A batch job reads what has landed, however late: its source makes no watermark.
    const silent = options.job !== null;
    this.watermarks = new Watermarks(table.topic.partitions, claims || silent ? null : (options.wait ?? 0), claims);
  }
}

/** Value of the WATERMARK clause for each row. */
function claimsOf({ watermark, schema }: Scan, batch: ColumnBatch): Float64Array {
  return (compile(watermark!, schema)(batch, 0, batch.length).data as Float64Array).slice();
}
