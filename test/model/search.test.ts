import { expect, test } from 'vitest';
import { firstWhere } from '../../src/model';

const PRIMES = [2, 3, 5, 7, 11];

test.each([
  [0, 0],
  [5, 2],
  [6, 3],
  [12, 5],
])('the first of the primes from %i on is at %i', (least, at) => {
  expect(firstWhere(0, PRIMES.length, (one) => PRIMES[one] >= least)).toBe(at);
});

test('an empty range has only its end', () => {
  expect(firstWhere(3, 3, () => true)).toBe(3);
});

test('numbers may be too large to be added up', () => {
  const large = Number.MAX_SAFE_INTEGER - 10;
  expect(firstWhere(large - 5, large, (at) => at >= large - 2)).toBe(large - 2);
});
