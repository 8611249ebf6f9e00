import { MAX_TIME, MIN_TIME } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { type KeyedRows } from './rows';
import { type Store } from './store';
import { Ttl } from './ttl';

/**
 * The lifetime of state by key id, or of rows by slot (S11.3), in the time that `pass` sets: of the processing clock, or of the newest row.
 * With a span of null nothing is remembered, and nothing forgotten.
 */
export class StateTtl implements Store {
  readonly rows = 0;
  private readonly ttl: Ttl | null;
  private now = MIN_TIME;
  /** Read, and not yet in order of time. */
  private restored: { id: number; time: number; place: number }[] = [];

  /**
   * `forget` is called for each key (or row of `rows`) that has expired, in the order of their last writes; `input`: as
   * `pass` was told.
   */
  constructor(
    span: number | null,
    private readonly forget: (id: number, input: number) => void,
    private readonly slots: KeyedRows | null = null,
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
  pass(now: number, input = -1): void {
    this.now = now;
    this.ttl?.expire(now, (id) => this.forget(id, input));
  }

  write(id: number, now = this.now): void {
    this.ttl?.write(id, now);
  }

  /** State that has gone otherwise. */
  drop(id: number): void {
    this.ttl?.forget(id);
  }

  writeFrame(writer: StateWriter): void {
    this.ttl?.save(writer);
  }

  readFrame(reader: StateReader): void {
    this.ttl?.restore(reader);
  }

  /** The order in which states of one time were written is among the names: they expire in it. */
  writeEntries(entry: (key: number) => EntryWriter, names: (key: number) => EntryWriter): void {
    const { ttl, slots } = this;
    if (ttl === null) return;
    const places = new Map<number, number>();
    ttl.each((id) => places.set(id, places.size));
    const write = (key: number, id: number): void => {
      entry(key).number(ttl.writtenAt(id));
      names(key).number(places.get(id)!);
    };
    if (slots === null) for (const key of places.keys()) write(key, key);
    else slots.each(write);
  }

  /** Of rows: behind the entry of the rows. */
  readEntry(key: number, entry: EntryReader, names: EntryReader): void {
    for (const id of this.slots?.slotsOf(key) ?? [key])
      this.restored.push({ id, time: entry.number(), place: names.number() });
  }

  settle(): void {
    for (const { id, time } of this.restored.sort((a, b) => a.time - b.time || a.place - b.place))
      this.ttl?.write(id, time);
    this.restored = [];
  }
}
