import { grown } from '../../model';

/** A grid of this many cells (16 MB) is the most that pairs are looked up in directly. */
const MOST_CELLS = 1 << 22;

/**
 * Dense numbers for pairs of small whole numbers, in order of first sight: (key, window) → group.
 *
 * While the pairs fit a grid of moderate size the lookup is one load; past that, open addressing.
 */
export class PairIndex {
  size = 0;
  /** The pairs, by number. */
  lefts = new Int32Array(64);
  rights = new Int32Array(64);
  /** Cell (left, right) holds number + 1; 0 is none. */
  private grid = new Int32Array(16 * 4);
  private rows = 16;
  private width = 4;
  /** Slots of open addressing hold number + 1; null while the grid serves. */
  private slots: Int32Array | null = null;

  /** `out[i]` becomes the number of the pair (`left[i]`, `right[i]`), both ≥ 0. `out` may be one of the inputs. */
  intern(left: Int32Array, right: Int32Array, from: number, to: number, out: Int32Array): void {
    for (let i = from; i < to;) {
      i = this.slots === null ? this.throughGrid(left, right, i, to, out) : this.throughSlots(left, right, i, to, out);
    }
  }

  /** The number of one pair. */
  numberOf(left: number, right: number): number {
    if (this.slots === null && left < this.rows && right < this.width) {
      const cell = left * this.width + right;
      return (this.grid[cell] ||= this.append(left, right)) - 1;
    }
    const out = Int32Array.of(left);
    this.intern(out, Int32Array.of(right), 0, 1, out);
    return out[0];
  }

  /** Answers the row that it could not do, because the grid had to grow or go; else `to`. */
  private throughGrid(left: Int32Array, right: Int32Array, from: number, to: number, out: Int32Array): number {
    const { grid, rows, width } = this;
    for (let i = from; i < to; i += 1) {
      const a = left[i];
      const b = right[i];
      if (a >= rows || b >= width) {
        this.growGrid(a, b);
        return i;
      }
      const cell = a * width + b;
      const found = grid[cell];
      out[i] = found === 0 ? (grid[cell] = this.append(a, b)) - 1 : found - 1;
    }
    return to;
  }

  private throughSlots(left: Int32Array, right: Int32Array, from: number, to: number, out: Int32Array): number {
    for (let i = from; i < to; i += 1) {
      if (this.size * 2 >= this.slots!.length) this.hashAll();
      const slots = this.slots!;
      const mask = slots.length - 1;
      const a = left[i];
      const b = right[i];
      let slot = hash(a, b) & mask;
      while (slots[slot] !== 0 && (this.lefts[slots[slot] - 1] !== a || this.rights[slots[slot] - 1] !== b)) {
        slot = (slot + 1) & mask;
      }
      if (slots[slot] === 0) slots[slot] = this.append(a, b);
      out[i] = slots[slot] - 1;
    }
    return to;
  }

  /** Keeps a new pair; answers its number + 1. */
  private append(a: number, b: number): number {
    if (this.size === this.lefts.length) {
      this.lefts = grown(this.lefts, 2 * this.size);
      this.rights = grown(this.rights, 2 * this.size);
    }
    this.lefts[this.size] = a;
    this.rights[this.size] = b;
    this.size += 1;
    return this.size;
  }

  private growGrid(a: number, b: number): void {
    const rows = Math.max(this.rows, powerAbove(a));
    const width = Math.max(this.width, powerAbove(b));
    if (rows * width > MOST_CELLS) {
      this.grid = new Int32Array(0);
      this.hashAll();
      return;
    }
    this.rows = rows;
    this.width = width;
    this.grid = new Int32Array(rows * width);
    for (let id = 0; id < this.size; id += 1) this.grid[this.lefts[id] * width + this.rights[id]] = id + 1;
  }

  private hashAll(): void {
    const slots = new Int32Array(Math.max(1024, powerAbove(this.size) * 4));
    const mask = slots.length - 1;
    for (let id = 0; id < this.size; id += 1) {
      let slot = hash(this.lefts[id], this.rights[id]) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
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
