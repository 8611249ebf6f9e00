import { grown } from '../../model';

/** Dense numbers for pairs of whole numbers, in order of first sight: (key, window) → group. */
export class PairIndex {
  size = 0;
  /** The pairs, by number. */
  lefts = new Int32Array(64);
  rights = new Int32Array(64);
  /** Open addressing: slots hold number + 1; 0 is none. */
  private slots = new Int32Array(256);

  /** `out[i]` becomes the number of the pair (`left[i]`, `right[i]`). `out` may be one of the inputs. */
  intern(left: Int32Array, right: Int32Array, from: number, to: number, out: Int32Array): void {
    for (let i = from; i < to; i += 1) out[i] = this.numberOf(left[i], right[i]);
  }

  /** The number of one pair. */
  numberOf(left: number, right: number): number {
    const { slots, lefts, rights } = this;
    const mask = slots.length - 1;
    let slot = hash(left, right) & mask;
    for (let held = slots[slot]; held !== 0; held = slots[slot]) {
      if (lefts[held - 1] === left && rights[held - 1] === right) return held - 1;
      slot = (slot + 1) & mask;
    }
    slots[slot] = this.size + 1;
    this.append(left, right);
    return this.size - 1;
  }

  private append(left: number, right: number): void {
    const { size } = this;
    if (size === this.lefts.length) {
      this.lefts = grown(this.lefts, 2 * size);
      this.rights = grown(this.rights, 2 * size);
    }
    this.lefts[size] = left;
    this.rights[size] = right;
    this.size = size + 1;
    if (this.size * 2 > this.slots.length) this.rehash();
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 4);
    const mask = slots.length - 1;
    for (let number = 0; number < this.size; number += 1) {
      let slot = hash(this.lefts[number], this.rights[number]) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.slots = slots;
  }
}

function hash(a: number, b: number): number {
  let bits = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  return bits ^ (bits >>> 13);
}

/** The least power of two above `n`. */
export function powerAbove(n: number): number {
  let power = 1;
  while (power <= n) power *= 2;
  return power;
}
