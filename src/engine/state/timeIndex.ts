import { grown } from '../../model';

const FIRST_SIZE = 1_024;
/** A key starts with room for four rows. */
const FIRST_CLASS = 2;
const MOST_CLASSES = 31;
/** Up to so many values are moved faster by hand. */
const FEW = 16;

/**
 * Slots of rows by key and time; rows of one time in the order in which they came. Each key has a stretch of one pool,
 * a power of two long: rows mostly come in order and are put at its end, leave at its front, and a range of times is
 * found by halving. So what a row costs does not depend on how much its key remembers beside it.
 */
export class TimeIndex {
  times = new Float64Array(FIRST_SIZE);
  slots = new Int32Array(FIRST_SIZE);
  /** Key k holds places [begin[k], end[k]) of the pool. */
  begin = new Int32Array(0);
  end = new Int32Array(0);
  size = 0;
  /** Where the stretch of a key starts, and the logarithm of its length; -1 where it has none. */
  private base = new Int32Array(0);
  private order = new Int8Array(0);
  private used = 0;
  /** Stretches of each length that are free: the first one; the place of the next is in its first slot. -1: none. */
  private readonly spare = new Int32Array(MOST_CLASSES).fill(-1);

  reserveKeys(keys: number): void {
    const before = this.base.length;
    if (keys <= before) return;
    const count = Math.max(keys, before * 2, 16);
    this.begin = grown(this.begin, count);
    this.end = grown(this.end, count);
    this.base = grown(this.base, count);
    this.order = grown(this.order, count, -1);
  }

  insert(key: number, time: number, slot: number): void {
    let at = this.end[key];
    if (this.order[key] < 0 || at === this.base[key] + (1 << this.order[key])) {
      this.makeRoom(key);
      at = this.end[key];
    }
    const { times, slots } = this;
    this.end[key] = at + 1;
    this.size += 1;
    if (at > this.begin[key] && times[at - 1] > time) {
      const put = this.behind(key, time);
      times.copyWithin(put + 1, put, at);
      slots.copyWithin(put + 1, put, at);
      at = put;
    }
    times[at] = time;
    slots[at] = slot;
  }

  /** Lets go of the oldest row of a key. */
  shift(key: number): void {
    this.size -= 1;
    this.begin[key] += 1;
    if (this.begin[key] < this.end[key]) return;
    // An empty stretch goes to whoever needs it next.
    this.giveBack(this.base[key], this.order[key]);
    this.order[key] = -1;
    this.begin[key] = 0;
    this.end[key] = 0;
  }

  /** First place of a key whose row is not before `time`. */
  from(key: number, time: number): number {
    const { times } = this;
    let low = this.begin[key];
    let high = this.end[key];
    // The newest rows are asked for most.
    for (let step = 1; high - step > low; step *= 2) {
      if (times[high - step] < time) {
        low = high - step + 1;
        break;
      }
    }
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  clear(): void {
    this.begin.fill(0);
    this.end.fill(0);
    this.order.fill(-1);
    this.spare.fill(-1);
    this.used = 0;
    this.size = 0;
  }

  /** First place of a key whose row is behind `time`. */
  private behind(key: number, time: number): number {
    const { times } = this;
    let low = this.begin[key];
    let high = this.end[key] - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where its stretch is full: rows move to its start if half of it is free, else to one of twice the length. */
  private makeRoom(key: number): void {
    const order = this.order[key];
    const begin = this.begin[key];
    const held = this.end[key] - begin;
    const base = this.base[key];
    if (order >= 0 && held <= 1 << (order - 1)) this.move(key, begin, base, held);
    else {
      const larger = order < 0 ? FIRST_CLASS : order + 1;
      const place = this.find(larger);
      this.move(key, begin, place, held);
      if (order >= 0) this.giveBack(base, order);
      this.base[key] = place;
      this.order[key] = larger;
    }
  }

  private move(key: number, from: number, to: number, count: number): void {
    const { times, slots } = this;
    if (count > FEW) {
      times.copyWithin(to, from, from + count);
      slots.copyWithin(to, from, from + count);
    } else {
      for (let i = 0; i < count; i += 1) {
        times[to + i] = times[from + i];
        slots[to + i] = slots[from + i];
      }
    }
    this.begin[key] = to;
    this.end[key] = to + count;
  }

  private find(order: number): number {
    const place = this.spare[order];
    if (place >= 0) {
      this.spare[order] = this.slots[place];
      return place;
    }
    const fresh = this.used;
    this.used += 1 << order;
    if (this.used > this.times.length) {
      const size = Math.max(this.used, this.times.length * 2);
      this.slots = grown(this.slots, size);
      this.times = grown(this.times, size);
    }
    return fresh;
  }

  private giveBack(place: number, order: number): void {
    this.slots[place] = this.spare[order];
    this.spare[order] = place;
  }
}
