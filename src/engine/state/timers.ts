import { MAX_TIME } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';
import { type EntryReader, type EntryWriter } from '../../sim/entries';
import { Heap } from '../../sim/heap';
import { type Store } from './store';

/** What a timer wakes: a key and a namespace (a window, or whatever else the key has several of). */
type Fire = (key: number, namespace: number, time: number) => void;

/**
 * Timers of one domain: of event time, advanced by the watermark, or of processing time, advanced by the clock (S11.2).
 * They fire in order of time, then key, then namespace.
 *
 * `register` and `delete` identify a timer by (key, namespace, time): registered twice it fires once, and it is deleted
 * exactly (S11.1). `add` and `cancel` identify it by a number, for an operator that has one timer per window and knows
 * which; that needs no look-up.
 */
export class Timers implements Store {
  readonly rows = 0;
  /** Columns by number of the timer. */
  private readonly times: number[] = [];
  private readonly keys: number[] = [];
  private readonly namespaces: number[] = [];
  private readonly canceled: boolean[] = [];
  private readonly unused: number[] = [];
  /** Numbers of the registered ones. */
  private readonly registered = new Map<string, number>();
  /** Canceled timers stay in the heap until they come to its top. */
  private readonly heap = new Heap((a, b) => this.compare(a, b) < 0);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** When the next one is due; MAX_TIME for none. */
  get next(): number {
    const { heap, canceled } = this;
    while (heap.size > 0 && canceled[heap.first]) this.unused.push(heap.take());
    return heap.size > 0 ? this.times[heap.first] : MAX_TIME;
  }

  /** A new timer; returns its number, which is valid until the timer fires or is canceled. */
  add(key: number, namespace: number, time: number): number {
    const timer = this.unused.pop() ?? this.times.length;
    this.times[timer] = time;
    this.keys[timer] = key;
    this.namespaces[timer] = namespace;
    this.canceled[timer] = false;
    this.heap.push(timer);
    this.count += 1;
    return timer;
  }

  timeOf(timer: number): number {
    return this.times[timer];
  }

  cancel(timer: number): void {
    this.canceled[timer] = true;
    this.count -= 1;
  }

  /** False where it was registered already. One for the past fires with the next advance. */
  register(key: number, namespace: number, time: number): boolean {
    const id = idOf(key, namespace, time);
    if (this.registered.has(id)) return false;
    this.registered.set(id, this.add(key, namespace, time));
    return true;
  }

  /** False where there is no such timer. */
  delete(key: number, namespace: number, time: number): boolean {
    const id = idOf(key, namespace, time);
    const timer = this.registered.get(id);
    if (timer === undefined) return false;
    this.registered.delete(id);
    this.cancel(timer);
    return true;
  }

  /**
   * Fires what is due at `now`, also what is registered meanwhile and due by then. `mayGoOn` is asked after each; false
   * where it said no and there is more.
   */
  advance(now: number, fire: Fire, mayGoOn = (): boolean => true): boolean {
    while (this.next <= now && this.count > 0) {
      const timer = this.heap.take();
      const time = this.times[timer];
      const key = this.keys[timer];
      const namespace = this.namespaces[timer];
      if (this.registered.size > 0) this.registered.delete(idOf(key, namespace, time));
      this.unused.push(timer);
      this.count -= 1;
      fire(key, namespace, time);
      if (!mayGoOn()) return this.next > now || this.count === 0;
    }
    return true;
  }

  clear(): void {
    this.heap.clear();
    this.registered.clear();
    this.times.length = 0;
    this.unused.length = 0;
    this.count = 0;
  }

  writeFrame(writer: StateWriter): void {
    const timers = this.inOrder();
    for (const column of [this.times, this.keys, this.namespaces])
      writer.floats(Float64Array.from(timers, (timer) => column[timer]));
  }

  readFrame(reader: StateReader): void {
    const [times, keys, namespaces] = [reader.floats(), reader.floats(), reader.floats()];
    this.clear();
    times.forEach((time, i) => this.register(keys[i], namespaces[i], time));
  }

  /** Namespaces are written as they are, so they must be values, not slot numbers. */
  writeEntries(entry: (key: number) => EntryWriter): void {
    for (const timer of this.inOrder()) {
      const writer = entry(this.keys[timer]);
      writer.number(this.times[timer]);
      writer.number(this.namespaces[timer]);
    }
  }

  readEntry(key: number, entry: EntryReader): void {
    while (!entry.finished) {
      const time = entry.number();
      this.register(key, entry.number(), time);
    }
  }

  private inOrder(): number[] {
    return this.heap.all.filter((timer) => !this.canceled[timer]).sort((a, b) => this.compare(a, b));
  }

  private compare(a: number, b: number): number {
    const { times, keys, namespaces } = this;
    return times[a] - times[b] || keys[a] - keys[b] || namespaces[a] - namespaces[b];
  }
}

const idOf = (key: number, namespace: number, time: number): string => `${key} ${namespace} ${time}`;
