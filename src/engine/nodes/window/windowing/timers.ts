/**
 * Timers of windows on one clock, in order of time and then of registration (S4.3). A slot has at most one that counts:
 * its earliest; what it had before stays in the heap and is passed over when its turn comes (S11.1).
 */
export class Timers {
  private times: number[] = [];
  private slots: number[] = [];
  private orders: number[] = [];
  /** Time that counts, by slot. */
  private current: number[] = [];

  /** Sets the timer of a slot. `order` breaks ties of time. */
  set(slot: number, time: number, order: number): void {
    if (this.current[slot] === time) return;
    this.current[slot] = time;
    this.times.push(time);
    this.slots.push(slot);
    this.orders.push(order);
    this.up(this.times.length - 1);
  }

  /** The slot has no timer any more. */
  clear(slot: number): void {
    this.current[slot] = NaN;
  }

  /** Time of the earliest timer, or Infinity. */
  get next(): number {
    while (this.times.length > 0 && this.current[this.slots[0]] !== this.times[0]) this.pop();
    return this.times.length === 0 ? Infinity : this.times[0];
  }

  /** Takes the earliest timer; answers its slot. `next` was asked before. */
  take(): number {
    const slot = this.slots[0];
    this.clear(slot);
    this.pop();
    return slot;
  }

  reset(): void {
    this.times = [];
    this.slots = [];
    this.orders = [];
    this.current = [];
  }

  private before(a: number, b: number): boolean {
    return this.times[a] < this.times[b] || (this.times[a] === this.times[b] && this.orders[a] < this.orders[b]);
  }

  private up(at: number): void {
    for (let child = at; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.before(child, parent)) return;
      this.swap(child, parent);
      child = parent;
    }
  }

  private pop(): void {
    const last = this.times.length - 1;
    this.swap(0, last);
    this.times.pop();
    this.slots.pop();
    this.orders.pop();
    for (let parent = 0; ;) {
      const left = 2 * parent + 1;
      if (left >= last) return;
      const least = left + 1 < last && this.before(left + 1, left) ? left + 1 : left;
      if (!this.before(least, parent)) return;
      this.swap(least, parent);
      parent = least;
    }
  }

  private swap(a: number, b: number): void {
    for (const list of [this.times, this.slots, this.orders]) [list[a], list[b]] = [list[b], list[a]];
  }
}
