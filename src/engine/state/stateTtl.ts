import { MAX_TIME, MIN_TIME } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { type Store } from './store';
import { Ttl } from './ttl';

/**
 * The lifetime of state by key id (S11.3), in the time that `pass` sets: of the processing clock, or of the newest row.
 * With a span of null nothing is remembered, and nothing forgotten.
 */
export class StateTtl implements Store {
  readonly rows = 0;
  private readonly ttl: Ttl | null;
  private now = MIN_TIME;
  /** Read, and not yet in order of time. */
  private restored: { key: number; time: number }[] = [];

  /** `forget` is called for each key that has expired, in the order of their last writes. */
  constructor(
    span: number | null,
    private readonly forget: (key: number) => void,
  ) {
    this.ttl = span === null ? null : new Ttl(span);
  }

  get canExpire(): boolean {
    return this.ttl !== null;
  }

  /** How long a key lives that is not written again; MAX_TIME for ever. */
  get span(): number {
    return this.ttl?.span ?? MAX_TIME;
  }

  /** When the first key expires; MAX_TIME for never. */
  get due(): number {
    return this.ttl?.alarm() ?? MAX_TIME;
  }

  /** It is `now`: what has expired by then is forgotten. */
  pass(now: number): void {
    this.now = now;
    this.ttl?.expire(now, this.forget);
  }

  write(key: number, now = this.now): void {
    this.ttl?.write(key, now);
  }

  /** A key whose state has gone otherwise. */
  drop(key: number): void {
    this.ttl?.forget(key);
  }

  writeFrame(writer: StateWriter): void {
    this.ttl?.save(writer);
  }

  readFrame(reader: StateReader): void {
    this.ttl?.restore(reader);
  }

  writeEntries(entry: (key: number) => EntryWriter): void {
    this.ttl?.each((key, time) => entry(key).number(time));
  }

  readEntry(key: number, entry: EntryReader): void {
    this.restored.push({ key, time: entry.number() });
  }

  settle(): void {
    for (const { key, time } of this.restored.sort((a, b) => a.time - b.time)) this.ttl?.write(key, time);
    this.restored = [];
  }
}
