import { addTime, grown, MAX_TIME } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { atLeastZero } from '../spans';

const FIRST_SIZE = 256;
const NONE = -1;

/**
 * The lifetime of keyed state by the processing clock (S11.3): a state is expired when `now` ≥ last write + `span` ms.
 * A span that reaches the end of time never ends.
 *
 * States are slots of their owner. As all live equally long, they expire in the order in which they were last written:
 * one list of slots, the oldest first, so that nothing is searched for.
 */
export class Ttl {
  private written = new Float64Array(FIRST_SIZE);
  private older = new Int32Array(FIRST_SIZE).fill(NONE);
  private newer = new Int32Array(FIRST_SIZE).fill(NONE);
  private held = new Uint8Array(FIRST_SIZE);
  private oldest = NONE;
  private newest = NONE;

  constructor(readonly span: number) {
    atLeastZero('the time to live of state', 'ttl', span);
  }

  has(slot: number): boolean {
    return slot < this.held.length && this.held[slot] === 1;
  }

  /** The state in `slot` was created or written. `now` never falls. */
  write(slot: number, now: number): void {
    if (slot >= this.held.length) this.grow(slot + 1);
    this.forget(slot);
    this.written[slot] = now;
    this.held[slot] = 1;
    this.older[slot] = this.newest;
    this.newer[slot] = NONE;
    if (this.newest === NONE) this.oldest = slot;
    else this.newer[this.newest] = slot;
    this.newest = slot;
  }

  /** When the state in `slot` was last written. */
  writtenAt(slot: number): number {
    return this.written[slot];
  }

  isExpired(slot: number, now: number): boolean {
    const end = addTime(this.written[slot], this.span);
    return end < MAX_TIME && now >= end;
  }

  /** The state in `slot` is gone; harmless where there is none. */
  forget(slot: number): void {
    if (!this.has(slot)) return;
    const { older, newer } = this;
    if (older[slot] === NONE) this.oldest = newer[slot];
    else newer[older[slot]] = newer[slot];
    if (newer[slot] === NONE) this.newest = older[slot];
    else older[newer[slot]] = older[slot];
    this.held[slot] = 0;
  }

  /** Forgets whatever is expired, the oldest first, and then says so. */
  expire(now: number, gone: (slot: number) => void): void {
    while (this.oldest !== NONE && this.isExpired(this.oldest, now)) {
      const slot = this.oldest;
      this.forget(slot);
      gone(slot);
    }
  }

  /** The earliest clock time at which `expire` would do something, MAX_TIME for none. */
  alarm(): number {
    return this.oldest === NONE ? MAX_TIME : addTime(this.written[this.oldest], this.span);
  }

  /** Visits each state with its last write, the oldest first. */
  each(visit: (slot: number, written: number) => void): void {
    for (let slot = this.oldest; slot !== NONE; slot = this.newer[slot]) visit(slot, this.written[slot]);
  }

  /** Writes when states were last written. */
  save(writer: StateWriter): void {
    const slots: number[] = [];
    const times: number[] = [];
    this.each((slot, written) => {
      slots.push(slot);
      times.push(written);
    });
    writer.floats(Float64Array.from(times));
    writer.ints(Int32Array.from(slots));
  }

  /** Takes back what `save` wrote. */
  restore(reader: StateReader): void {
    this.held.fill(0);
    this.oldest = NONE;
    this.newest = NONE;
    const times = reader.floats();
    reader.ints().forEach((slot, i) => this.write(slot, times[i]));
  }

  private grow(least: number): void {
    const size = Math.max(least, this.held.length * 2);
    this.written = grown(this.written, size);
    this.older = grown(this.older, size);
    this.newer = grown(this.newer, size);
    this.held = grown(this.held, size);
  }
}
