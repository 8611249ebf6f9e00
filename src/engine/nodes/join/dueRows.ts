import { MAX_TIME } from '../../../model';
import { grownFloats, grownInts } from './rowStore';

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
  private newest = -Infinity;
  private heapTimes = new Float64Array(FIRST_SIZE);
  private heapSlots = new Int32Array(FIRST_SIZE);
  private heapNumbers = new Float64Array(FIRST_SIZE);
  private heaped = 0;

  get size(): number {
    return this.tail - this.head + this.heaped;
  }

  /** Time of the oldest, or MAX_TIME. */
  get oldest(): number {
    const first = this.head < this.tail ? this.times[this.head & (this.times.length - 1)] : MAX_TIME;
    return this.heaped > 0 && this.heapTimes[0] < first ? this.heapTimes[0] : first;
  }

  /** `number` grows with each row that comes. */
  push(time: number, slot: number, number: number): void {
    if (time < this.newest && this.head < this.tail) {
      this.pushHeap(time, slot, number);
      return;
    }
    if (this.tail - this.head === this.times.length) this.growQueue();
    const at = this.tail & (this.times.length - 1);
    this.times[at] = time;
    this.slots[at] = slot;
    this.tail += 1;
    this.newest = time;
  }

  /** Takes out the oldest. */
  shift(): number {
    // The heap only has rows that are older than the queue's last; of one time, the queue's row came before them.
    const at = this.head & (this.times.length - 1);
    if (this.heaped > 0 && this.heapTimes[0] < this.times[at]) return this.shiftHeap();
    this.head += 1;
    return this.slots[at];
  }

  /** The slots that it holds, in no order. */
  held(): Int32Array<ArrayBuffer> {
    const held = new Int32Array(this.size);
    const queued = this.tail - this.head;
    for (let i = 0; i < queued; i += 1) held[i] = this.slots[(this.head + i) & (this.times.length - 1)];
    held.set(this.heapSlots.subarray(0, this.heaped), queued);
    return held;
  }

  clear(): void {
    this.head = 0;
    this.tail = 0;
    this.heaped = 0;
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

  private pushHeap(time: number, slot: number, number: number): void {
    if (this.heaped === this.heapTimes.length) {
      const size = this.heaped * 2;
      this.heapTimes = grownFloats(this.heapTimes, size);
      this.heapNumbers = grownFloats(this.heapNumbers, size);
      this.heapSlots = grownInts(this.heapSlots, size);
    }
    const { heapTimes } = this;
    let at = this.heaped;
    this.heaped += 1;
    // Of one time, a newer row stays below.
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heapTimes[parent] <= time) break;
      this.copy(parent, at);
      at = parent;
    }
    this.place(at, time, slot, number);
  }

  private shiftHeap(): number {
    const { heapTimes, heapNumbers, heapSlots } = this;
    const taken = heapSlots[0];
    this.heaped -= 1;
    const last = this.heaped;
    const time = heapTimes[last];
    const number = heapNumbers[last];
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && this.isBefore(child + 1, heapTimes[child], heapNumbers[child])) child += 1;
      if (!this.isBefore(child, time, number)) break;
      this.copy(child, at);
      at = child;
    }
    this.place(at, time, heapSlots[last], number);
    return taken;
  }

  private isBefore(at: number, time: number, number: number): boolean {
    const other = this.heapTimes[at];
    return other < time || (other === time && this.heapNumbers[at] < number);
  }

  private copy(from: number, to: number): void {
    this.place(to, this.heapTimes[from], this.heapSlots[from], this.heapNumbers[from]);
  }

  private place(at: number, time: number, slot: number, number: number): void {
    this.heapTimes[at] = time;
    this.heapSlots[at] = slot;
    this.heapNumbers[at] = number;
  }
}
