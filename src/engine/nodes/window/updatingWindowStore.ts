import { type StateReader, type StateWriter } from '../../../sim/bytes';
import { type AggregateLayout } from '../../aggregates';

const FIRST_SIZE = 64;

/**
 * The windows of all keys, one slot each. A key's windows are a list ordered by start, walked from its newest end,
 * where nearly every row belongs; those that are still open also stand in a heap by (end, start, key), the order in
 * which they close. Slot numbers are reused and mean nothing outside.
 */
export class WindowStore {
  /** Aggregates; those of slot s start at `s × stride`. */
  state: Float64Array<ArrayBuffer>;
  key = new Int32Array(FIRST_SIZE);
  start = new Float64Array(FIRST_SIZE);
  end = new Float64Array(FIRST_SIZE);
  /** Largest record time in the window. */
  time = new Float64Array(FIRST_SIZE);
  /** How often it has spoken. */
  panes = new Int32Array(FIRST_SIZE);
  count = 0;

  private next = new Int32Array(FIRST_SIZE);
  private previous = new Int32Array(FIRST_SIZE);
  private newest = new Int32Array(16).fill(-1);
  private free: number[] = [];
  private used = 0;
  private heap = new Int32Array(FIRST_SIZE);
  private open = 0;
  /** Where a slot stands in the heap; -1: it has closed. */
  private place = new Int32Array(FIRST_SIZE);
  /** Closed windows that are kept for a while, in the order in which they closed. */
  private closed: number[] = [];

  constructor(private readonly layout: AggregateLayout) {
    this.state = new Float64Array(FIRST_SIZE * layout.stride);
  }

  /** Slot of the newest window of `key` that starts at or before `start`, or -1. */
  lastFrom(key: number, start: number): number {
    let slot = key < this.newest.length ? this.newest[key] : -1;
    while (slot >= 0 && this.start[slot] > start) slot = this.previous[slot];
    return slot;
  }

  /** Slot of the window before this one of the same key, or -1. */
  before(slot: number): number {
    return this.previous[slot];
  }

  find(key: number, start: number): number {
    const slot = this.lastFrom(key, start);
    return slot >= 0 && this.start[slot] === start ? slot : -1;
  }

  /** A new, empty window; returns its slot. */
  insert(key: number, start: number, end: number): number {
    const slot = this.put(key, start, end);
    this.layout.init(this.state, slot * this.layout.stride);
    this.pushOpen(slot);
    return slot;
  }

  private put(key: number, start: number, end: number): number {
    const slot = this.free.pop() ?? this.used++;
    if (slot >= this.key.length) this.grow();
    this.key[slot] = key;
    this.start[slot] = start;
    this.end[slot] = end;
    this.time[slot] = -1;
    this.panes[slot] = 0;
    if (key >= this.newest.length) {
      const newest = new Int32Array(Math.max(key + 1, 2 * this.newest.length)).fill(-1);
      newest.set(this.newest);
      this.newest = newest;
    }
    const before = this.lastFrom(key, start);
    let after = this.newest[key];
    if (before >= 0) {
      after = this.next[before];
      this.next[before] = slot;
    } else while (after >= 0 && this.previous[after] >= 0) after = this.previous[after];
    this.previous[slot] = before;
    this.next[slot] = after;
    if (after >= 0) this.previous[after] = slot;
    else this.newest[key] = slot;
    this.count += 1;
    return slot;
  }

  remove(slot: number): void {
    const { key, next, previous } = this;
    if (this.place[slot] >= 0) this.takeOpen(slot);
    if (previous[slot] >= 0) next[previous[slot]] = next[slot];
    if (next[slot] >= 0) previous[next[slot]] = previous[slot];
    else this.newest[key[slot]] = previous[slot];
    // Objects that stand behind the slot go back to the layout.
    this.layout.init(this.state, slot * this.layout.stride);
    this.free.push(slot);
    this.count -= 1;
  }

  /** The open window that closes first, or -1. */
  get first(): number {
    return this.open === 0 ? -1 : this.heap[0];
  }

  /** Takes a window out of those that are open, but keeps it. */
  close(slot: number): void {
    this.takeOpen(slot);
    this.closed.push(slot);
  }

  /** Removes kept windows that ended before `time`, after telling of each. */
  forgetClosed(time: number, tell: (slot: number) => void): void {
    let gone = 0;
    while (gone < this.closed.length && this.end[this.closed[gone]] < time) {
      tell(this.closed[gone]);
      this.remove(this.closed[gone]);
      gone += 1;
    }
    if (gone > 0) this.closed.splice(0, gone);
  }

  /** All slots by start, end and key. */
  inOrder(): number[] {
    const { start, end, key } = this;
    return this.slots().sort((a, b) => start[a] - start[b] || end[a] - end[b] || key[a] - key[b]);
  }

  private slots(): number[] {
    const found: number[] = [];
    for (const newest of this.newest) for (let slot = newest; slot >= 0; slot = this.previous[slot]) found.push(slot);
    return found;
  }

  save(writer: StateWriter): void {
    const { stride } = this.layout;
    // Closed ones first and in their order: their queue is found again by it.
    const slots = [...this.closed, ...this.slots().filter((slot) => this.place[slot] >= 0)];
    writer.number(this.closed.length);
    writer.ints(Int32Array.from(slots, (slot) => this.key[slot]));
    writer.floats(Float64Array.from(slots, (slot) => this.start[slot]));
    writer.floats(Float64Array.from(slots, (slot) => this.end[slot]));
    writer.floats(Float64Array.from(slots, (slot) => this.time[slot]));
    writer.ints(Int32Array.from(slots, (slot) => this.panes[slot]));
    const saved = writer.floatsToFill(slots.length * stride);
    slots.forEach((slot, i) => saved.set(this.state.subarray(slot * stride, (slot + 1) * stride), i * stride));
    this.layout.save(writer);
  }

  restore(reader: StateReader): void {
    const closed = reader.number();
    const keys = reader.ints();
    const starts = reader.floats();
    const ends = reader.floats();
    const times = reader.floats();
    const panes = reader.ints();
    this.newest.fill(-1);
    this.free = [];
    this.closed = [];
    this.used = this.count = this.open = 0;
    for (let i = 0; i < keys.length; i += 1) {
      const slot = this.put(keys[i], starts[i], ends[i]);
      this.time[slot] = times[i];
      this.panes[slot] = panes[i];
      if (i < closed) {
        this.place[slot] = -1;
        this.closed.push(slot);
      } else this.pushOpen(slot);
    }
    this.state = new Float64Array(this.key.length * this.layout.stride);
    this.state.set(reader.floats());
    this.layout.restore(reader);
  }

  private grow(): void {
    const size = this.key.length * 2;
    const bigger = <A extends Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(array: A, length = size): A => {
      const grown = new (array.constructor as new (n: number) => A)(length);
      grown.set(array);
      return grown;
    };
    this.key = bigger(this.key);
    this.start = bigger(this.start);
    this.end = bigger(this.end);
    this.time = bigger(this.time);
    this.panes = bigger(this.panes);
    this.next = bigger(this.next);
    this.previous = bigger(this.previous);
    this.heap = bigger(this.heap);
    this.place = bigger(this.place);
    this.state = bigger(this.state, size * this.layout.stride);
  }

  private closesBefore(a: number, b: number): boolean {
    const { end, start, key } = this;
    return (end[a] - end[b] || start[a] - start[b] || key[a] - key[b]) < 0;
  }

  private pushOpen(slot: number): void {
    this.rise(slot, this.open++);
  }

  private takeOpen(slot: number): void {
    const at = this.place[slot];
    const last = this.heap[--this.open];
    if (last !== slot) {
      this.sink(last, at);
      this.rise(last, this.place[last]);
    }
    this.place[slot] = -1;
  }

  private rise(slot: number, from: number): void {
    const { heap, place } = this;
    let at = from;
    while (at > 0) {
      const above = heap[(at - 1) >> 1];
      if (!this.closesBefore(slot, above)) break;
      heap[at] = above;
      place[above] = at;
      at = (at - 1) >> 1;
    }
    heap[at] = slot;
    place[slot] = at;
  }

  private sink(slot: number, from: number): void {
    const { heap, place, open } = this;
    let at = from;
    for (let child = 2 * at + 1; child < open; child = 2 * at + 1) {
      if (child + 1 < open && this.closesBefore(heap[child + 1], heap[child])) child += 1;
      if (!this.closesBefore(heap[child], slot)) break;
      heap[at] = heap[child];
      place[heap[at]] = at;
      at = child;
    }
    heap[at] = slot;
    place[slot] = at;
  }
}
