import { addTime, firstWhere, MAX_TIME, TidemarkError } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type SourceNode } from './graph';
import { beginOf, Source } from './source';
import { type InputLog } from './inputLog';
import { type LocalOptions } from '../stream/options';
import { WatermarkValve } from '../watermarks/valve';
import { isExpired } from '../stream/windows';

/** The topics that a run reads, and its watermark: the least of theirs. */
export class Sources {
  /** In plan order. */
  readonly list: Source[];
  /** By place among the topics of the run; null for one that is no table of the plan. */
  readonly of: (Source | null)[];
  /** Merges the sources' watermarks to the run's. */
  private readonly whole: WatermarkValve;
  private readonly lines = new Map<string, Float64Array>();

  constructor(
    nodes: readonly SourceNode[],
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

  /** The watermark after each input, where `sources` (default: all) are merged; of a traced run that has been run through. */
  watermarkHistory(sources: readonly Source[] = this.list): Float64Array {
    const { length } = this.inputs;
    if (sources.length === 1) return sources[0].watermarkAt.subarray(0, length);
    const id = sources.map(({ place }) => place).join(' ');
    const found = this.lines.get(id);
    if (found?.length === length) return found;
    const valve = new WatermarkValve(sources.length);
    const line = Float64Array.from({ length }, (_, input) => {
      sources.forEach(({ watermarkAt, idleAt }, i) => valve.hear(i, watermarkAt[input], idleAt[input] === 1));
      return valve.current;
    });
    this.lines.set(id, line);
    return line;
  }

  /**
   * Processing time at which the watermark of `topics` had passed `end` by `lateness`, as far as input `until`; MAX_TIME:
   * not yet.
   */
  expiredAt(end: number, lateness: number, topics: Set<number>, until: number): number {
    const line = this.watermarkHistory(this.list.filter(({ place }) => topics.has(place)));
    // The watermark never falls, so the first input behind which it is far enough can be searched for.
    const inputs = Math.min(until, this.inputs.length - 1) + 1;
    const first = firstWhere(0, inputs, (input) => isExpired(end, lateness, line[input]));
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
    for (const source of this.list) source.save(writer);
  }

  restore(reader: StateReader): void {
    this.whole.restore(reader);
    for (const source of this.list) source.restore(reader);
  }
}
