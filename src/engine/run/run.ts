import { MAX_TIME, type Counters } from '../../model';
import { StateReader, StateWriter } from '../../sim/bytes';
import { type Plan } from '../../sql/plan';
import { type Topic } from '../log/topic';
import { graphOf, meetsItself, takesMultiTopicRanges, type Graph, type Upstream } from './graph';
import { instantiate, makeContext, type RunOperator } from './runOperator';
import { Agenda, type AgendaSetup } from './agenda';
import { AlignedQueue, PlannedQueue, TopicQueue, type PlannedEvent } from './eventQueue';
import { ACTION, END, EVENT, InputLog } from './inputLog';
import { readCheckpoint, writeCheckpoint } from '../state/checkpoint';
import { RangeWork } from './rangeWork';
import { SourceReader } from './sourceReader';
import { WatermarkPropagation } from './watermarkPropagation';
import { type RowRange, type WindowView } from '../stream/operator';
import { type LocalOptions } from '../stream/options';
import { ResultLog } from '../stream/results';
import { Sink } from './sink';
import { bytesOfRows, bytesOfTexts, checkBytes, type Held } from './budget';
import { largestOf } from './largest';
import { timersOf } from './timers';
import { type Trace } from './trace';
import { Sources } from './sources';
import { TopicReader } from './topicReader';

/** Every so many pieces of work the run is held to its budget. */
const PIECES = 16;
const always = (): boolean => true;

/** Everything that decides a run. */
export interface RunSetup extends AgendaSetup {
  plan: Plan;
  topics: readonly Topic[];
  options: LocalOptions;
  /** A run that is restored, and goes on with these events instead of those that its topics have to come. */
  continues?: { inputs: InputLog; events: readonly PlannedEvent[] };
}

/** A run between two of its inputs, for another process. */
export interface RunCheckpoint {
  /**
   * What operators remember, the offsets and watermark generators of the sources, the position of the sink: values alone,
   * in canonical bytes. Equal state is equal bytes, in whatever order its keys came.
   */
  state: Uint8Array;
  /**
   * Who keys and rows are: ids and numbers in the order in which they came. Rows of one moment are emitted in that order,
   * ties go by it, and whoever has the results knows them by it; so a run that goes on keeps it.
   */
  names: Uint8Array;
}

/**
 * A run: what everything that drives a plan or looks at one has in its hands. All operators of a plan in one thread,
 * driven by one agenda. `advance` handles ranges of inputs for as long as it may, and numbers them; between two ranges
 * the run can be left, saved, restored and looked at.
 */
export class Run {
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
  /** In plan order, one of each node of the graph. */
  readonly operators: readonly RunOperator[];
  /** Number of the next input. */
  next = 0;
  /** Watermarks on their way through the operators. */
  private readonly propagation: WatermarkPropagation;
  /** Every input handled so far. */
  readonly inputs: InputLog;
  readonly options: LocalOptions;
  private readonly agenda: Agenda;
  readonly sources: Sources;
  readonly sink: Sink;
  readonly reader: SourceReader;
  private readonly rangeRows: number;
  /** Whether a range may have events of several topics. */
  private readonly usesMultiTopicRanges: boolean;
  private readonly writer = new StateWriter();
  /** The last range: its first input, and its way through the operators. */
  private from = 0;
  private readonly work: RangeWork;
  /**
   * Most events of the next range, while there is a trace: nobody knows what an event costs before one has been handled,
   * so ranges grow while nobody wants a moment. Steps do not depend on it.
   */
  private nextRows: number;
  /** Pieces of work since the budget was looked at, and who is asked whether to go on. */
  private pieces = 0;
  private mayPause = always;

  /** `trace`: keeps the steps. `checkpoint`: of a run with the same setup, to go on from. */
  constructor(
    readonly setup: RunSetup,
    readonly trace: Trace | null,
    checkpoint?: RunCheckpoint,
  ) {
    const { plan, topics, options, continues } = setup;
    this.options = options;
    if (options.results && !checkpoint) options.results.length = 0;
    const inputs = continues?.inputs ?? new InputLog(topics);
    this.inputs = inputs;
    const onDrop = (input: number): void => {
      this.reader.fate[input] = 2;
    };
    const clock = (input: number): number => inputs.processing(input);
    this.graph = graphOf(plan, options, topics);
    const { sources, operators, result, lookup } = this.graph;
    this.operators = instantiate(this.graph, options, topics, (number, first) =>
      makeContext(number, trace, this.counters, clock, first && trace ? onDrop : null, undefined, this.mayGoOn),
    );
    this.sources = new Sources(sources, inputs, options);
    this.propagation = new WatermarkPropagation(this.operators, this.sources.of);
    // Requests and jobs count what they read themselves.
    const countsEvents = lookup < 0 && options.job === null;
    const isExact = options.exactInputs ?? false;
    this.reader = new SourceReader(topics, this.sources, this.propagation, this.counters, trace, countsEvents, isExact);
    if (trace) this.reader.reserve(this.expectedInputs);
    const isPaused = (topic: number, partition: number): boolean => this.sources.isPausedByAlignment(topic, partition);
    const queue = continues
      ? new PlannedQueue(topics, continues.events, isPaused)
      : options.maxDrift !== null && options.job === null
        ? new AlignedQueue(topics, AlignedQueue.arriving(topics), isPaused)
        : new TopicQueue(topics);
    this.agenda = new Agenda(topics, setup, queue, timersOf(this.sources, this.operators));
    // With state in several operators, the most rows there ever were are seen after each row only.
    const stateful = this.operators.filter(({ operator }) => operator.state).length;
    this.rangeRows = meetsItself(operators) || (trace !== null && stateful > 1) ? 1 : options.rangeRows;
    this.nextRows = trace === null ? this.rangeRows : 1;
    this.usesMultiTopicRanges =
      trace === null && !isExact && this.rangeRows > 1 && takesMultiTopicRanges(this.graph, this.sources.needsClock);
    trace?.nameOperators(this.operators.map(({ node }) => node.title));
    const { schema } =
      result.nodeIndex < 0 ? this.reader.readers[result.topic].batch : this.operators[result.nodeIndex].operator.out;
    const log = options.results ?? new ResultLog(schema, trace !== null);
    this.sink = new Sink(operators.length + 1, log, inputs, this.counters, trace);
    this.work = new RangeWork({
      operators: this.operators,
      result,
      propagation: this.propagation,
      reader: this.reader,
      sink: this.sink,
      inPieces: () => trace !== null || this.mayPause !== always,
      ofMultiTopicRanges: this.usesMultiTopicRanges,
      mayGoOn: this.mayGoOn,
    });
    if (checkpoint) this.resume(checkpoint);
  }

  /** How many inputs there will be at least: timers may add to them. */
  get expectedInputs(): number {
    const { topics, ticks = [], actions = [], end } = this.setup;
    const events = topics.reduce((sum, { table }) => sum + table.length, 0);
    return Math.max(this.inputs.length, events + ticks.length + actions.length + (end ? 1 : 0));
  }

  /** The next input: its kind and processing time; null where there is none. */
  get nextInput(): { kind: number; time: number } | null {
    if (this.finished) return null;
    const { kind, time } = this.agenda;
    return { kind, time };
  }

  /** Every row that has been emitted as the result. */
  get results(): ResultLog {
    return this.sink.log;
  }

  /** The run's watermark: the minimum over its active sources. */
  get watermark(): number {
    return this.sources.watermark;
  }

  /** Number of the operator that keeps windows, or -1. */
  get windowOperator(): number {
    return this.operators.findIndex(({ operator }) => operator.windows) + 1 || -1;
  }

  /** The windows of that operator. */
  get windows(): WindowView | null {
    return this.operators.find(({ operator }) => operator.windows)?.operator.windows ?? null;
  }

  /**
   * Processing time at which a window's state went, as far as input `until`; MAX_TIME where it is still kept. With a
   * lateness of 0: at which the watermark reached its end.
   */
  purgedAt(end: number, until: number, lateness = this.windows?.lateness ?? 0): number {
    const { topics } = this.graph.operators[this.windowOperator - 1];
    return this.sources.expiredAt(end, lateness, topics, until);
  }

  get finished(): boolean {
    return !this.work.isUnderWay && !this.agenda.peek(this.next);
  }

  /** Whether everything before input `until` has been handled, and nothing is under way. */
  hasReached(until: number): boolean {
    return !this.work.isUnderWay && (this.next >= until || this.finished);
  }

  /**
   * Handles ranges until no input is left, `until` is reached, or `mayContinue` (asked after each range) says no. Where
   * `mayPause` is given it is asked inside a range, too, and the run may stop there: then it can only go on.
   */
  advance(mayContinue: () => boolean, until = Infinity, mayPause = always): void {
    // The inputs of an operator would have to be gone through again.
    this.mayPause = this.usesMultiTopicRanges ? always : mayPause;
    const { work } = this;
    while (work.isUnderWay || (this.next < until && this.agenda.peek(this.next))) {
      const isNew = !work.isUnderWay;
      if (isNew) this.range(until);
      if (work.isUnderWay && !work.goOn()) return;
      this.trace?.endRange(this.from, this.next - 1);
      this.mayGoOn();
      const goesOn = mayContinue();
      if (this.trace) this.nextRows = Math.min(this.rangeRows, goesOn && isNew ? 2 * this.nextRows : this.fewerRows);
      if (!goesOn) return;
    }
  }

  private get fewerRows(): number {
    return Math.max(1, this.nextRows >> 1);
  }

  /** Takes what the agenda has found: one input, or the events that follow one another there. */
  private range(until: number): void {
    const { agenda, trace, reader, work } = this;
    const { kind, topic, time } = agenda;
    const from = this.next;
    this.from = from;
    if (kind === EVENT) {
      const most = Math.min(until - from, this.nextRows);
      this.next = this.usesMultiTopicRanges ? this.readMultiTopicRange(from, most) : this.readEvents(from, most);
      work.begin(from, this.next - 1);
      return;
    }
    this.next = from + 1;
    this.inputs.add(from, kind, topic, 0, 1, time);
    agenda.take(1);
    if (trace) reader.reserve(this.next);
    if (kind === ACTION) this.act(from, topic);
    else if (kind === END) {
      reader.finish(from);
      work.begin(from, from, MAX_TIME);
    } else {
      reader.tick(from, time);
      work.begin(from, from, time);
    }
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
    const { lateness } = this.options.changes[index];
    this.sources.handle(input);
    for (const { operator } of this.operators) operator.set?.({ lateness });
    this.trace?.add('action applied', 0, input, -1, 0, 0, index);
  }

  /** Asked between two pieces of work; also holds the run to its budget. */
  private readonly mayGoOn = (): boolean => {
    this.pieces += 1;
    if (this.pieces >= PIECES) {
      this.pieces = 0;
      this.checkBudget();
    }
    return this.mayPause();
  };

  /** The runs of a page, which looks at their steps or wants a moment now and then. */
  private checkBudget(): void {
    if (this.trace === null && this.mayPause === always) return;
    checkBytes(this.holds, (most) => largestOf(most, this.operators, this.graph, this.results.rows, this.trace));
  }

  /** What the run has in memory beside its state, in bytes. */
  get holds(): Readonly<Record<Held, number>> {
    const batches = [this.results.rows, ...this.operators.map(({ operator }) => operator.out)];
    return {
      steps: this.trace?.bytes ?? 0,
      rows: batches.reduce((sum, batch) => sum + bytesOfRows(batch), 0),
      texts: bytesOfTexts(batches),
    };
  }

  /** The rows of the last range that an input reads: from an operator, or from a topic. */
  rangeOf(upstream: Upstream): RowRange {
    return this.work.rangeOf(upstream);
  }

  /** The whole state as bytes, for this process: a keyframe. */
  save(): Uint8Array {
    const { writer } = this;
    this.mustBeBetweenRanges();
    this.writeProgress(writer);
    this.sources.save(writer);
    for (const { backend } of this.operators) backend.writeFrame(writer);
    return writer.finish();
  }

  /** What has been done of a range is in no state. */
  private mustBeBetweenRanges(): void {
    if (this.work.isUnderWay) throw new Error('a run that has paused inside a range can only go on');
  }

  restore(bytes: Uint8Array): void {
    this.mustBeBetweenRanges();
    const reader = new StateReader(bytes);
    this.readProgress(reader);
    this.sink.restore(reader);
    this.sources.restore(reader);
    this.reader.newestEventTime = this.sources.newestEventTime;
    for (const { backend } of this.operators) backend.readFrame(reader);
  }

  /** The same for another process: a run restored from it writes the same bytes. */
  checkpoint(): RunCheckpoint {
    const { writer } = this;
    this.mustBeBetweenRanges();
    const names = new StateWriter();
    for (const { backend } of this.operators) {
      names.small(backend.identities.checkpoint());
      writeCheckpoint(backend.checkpoint(), writer, names);
    }
    this.writeProgress(writer);
    this.sources.checkpoint(writer);
    return { state: writer.finish(), names: names.finish() };
  }

  /** Goes on from a checkpoint; nothing has been handled yet. */
  private resume({ state, names }: RunCheckpoint): void {
    const reader = new StateReader(state);
    const named = new StateReader(names);
    for (const { backend } of this.operators) {
      backend.identities.restore(named.small());
      backend.restore([readCheckpoint(reader, named)]);
    }
    // The counters come last: they have counted the rows that were restored.
    this.readProgress(reader);
    this.sink.resume(reader);
    this.inputs.startAt(this.next);
    this.sources.resume(reader, this.next);
    this.reader.newestEventTime = this.sources.newestEventTime;
  }

  /** How far the run is: its inputs, counters, the watermarks of its operators, and the sink. */
  private writeProgress(writer: StateWriter): void {
    writer.number(this.next);
    writer.floats(Float64Array.from(COUNTERS, (name) => this.counters[name]));
    this.agenda.save(writer);
    this.propagation.save(writer);
    this.sink.save(writer);
  }

  private readProgress(reader: StateReader): void {
    this.next = reader.number();
    const counters = reader.floats();
    COUNTERS.forEach((name, i) => {
      this.counters[name] = counters[i];
    });
    this.agenda.restore(reader);
    this.propagation.restore(reader);
  }
}

const COUNTERS = ['rowsIn', 'late', 'dropped', 'rowsOut', 'rowsRead', 'stateRows', 'stateRowsMax'] as const;
