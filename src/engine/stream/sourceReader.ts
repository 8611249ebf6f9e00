import { MAX_TIME, MIN_TIME, stepCode, type ColumnBatch, type Counters } from '../../model';
import { EVENT, type InputLog } from './agenda';
import { type WatermarkPropagation } from './watermarkPropagation';
import { type Source } from './source';
import { type Sources } from './sources';
import { type Trace } from './trace';

/**
 * What inputs do before an operator sees them: they are counted, move the watermarks of their sources, and are traced.
 * Of events it says which rows of each topic are the range.
 */
export class SourceReader {
  /** Per input: 0 on time, 1 late but counted, 2 too late. Only with a trace. */
  readonly fate: Uint8Array;
  newestEventTime = MIN_TIME;
  /** Rows [begin, end) of each topic are in the range. */
  readonly begin: Int32Array;
  readonly end: Int32Array;

  /** `countsEvents`: reading an event once is all the reading there is. */
  constructor(
    private readonly inputLog: InputLog,
    private readonly sources: Sources,
    private readonly propagation: WatermarkPropagation,
    private readonly counters: Counters,
    private readonly trace: Trace | null,
    private readonly countsEvents: boolean,
  ) {
    this.fate = new Uint8Array(trace ? inputLog.length : 0);
    this.begin = new Int32Array(inputLog.topics.length);
    this.end = new Int32Array(inputLog.topics.length);
  }

  /** No rows: for inputs that are no events. */
  nothing(): void {
    this.begin.fill(0);
    this.end.fill(0);
  }

  /**
   * A run of events of one topic, which are rows that follow one another, up to the first that makes something due.
   * Answers the input behind them, at most `most`.
   */
  events(from: number, most: number): number {
    const { kind, topic: topics, row } = this.inputLog;
    const topic = topics[from];
    let to = from + 1;
    while (to < most && kind[to] === EVENT && topics[to] === topic) to += 1;
    const first = row[from];
    const source = this.sources.of[topic];
    if (source === null) this.requests(topic, first, from, to);
    else if (this.trace === null) this.see(source, first, first + to - from);
    else to = this.trackRows(source, first, from, to);
    this.nothing();
    this.begin[topic] = first;
    this.end[topic] = first + to - from;
    return to;
  }

  /** A run of events of all topics, which operators take in the order of their inputs. Never with a trace or a lookup. */
  multiTopicRange(from: number, most: number): number {
    const { kind, topic: topics, row } = this.inputLog;
    const { begin, end, sources } = this;
    this.nothing();
    let to = from;
    for (; to < most && kind[to] === EVENT; to += 1) {
      const topic = topics[to];
      if (end[topic] === 0) begin[topic] = row[to];
      end[topic] = row[to] + 1;
    }
    sources.of.forEach((source, topic) => {
      if (source === null) this.counters.rowsIn += end[topic] - begin[topic];
      else if (end[topic] > begin[topic]) this.see(source, begin[topic], end[topic]);
    });
    return to;
  }

  /** Rows of a topic that no table of the plan stands for: they meet the run's watermark, and do not move it. */
  private requests(topic: number, first: number, from: number, to: number): void {
    const { batch } = this.inputLog.topics[topic];
    batch.watermark.fill(this.sources.watermark, first, first + to - from);
    for (let input = from; input < to; input += 1) this.rowIn(batch, first + input - from, input, false);
  }

  private see(source: Source, begin: number, end: number): void {
    const { counters } = this;
    if (this.countsEvents) counters.rowsRead += end - begin;
    counters.rowsIn += end - begin;
    const { batch } = source.table;
    source.watermarks.seeAll(batch, begin, end);
    for (let row = begin; row < end; row += 1) if (batch.time[row] <= batch.watermark[row]) counters.late += 1;
    this.sources.hear(source);
  }

  /** Rows of a traced run. Answers where the range must end. */
  private trackRows(source: Source, first: number, from: number, to: number): number {
    const { watermarks, watermarkAt, table, topic } = source;
    const { batch } = table;
    const { watermark, id1 } = batch;
    const due = this.propagation.due(topic);
    if (watermarks.mayIdle || this.trace!.isWatched) return this.trackOneByOne(source, first, from, to, due);
    const end = watermarks.seeAll(batch, first, first + to - from, due);
    for (let row = first, input = from; row < end; row += 1, input += 1) {
      this.trackRow(batch, row, input);
      const behind = row + 1 < end ? watermark[row + 1] : watermarks.current;
      watermarkAt[input] = behind;
      if (behind > watermark[row]) this.traceWatermark(source, input, id1[row], watermark[row], behind);
    }
    this.sources.hear(source);
    return from + end - first;
  }

  /** The same where somebody looks between a row and what it moves, or the waking of a partition is told there. */
  private trackOneByOne(source: Source, first: number, from: number, to: number, due: number): number {
    const { watermarks, watermarkAt, idleAt, table } = source;
    const { batch } = table;
    const { time, watermark, id1 } = batch;
    for (let row = first, input = from; input < to; row += 1, input += 1) {
      const before = watermarks.current;
      watermark[row] = before;
      this.trackRow(batch, row, input);
      const wakes = watermarks.isIdleAt(id1[row]);
      const sleeps = watermarks.idle;
      const moved = watermarks.see(id1[row], time[row], row, input);
      watermarkAt[input] = watermarks.current;
      idleAt[input] = watermarks.idle ? 1 : 0;
      this.sources.hear(source);
      if (wakes) this.traceStatus(source, input, id1[row]);
      if (moved) this.traceWatermark(source, input, id1[row], before);
      // A source that counts again may move what it is merged into, however little it moved itself.
      if (sleeps || (moved && watermarks.current >= due)) return input + 1;
    }
    return to;
  }

  /** A row that knows its watermark comes in. */
  private trackRow(batch: ColumnBatch, row: number, input: number): void {
    const time = batch.time[row];
    const late = time <= batch.watermark[row];
    this.fate[input] = late ? 1 : 0;
    if (time > this.newestEventTime) this.newestEventTime = time;
    if (this.countsEvents) this.counters.rowsRead += 1;
    this.rowIn(batch, row, input, late);
  }

  private rowIn(batch: ColumnBatch, row: number, input: number, late: boolean): void {
    this.counters.rowsIn += 1;
    if (late) this.counters.late += 1;
    this.trace?.add(ROW_IN, 0, input, -1, batch.time[row], late ? 1 : 0, row);
  }

  /** The clock shows `now`. */
  tick(input: number, now: number): void {
    this.nothing();
    for (const source of this.sources.list) {
      const { watermarks, table } = source;
      const before = watermarks.current;
      const idle = Array.from({ length: table.topic.partitions }, (_, partition) => watermarks.isIdleAt(partition));
      const moved = watermarks.tick(now, (partition) => this.sources.isPausedByAlignment(source.topic, partition));
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
