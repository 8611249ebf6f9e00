import { MAX_TIME, MIN_TIME, withRoom } from '../../model';
import { Heap } from '../../sim/heap';

const FIRST_SIZE = 256;

/**
 * Slots by time over all keys, the oldest first; ties as they came. Rows that come in order are a queue; those that do
 * not go into a heap beside it.
 */
export class DueRows {
  /** The queue: a ring of a power of two places; positions only grow. */
  private times = new Float64Array(FIRST_SIZE);
  private slots = new Int32Array(FIRST_SIZE);
  private head = 0;
  private tail = 0;
  /** Time of the last row of the queue, also once it has left. */
  private last = -Infinity;
  /** The order in which rows came, by slot. */
  private arrival = new Float64Array(FIRST_SIZE);
  private arrived = 0;
  private readonly heap = new Heap((a, b) => this.compare(a, b) < 0);

  /** `rows`: times by slot; that of a slot that is here does not change. */
  constructor(private readonly rows: { readonly time: Float64Array }) {}

  get size(): number {
    return this.tail - this.head + this.heap.size;
  }

  /** Time of the oldest, or MAX_TIME. */
  get oldest(): number {
    const first = this.head < this.tail ? this.times[this.head & (this.times.length - 1)] : MAX_TIME;
    return this.heap.size > 0 ? Math.min(first, this.rows.time[this.heap.first]) : first;
  }

  /** Time of the newest, or MIN_TIME: the heap only has rows that are older than the queue's last. */
  get newest(): number {
    return this.head < this.tail ? this.last : MIN_TIME;
  }

  push(slot: number): void {
    const time = this.rows.time[slot];
    this.arrival = withRoom(this.arrival, slot + 1);
    this.arrival[slot] = this.arrived;
    this.arrived += 1;
    if (time < this.last && this.head < this.tail) {
      this.heap.push(slot);
      return;
    }
    if (this.tail - this.head === this.times.length) this.growQueue();
    const at = this.tail & (this.times.length - 1);
    this.times[at] = time;
    this.slots[at] = slot;
    this.tail += 1;
    this.last = time;
  }

  /** Takes out the oldest. */
  shift(): number {
    // The heap only has rows that are older than the queue's last; of one time, the queue's row came before them.
    const at = this.head & (this.times.length - 1);
    if (this.heap.size > 0 && this.rows.time[this.heap.first] < this.times[at]) return this.heap.take();
    this.head += 1;
    return this.slots[at];
  }

  inOrder(): number[] {
    const queue = Array.from(
      { length: this.tail - this.head },
      (_, i) => this.slots[(this.head + i) & (this.slots.length - 1)],
    );
    return [...queue, ...this.heap.all].sort((a, b) => this.compare(a, b));
  }

  /** By time, then as they came. */
  compare(a: number, b: number): number {
    const { time } = this.rows;
    return time[a] - time[b] || this.arrival[a] - this.arrival[b];
  }

  clear(): void {
    this.head = 0;
    this.tail = 0;
    this.heap.clear();
  }

  private growQueue(): void {
    const size = this.times.length * 2;
    const times = new Float64Array(size);
    const slots = new Int32Array(size);
    const mask = this.times.length - 1;
    for (let at = this.head; at < this.tail; at += 1) {
      times[at & (size - 1)] = this.times[at & mask];
      slots[at & (size - 1)] = this.slots[at & mask];
    }
    this.times = times;
    this.slots = slots;
  }
}
