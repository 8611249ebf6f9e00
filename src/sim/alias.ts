import { type Random } from './random';

/**
 * Weighted choice among 0 … n−1 in constant time, one draw each (Walker's method, as built by Vose 1991): every slot
 * keeps its own number with some chance and gives another one otherwise. Several tables can lie end to end, for choices
 * that are made too often to go through an object for each.
 */
export class AliasTable {
  private readonly keep: Float64Array;
  private readonly choice: Int32Array;

  /**
   * Table i chooses among `first[i] … first[i+1] − 1` by the weights at these places; none may be empty. Throws a
   * RangeError unless the weights of a table are finite, not negative and not all 0.
   */
  constructor(
    weights: ArrayLike<number>,
    private readonly first: Int32Array = Int32Array.of(0, weights.length),
  ) {
    this.keep = Float64Array.from(weights);
    this.choice = new Int32Array(2 * weights.length);
    for (let i = 0; i + 1 < first.length; i += 1) level(this.keep, this.choice, first[i], first[i + 1]);
  }

  pick(random: Random, table = 0): number {
    const from = this.first[table];
    return pickFrom(this.keep, this.choice, from, this.first[table + 1] - from, random.float());
  }
}

/** The choice is read by a computed place: a branch on chance is guessed wrong half of the time. */
function pickFrom(keep: Float64Array, choice: Int32Array, from: number, size: number, drawn: number): number {
  const at = drawn * size;
  const slot = Math.floor(at);
  // −1 where the slot keeps, 0 where it gives.
  const gives = Math.floor(at - slot - keep[from + slot]);
  return choice[2 * (from + slot) + 1 + gives];
}

/** Turns weights into chances to keep, and fills every slot that holds less than its share from one that holds more. */
function level(keep: Float64Array, choice: Int32Array, from: number, to: number): void {
  let total = 0;
  for (let i = from; i < to; i += 1) {
    if (!(keep[i] >= 0 && keep[i] < Infinity)) throw new RangeError(`weight ${i - from} is ${keep[i]}`);
    total += keep[i];
  }
  if (!(total > 0)) throw new RangeError('no weight is above 0');
  const low: number[] = [];
  const high: number[] = [];
  for (let i = from; i < to; i += 1) {
    keep[i] = (keep[i] * (to - from)) / total;
    choice[2 * i] = i;
    choice[2 * i + 1] = i;
    (keep[i] < 1 ? low : high).push(i);
  }
  while (low.length > 0 && high.length > 0) {
    const poor = low.pop()!;
    const rich = high[high.length - 1];
    choice[2 * poor + 1] = rich;
    keep[rich] -= 1 - keep[poor];
    if (keep[rich] < 1) low.push(high.pop()!);
  }
  // What rounding left over on either side is a full slot.
  for (const slot of low) keep[slot] = 1;
  for (const slot of high) keep[slot] = 1;
}
