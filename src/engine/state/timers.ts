import { MAX_TIME } from '../../model';
import { type StateReader, type StateWriter } from '../../sim/bytes';

/** What a timer wakes: a key and a namespace (a window, or whatever else the key has several of). */
export type Fire = (key: number, namespace: number, time: number) => void;

/**
 * Timers of one domain: of event time, advanced by the watermark, or of processing time, advanced by the clock (S11.2).
 * A timer is who it is for and when: registered twice it fires once, and is deleted exactly (S11.1). They fire in order
 * of time, then key, then namespace.
 */
export class Timers {
  // A binary heap in columns; `places` says where in it each timer is.
  private readonly times: number[] = [];
  private readonly keys: number[] = [];
  private readonly namespaces: number[] = [];
  private readonly places = new Map<string, number>();

  get size(): number {
    return this.times.length;
  }

  /** When the next one is due; MAX_TIME for none. */
  get next(): number {
    return this.times.length > 0 ? this.times[0] : MAX_TIME;
  }

  /** False where it was registered already. One for the past fires with the next advance. */
  register(key: number, namespace: number, time: number): boolean {
    const id = idOf(key, namespace, time);
    if (this.places.has(id)) return false;
    const at = this.times.length;
    this.put(at, time, key, namespace);
    this.rise(at);
    return true;
  }

  /** False where there is no such timer. */
  delete(key: number, namespace: number, time: number): boolean {
    const at = this.places.get(idOf(key, namespace, time));
    if (at === undefined) return false;
    this.removeAt(at);
    return true;
  }

  /** Fires what is due at `now`, also what is registered meanwhile and due by then. */
  advance(now: number, fire: Fire): void {
    while (this.times.length > 0 && this.times[0] <= now) {
      const [time] = this.times;
      const [key] = this.keys;
      const [namespace] = this.namespaces;
      this.removeAt(0);
      fire(key, namespace, time);
    }
  }

  save(writer: StateWriter): void {
    writer.floats(Float64Array.from(this.times));
    writer.floats(Float64Array.from(this.keys));
    writer.floats(Float64Array.from(this.namespaces));
  }

  restore(reader: StateReader): void {
    const times = reader.floats();
    const keys = reader.floats();
    const namespaces = reader.floats();
    this.shrink(0);
    this.places.clear();
    for (let at = 0; at < times.length; at += 1) this.put(at, times[at], keys[at], namespaces[at]);
  }

  private removeAt(at: number): void {
    const last = this.times.length - 1;
    this.places.delete(idOf(this.keys[at], this.namespaces[at], this.times[at]));
    if (at < last) this.put(at, this.times[last], this.keys[last], this.namespaces[last]);
    this.shrink(last);
    if (at < last) this.sink(this.rise(at));
  }

  private shrink(size: number): void {
    this.times.length = size;
    this.keys.length = size;
    this.namespaces.length = size;
  }

  private put(at: number, time: number, key: number, namespace: number): void {
    this.times[at] = time;
    this.keys[at] = key;
    this.namespaces[at] = namespace;
    this.places.set(idOf(key, namespace, time), at);
  }

  private isBefore(a: number, b: number): boolean {
    return (
      (this.times[a] - this.times[b] || this.keys[a] - this.keys[b] || this.namespaces[a] - this.namespaces[b]) < 0
    );
  }

  private swap(a: number, b: number): void {
    const { times, keys, namespaces } = this;
    const [time, key, namespace] = [times[a], keys[a], namespaces[a]];
    this.put(a, times[b], keys[b], namespaces[b]);
    this.put(b, time, key, namespace);
  }

  private rise(from: number): number {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(at, parent)) break;
      this.swap(at, parent);
      at = parent;
    }
    return at;
  }

  private sink(from: number): void {
    for (let at = from; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.times.length && this.isBefore(child, least)) least = child;
      }
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }
}

const idOf = (key: number, namespace: number, time: number): string => `${key} ${namespace} ${time}`;
