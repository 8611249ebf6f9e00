import { MAX_TIME, MIN_TIME } from '../../../model';
import { type StateReader, type StateWriter } from '../../../sim/bytes';

const NONE = -1;

/**
 * Keys by the clock time at which they were last written, oldest first, so that state which nobody writes can be
 * forgotten: at `last write + ttl`, and not before (S11.3). A list through the keys: every write moves its key to the
 * end, and what has expired stands at the front. With a ttl of null nothing is remembered, and nothing forgotten.
 */
export class IdleKeys {
  private times = new Float64Array(16).fill(MIN_TIME);
  private next = new Int32Array(16).fill(NONE);
  private before = new Int32Array(16).fill(NONE);
  private first = NONE;
  private last = NONE;

  constructor(private readonly ttl: number | null) {}

  /** When the first key expires; MAX_TIME for never. */
  get due(): number {
    if (this.ttl === null || this.first === NONE) return MAX_TIME;
    const due = this.times[this.first] + this.ttl;
    return due > MAX_TIME ? MAX_TIME : due;
  }

  write(key: number, now: number): void {
    if (this.ttl === null) return;
    this.reserve(key + 1);
    this.unlink(key);
    this.times[key] = now;
    this.before[key] = this.last;
    if (this.last === NONE) this.first = key;
    else this.next[this.last] = key;
    this.last = key;
  }

  /** Calls `forget` for each key that has expired, in the order of their last writes. */
  expire(now: number, forget: (key: number) => void): void {
    while (this.due <= now && this.due < MAX_TIME) {
      const key = this.first;
      this.unlink(key);
      forget(key);
    }
  }

  /** A key whose state has gone otherwise. */
  drop(key: number): void {
    if (this.ttl !== null && key < this.times.length) this.unlink(key);
  }

  private unlink(key: number): void {
    if (this.times[key] === MIN_TIME) return;
    const { next, before } = this;
    if (before[key] === NONE) this.first = next[key];
    else next[before[key]] = next[key];
    if (next[key] === NONE) this.last = before[key];
    else before[next[key]] = before[key];
    next[key] = NONE;
    before[key] = NONE;
    this.times[key] = MIN_TIME;
  }

  private reserve(keys: number): void {
    if (keys <= this.times.length) return;
    const size = Math.max(keys, this.times.length * 2);
    const times = new Float64Array(size).fill(MIN_TIME);
    times.set(this.times);
    this.times = times;
    const grown = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(size).fill(NONE);
      larger.set(old);
      return larger;
    };
    this.next = grown(this.next);
    this.before = grown(this.before);
  }

  save(writer: StateWriter): void {
    const keys: number[] = [];
    for (let key = this.first; key !== NONE; key = this.next[key]) keys.push(key);
    writer.ints(Int32Array.from(keys));
    writer.floats(Float64Array.from(keys, (key) => this.times[key]));
  }

  restore(reader: StateReader): void {
    while (this.first !== NONE) this.unlink(this.first);
    const keys = reader.ints();
    const times = reader.floats();
    keys.forEach((key, i) => this.write(key, times[i]));
  }
}
