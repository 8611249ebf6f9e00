import { addTime, firstWhere, MAX_TIME, MIN_TIME, TidemarkError, type PartitionState } from '../../model';
import { StateReader, StateWriter } from '../../sim/bytes';
import { type SourceNode } from './graph';
import { beginOf, Source } from './source';
import { ACTION, END, EVENT, TICK, type InputLog } from './inputLog';
import { type LocalOptions } from '../stream/options';
import { WatermarkValve } from '../watermarks/valve';
import { isExpired } from '../stream/windows';

/** The watermark or status of a partition has changed with an input. */
interface PartitionMove {
  input: number;
  source: number;
  partition: number;
  watermark: number;
  idle: boolean;
}

/** What the watermarks of all sources were after each input. */
interface WatermarkHistory {
  /** How many inputs it is of. */
  length: number;
  /** By source. */
  lines: { watermark: Float64Array; idle: Uint8Array }[];
  moves: PartitionMove[];
}

/** The topics that a run reads, and its watermark: the least of theirs. */
export class Sources {
  /** In plan order. */
  readonly list: Source[];
  /** By place among the topics of the run; null for one that is no table of the plan. */
  readonly of: (Source | null)[];
  /** Merges the sources' watermarks to the run's. */
  private readonly whole: WatermarkValve;
  private readonly lines = new Map<string, Float64Array>();
  private known: WatermarkHistory | null = null;
  /** Where its history begins: the first input that this process handles, and what was before it. */
  private first = 0;
  private before: Uint8Array | null = null;

  constructor(
    private readonly nodes: readonly SourceNode[],
    private readonly inputs: InputLog,
    private readonly options: LocalOptions,
  ) {
    const { topics } = inputs;
    const begin = beginOf(topics);
    const clock = (input: number): number => inputs.processing(input);
    this.list = nodes.map((node) => new Source(node, topics[node.topic], options, begin, clock));
    this.of = topics.map((_, place) => this.list.find((one) => one.place === place) ?? null);
    this.whole = new WatermarkValve(this.list.length);
  }

  /** The source that reads stream `name`; the first one where no name is given. */
  find(name?: string): Source {
    if (name === undefined) return this.list[0];
    const found = this.list.find(({ topic }) => topic.name.toLowerCase() === name.toLowerCase());
    if (found) return found;
    throw new TidemarkError({
      what: 'the run does not read this stream',
      found: name,
      expected: this.list.map(({ topic }) => topic.name).join(', '),
    });
  }

  /** The least watermark of the sources that are not idle. */
  get watermark(): number {
    return this.list.length === 1 ? this.list[0].watermarks.current : this.whole.current;
  }

  /** Takes what a source has into the run's watermark. */
  hear(source: Source): void {
    if (this.list.length === 1) return;
    const { current, idle } = source.watermarks;
    this.whole.hear(this.list.indexOf(source), current, idle);
  }

  /** The watermark after each input, where `sources` (default: all) are merged. */
  watermarkHistory(sources: readonly Source[] = this.list): Float64Array {
    const { length } = this.inputs;
    const lines = sources.map((source) => this.history.lines[this.list.indexOf(source)]);
    if (lines.length === 1) return lines[0].watermark;
    const id = sources.map(({ place }) => place).join(' ');
    const found = this.lines.get(id);
    if (found?.length === length) return found;
    const valve = new WatermarkValve(sources.length);
    const merged = Float64Array.from({ length }, (_, input) => {
      lines.forEach(({ watermark, idle }, i) => valve.hear(i, watermark[input], idle[input] === 1));
      return valve.current;
    });
    this.lines.set(id, merged);
    return merged;
  }

  /** The newest event time that has been read. */
  get newestEventTime(): number {
    return this.list.reduce((newest, { watermarks }) => Math.max(newest, ...watermarks.newest), MIN_TIME);
  }

  /** The watermark that an event met. */
  watermarkBefore(source: Source, input: number): number {
    return input === 0 ? MIN_TIME : this.watermarkHistory([source])[input - 1];
  }

  /**
   * What was, up to the last input. A run keeps only what is: new sources read the same inputs again, without operators.
   * Before the first one of a run that was restored, all is as it was then.
   */
  get history(): WatermarkHistory {
    const { length } = this.inputs;
    if (this.known?.length === length) return this.known;
    const again = new Sources(this.nodes, this.inputs, this.options);
    if (this.before !== null) again.restore(new StateReader(this.before));
    const lines = again.list.map(({ watermarks: { current, idle } }) => ({
      watermark: new Float64Array(length).fill(current, 0, this.first),
      idle: new Uint8Array(length).fill(idle ? 1 : 0, 0, this.first),
    }));
    const moves: PartitionMove[] = [];
    const last = again.list.map(({ topic, watermarks }) =>
      Array.from({ length: topic.partitions }, (_, partition) => ({
        watermark: watermarks.of(partition),
        idle: watermarks.isIdleAt(partition),
      })),
    );
    for (let input = this.first; input < length; input += 1) {
      again.handle(input);
      for (let source = 0; source < lines.length; source += 1) {
        const { watermarks } = again.list[source];
        lines[source].watermark[input] = watermarks.current;
        lines[source].idle[input] = watermarks.idle ? 1 : 0;
        for (let partition = 0; partition < last[source].length; partition += 1) {
          const before = last[source][partition];
          const watermark = watermarks.of(partition);
          const idle = watermarks.isIdleAt(partition);
          if (watermark === before.watermark && idle === before.idle) continue;
          before.watermark = watermark;
          before.idle = idle;
          moves.push({ input, source, partition, watermark, idle });
        }
      }
    }
    return (this.known = { length, lines, moves });
  }

  /** What is known of every partition now, source by source. */
  partitions(): PartitionState[] {
    return this.list.flatMap(({ topic, place, watermarks }) =>
      Array.from({ length: topic.partitions }, (_, partition) => ({
        topic: topic.name,
        partition,
        // Offsets are read one after the other.
        head: watermarks.counts[partition],
        newestEventTime: watermarks.newest[partition],
        watermark: watermarks.of(partition),
        idle: watermarks.isIdleAt(partition),
        pausedByAlignment: this.isPausedByAlignment(place, partition),
      })),
    );
  }

  /** Takes in an input of the log, without its steps. */
  handle(input: number): void {
    const { inputs, options, list } = this;
    switch (inputs.kind(input)) {
      case EVENT: {
        const source = this.of[inputs.topic(input)];
        const row = inputs.row(input);
        source?.watermarks.see(source.topic.partition[row], source.topic.time[row], row, input);
        return;
      }
      case TICK:
        for (const { place, watermarks } of list)
          watermarks.tick(inputs.processing(input), (partition) => this.isPausedByAlignment(place, partition));
        return;
      case ACTION: {
        const { wait } = options.changes[inputs.topic(input)];
        if (wait !== undefined) for (const { watermarks } of list) watermarks.wait = wait;
        return;
      }
      case END:
        for (const { watermarks } of list) watermarks.finish();
    }
  }

  /**
   * Processing time at which the watermark of `topics` had passed `end` by `lateness`, as far as input `until`; MAX_TIME:
   * not yet.
   */
  expiredAt(end: number, lateness: number, topics: ReadonlySet<number>, until: number): number {
    const line = this.watermarkHistory(this.list.filter(({ place }) => topics.has(place)));
    // The watermark never falls, so the first input behind which it is far enough can be searched for.
    const inputs = Math.min(until, this.inputs.length - 1) + 1;
    const first = firstWhere(this.first, inputs, (input) => isExpired(end, lateness, line[input]));
    return first > until ? MAX_TIME : this.inputs.processing(first);
  }

  /** The earliest time at which the clock has something to do for a watermark; MAX_TIME: not before another input. */
  alarm(): number {
    let least = MAX_TIME;
    for (const { watermarks } of this.list) least = Math.min(least, watermarks.alarm());
    return least;
  }

  /** The earliest time at which what an event at `now` or later starts could be due. */
  earliestTimer(now: number): number {
    let least = MAX_TIME;
    for (const { watermarks } of this.list) least = Math.min(least, watermarks.earliestTimer(now));
    return least;
  }

  /** Whether the clock may ever have something to do for a watermark. */
  get needsClock(): boolean {
    const aligns = this.options.maxDrift !== null && this.options.job === null;
    return aligns || this.list.some(({ watermarks }) => watermarks.needsClock);
  }

  /**
   * Whether a partition must not be read now: its watermark is more than `maxDrift` ahead of the minimum over
   * the group (S20.2): the partitions of all sources that have emitted a watermark and have unread events.
   */
  isPausedByAlignment(topic: number, partition: number): boolean {
    const { maxDrift } = this.options;
    const own = this.of[topic];
    if (maxDrift === null || !own) return false;
    let least = MAX_TIME;
    for (const source of this.list) {
      for (let one = 0; one < source.topic.partitions; one += 1) {
        if (source.isInGroup(one)) least = Math.min(least, source.watermarks.of(one));
      }
    }
    return own.watermarks.of(partition) > addTime(least, maxDrift);
  }

  save(writer: StateWriter): void {
    this.whole.save(writer);
    for (const { watermarks } of this.list) watermarks.save(writer);
  }

  restore(reader: StateReader): void {
    this.whole.restore(reader);
    for (const { watermarks } of this.list) watermarks.restore(reader);
  }

  /** The same for another process: by split. Each source has one subtask here, which reads all of them. */
  checkpoint(writer: StateWriter): void {
    this.whole.save(writer);
    for (const { watermarks } of this.list) {
      const { splits, sent } = watermarks.checkpoint();
      writer.small(sent);
      writer.number(splits.length);
      for (const split of splits) writer.small(split!);
    }
  }

  /** The inputs before `first` were handled by another process: what they left behind is all that is known of them. */
  resume(reader: StateReader, first: number): void {
    this.whole.restore(reader);
    for (const { watermarks } of this.list) {
      const sent = reader.small();
      watermarks.resume([{ sent, splits: Array.from({ length: reader.number() }, () => reader.small()) }]);
    }
    const writer = new StateWriter();
    this.save(writer);
    this.first = first;
    this.before = writer.finish();
  }
}
