/** Work that can be left between two of its pieces: about a thousand rows, pairs or values each. */
export type Pieces<T = void> = Generator<void, T>;

/** So much may be done between two pieces: rows × columns, pairs, merges of groups. */
export const PIECE = 1_024;

/** All of it in one go. */
export function whole<T>(work: Pieces<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** Work that is begun once, and may have to be gone on with until it is through. */
export class Resumable {
  private work: Pieces | null = null;

  constructor(private readonly mayGoOn: () => boolean) {}

  get isUnderWay(): boolean {
    return this.work !== null;
  }

  /** Goes on for as long as it may: with what is under way, else with what `begin` makes. */
  goOn(begin: () => Pieces): void {
    this.work ??= begin();
    while (!this.work.next().done) if (!this.mayGoOn()) return;
    this.work = null;
  }
}

type Compare = (a: number, b: number) => number;

/** The same numbers in the order of `compare`: parts are sorted and then merged, which takes no longer than one sort. */
export function* sorted(numbers: Int32Array, compare: Compare): Pieces<Int32Array> {
  const { length } = numbers;
  for (let from = 0; from < length; from += SORTED) {
    numbers.subarray(from, from + SORTED).sort(compare);
    if (length > SORTED) yield;
  }
  let from = numbers;
  let to: Int32Array = new Int32Array(length > SORTED ? length : 0);
  for (let run = SORTED; run < length; run *= 2) {
    for (let at = 0; at < length; at += 2 * run) yield* merged(from, to, at, run, compare);
    [from, to] = [to, from];
  }
  return from;
}

/** So many numbers are sorted in one go. */
const SORTED = 16_384;

/** Merges the two runs that begin at `at`; of equal numbers the first stays the first. */
function* merged(from: Int32Array, to: Int32Array, at: number, run: number, compare: Compare): Pieces {
  const middle = Math.min(at + run, from.length);
  const end = Math.min(middle + run, from.length);
  let left = at;
  let right = middle;
  for (let place = at; place < end; place += 1) {
    const isLeft = left < middle && (right === end || compare(from[left], from[right]) <= 0);
    to[place] = from[isLeft ? left++ : right++];
    if (place % SORTED === 0) yield;
  }
}
