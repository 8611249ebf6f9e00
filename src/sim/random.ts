import { utf8 } from './utf8';

/** Where a generator comes from: 64 bits made of the seed and of the names that lead to it. */
type Key = readonly [low: number, high: number];

/** Numbers that are thrown away at first, until all of the state has been stirred. */
const WARM_UP = 16;

/**
 * Seeded chance: the sfc32 generator of Chris Doty-Humphrey (PractRand), 128 bits of state.
 *
 * Every consumer draws from a generator of its own, `split` off by name. What a split gives depends on the seed and on
 * the names that lead to it, never on how much was drawn before, so a new consumer disturbs no other.
 */
export class Random {
  private readonly state: Int32Array;

  private constructor(private readonly key: Key) {
    const [low, high] = key;
    this.state = Int32Array.of(low, high, scramble(low ^ 0x165667b1), 1);
    for (let round = 0; round < WARM_UP; round += 1) this.bits();
  }

  /** `seed` is any safe integer. */
  static of(seed: number, name = ''): Random {
    return new Random(keyOf([seed | 0, Math.floor(seed / 4_294_967_296) | 0], name));
  }

  /** The generator of the consumer `name`. */
  split(name: string): Random {
    return new Random(keyOf(this.key, name));
  }

  /** 32 random bits, as an integer from 0. */
  bits(): number {
    const state = this.state;
    const a = state[0];
    const b = state[1];
    const c = state[2];
    const d = state[3];
    const drawn = (a + b + d) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = (c + (c << 3)) | 0;
    state[2] = (((c << 21) | (c >>> 11)) + drawn) | 0;
    state[3] = (d + 1) | 0;
    return drawn >>> 0;
  }

  /** A number in [0, 1) with 53 random bits: two draws of the generator, written out because everything waits on it. */
  float(): number {
    const state = this.state;
    const a = state[0];
    const b = state[1];
    const c = state[2];
    const d = state[3];
    const high = (a + b + d) | 0;
    const nextA = b ^ (b >>> 9);
    const nextB = (c + (c << 3)) | 0;
    const nextC = (((c << 21) | (c >>> 11)) + high) | 0;
    const low = (nextA + nextB + d + 1) | 0;
    state[0] = nextB ^ (nextB >>> 9);
    state[1] = (nextC + (nextC << 3)) | 0;
    state[2] = (((nextC << 21) | (nextC >>> 11)) + low) | 0;
    state[3] = (d + 2) | 0;
    return ((high >>> 5) * 67_108_864 + (low >>> 6)) * 1.1102230246251565e-16;
  }

  /**
   * An integer in [0, count), every one equally likely: the draw times the count, without its lowest 32 bits; a few
   * draws are thrown away so that no integer has more of them than another (Lemire 2019). Above 2^21 the product would
   * not be exact; there 53 bits make all integers equally likely to one part in 2^20 or better, up to 2^33.
   */
  below(count: number): number {
    if (count > 2_097_152) return Math.floor(this.float() * count);
    for (;;) {
      const product = this.bits() * count;
      const whole = Math.floor(product * 2.3283064365386963e-10);
      const rest = product - whole * 4_294_967_296;
      if (rest >= count || rest >= 4_294_967_296 % count) return whole;
    }
  }

  /** An integer in [least, most]. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** A real number in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.float();
  }

  /** True with the given chance. */
  chance(probability: number): boolean {
    return this.float() < probability;
  }

  /** Puts a list into random order, in place (Fisher-Yates). */
  shuffle<A extends { [index: number]: unknown; readonly length: number }>(list: A): A {
    for (let last = list.length - 1; last > 0; last -= 1) {
      const at = this.below(last + 1);
      const kept = list[last];
      list[last] = list[at];
      list[at] = kept;
    }
    return list;
  }
}

/** Mixes a name into a key, byte by byte, in two lanes with different multipliers. */
function keyOf([low, high]: Key, name: string): Key {
  let a = scramble(low ^ 0x9e3779b9);
  let b = scramble(high ^ 0x85ebca6b ^ a);
  for (const byte of utf8(name)) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = scramble(b ^ Math.imul(byte + 1, 0xc2b2ae35) ^ a);
  }
  return [scramble(a ^ b), scramble(b ^ Math.imul(a, 0x27d4eb2f))];
}

/** A bijection of 32 bits in which every bit of the input moves about half of the output (the finish of murmur3). */
function scramble(bits: number): number {
  let hash = bits ^ (bits >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
