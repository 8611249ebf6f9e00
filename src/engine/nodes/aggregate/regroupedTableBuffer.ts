import { TidemarkError, type Duration } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';

/** How long updates are held back: by stream time, or until there are more groups than fit. */
export type Suppress = { timeLimit: Duration } | { maxRecords: number };

/**
 * Groups whose newest value is held back, each since it was first put here: a newer value takes the older one's place
 * in the queue (S13.6). Groups of one time go by the order of their keys.
 */
export class SuppressBuffer {
  private queue: number[] = [];
  private since = new Float64Array(16).fill(NaN);
  private streamTime = -1;

  constructor(
    private readonly how: Suppress,
    /** Orders two groups by their keys. */
    private readonly compare: (a: number, b: number) => number,
  ) {
    const limit = 'timeLimit' in how ? how.timeLimit : how.maxRecords;
    if (limit >= 0) return;
    throw new TidemarkError({ what: 'a suppression below zero', expected: 'zero or more', found: String(limit) });
  }

  /** Takes in a group's new value at `time`; calls `release` for each group that may go on, oldest first. */
  put(group: number, time: number, release: (group: number) => void): void {
    if (time > this.streamTime) this.streamTime = time;
    if (group >= this.since.length) {
      const since = new Float64Array(Math.max(group + 1, 2 * this.since.length)).fill(NaN);
      since.set(this.since);
      this.since = since;
    }
    if (Number.isNaN(this.since[group])) this.insert(group, time);
    while (this.queue.length > 0 && this.isDue()) {
      const first = this.queue.shift()!;
      this.since[first] = NaN;
      release(first);
    }
  }

  private isDue(): boolean {
    const { how, queue } = this;
    if ('maxRecords' in how) return queue.length > how.maxRecords;
    return this.since[queue[0]] <= this.streamTime - how.timeLimit;
  }

  private insert(group: number, time: number): void {
    const { queue, since } = this;
    since[group] = time;
    let at = queue.length;
    while (at > 0 && (since[queue[at - 1]] - time || this.compare(queue[at - 1], group)) > 0) at -= 1;
    queue.splice(at, 0, group);
  }

  save(writer: StateWriter): void {
    writer.number(this.streamTime);
    writer.ints(Int32Array.from(this.queue));
    writer.floats(Float64Array.from(this.queue, (group) => this.since[group]));
  }

  restore(reader: StateReader): void {
    this.streamTime = reader.number();
    this.queue = Array.from(reader.ints());
    const times = reader.floats();
    const largest = this.queue.reduce((most, group) => Math.max(most, group), 0);
    this.since = new Float64Array(Math.max(16, largest + 1)).fill(NaN);
    this.queue.forEach((group, i) => {
      this.since[group] = times[i];
    });
  }
}
