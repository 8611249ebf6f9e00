import { MAX_TIME } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { Ttl } from './ttl';

/** The lifetime of state by key id (S11.3). With a ttl of null nothing is remembered, and nothing forgotten. */
export class StateTtl {
  private readonly ttl: Ttl | null;

  constructor(ttl: number | null) {
    this.ttl = ttl === null ? null : new Ttl(ttl);
  }

  get canExpire(): boolean {
    return this.ttl !== null;
  }

  /** When the first key expires, by the clock; MAX_TIME for never. */
  get due(): number {
    return this.ttl?.alarm() ?? MAX_TIME;
  }

  write(key: number, now: number): void {
    this.ttl?.write(key, now);
  }

  /** A key whose state has gone otherwise. */
  drop(key: number): void {
    this.ttl?.forget(key);
  }

  /** Calls `forget` for each key that has expired, in the order of their last writes. */
  expire(now: number, forget: (key: number) => void): void {
    this.ttl?.expire(now, forget);
  }

  save(writer: StateWriter, keys: number): void {
    this.ttl?.save(
      writer,
      Int32Array.from({ length: keys }, (_, key) => key),
    );
  }

  restore(reader: StateReader): void {
    this.ttl?.restore(reader);
  }
}
