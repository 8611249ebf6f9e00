/**
 * What the simulation will do next: entries ordered by time, then by sequence, the order in which they were added. A
 * binary heap on typed arrays; an entry is a number that its owner gives a meaning.
 */
export class Agenda {
  private times = new Float64Array(64);
  private sequences = new Float64Array(64);
  private entries = new Int32Array(64);
  private count = 0;
  private added = 0;

  get size(): number {
    return this.count;
  }

  /** Returns the sequence number of the new entry. */
  add(time: number, entry: number): number {
    if (this.count === this.times.length) this.grow();
    const sequence = this.added;
    this.added += 1;
    let at = this.count;
    this.count += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.times[parent] <= time) break; // equal times: the older sequence is above already
      this.move(parent, at);
      at = parent;
    }
    this.put(at, time, sequence, entry);
    return sequence;
  }

  /** Time of the next entry, or Infinity. */
  nextTime(): number {
    return this.count === 0 ? Infinity : this.times[0];
  }

  /** Takes the next entry away and returns it. Throws a RangeError when there is none. */
  take(): number {
    if (this.count === 0) throw new RangeError('the agenda is empty');
    const taken = this.entries[0];
    this.count -= 1;
    if (this.count > 0) this.sink(this.times[this.count], this.sequences[this.count], this.entries[this.count]);
    return taken;
  }

  clear(): void {
    this.count = 0;
  }

  /** Lets an entry fall from the top to its place. */
  private sink(time: number, sequence: number, entry: number): void {
    let at = 0;
    for (let child = 1; child < this.count; child = 2 * at + 1) {
      if (child + 1 < this.count && this.before(child + 1, this.times[child], this.sequences[child])) child += 1;
      if (!this.before(child, time, sequence)) break;
      this.move(child, at);
      at = child;
    }
    this.put(at, time, sequence, entry);
  }

  private before(at: number, time: number, sequence: number): boolean {
    return this.times[at] < time || (this.times[at] === time && this.sequences[at] < sequence);
  }

  private move(from: number, to: number): void {
    this.put(to, this.times[from], this.sequences[from], this.entries[from]);
  }

  private put(at: number, time: number, sequence: number, entry: number): void {
    this.times[at] = time;
    this.sequences[at] = sequence;
    this.entries[at] = entry;
  }

  private grow(): void {
    const size = this.times.length * 2;
    const times = new Float64Array(size);
    times.set(this.times);
    this.times = times;
    const sequences = new Float64Array(size);
    sequences.set(this.sequences);
    this.sequences = sequences;
    const entries = new Int32Array(size);
    entries.set(this.entries);
    this.entries = entries;
  }
}
