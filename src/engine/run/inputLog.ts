import { firstWhere, grown, MAX_TIME } from '../../model';
import { type Topic } from '../log/topic';

export const EVENT = 0;
export const ACTION = 1;
export const TICK = 2;
export const END = 3;

/** The processing time of an event that was read as soon as it had arrived. */
export const ON_ARRIVAL = MAX_TIME;

/** Rows of a topic in the order in which a run has read them, each with its input number. */
interface ReadRows {
  rows: Int32Array;
  inputs: Int32Array;
}

/**
 * Every input that a run has handled, by number: inputs are numbered when they are handled. Events that are rows one
 * after the other take one entry together, so the log costs a run of many events next to nothing.
 */
export class InputLog {
  /** Inputs handled so far; seeking backwards does not forget any. */
  length = 0;
  private entries = 0;
  private firsts = new Int32Array(16);
  private kinds = new Uint8Array(16);
  private topicAt = new Int32Array(16);
  private rowAt = new Int32Array(16);
  private times = new Float64Array(16);
  /** The entry that was looked up last. */
  private last = 0;
  private readonly readRows: (ReadRows & { entries: number; length: number })[] = [];

  constructor(readonly topics: readonly Topic[]) {}

  /**
   * Input `input` and the `count` − 1 after it; false where they are known already, as in a replay. `topic`: of an event;
   * the index of an action.
   */
  add(input: number, kind: number, topic: number, row: number, count: number, time: number): boolean {
    if (input < this.length) return false;
    this.length = input + count;
    const before = this.entries - 1;
    if (
      before >= 0 &&
      kind === EVENT &&
      time === ON_ARRIVAL &&
      this.kinds[before] === EVENT &&
      this.times[before] === ON_ARRIVAL &&
      this.topicAt[before] === topic &&
      this.rowAt[before] + input - this.firsts[before] === row
    )
      return true;
    const at = this.entries;
    if (at === this.kinds.length) this.grow(at * 2);
    this.firsts[at] = input;
    this.kinds[at] = kind;
    this.topicAt[at] = topic;
    this.rowAt[at] = row;
    this.times[at] = time;
    this.entries = at + 1;
    return true;
  }

  private grow(size: number): void {
    this.firsts = grown(this.firsts, size);
    this.kinds = grown(this.kinds, size);
    this.topicAt = grown(this.topicAt, size);
    this.rowAt = grown(this.rowAt, size);
    this.times = grown(this.times, size);
  }

  /** Takes back the inputs from `length` on, which were not handled after all. */
  cut(length: number): void {
    this.length = length;
    while (this.entries > 0 && this.firsts[this.entries - 1] >= length) this.entries -= 1;
    this.last = 0;
  }

  /** The inputs before `first` were handled by another process: nothing is known of them. */
  startAt(first: number): void {
    this.length = first;
  }

  /** The first `length` inputs, for topics that have only the rows that were read by then, in that order. */
  prefix(length: number, topics: readonly Topic[]): InputLog {
    const log = new InputLog(topics);
    const next = topics.map(() => 0);
    for (let entry = 0; entry < this.entries && this.firsts[entry] < length; entry += 1) {
      const first = this.firsts[entry];
      const kind = this.kinds[entry];
      const topic = this.topicAt[entry];
      const count = Math.min(length, this.endOf(entry)) - first;
      log.add(first, kind, topic, kind === EVENT ? next[topic] : 0, count, this.times[entry]);
      if (kind === EVENT) next[topic] += count;
    }
    return log;
  }

  /** The input after the last one of an entry. */
  private endOf(entry: number): number {
    return entry + 1 < this.entries ? this.firsts[entry + 1] : this.length;
  }

  /** The entry of an input. */
  entryAt(input: number): number {
    const { firsts, entries, last } = this;
    // Most look-ups go forwards or backwards from the one before.
    for (let entry = Math.max(0, last - 1); entry <= last + 1 && entry < entries; entry += 1)
      if (firsts[entry] <= input && (entry + 1 === entries || input < firsts[entry + 1])) return (this.last = entry);
    this.last = firstWhere(1, entries, (entry) => firsts[entry] > input) - 1;
    return this.last;
  }

  /** The first input of an entry. */
  firstOf(entry: number): number {
    return this.firsts[entry];
  }

  /** The topic of its events. */
  topicOf(entry: number): number {
    return this.topicAt[entry];
  }

  /** The row of its first event. */
  rowOf(entry: number): number {
    return this.rowAt[entry];
  }

  kind(input: number): number {
    return this.kinds[this.entryAt(input)];
  }

  /** The topic of an event; the index of an action. */
  topic(input: number): number {
    return this.topicAt[this.entryAt(input)];
  }

  /** The row of its topic, for an event. */
  row(input: number): number {
    const entry = this.entryAt(input);
    return this.rowAt[entry] + input - this.firsts[entry];
  }

  /** Processing time of an input, ms. */
  processing(input: number): number {
    const entry = this.entryAt(input);
    const time = this.times[entry];
    if (time !== ON_ARRIVAL) return time;
    return this.topics[this.topicAt[entry]].append[this.rowAt[entry] + input - this.firsts[entry]];
  }

  /** Event time of an event, ms. */
  eventTime(input: number): number {
    return this.topics[this.topic(input)].time[this.row(input)];
  }

  /** An event by its place in its topic: where it is among the rows read of it, and its input; null: it was not read. */
  find(topic: number, partition: number, offset: number): { row: number; input: number } | null {
    const { rows, inputs } = this.readOf(topic);
    const found = this.topics[topic];
    const row = rows.findIndex((one) => found.partition[one] === partition && found.offset[one] === offset);
    return row < 0 ? null : { row, input: inputs[row] };
  }

  /** What has been read of a topic, up to and including input `until`. */
  readOf(topic: number, until = this.length - 1): ReadRows {
    let all = this.readRows[topic];
    if (all?.entries !== this.entries || all.length !== this.length) {
      const rows: number[] = [];
      const inputs: number[] = [];
      for (let entry = 0; entry < this.entries; entry += 1) {
        if (this.kinds[entry] !== EVENT || this.topicAt[entry] !== topic) continue;
        const end = this.endOf(entry);
        for (let input = this.firsts[entry], row = this.rowAt[entry]; input < end; input += 1, row += 1) {
          rows.push(row);
          inputs.push(input);
        }
      }
      all = {
        rows: Int32Array.from(rows),
        inputs: Int32Array.from(inputs),
        entries: this.entries,
        length: this.length,
      };
      this.readRows[topic] = all;
    }
    const { rows, inputs } = all;
    const count = firstWhere(0, inputs.length, (at) => inputs[at] > until);
    return { rows: rows.subarray(0, count), inputs: inputs.subarray(0, count) };
  }
}
