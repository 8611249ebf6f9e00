import { grown } from '../../model';

/** In a place without a slice. */
export const NO_SLICE = Number.MIN_SAFE_INTEGER;
/** Up to so many slices that came out of order are put in their places one by one. */
const FEW = 16;

/**
 * Which slices of time are live, by number: the place that each has, and their order. What it costs follows how many
 * are live, however far apart they are. The place of a slice is the low bits of its number, so those that follow one
 * another never meet there; one that finds another there is a stray, has some other place, and is found by a map.
 */
export class LiveSlices {
  /** The number of the slice in each place; NO_SLICE where there is none. A power of two long. */
  slices: Float64Array = new Float64Array(1).fill(NO_SLICE);
  /** Number of the oldest one; Infinity where none is live. */
  oldest = Infinity;
  private readonly strays = new Map<number, number>();
  /** Where the next stray looks for a place. */
  private next = 0;
  /** Numbers ascending in [head, tail), behind them those that came out of order since the last look. */
  private order = new Float64Array(16);
  private head = 0;
  private tail = 0;
  private end = 0;

  get count(): number {
    return this.end - this.head;
  }

  /** Place of a slice, or -1. */
  placeOf(slice: number): number {
    const home = this.homeOf(slice);
    if (this.slices[home] === slice) return home;
    return this.strays.size === 0 ? -1 : (this.strays.get(slice) ?? -1);
  }

  /** Makes a slice live that is not; answers its place. Where there was no place left, all have others now. */
  open(slice: number): number {
    if (this.count === this.slices.length) this.grow();
    this.append(slice);
    this.oldest = Math.min(this.oldest, slice);
    return this.put(slice);
  }

  /** Lets go of the oldest slice. */
  close(): void {
    this.settle();
    this.slices[this.placeOf(this.oldest)] = NO_SLICE;
    this.strays.delete(this.oldest);
    this.head += 1;
    this.oldest = this.head < this.end ? this.order[this.head] : Infinity;
  }

  clear(): void {
    this.slices.fill(NO_SLICE);
    this.strays.clear();
    this.head = 0;
    this.tail = 0;
    this.end = 0;
    this.oldest = Infinity;
  }

  /** The first slice at or after one; Infinity where there is none. */
  from(slice: number): number {
    this.settle();
    const at = this.behind(slice);
    return at < this.end ? this.order[at] : Infinity;
  }

  /** The slices in [from, to), ascending. Valid until one opens or closes. */
  between(from: number, to: number): Float64Array {
    this.settle();
    return this.order.subarray(this.behind(from), this.behind(to));
  }

  /** Low bits are a place also of numbers below zero or above 2³². */
  private homeOf(slice: number): number {
    return slice & (this.slices.length - 1);
  }

  private put(slice: number): number {
    let place = this.homeOf(slice);
    if (this.slices[place] !== NO_SLICE) {
      place = this.freePlace();
      this.strays.set(slice, place);
    }
    this.slices[place] = slice;
    return place;
  }

  private freePlace(): number {
    let place = this.next;
    while (this.slices[place] !== NO_SLICE) place = this.homeOf(place + 1);
    this.next = place;
    return place;
  }

  private append(slice: number): void {
    if (this.end === this.order.length) this.makeRoom();
    const inOrder = this.end === this.tail && (this.end === this.head || this.order[this.end - 1] < slice);
    this.order[this.end] = slice;
    this.end += 1;
    if (inOrder) this.tail = this.end;
  }

  private makeRoom(): void {
    const { head } = this;
    if (head <= this.order.length / 2) {
      this.order = grown(this.order, this.order.length * 2);
      return;
    }
    this.order.copyWithin(0, head, this.end);
    this.head = 0;
    this.tail -= head;
    this.end -= head;
  }

  /** Puts those that came out of order among the others. */
  private settle(): void {
    const { order, head, end } = this;
    if (this.tail === end) return;
    if (end - this.tail > FEW) order.subarray(head, end).sort();
    else
      for (; this.tail < end; this.tail += 1) {
        const slice = order[this.tail];
        const at = this.behind(slice);
        order.copyWithin(at + 1, at, this.tail);
        order[at] = slice;
      }
    this.tail = end;
  }

  /** Where in the order the first slice at or after one is, or would be. */
  private behind(slice: number): number {
    let low = this.head;
    let high = this.tail;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.order[middle] < slice) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private grow(): void {
    this.slices = new Float64Array(2 * this.slices.length).fill(NO_SLICE);
    this.strays.clear();
    this.next = 0;
    for (const slice of this.order.subarray(this.head, this.end)) this.put(slice);
  }
}
