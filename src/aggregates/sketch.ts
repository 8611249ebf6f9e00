import type { Dictionary } from '../model';
import type { EntryReader, EntryWriter } from '../sim/entries';
import { Distinct } from './multiset';
import { objectAccumulator, type ObjectAccumulator, type ObjectState } from './objectState';

/** 2¹² registers: the standard error is about 1.04 / √4096 = 1.6 % (S15.2). */
const PRECISION = 12;
/** Bits of the hash that make the rank; ranks go from 1 to one more. */
const RANK_BITS = 32;
/** 1 / (2 ln 2) */
const ALPHA = 0.7213475204444817;

/**
 * HyperLogLog: of each hashed value some bits choose a register, and the register keeps the largest rank (place of the
 * first 1) of the other bits. Duplicates change nothing, and merging is the larger of two registers.
 *
 * The estimate is Ertl's ("New cardinality estimation algorithms for HyperLogLog sketches", 2017), which needs no
 * tables and is unbiased from 0 on. It reads how many registers stand at each rank, so an answer costs no walk.
 */
export class HyperLogLog {
  readonly registers = new Uint8Array(1 << PRECISION);
  private readonly at = new Int32Array(RANK_BITS + 2);

  constructor() {
    this.clear();
  }

  /** `high` and `low`: 32 bits of hash each; answers the register and rank as `register × 64 + rank`. */
  place(high: number, low: number): number {
    return (high >>> (32 - PRECISION)) * 64 + Math.clz32(low) + 1;
  }

  raise(place: number): void {
    const rank = place & 63;
    if (rank > this.registers[place >>> 6]) this.set(place >>> 6, rank);
  }

  set(register: number, rank: number): void {
    const { registers, at } = this;
    at[registers[register]] -= 1;
    at[rank] += 1;
    registers[register] = rank;
  }

  merge({ registers }: HyperLogLog): void {
    for (let i = 0; i < registers.length; i += 1) if (registers[i] > this.registers[i]) this.set(i, registers[i]);
  }

  clear(): void {
    this.registers.fill(0);
    this.at.fill(0);
    this.at[0] = this.registers.length;
  }

  restore(registers: Uint8Array): void {
    this.registers.set(registers);
    this.at.fill(0);
    for (const rank of registers) this.at[rank] += 1;
  }

  estimate(): number {
    const { at } = this;
    const size = this.registers.length;
    let sum = size * tau(1 - at[RANK_BITS + 1] / size);
    for (let rank = RANK_BITS; rank >= 1; rank -= 1) sum = 0.5 * (sum + at[rank]);
    return (ALPHA * size * size) / (sum + size * sigma(at[0] / size));
  }
}

function sigma(share: number): number {
  if (share === 1) return Infinity;
  let sum = share;
  let before = NaN;
  for (let x = share, y = 1; sum !== before; y += y) {
    x *= x;
    before = sum;
    sum += x * y;
  }
  return sum;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let sum = 1 - share;
  let before = NaN;
  for (let x = share, y = 0.5; sum !== before; y *= 0.5) {
    x = Math.sqrt(x);
    before = sum;
    sum -= (1 - x) * (1 - x) * y;
  }
  return sum / 3;
}

/** A sketch for which rows can be taken back: it also counts the values of each register and rank. */
class Sketch implements ObjectState {
  private readonly sketch = new HyperLogLog();

  constructor(
    private readonly hash: (value: number) => Int32Array,
    private readonly counts: Distinct | null,
  ) {}

  add(value: number): void {
    const place = this.placeOf(value);
    this.counts?.add(place);
    this.sketch.raise(place);
  }

  remove(value: number): void {
    const counts = this.counts!;
    const place = this.placeOf(value);
    counts.remove(place);
    const register = place >>> 6;
    let rank = place & 63;
    if (rank !== this.sketch.registers[register]) return;
    while (rank > 0 && !counts.has(register * 64 + rank)) rank -= 1;
    this.sketch.set(register, rank);
  }

  addAll({ sketch, counts }: this): void {
    this.sketch.merge(sketch);
    if (counts) this.counts!.addAll(counts);
  }

  private placeOf(value: number): number {
    const [high, low] = this.hash(value);
    return this.sketch.place(high, low);
  }

  clear(): void {
    this.sketch.clear();
    this.counts?.clear();
  }

  read(): number {
    return Math.round(this.sketch.estimate());
  }

  /** Hashes of values are the same in every process. */
  write(entry: EntryWriter): void {
    entry.block(this.sketch.registers);
    this.counts?.write(entry, null);
  }

  fill(entry: EntryReader): void {
    this.sketch.restore(entry.block());
    this.counts?.fill(entry, null);
  }
}

/** `texts`: what the values are codes of. */
export function sketch(texts: Dictionary | null, retracting: boolean): ObjectAccumulator {
  const hash = texts ? (code: number): Int32Array => hashText(texts.strings[code]) : hashNumber;
  return objectAccumulator(() => new Sketch(hash, retracting ? new Distinct() : null), retracting);
}

/** The last hash: two lanes of 32 bits. */
const hashed = new Int32Array(2);
const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** 64 bits in two lanes, of an array that the next hash writes again. */
export function hashNumber(value: number): Int32Array {
  // Adding zero makes one zero of the two.
  double[0] = value + 0;
  lanes();
  absorb(words[0]);
  absorb(words[1]);
  return finish(8);
}

function hashText(text: string): Int32Array {
  lanes();
  for (let i = 0; i < text.length; i += 1) absorb(text.charCodeAt(i));
  return finish(text.length);
}

function lanes(): void {
  hashed[0] = 0x2545f491;
  hashed[1] = 0x27d4eb2f;
}

/** Two runs of MurmurHash3's mixing with different seeds and rotations. */
function absorb(word: number): void {
  const first = Math.imul(word, 0xcc9e2d51);
  hashed[0] ^= Math.imul((first << 15) | (first >>> 17), 0x1b873593);
  hashed[0] = Math.imul((hashed[0] << 13) | (hashed[0] >>> 19), 5) + 0xe6546b64;
  const second = Math.imul(word, 0x239b961b);
  hashed[1] ^= Math.imul((second << 16) | (second >>> 16), 0xab0e9789);
  hashed[1] = Math.imul((hashed[1] << 17) | (hashed[1] >>> 15), 5) + 0x561ccd1b;
}

function finish(length: number): Int32Array {
  for (let lane = 0; lane < 2; lane += 1) {
    let hash = hashed[lane] ^ length;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hashed[lane] = hash ^ (hash >>> 16);
  }
  return hashed;
}
