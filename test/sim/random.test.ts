import { expect, test } from 'vitest';
import { Random } from '../../src/sim/random';

const GOLDEN = {
  seven: [1033669318, 3610384420, 1688750988, 3316002650],
  merchants: [2276518972, 3975292913, 124443474, 2209324775],
  largest: [2168307133, 38370383, 1511448085, 785902382],
};

const draw = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.bits());

test('the same seed and name give the same bits', () => {
  expect(draw(Random.of(7), 4)).toEqual(GOLDEN.seven);
  expect(draw(Random.of(7).split('merchants'), 4)).toEqual(GOLDEN.merchants);
  expect(draw(Random.of(9_007_199_254_740_991, 'x'), 4)).toEqual(GOLDEN.largest);
});

test('the generator is sfc32', () => {
  const random = Random.of(7);
  let [a, b, c, d] = Array.from((random as unknown as { state: Int32Array }).state, (word) => BigInt(word >>> 0));
  const word = 0xffffffffn;
  for (let i = 0; i < 1_000; i += 1) {
    const drawn = (a + b + d) & word;
    d = (d + 1n) & word;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) & word;
    c = ((((c << 21n) & word) | (c >> 11n)) + drawn) & word;
    expect(random.bits()).toBe(Number(drawn));
  }
});

test('a float is made of two draws: 27 bits and 26 bits', () => {
  const bits = Random.of(3);
  const floats = Random.of(3);
  for (let i = 0; i < 1_000; i += 1) {
    const expected = ((bits.bits() >>> 5) * 2 ** 26 + (bits.bits() >>> 6)) / 2 ** 53;
    expect(floats.float()).toBe(expected);
  }
});

test('a split does not depend on what was drawn before, nor does it disturb its parent', () => {
  const parent = Random.of(5);
  const early = draw(parent.split('a'), 3);
  const rest = draw(parent, 3);
  const other = Random.of(5);
  expect(draw(other, 3)).toEqual(rest);
  expect(draw(other.split('a'), 3)).toEqual(early);
});

test('different names and different seeds give different generators', () => {
  const seen = new Set<number>();
  for (let i = 0; i < 1_000; i += 1) {
    seen.add(Random.of(i).bits());
    seen.add(Random.of(1).split(`name ${i}`).bits());
    seen.add(Random.of(1).split('name').split(`${i}`).bits());
  }
  // 3,000 draws out of 2^32 hold a repeat with a chance of 0.1 %.
  expect(seen.size).toBeGreaterThan(2_997);
});

test('below gives every integer of its range equally often', () => {
  const random = Random.of(1);
  const counts = new Int32Array(6);
  for (let i = 0; i < 60_000; i += 1) counts[random.below(6)] += 1;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(60_000 * (1 / 6) * (5 / 6)));
});

test('below is fair for a count that does not divide 2^32, up to the largest', () => {
  const random = Random.of(9);
  const count = 2_097_151;
  let sum = 0;
  for (let i = 0; i < 100_000; i += 1) {
    const drawn = random.below(count);
    if (drawn < 0 || drawn >= count || !Number.isInteger(drawn)) throw new RangeError(`drawn ${drawn}`);
    sum += drawn;
  }
  expect(Math.abs(sum / 100_000 - (count - 1) / 2)).toBeLessThan((4 * count) / Math.sqrt(12 * 100_000));
  expect(random.below(1)).toBe(0);
});

test('between includes both ends, floats stay below 1', () => {
  const random = Random.of(2);
  const seen = new Set<number>();
  for (let i = 0; i < 1_000; i += 1) {
    seen.add(random.between(-1, 2));
    const x = random.float();
    expect(x >= 0 && x < 1).toBe(true);
  }
  expect([...seen].toSorted((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
});

test('a shuffle keeps all members', () => {
  const list = Random.of(4).shuffle(Int32Array.from({ length: 100 }, (_, i) => i));
  expect(Array.from(list)).not.toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(Array.from(list).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
});
