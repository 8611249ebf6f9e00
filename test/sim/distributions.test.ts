import { expect, test } from 'vitest';
import * as draw from '../../src/sim/distributions';
import { exp, log } from '../../src/sim/maths';
import { Random } from '../../src/sim/random';

const COUNT = 100_000;

function sample(name: string, one: (random: Random) => number): Float64Array {
  const random = Random.of(21, name);
  return Float64Array.from({ length: COUNT }, () => one(random)).sort();
}

const mean = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Kolmogorov-Smirnov distance from a distribution function, times the root of the count; above 1.95 once in 1,000. */
function distance(values: Float64Array, below: (x: number) => number): number {
  let most = 0;
  values.forEach((x, i) => {
    const p = below(x);
    most = Math.max(most, (i + 1) / values.length - p, p - i / values.length);
  });
  return most * Math.sqrt(values.length);
}

/** Standard normal distribution function by its series, good to 1e-12 for |x| < 6. */
function normalBelow(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > 1e-15; k += 1) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + sum * exp(-0.5 * x * x) * 0.3989422804014327;
}

test('normal', () => {
  expect(distance(sample('normal', draw.normal), normalBelow)).toBeLessThan(1.95);
});

test('the tail of the normal is as heavy as it should be', () => {
  const random = Random.of(5);
  let beyond = 0;
  for (let i = 0; i < 2_000_000; i += 1) if (Math.abs(draw.normal(random)) > 3.5) beyond += 1;
  const expected = 2_000_000 * 2 * (1 - normalBelow(3.5));
  expect(Math.abs(beyond - expected)).toBeLessThan(4 * Math.sqrt(expected));
});

test('log-normal', () => {
  const values = sample('log-normal', (random) => draw.logNormal(random, 1, 0.5));
  expect(distance(values, (x) => normalBelow((log(x) - 1) / 0.5))).toBeLessThan(1.95);
});

test('exponential', () => {
  expect(
    distance(
      sample('exponential', (random) => draw.exponential(random, 4)),
      (x) => 1 - exp(-x / 4),
    ),
  ).toBeLessThan(1.95);
});

test('Weibull', () => {
  const values = sample('weibull', (random) => draw.weibull(random, 2, 180));
  expect(distance(values, (x) => 1 - exp(-(x / 180) * (x / 180)))).toBeLessThan(1.95);
});

test('Beta', () => {
  // Five of six: the distribution function of Beta(5, 2) is 6·x^5 − 5·x^6.
  const values = sample('beta', (random) => draw.beta(random, 5, 2));
  expect(distance(values, (x) => x * x * x * x * x * (6 - 5 * x))).toBeLessThan(1.95);
});

test('Beta with a shape below 1 is the arcsine law', () => {
  const values = sample('arcsine', (random) => draw.beta(random, 0.5, 0.5));
  expect(distance(values, (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x)))).toBeLessThan(1.95);
});

test('log-uniform', () => {
  const values = sample('log-uniform', (random) => draw.logUniform(random, 2, 200));
  expect(distance(values, (x) => log(x / 2) / log(100))).toBeLessThan(1.95);
  expect(values[0]).toBeGreaterThanOrEqual(2);
  expect(values[COUNT - 1]).toBeLessThanOrEqual(200);
});

test('geometric starts at 1 and has mean 1/p', () => {
  const values = sample('geometric', (random) => draw.geometric(random, 0.25));
  expect(values[0]).toBe(1);
  expect(Math.abs(mean(values) - 4)).toBeLessThan(4 * Math.sqrt(12 / COUNT));
  expect(draw.geometric(Random.of(1), 1)).toBe(1);
});

test('a weighted choice follows its weights and never picks a weight of 0', () => {
  const weights = [0, 1, 2, 0, 7, 0.5];
  const table = new draw.AliasTable(weights);
  const counts = new Int32Array(weights.length);
  const random = Random.of(6);
  for (let i = 0; i < COUNT; i += 1) counts[table.pick(random)] += 1;
  weights.forEach((weight, i) => {
    const share = weight / 10.5;
    expect(Math.abs(counts[i] - COUNT * share)).toBeLessThanOrEqual(4 * Math.sqrt(COUNT * share * (1 - share)));
  });
});

test('weights that make no sense are refused', () => {
  expect(() => new draw.AliasTable([1, -1])).toThrow('weight 1 is -1');
  expect(() => new draw.AliasTable([0, 0])).toThrow('no weight is above 0');
});

test('Zipf weights fall with the rank', () => {
  expect(Array.from(draw.zipfWeights(4))).toEqual([1, 1 / 2, 1 / 3, 1 / 4]);
  expect(draw.zipfWeights(4, 2)[3]).toBe(1 / 16);
});
