import { expect, test, vi } from 'vitest';
import { asin, cos, exp, log, pow, sin } from '../../src/sim/maths';
import { Random } from '../../src/sim/random';
import { cosReference, exact, expReference, logReference, powReference, sinReference, ulps } from './reference';

const INPUTS = process.env.LONG ? 1_000_000 : 2_000;
if (process.env.LONG) vi.setConfig({ testTimeout: 900_000 });

/** The largest distance from the truth over random inputs, in units of the last place. */
function worst(
  name: string,
  input: (random: Random) => number[],
  f: (...x: number[]) => number,
  truth: (...x: number[]) => bigint,
): number {
  const random = Random.of(11, name);
  let most = 0;
  for (let i = 0; i < INPUTS; i += 1) {
    const x = input(random);
    const value = f(...x);
    if (value !== 0 && Math.abs(value) < Infinity) most = Math.max(most, ulps(value, truth(...x)));
  }
  return most;
}

const reals = (low: number, high: number) => (random: Random) => [random.uniform(low, high)];
/** Any positive double, every exponent equally likely. */
const anyPositive = (random: Random): number => {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, random.below(0x7ff00000));
  view.setUint32(4, random.bits());
  return view.getFloat64(0);
};
const one = (f: (x: bigint) => bigint) => (x: number) => f(exact(x));

test('exp is within one unit in the last place', () => {
  expect(worst('exp', reals(-745, 709.7), exp, one(expReference))).toBeLessThan(1);
  expect(worst('exp near 0', reals(-1, 1), exp, one(expReference))).toBeLessThan(1);
});

test('log is within one unit in the last place', () => {
  expect(worst('log', (random) => [anyPositive(random)], log, logReference)).toBeLessThan(1);
  expect(worst('log near 1', reals(0.5, 2), log, logReference)).toBeLessThan(1);
});

test('pow is within one unit in the last place', () => {
  expect(worst('pow', (random) => [random.uniform(0, 100), random.uniform(-100, 100)], pow, powReference)).toBeLessThan(
    1,
  );
  expect(
    worst('pow near 1', (random) => [random.uniform(0.99, 1.01), random.uniform(-60_000, 60_000)], pow, powReference),
  ).toBeLessThan(1);
  expect(worst('pow far', (random) => [anyPositive(random), random.uniform(-1, 1)], pow, powReference)).toBeLessThan(1);
});

test('sin and cos are within one unit in the last place up to a million', () => {
  for (const [low, high] of [
    [-1, 1],
    [-10, 10],
    [-1_000_000, 1_000_000],
  ]) {
    expect(worst(`sin ${high}`, reals(low, high), sin, one(sinReference))).toBeLessThan(1);
    expect(worst(`cos ${high}`, reals(low, high), cos, one(cosReference))).toBeLessThan(1);
  }
});

test('asin undoes sin, to two and a half units in the last place', () => {
  const random = Random.of(3);
  for (let i = 0; i < INPUTS; i += 1) {
    const x = random.uniform(-1, 1);
    const angle = asin(x);
    // Near a root, Newton's step is the distance to it: (sin(angle) − x) / cos(angle).
    const back = exact(angle);
    const step = ((sinReference(back) - exact(x)) << 1_200n) / cosReference(back);
    const off = ulps(angle, back - step);
    if (off > 2.5) throw new RangeError(`asin of ${x} is ${off} units off`);
  }
});

test('special values are those of IEEE arithmetic', () => {
  expect([exp(0), exp(-Infinity), exp(Infinity), exp(710), exp(-746), exp(NaN)]).toEqual([
    1,
    0,
    Infinity,
    Infinity,
    0,
    NaN,
  ]);
  expect([log(1), log(0), log(Infinity), log(-1), log(NaN)]).toEqual([0, -Infinity, Infinity, NaN, NaN]);
  expect([sin(0), cos(0), sin(NaN), asin(0), asin(2), asin(1)]).toEqual([0, 1, NaN, 0, NaN, Math.PI / 2]);
  expect([exp(-745), log(5e-324)]).toEqual([5e-324, -744.4400719213812]);
  expect(() => sin(2_000_000)).toThrow(RangeError);
});

test('pow follows the rules of the language for zeros, signs and infinities', () => {
  const values = [0, -0, 1, -1, 2, -2, 0.5, 3, -3, 1e308, 5e-324, Infinity, -Infinity, NaN];
  for (const x of values) {
    for (const y of values) {
      const [ours, theirs] = [pow(x, y), Math.pow(x, y)];
      const ordinary = theirs !== 0 && Math.abs(theirs) < Infinity;
      if (ordinary) expect(Math.abs(ours / theirs - 1), `${x} to the ${y}`).toBeLessThan(3e-16);
      else expect(ours, `${x} to the ${y}`).toBe(theirs);
    }
  }
});
