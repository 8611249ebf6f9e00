import { addTime, MAX_TIME, MIN_TIME, TidemarkError, type ColumnBatch, type Counters } from '../../model';
import { StateReader, StateWriter } from '../../sim/bytes';
import { graphOf, meetsItself, takesMultiTopicRanges, topicsUpstream, type Channel, type Graph } from './graph';
import { type Run, type RunSetup } from './run';
import { type RunOperator } from './runNode';
import { instantiate, makeContext, runOperator, type Subtask } from './subtask';
import { Agenda, type RunTimers } from './agenda';
import { PartitionQueue, PlannedQueue, TopicQueue } from './eventQueue';
import { ACTION, END, EVENT, InputLog } from './inputLog';
import { inOrder } from './inOrder';
import { readCheckpoint, writeCheckpoint } from '../state/checkpoint';
import { SourceReader } from './sourceReader';
import { WatermarkPropagation } from './watermarkPropagation';
import { type Operator, type RowRange, type WindowView } from '../stream/operator';
import { type LocalOptions } from '../stream/options';
import { ResultLog } from '../stream/results';
import { Sink } from './sink';
import { MOST_STEPS, type Trace } from './trace';
import { type Source } from './source';
import { Sources } from './sources';
import { TopicReader } from './topicReader';

/**
 * The small engine, one thread: all operators of a plan, driven by one agenda. `advance` handles ranges of inputs for as
 * long as it may; between two ranges the run can be left, saved, restored and looked at. `Run` says what each member is.
 */
export class LocalRun implements Run {
  readonly counters: Counters = {
    rowsIn: 0,
    late: 0,
    dropped: 0,
    rowsOut: 0,
    rowsRead: 0,
    stateRows: 0,
    stateRowsMax: 0,
  };
  readonly graph: Graph;
  readonly operators: readonly RunOperator[];
  /** One of each node of the graph. */
  private readonly subtasks: readonly Subtask[];
  next = 0;
  /** Watermarks on their way through the operators. */
  private readonly propagation: WatermarkPropagation;
  readonly inputs: InputLog;
  readonly options: LocalOptions;
  private readonly agenda: Agenda;
  private readonly reads: Sources;
  readonly sinks: readonly [Sink];
  private readonly reader: SourceReader;
  private readonly rangeRows: number;
  /** Whether a range may have events of several topics. */
  private readonly usesMultiTopicRanges: boolean;
  private readonly writer = new StateWriter();

  constructor(
    readonly setup: RunSetup,
    readonly trace: Trace | null,
    checkpoint?: Uint8Array,
  ) {
    const { plan, topics, options, continues } = setup;
    this.options = options;
    if (options.results && !checkpoint) options.results.length = 0;
    const inputs = continues?.inputs ?? new InputLog(topics);
    this.inputs = inputs;
    const onDrop = (input: number): void => {
      this.fate[input] = 2;
    };
    const clock = (input: number): number => inputs.processing(input);
    this.graph = graphOf(plan, options, topics);
    const { sources, operators, sink, lookup } = this.graph;
    this.subtasks = instantiate(
      this.graph,
      plan,
      options,
      (number, first) => makeContext(number, trace, this.counters, clock, first && trace ? onDrop : null),
      topics,
    );
    this.reads = new Sources(sources, inputs, options);
    this.propagation = new WatermarkPropagation(this.subtasks, this.reads.of);
    // Requests and jobs count what they read themselves.
    const countsEvents = lookup < 0 && options.job === null;
    this.reader = new SourceReader(topics, this.reads, this.propagation, this.counters, trace, countsEvents);
    if (trace) this.reader.reserve(this.expectedInputs);
    this.operators = this.subtasks.map((subtask, i) => runOperator(subtask, () => this.propagation.inputWatermark[i]));
    const isPaused = (topic: number, partition: number): boolean => this.isPausedByAlignment(topic, partition);
    const queue = continues
      ? new PlannedQueue(continues.events, isPaused)
      : options.maxDrift !== null && options.job === null
        ? new PartitionQueue(topics, isPaused)
        : new TopicQueue(topics);
    const timers: RunTimers | null = this.needsClock
      ? { next: () => this.nextTimer(), earliestFrom: (now) => this.earliestTimer(now) }
      : null;
    this.agenda = new Agenda(topics, setup, queue, timers);
    // With state in several operators, the most rows there ever were are seen after each row only.
    const stateful = this.subtasks.filter(({ operator }) => operator.state).length;
    this.rangeRows = meetsItself(operators) || (trace !== null && stateful > 1) ? 1 : options.rangeRows;
    this.usesMultiTopicRanges =
      trace === null && this.rangeRows > 1 && takesMultiTopicRanges(this.graph, this.reads.needsClock);
    const log = options.results ?? new ResultLog(this.rowsOf(sink.inputs[0]).schema, trace !== null);
    this.sinks = [new Sink(sink, log, inputs, this.counters, trace)];
    if (checkpoint) this.resume(checkpoint);
  }

  get expectedInputs(): number {
    const { topics, ticks = [], actions = [], end } = this.setup;
    const events = topics.reduce((sum, { table }) => sum + table.length, 0);
    return Math.max(this.inputs.length, events + ticks.length + actions.length + (end ? 1 : 0));
  }

  get nextInput(): { kind: number; time: number } | null {
    if (!this.agenda.peek(this.next)) return null;
    const { kind, time } = this.agenda;
    return { kind, time };
  }

  get sources(): Source[] {
    return this.reads.list;
  }

  get results(): ResultLog {
    return this.sinks[0].log;
  }

  get knownAt(): number {
    return this.sinks[0].knownAt;
  }

  get fate(): Uint8Array {
    return this.reader.fate;
  }

  get newestEventTime(): number {
    return this.reader.newestEventTime;
  }

  source(name?: string): Source {
    return this.reads.find(name);
  }

  get watermark(): number {
    return this.reads.watermark;
  }

  watermarkHistory(sources = this.sources): Float64Array {
    return this.reads.watermarkHistory(sources);
  }

  isPausedByAlignment(topic: number, partition: number): boolean {
    return this.reads.isPausedByAlignment(topic, partition);
  }

  /** Rows that an input reads. */
  private rowsOf({ nodeIndex, topic }: Channel): ColumnBatch {
    return nodeIndex < 0 ? this.reader.readers[topic].batch : this.subtasks[nodeIndex].operator.out;
  }

  /** The earliest time at which the clock has something to do here; MAX_TIME: not before another input. */
  private nextTimer(): number {
    let least = this.reads.alarm();
    for (const { operator, state } of this.subtasks)
      least = Math.min(least, state.alarm(), operator.alarm?.() ?? MAX_TIME);
    return least;
  }

  /** The earliest time at which what an event at `now` or later registers could be due. */
  private earliestTimer(now: number): number {
    if (this.subtasks.some(({ operator }) => hasTimers(operator))) return now;
    let least = this.reads.earliestTimer(now);
    for (const { state } of this.subtasks) least = Math.min(least, addTime(now, state.shortestLifetime));
    return least;
  }

  /** Whether the clock may ever have something to do: then the agenda asks for timers. */
  get needsClock(): boolean {
    return (
      this.reads.needsClock ||
      this.subtasks.some(({ operator, state }) => state.shortestLifetime < MAX_TIME || hasTimers(operator))
    );
  }

  get windowOperator(): number {
    return this.subtasks.findIndex(({ operator }) => operator.windows) + 1 || -1;
  }

  purgedAt(end: number, until: number, lateness = this.windows?.lateness ?? 0): number {
    const below = topicsUpstream(this.graph.operators)[this.windowOperator - 1];
    return this.reads.expiredAt(end, lateness, below, until);
  }

  get windows(): WindowView | null {
    return this.subtasks.find(({ operator }) => operator.windows)?.operator.windows ?? null;
  }

  get finished(): boolean {
    return !this.agenda.peek(this.next);
  }

  advance(mayContinue: () => boolean, until = Infinity): void {
    while (this.next < until && this.agenda.peek(this.next)) {
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

  /** Handles what the agenda has found: one input, or the events that follow one another there. */
  private range(until: number): void {
    const { agenda, trace, reader } = this;
    const { kind, topic, time } = agenda;
    const from = this.next;
    if (kind === EVENT) {
      const most = Math.min(until - from, this.rangeRows);
      this.next = this.usesMultiTopicRanges ? this.readMultiTopicRange(from, most) : this.readEvents(from, most);
      this.push();
    } else {
      this.next = from + 1;
      this.inputs.add(from, kind, topic, 0, 1, time);
      agenda.take(1);
      if (trace) reader.reserve(this.next);
      if (kind === ACTION) this.act(from, topic);
      else if (kind === END) {
        reader.finish(from);
        this.push(MAX_TIME);
      } else {
        reader.tick(from, time);
        this.push(time);
      }
    }
    if (!trace) return;
    for (const source of this.sources) {
      // The source of the events has kept its own already.
      if (kind !== EVENT || source.place !== topic) source.keep(from, this.next);
    }
    trace.endRange(from, this.next - 1);
  }

  /** Events of one topic; answers the input after them. */
  private readEvents(from: number, most: number): number {
    const { agenda, inputs, reader } = this;
    const { topic, row } = agenda;
    const count = agenda.ahead(from, Math.min(most, TopicReader.room(row)));
    const isNew = inputs.add(from, EVENT, topic, row, count, agenda.logged);
    if (this.trace) reader.reserve(from + count);
    const taken = reader.events(topic, row, count, from);
    if (isNew && taken < count) inputs.cut(from + taken);
    agenda.take(taken);
    return from + taken;
  }

  /** Events of several topics; answers the input after them. */
  private readMultiTopicRange(from: number, most: number): number {
    const { agenda, inputs, reader } = this;
    reader.nothing();
    let to = from;
    do {
      const { topic, row } = agenda;
      const one = reader.readers[topic];
      // A range has rows of one block of each topic.
      if (one.end > one.begin && row % TopicReader.BLOCK === 0) break;
      const count = agenda.ahead(to, Math.min(from + most - to, TopicReader.room(row)));
      inputs.add(to, EVENT, topic, row, count, agenda.logged);
      one.read(row, count, to);
      agenda.take(count);
      to += count;
    } while (to < from + most && agenda.peek(to) && agenda.kind === EVENT);
    reader.multiTopicRange();
    this.propagation.trackMultiTopicRange(inputs, reader.readers, from, to);
    return to;
  }

  private act(input: number, index: number): void {
    const { wait, lateness } = this.options.changes[index];
    if (wait !== undefined) for (const { watermarks } of this.sources) watermarks.wait = wait;
    for (const { operator } of this.subtasks) operator.set?.({ lateness });
    this.trace?.add('action applied', 0, input, -1, 0, 0, index);
  }

  /** Sends the rows of a range through all operators, then the watermark after them; what comes out is the result. */
  private push(tick = MIN_TIME): void {
    const { subtasks, graph } = this;
    const { propagation } = this;
    const input = this.next - 1;
    for (let i = 0; i < subtasks.length; i += 1) {
      const { operator, state, node } = subtasks[i];
      const { inputs } = node;
      operator.out.length = 0;
      operator.begin = 0;
      if (this.usesMultiTopicRanges && inputs.length > 1) this.processMultiTopicRange(i);
      else
        for (let port = 0; port < inputs.length; port += 1) {
          const { batch, from, to } = this.rangeOf(inputs[port]);
          if (to > from) operator.process(propagation.atInputWatermark(i, port, batch, from, to), from, to, port);
        }
      state.count();
      if (propagation.advance(i)) operator.advance(propagation.inputWatermark[i], input);
      if (tick > MIN_TIME && tick < MAX_TIME) state.expire(tick, input);
      if (tick > MIN_TIME) operator.tick?.(tick, input);
      state.count();
      propagation.delayOutput(i, operator.begin);
    }
    const { batch, from, to } = this.rangeOf(graph.sink.inputs[0]);
    this.sinks[0].process(batch, from, to);
  }

  /** Hands a multi-topic range to an operator, in the order of the input numbers. */
  private processMultiTopicRange(i: number): void {
    const { operator, node } = this.subtasks[i];
    const { inputs } = node;
    const ranges = inputs.map((port, at) => this.propagation.multiTopicRange(i, at, this.rangeOf(port)));
    if (operator.processMultiTopicRange && ranges.every(({ from, to }) => to > from))
      operator.processMultiTopicRange(ranges);
    else inOrder(ranges, (port, from, to) => operator.process(ranges[port].batch, from, to, port));
  }

  /** The rows of this range that an input reads. */
  private rangeOf(port: Channel): RowRange {
    const { nodeIndex, topic } = port;
    const batch = this.rowsOf(port);
    if (nodeIndex < 0) return { batch, from: this.reader.readers[topic].begin, to: this.reader.readers[topic].end };
    return { batch, from: this.subtasks[nodeIndex].operator.begin ?? 0, to: batch.length };
  }

  save(): Uint8Array {
    const { writer } = this;
    this.writeProgress(writer);
    for (const { state } of this.subtasks) state.writeFrame(writer);
    return writer.finish();
  }

  restore(bytes: Uint8Array): void {
    const reader = new StateReader(bytes);
    this.readProgress(reader);
    this.sinks[0].restore(reader);
    for (const { state } of this.subtasks) state.readFrame(reader);
  }

  checkpoint(): Uint8Array {
    const { writer } = this;
    for (const { state } of this.subtasks) {
      writer.small(state.identities.checkpoint());
      writeCheckpoint(state.checkpoint(), writer);
    }
    this.writeProgress(writer);
    return writer.finish();
  }

  /** Goes on from a checkpoint; nothing has been handled yet. */
  private resume(checkpoint: Uint8Array): void {
    const reader = new StateReader(checkpoint);
    for (const { state } of this.subtasks) {
      state.identities.restore(reader.small());
      state.restore([readCheckpoint(reader)]);
    }
    // The counters come last: they have counted the rows that were restored.
    this.readProgress(reader);
    this.sinks[0].resume(reader);
    this.inputs.startAt(this.next);
  }

  /** How far the run is: its inputs, watermarks, offsets and counters. */
  private writeProgress(writer: StateWriter): void {
    writer.number(this.next);
    writer.number(this.newestEventTime);
    writer.floats(Float64Array.from(COUNTERS, (name) => this.counters[name]));
    this.agenda.save(writer);
    this.propagation.save(writer);
    this.reads.save(writer);
    this.sinks[0].save(writer);
  }

  private readProgress(reader: StateReader): void {
    this.next = reader.number();
    this.reader.newestEventTime = reader.number();
    const counters = reader.floats();
    COUNTERS.forEach((name, i) => {
      this.counters[name] = counters[i];
    });
    this.agenda.restore(reader);
    this.propagation.restore(reader);
    this.reads.restore(reader);
  }
}

/** Whether an operator may ask for a processing time. */
const hasTimers = (operator: Operator): boolean => operator.alarm !== undefined && operator.isClocked !== false;

const COUNTERS = ['rowsIn', 'late', 'dropped', 'rowsOut', 'rowsRead', 'stateRows', 'stateRowsMax'] as const;
