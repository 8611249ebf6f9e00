import {
  addTime,
  formatDuration,
  MAX_TIME,
  MIN_TIME,
  TidemarkError,
  type ColumnBatch,
  type Counters,
} from '../../model';
import { StateReader, StateWriter } from '../../sim/bytes';
import { type Plan } from '../../sql/plan';
import { build, makeContext, topicsBelow, type Port, type Wiring } from './build';
import { ACTION, END, EVENT, type Feed } from './feed';
import { Levels } from './levels';
import { type WindowView } from './operator';
import { type StreamOptions } from './options';
import { ResultLog } from './results';
import { MOST_STEPS, type Trace } from './trace';
import { Source } from './source';
import { WatermarkValve } from './watermarks/valve';
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
  /** Per input: 0 on time, 1 late but counted, 2 too late. */
  readonly fate: Uint8Array;
  /** The topics that the plan reads, in plan order. */
  readonly sources: Source[];
  /** Watermarks on their way through the operators. */
  readonly levels: Levels;
  /** Merges the sources' watermarks to the run's. */
  private readonly whole: WatermarkValve;
  private readonly lines = new Map<string, Float64Array>();
  private readonly sourceOf: (Source | null)[];
  private readonly rangeRows: number;
  private readonly writer = new StateWriter();

  constructor(
    plan: Plan,
    readonly feed: Feed,
    readonly options: LocalOptions,
    readonly trace: Trace | null,
  ) {
    this.fate = new Uint8Array(trace ? feed.length : 0);
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
    const { scans, wires, root, meetsItself } = this.wiring;
    this.sources = scans.map((scan) => new Source(scan, feed, options, trace !== null));
    this.sourceOf = feed.topics.map((_, topic) => this.sources.find((one) => one.topic === topic) ?? null);
    this.levels = new Levels(wires, this.sourceOf);
    this.whole = new WatermarkValve(this.sources.length);
    this.rangeRows = meetsItself ? 1 : options.rangeRows;
    this.results = options.results ?? new ResultLog(this.rowsOf(root).schema);
  }

  /** Rows that a port reads. */
  private rowsOf({ wire, topic }: Port): ColumnBatch {
    return wire < 0 ? this.feed.topics[topic].batch : this.wiring.wires[wire].operator.out;
  }

  /** The source that reads stream `name`; the first one where no name is given. */
  source(name?: string): Source {
    if (name === undefined) return this.sources[0];
    const found = this.sources.find(({ table }) => table.topic.name.toLowerCase() === name.toLowerCase());
    if (found) return found;
    throw new TidemarkError({
      what: 'the run does not read this stream',
      found: name,
      expected: this.sources.map(({ table }) => table.topic.name).join(', '),
    });
  }

  /** The run's watermark: the least of the sources' that are not idle. */
  get watermark(): number {
    return this.sources.length === 1 ? this.sources[0].watermarks.current : this.whole.current;
  }

  /**
   * The watermark behind each input, where `sources` (default: all) are merged; only a run with a trace that has been run
   * through knows.
   */
  lineOf(sources = this.sources): Float64Array {
    if (sources.length === 1) return sources[0].watermarkAt;
    const id = sources.map(({ topic }) => topic).join(' ');
    const found = this.lines.get(id);
    if (found) return found;
    const valve = new WatermarkValve(sources.length);
    const line = Float64Array.from({ length: this.feed.length }, (_, input) => {
      sources.forEach(({ watermarkAt, idleAt }, i) => valve.hear(i, watermarkAt[input], idleAt[input] === 1));
      return valve.current;
    });
    this.lines.set(id, line);
    return line;
  }

  /** The earliest time at which the clock has something to do here; MAX_TIME: not before another input. */
  alarm(): number {
    let least = MAX_TIME;
    for (const { watermarks } of this.sources) least = Math.min(least, watermarks.alarm());
    for (const { operator } of this.wiring.wires) if (operator.alarm) least = Math.min(least, operator.alarm());
    return least;
  }

  /**
   * Whether a partition must not be read now: its watermark is further ahead of the group's least than `maxDrift`
   * (S20.2). The group are the partitions of all sources that have spoken and have more to say.
   */
  isHeld(topic: number, partition: number): boolean {
    const { maxDrift } = this.options;
    const own = this.sourceOf[topic];
    if (maxDrift === null || !own) return false;
    let least = MAX_TIME;
    for (const source of this.sources) {
      for (let one = 0; one < source.table.topic.partitions; one += 1) {
        if (source.isInGroup(one)) least = Math.min(least, source.watermarks.of(one));
      }
    }
    return own.watermarks.of(partition) > addTime(least, maxDrift);
  }

  /** Whether the clock may ever have something to do: then the feed needs ticks (`clock.ts`). */
  get needsClock(): boolean {
    return (
      (this.options.maxDrift !== null && this.options.job === null) ||
      this.sources.some(({ watermarks }) => watermarks.needsClock) ||
      this.wiring.wires.some(({ operator }) => operator.alarm !== undefined && operator.isClocked !== false)
    );
  }

  /** Number of the operator that keeps windows, or -1. */
  get windowOperator(): number {
    return this.wiring.wires.findIndex(({ operator }) => operator.windows) + 1 || -1;
  }

  /**
   * Processing time at which a window's state went, as far as input `until`; MAX_TIME where it is still kept. With a
   * lateness of 0: at which the watermark reached its end.
   */
  purgedAt(end: number, until: number, lateness = this.windows?.lateness ?? 0): number {
    const below = topicsBelow(this.wiring.wires)[this.windowOperator - 1];
    const line = this.lineOf(this.sources.filter(({ topic }) => below.has(topic)));
    // The watermark never falls, so the first input behind which it is far enough can be searched for.
    let low = 0;
    let high = Math.min(until, this.feed.length - 1) + 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isExpired(end, lateness, line[middle])) high = middle;
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
    const topic = feed.topic[from];
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
        this.tick(from);
    }
    if (!trace) return;
    for (const source of this.sources) {
      // The source of the events has filled in its own already.
      if (feed.kind[from] !== EVENT || source.topic !== topic) source.keep(from, this.next);
    }
    trace.endRange(from, this.next - 1);
  }

  /** A run of events of one topic, in rows that follow one another, up to the first row that makes something due. */
  private events(from: number, until: number): void {
    const { feed, trace } = this;
    const topic = feed.topic[from];
    const { batch } = feed.topics[topic];
    const first = feed.row[from];
    const { kind, topic: topics } = feed;
    const most = Math.min(until, from + this.rangeRows);
    let to = from + 1;
    while (to < most && kind[to] === EVENT && topics[to] === topic) to += 1;
    const source = this.sourceOf[topic];
    if (source) to = this.watermarkRows(source, first, from, to);
    else {
      batch.watermark.fill(this.watermark, first, first + to - from);
      if (trace) for (let input = from; input < to; input += 1) this.rowIn(batch, first + input - from, input, false);
      else this.counters.rowsIn += to - from;
    }
    this.next = to;
    this.push(topic, first, first + to - from, to - 1);
  }

  /** Fills in the watermark that each row meets; returns where the range must end. */
  private watermarkRows(source: Source, first: number, from: number, to: number): number {
    const { watermarks, watermarkAt, idleAt, table, topic } = source;
    const { batch } = table;
    const reads = this.wiring.countsEvents ? 1 : 0;
    if (!this.trace) {
      this.counters.rowsRead += reads * (to - from);
      const late = watermarks.seeAll(batch, first, first + to - from);
      this.counters.rowsIn += to - from;
      this.counters.late += late;
      this.hear(source);
      return to;
    }
    const { fate } = this;
    const { time, watermark, id1 } = batch;
    const due = this.levels.due(topic);
    let input = from;
    for (let row = first; input < to; row += 1, input += 1) {
      const before = watermarks.current;
      watermark[row] = before;
      const late = time[row] <= before;
      fate[input] = late ? 1 : 0;
      if (time[row] > this.newestEventTime) this.newestEventTime = time[row];
      this.counters.rowsRead += reads;
      this.rowIn(batch, row, input, late);
      const wakes = watermarks.isIdleAt(id1[row]);
      const moved = watermarks.see(id1[row], time[row], row, input);
      watermarkAt[input] = watermarks.current;
      idleAt[input] = watermarks.idle ? 1 : 0;
      this.hear(source);
      if (wakes) this.traceStatus(source, input, id1[row]);
      if (moved) {
        this.traceWatermark(source, input, id1[row], before);
        if (watermarks.current >= due) return input + 1;
      }
    }
    return to;
  }

  private rowIn(batch: ColumnBatch, row: number, input: number, late: boolean): void {
    this.counters.rowsIn += 1;
    if (late) this.counters.late += 1;
    this.trace!.add('row in', 0, input, -1, batch.time[row], late ? 1 : 0, row);
  }

  private act(input: number): void {
    const index = this.feed.topic[input];
    const { wait, lateness } = this.options.changes[index];
    if (wait !== undefined) for (const { watermarks } of this.sources) watermarks.wait = wait;
    for (const { operator } of this.wiring.wires) operator.set?.({ lateness });
    this.next = input + 1;
    this.trace?.add('action applied', 0, input, -1, 0, 0, index);
  }

  /** Takes what a source has into the run's watermark. */
  private hear(source: Source): void {
    if (this.sources.length === 1) return;
    const { current, idle } = source.watermarks;
    this.whole.hear(this.sources.indexOf(source), current, idle);
  }

  private tick(input: number): void {
    const now = this.feed.processing[input];
    this.next = input + 1;
    for (const source of this.sources) {
      const { watermarks, table } = source;
      const before = watermarks.current;
      const idle = Array.from({ length: table.topic.partitions }, (_, partition) => watermarks.isIdleAt(partition));
      const moved = watermarks.tick(now, (partition) => this.isHeld(source.topic, partition));
      this.hear(source);
      idle.forEach((was, partition) => {
        if (watermarks.isIdleAt(partition) !== was) this.traceStatus(source, input, partition);
      });
      if (moved) this.traceWatermark(source, input, -1, before);
    }
    this.push(-1, 0, 0, input, now);
  }

  private end(input: number): void {
    this.next = input + 1;
    this.trace?.add('input ended', 0, input, -1, 0, 0, -1);
    for (const source of this.sources) {
      const before = source.watermarks.current;
      source.watermarks.finish();
      this.hear(source);
      if (before < MAX_TIME) this.traceWatermark(source, input, -1, before);
    }
    this.push(-1, 0, 0, input, MAX_TIME);
  }

  private traceStatus(source: Source, input: number, partition: number): void {
    const idle = source.watermarks.isIdleAt(partition) ? 1 : 0;
    this.trace?.add('status changed', 0, input, partition, idle, 0, this.sources.indexOf(source));
  }

  private traceWatermark(source: Source, input: number, partition: number, before: number): void {
    const { current } = source.watermarks;
    this.trace?.add('watermark advanced', 0, input, partition, current, before, this.sources.indexOf(source) - 1);
  }

  /** Sends a range of a topic's rows through all operators, then the watermark behind it; what comes out is the result. */
  private push(topic: number, from: number, to: number, input: number, tick = MIN_TIME): void {
    const { wires, root } = this.wiring;
    const { levels } = this;
    for (let i = 0; i < wires.length; i += 1) {
      const { operator, ports } = wires[i];
      operator.out.length = 0;
      operator.begin = 0;
      for (let port = 0; port < ports.length; port += 1) {
        const { wire } = ports[port];
        if (wire < 0 && ports[port].topic !== topic) continue;
        const rows = this.rowsOf(ports[port]);
        const begin = wire < 0 ? from : (wires[wire].operator.begin ?? 0);
        const end = wire < 0 ? to : rows.length;
        if (end > begin) operator.process(levels.meet(i, port, rows, begin, end), begin, end, port);
      }
      if (levels.move(i)) operator.advance(levels.given[i], input);
      if (tick > MIN_TIME) operator.tick?.(tick, input);
      levels.leave(i, operator.begin);
    }
    if (root.wire >= 0) this.emit(this.rowsOf(root), wires[root.wire].operator.begin ?? 0, this.rowsOf(root).length);
    else if (root.topic === topic) this.emit(this.rowsOf(root), from, to);
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
    this.levels.save(writer);
    this.whole.save(writer);
    for (const { watermarks } of this.sources) watermarks.save(writer);
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
    this.levels.restore(reader);
    this.whole.restore(reader);
    for (const { watermarks } of this.sources) watermarks.restore(reader);
    for (const { operator } of this.wiring.wires) operator.restore(reader);
  }
}

const COUNTERS = ['rowsIn', 'late', 'dropped', 'rowsOut', 'rowsRead', 'stateRows', 'stateRowsMax'] as const;
