import { columnView, type ColumnBatch } from '../../model';
import { type Topic } from '../log/topic';

/**
 * Reads a topic, block by block: the rows of a range are in one batch, a view of the topic's columns. What a row has only
 * in this run, its input number and watermark, is held for the range alone, so a row can be read again from its offset.
 */
export class TopicReader {
  /** Rows of a topic that are one batch. */
  static readonly BLOCK = 4_096;
  /** The block of the range; its rows [begin, end) are the range. */
  batch: ColumnBatch;
  begin = 0;
  end = 0;
  /** Row of the topic that is the first of the block. */
  base = 0;
  private readonly blocks: ColumnBatch[] = [];
  private readonly watermark: Float64Array;
  private readonly input: Int32Array;
  private readonly kind: Uint8Array;
  private readonly id0: Float64Array;

  /** `place`: of the topic among those of the run. */
  constructor(
    readonly topic: Topic,
    place: number,
  ) {
    const size = Math.min(TopicReader.BLOCK, topic.table.length);
    this.watermark = new Float64Array(size);
    this.input = new Int32Array(size);
    this.kind = new Uint8Array(size);
    this.id0 = new Float64Array(size).fill(place);
    this.batch = this.blockOf(0);
  }

  /** How many rows from `row` on may be in one range. */
  static room(row: number): number {
    return TopicReader.BLOCK - (row % TopicReader.BLOCK);
  }

  /** Adds rows [row, row + count) to the range, which ends at `row` unless it is empty; they are inputs from `from` on. */
  read(row: number, count: number, from: number): void {
    if (this.begin === this.end) {
      this.base = row - (row % TopicReader.BLOCK);
      this.batch = this.blockOf(this.base);
      this.begin = row - this.base;
      this.end = this.begin;
    }
    const { input, end } = this;
    for (let i = 0; i < count; i += 1) input[end + i] = from + i;
    this.end = end + count;
  }

  /** Gives back all rows of the range but the first `count`; 0: the range has none of this topic. */
  shorten(count: number): void {
    this.end = this.begin + count;
  }

  private blockOf(base: number): ColumnBatch {
    return (this.blocks[base / TopicReader.BLOCK] ??= this.view(
      base,
      Math.min(base + TopicReader.BLOCK, this.topic.table.length),
    ));
  }

  private view(from: number, to: number): ColumnBatch {
    const { table, time, partition, offset } = this.topic;
    return {
      schema: table.schema,
      columns: table.columns.map((column) => columnView(column, from, to)),
      length: to - from,
      time: time.subarray(from, to),
      watermark: this.watermark,
      input: this.input,
      kind: this.kind,
      id0: this.id0,
      id1: partition.subarray(from, to),
      id2: offset.subarray(from, to),
    };
  }
}
