import { formatDuration, MAX_TIME, MIN_TIME, TidemarkError, type ColumnBatch, type Counters } from '../../model';
import { StateReader, StateWriter } from '../../sim/bytes';
import { type Plan } from '../../sql/plan';
import { compile } from '../expression';
import { build, makeContext, type Wiring } from './build';
import { ACTION, END, EVENT, type Feed, type FeedTopic } from './feed';
import { type WindowView } from './operator';
import { topicOf } from './operators/batchJob';
import { EVENTS, REQUESTS } from './operators/lookup';
import { type StreamOptions } from './options';
import { ResultLog } from './results';
import { MOST_STEPS, type Trace } from './trace';
import { Watermarks } from './watermarks';
import { isExpired } from './windows';

/** A reader's action on a run that goes on (a fork). */
export interface Change {
  wait?: number;
  lateness?: number;
}

export interface LocalOptions extends StreamOptions {
  /** Actions of the feed, by index. */
  changes: Change[];
  /** Most rows in a range; results and traces do not depend on it. */
  rangeRows: number;
  /** A log to write into again, for whoever runs many times. */
  results?: ResultLog;
}

/**
 * The small engine, one thread: all operators of a plan, driven by one feed. `advance` handles ranges of inputs for as
 * long as it may; between two ranges the run can be left, saved, restored and looked at.
 */
export class LocalRun {
  readonly counters: Counters = {
    rowsIn: 0,
    late: 0,
    dropped: 0,
    rowsOut: 0,
    rowsRead: 0,
    stateRows: 0,
    stateRowsMax: 0,
  };
  readonly wiring: Wiring;
  readonly results: ResultLog;
  /** Next input to handle. */
  next = 0;
  /** Newest event time, and processing time of the last emission. */
  newestEventTime = MIN_TIME;
  knownAt = MIN_TIME;
  /** The run's watermark behind each input: the teal line. */
  readonly watermarkAt: Float64Array;
  /** Per input: 0 on time, 1 late but counted, 2 too late. */
  readonly fate: Uint8Array;
  readonly watermarks: Watermarks;
  /** Watermark that each operator was given last. */
  readonly given: number[];
  private readonly source: number;
  private readonly writer = new StateWriter();

  constructor(
    plan: Plan,
    readonly feed: Feed,
    private readonly options: LocalOptions,
    readonly trace: Trace | null,
  ) {
    this.fate = new Uint8Array(trace ? feed.length : 0);
    this.watermarkAt = new Float64Array(trace ? feed.length : 0).fill(MIN_TIME);
    if (options.results) options.results.length = 0;
    const onDrop = (input: number): void => {
      this.fate[input] = 2;
    };
    this.wiring = build(
      plan,
      options,
      (number, first) =>
        makeContext(number, trace, this.counters, (input) => feed.processing[input], first ? onDrop : null),
      feed,
    );
    const { scan, wires } = this.wiring;
    const last = wires.at(-1);
    this.source = feed.topics.indexOf(topicOf(feed, scan.options.topic ?? scan.table));
    const { topic, batch } = feed.topics[this.source];
    // A batch job reads what has landed, however late: its source makes no watermark.
    const silent = options.job !== null;
    const claims =
      options.wait === null && scan.watermark
        ? (compile(scan.watermark, scan.schema)(batch, 0, batch.length).data as Float64Array).slice()
        : null;
    this.watermarks = new Watermarks(topic.partitions, claims || silent ? null : (options.wait ?? 0), claims);
    this.given = wires.map(() => MIN_TIME);
    this.results = options.results ?? new ResultLog(last ? last.operator.out.schema : scan.schema);
  }

  /** The topic whose events the plan reads, with hidden columns. */
  get sourceTopic(): FeedTopic {
    return this.feed.topics[this.source];
  }

  /** Number of the operator that keeps windows, or -1. */
  get windowOperator(): number {
    return this.wiring.wires.findIndex(({ operator }) => operator.windows) + 1 || -1;
  }

  /** Processing time at which a window's state went, as far as input `until`; MAX_TIME where it is still kept. */
  purgedAt(end: number, until: number): number {
    const lateness = this.windows?.lateness ?? 0;
    // The watermark never falls, so the first input behind which it is far enough can be searched for.
    let low = 0;
    let high = Math.min(until, this.feed.length - 1) + 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isExpired(end, lateness, this.watermarkAt[middle])) high = middle;
      else low = middle + 1;
    }
    return low > until ? MAX_TIME : this.feed.processing[low];
  }

  get windows(): WindowView | null {
    return this.wiring.wires.find(({ operator }) => operator.windows)?.operator.windows ?? null;
  }

  get answersByRescan(): boolean {
    return this.options.lookup?.answer === 'rescan';
  }

  /** A reader's action in words. */
  changeText(index: number): string {
    const { wait, lateness } = this.options.changes[index];
    const parts: string[] = [];
    if (wait !== undefined) parts.push(`the watermark waits ${formatDuration(wait)}`);
    if (lateness !== undefined) parts.push(`the allowed lateness is ${formatDuration(lateness)}`);
    return parts.join(', ');
  }

  get finished(): boolean {
    return this.next >= this.feed.length;
  }

  /** Handles ranges until the input is used up, `until` is reached, or `mayContinue` (asked after each range) says no. */
  advance(mayContinue: () => boolean, until = this.feed.length): void {
    while (this.next < until) {
      this.range(until);
      if (this.trace && this.trace.log.length > MOST_STEPS) {
        throw new TidemarkError({
          what: 'the run has too many steps to keep',
          found: `more than ${MOST_STEPS}`,
          hint: 'Take a shorter span of time, or fewer cards.',
        });
      }
      if (!mayContinue()) return;
    }
  }

  private range(until: number): void {
    const { feed, trace } = this;
    const from = this.next;
    switch (feed.kind[from]) {
      case EVENT:
        this.events(from, until);
        break;
      case ACTION:
        this.act(from);
        break;
      case END:
        this.end(from);
        break;
      default:
        this.next = from + 1;
        this.watermarkAt[from] = this.watermarks.current;
        this.push(null, 0, 0, EVENTS, from, feed.processing[from]);
    }
    trace?.endRange(from, this.next - 1);
  }

  /** A run of events of one topic, in rows that follow one another, up to the first row that makes something due. */
  private events(from: number, until: number): void {
    const { feed, trace, watermarks } = this;
    const topic = feed.topic[from];
    const { batch } = feed.topics[topic];
    const first = feed.row[from];
    const most = Math.min(until, from + this.options.rangeRows);
    let to = from + 1;
    while (to < most && feed.kind[to] === EVENT && feed.topic[to] === topic) to += 1;
    const isSource = topic === this.source;
    if (isSource) to = this.watermarkRows(batch, first, from, to);
    else {
      batch.watermark.fill(watermarks.current, first, first + to - from);
      this.watermarkAt.fill(watermarks.current, from, to);
      if (trace) for (let input = from; input < to; input += 1) this.rowIn(batch, first + input - from, input, false);
      else this.counters.rowsIn += to - from;
    }
    this.next = to;
    this.push(batch, first, first + to - from, isSource ? EVENTS : REQUESTS, to - 1);
  }

  /** Fills in the watermark that each row meets; returns where the range must end. */
  private watermarkRows(batch: ColumnBatch, first: number, from: number, to: number): number {
    if (!this.trace) {
      const late = this.watermarks.seeAll(batch, first, first + to - from);
      this.counters.rowsIn += to - from;
      this.counters.late += late;
      if (this.wiring.countsEvents) this.counters.rowsRead += to - from;
      return to;
    }
    const { watermarks, trace, fate, watermarkAt } = this;
    const { time, watermark, id1 } = batch;
    const due = this.due();
    let input = from;
    for (let row = first; input < to; row += 1, input += 1) {
      const before = watermarks.current;
      watermark[row] = before;
      const late = time[row] <= before;
      fate[input] = late ? 1 : 0;
      if (time[row] > this.newestEventTime) this.newestEventTime = time[row];
      this.rowIn(batch, row, input, late);
      const moved = watermarks.see(id1[row], time[row], row);
      watermarkAt[input] = watermarks.current;
      if (moved) {
        trace.add('watermark advanced', 0, input, id1[row], watermarks.current, before, -1);
        if (watermarks.current >= due) return input + 1;
      }
    }
    return to;
  }

  private rowIn(batch: ColumnBatch, row: number, input: number, late: boolean): void {
    this.counters.rowsIn += 1;
    if (late) this.counters.late += 1;
    if (this.wiring.countsEvents) this.counters.rowsRead += 1;
    this.trace!.add('row in', 0, input, -1, batch.time[row], late ? 1 : 0, row);
  }

  private due(): number {
    let least = MAX_TIME;
    this.wiring.wires.forEach(({ operator }, i) => {
      least = Math.min(least, operator.due(this.given[i]));
    });
    return least;
  }

  private act(input: number): void {
    const index = this.feed.topic[input];
    const { wait, lateness } = this.options.changes[index];
    if (wait !== undefined) this.watermarks.wait = wait;
    for (const { operator } of this.wiring.wires) operator.set?.({ lateness });
    this.watermarkAt[input] = this.watermarks.current;
    this.next = input + 1;
    this.trace?.add('action applied', 0, input, -1, 0, 0, index);
  }

  private end(input: number): void {
    const before = this.watermarks.current;
    this.watermarks.finish();
    this.watermarkAt[input] = MAX_TIME;
    this.next = input + 1;
    this.trace?.add('input ended', 0, input, -1, 0, 0, -1);
    this.trace?.add('watermark advanced', 0, input, -1, MAX_TIME, before, -1);
    this.push(null, 0, 0, EVENTS, input, MAX_TIME);
  }

  /** Sends a range through all operators, then the watermark behind it; what comes out goes to the result. */
  private push(
    batch: ColumnBatch | null,
    from: number,
    to: number,
    port: number,
    input: number,
    tick = MIN_TIME,
  ): void {
    const { wires, lookup } = this.wiring;
    const watermark = this.watermarks.current;
    let rows = batch;
    let begin = from;
    let end = to;
    // Requests enter at the operator that answers them.
    const start = port === REQUESTS ? lookup - 1 : 0;
    if (start < 0) return;
    for (let i = start; i < wires.length; i += 1) {
      const { operator } = wires[i];
      operator.out.length = 0;
      operator.begin = 0;
      if (rows && end > begin) operator.process(rows, begin, end, i === start ? port : EVENTS);
      if (watermark > this.given[i]) {
        this.given[i] = watermark;
        operator.advance(watermark, input);
      }
      if (tick > MIN_TIME) operator.tick?.(tick, input);
      rows = operator.out;
      begin = operator.begin;
      end = rows.length;
    }
    if (rows) this.emit(rows, begin, end);
  }

  private emit(rows: ColumnBatch, from: number, to: number): void {
    if (from === to) return;
    const at = this.results.length;
    const { trace, counters } = this;
    const sink = this.wiring.wires.length + 1;
    this.results.append(rows, from, to);
    this.knownAt = this.feed.processing[this.results.rows.input[this.results.length - 1]];
    if (!trace) {
      counters.rowsOut += to - from;
      return;
    }
    const end = this.results.length;
    for (let row = at; row < end; row += 1) {
      this.results.length = row + 1;
      counters.rowsOut += 1;
      trace.add('row out', sink, this.results.rows.input[row], -1, this.results.rows.kind[row], 0, row);
    }
  }

  /** The whole state as bytes: a keyframe. */
  save(): Uint8Array {
    const { writer } = this;
    writer.number(this.next);
    writer.number(this.newestEventTime);
    writer.number(this.knownAt);
    writer.number(this.results.length);
    writer.floats(Float64Array.from(COUNTERS, (name) => this.counters[name]));
    writer.floats(Float64Array.from(this.given));
    this.watermarks.save(writer);
    for (const { operator } of this.wiring.wires) operator.save(writer);
    return writer.finish();
  }

  restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes);
    this.next = reader.number();
    this.newestEventTime = reader.number();
    this.knownAt = reader.number();
    this.results.length = reader.number();
    const counters = reader.floats();
    COUNTERS.forEach((name, i) => {
      this.counters[name] = counters[i];
    });
    const given = reader.floats();
    given.forEach((watermark, i) => {
      this.given[i] = watermark;
    });
    this.watermarks.restore(reader);
    for (const { operator } of this.wiring.wires) operator.restore(reader);
  }
}

const COUNTERS = ['rowsIn', 'late', 'dropped', 'rowsOut', 'rowsRead', 'stateRows', 'stateRowsMax'] as const;
