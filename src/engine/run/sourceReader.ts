import { MAX_TIME, MIN_TIME, stepCode, withRoom, type ColumnBatch, type Counters } from '../../model';
import { type Topic } from '../log/topic';
import { type WatermarkPropagation } from './watermarkPropagation';
import { type Source } from './source';
import { type Sources } from './sources';
import { TopicReader } from './topicReader';
import { type Trace } from './trace';

/**
 * Reads events for the operators: counts and traces them, and moves the watermarks of their sources. The rows of a range
 * are those of each topic's reader.
 */
export class SourceReader {
  /** Per input of a traced run: 0 on time, 1 late but counted, 2 too late. */
  fate = new Uint8Array(0);
  newestEventTime = MIN_TIME;
  /** By place among the topics of the run. */
  readonly readers: TopicReader[];

  /** `countsEvents`: reading an event once is all the reading there is. */
  constructor(
    topics: readonly Topic[],
    private readonly sources: Sources,
    private readonly propagation: WatermarkPropagation,
    private readonly counters: Counters,
    private readonly trace: Trace | null,
    private readonly countsEvents: boolean,
    /** Whether a range ends with an event that makes something due, so that what comes out has its number. */
    private readonly endsAtDue: boolean,
  ) {
    this.readers = topics.map((topic, place) => new TopicReader(topic, place));
  }

  /** No rows: for inputs that are no events. */
  nothing(): void {
    for (const reader of this.readers) reader.shorten(0);
  }

  /** Makes room for what a traced run keeps of the inputs before `to`. */
  reserve(to: number): void {
    this.fate = withRoom(this.fate, to);
  }

  /**
   * `count` rows of one topic from `row` on, as inputs from `from` on; fewer where one makes something due and the range
   * ends with it. Answers how many.
   */
  events(topic: number, row: number, count: number, from: number): number {
    const reader = this.readers[topic];
    this.nothing();
    reader.read(row, count, from);
    const source = this.sources.of[topic];
    if (source === null) this.requests(reader, from);
    else {
      if (this.trace) reader.shorten(this.trackRows(source, reader, from));
      else this.see(source, reader);
    }
    return reader.end - reader.begin;
  }

  /** The rows that the readers have been given, of all topics. Never with a trace or a lookup. */
  multiTopicRange(): void {
    this.sources.of.forEach((source, topic) => {
      const reader = this.readers[topic];
      if (source === null) this.counters.rowsIn += reader.end - reader.begin;
      else if (reader.end > reader.begin) this.see(source, reader);
    });
  }

  /** Rows of a topic that no table of the plan stands for: they meet the run's watermark, and do not move it. */
  private requests({ batch, base, begin, end }: TopicReader, from: number): void {
    batch.watermark.fill(this.sources.watermark, begin, end);
    for (let row = begin; row < end; row += 1) this.rowIn(batch, row, base, from + row - begin, false);
  }

  private see(source: Source, reader: TopicReader): void {
    const { counters } = this;
    const { watermarks } = source;
    const { batch, base, begin } = reader;
    // Whoever wakes up may move what it is merged into, however little it moved itself.
    if (this.endsAtDue && watermarks.mayIdle) reader.shorten(1);
    const due = this.endsAtDue ? this.propagation.due(source.place) : MAX_TIME;
    reader.shorten(watermarks.seeAll(batch, begin, reader.end, base, due) - begin);
    const { end } = reader;
    if (this.countsEvents) counters.rowsRead += end - begin;
    counters.rowsIn += end - begin;
    for (let row = begin; row < end; row += 1) if (batch.time[row] <= batch.watermark[row]) counters.late += 1;
    this.sources.hear(source);
  }

  /** Rows of a traced run. Answers how many are in the range. */
  private trackRows(source: Source, reader: TopicReader, from: number): number {
    const { batch, base, begin, end } = reader;
    const { watermarks } = source;
    const { watermark, id1 } = batch;
    const due = this.propagation.due(source.place);
    if (watermarks.mayIdle || this.trace!.isWatched) return this.trackOneByOne(source, reader, from, due);
    const to = watermarks.seeAll(batch, begin, end, base, due);
    for (let row = begin, input = from; row < to; row += 1, input += 1) {
      this.trackRow(batch, row, base, input);
      const after = row + 1 < to ? watermark[row + 1] : watermarks.current;
      if (after > watermark[row]) this.traceWatermark(source, input, id1[row], watermark[row], after);
    }
    this.sources.hear(source);
    return to - begin;
  }

  /** Row by row: while a step listener is attached, or partitions can become idle. */
  private trackOneByOne(source: Source, { batch, base, begin, end }: TopicReader, from: number, due: number): number {
    const { watermarks } = source;
    const { time, watermark, id1 } = batch;
    for (let row = begin, input = from; row < end; row += 1, input += 1) {
      const before = watermarks.current;
      watermark[row] = before;
      this.trackRow(batch, row, base, input);
      const wakes = watermarks.isIdleAt(id1[row]);
      const sleeps = watermarks.idle;
      const moved = watermarks.see(id1[row], time[row], base + row, input);
      this.sources.hear(source);
      if (wakes) this.traceStatus(source, input, id1[row]);
      if (moved) this.traceWatermark(source, input, id1[row], before);
      // A source that counts again may move what it is merged into, however little it moved itself.
      if (sleeps || (moved && watermarks.current >= due)) return row + 1 - begin;
    }
    return end - begin;
  }

  /** A row that knows its watermark comes in. */
  private trackRow(batch: ColumnBatch, row: number, base: number, input: number): void {
    const time = batch.time[row];
    const late = time <= batch.watermark[row];
    this.fate[input] = late ? 1 : 0;
    if (time > this.newestEventTime) this.newestEventTime = time;
    if (this.countsEvents) this.counters.rowsRead += 1;
    this.rowIn(batch, row, base, input, late);
  }

  private rowIn(batch: ColumnBatch, row: number, base: number, input: number, late: boolean): void {
    this.counters.rowsIn += 1;
    if (late) this.counters.late += 1;
    this.trace?.add(ROW_IN, 0, input, -1, batch.time[row], late ? 1 : 0, base + row);
  }

  /** The clock shows `now`. */
  tick(input: number, now: number): void {
    this.nothing();
    for (const source of this.sources.list) {
      const { watermarks, topic, place } = source;
      const before = watermarks.current;
      const idle = Array.from({ length: topic.partitions }, (_, partition) => watermarks.isIdleAt(partition));
      const moved = watermarks.tick(now, (partition) => this.sources.isPausedByAlignment(place, partition));
      this.sources.hear(source);
      idle.forEach((was, partition) => {
        if (watermarks.isIdleAt(partition) !== was) this.traceStatus(source, input, partition);
      });
      if (moved) this.traceWatermark(source, input, -1, before);
    }
  }

  /** Nothing can come any more. */
  finish(input: number): void {
    this.nothing();
    this.trace?.add('input ended', 0, input, -1, 0, 0, -1);
    for (const source of this.sources.list) {
      const before = source.watermarks.current;
      source.watermarks.finish();
      this.sources.hear(source);
      if (before < MAX_TIME) this.traceWatermark(source, input, -1, before);
    }
  }

  private traceStatus(source: Source, input: number, partition: number): void {
    const idle = source.watermarks.isIdleAt(partition) ? 1 : 0;
    this.trace?.add('status changed', 0, input, partition, idle, 0, this.sources.list.indexOf(source));
  }

  private traceWatermark(
    source: Source,
    input: number,
    partition: number,
    before: number,
    behind = source.watermarks.current,
  ): void {
    this.trace?.add(WATERMARK_ADVANCED, 0, input, partition, behind, before, this.sources.list.indexOf(source) - 1);
  }
}

const ROW_IN = stepCode('row in');
const WATERMARK_ADVANCED = stepCode('watermark advanced');
