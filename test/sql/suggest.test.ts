import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean, editDistance, nearest } from '../../src/sql/suggest';

test.each([
  ['', '', 0],
  ['card', 'card', 0],
  ['CARD', 'card', 0],
  ['crad', 'card', 1],
  ['cart', 'card', 1],
  ['car', 'card', 1],
  ['kitten', 'sitting', 3],
  ['', 'abc', 3],
])('from %j to %j it takes %i edits', (one, other, distance) => {
  expect(editDistance(one, other)).toBe(distance);
});

test('the distance is the same both ways, and never more than the longer word', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      expect(editDistance(b, a)).toBe(distance);
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      expect(distance === 0).toBe(a === b);
    }),
    { verbose: 1 },
  );
});

test('the nearest word is suggested only when it is near', () => {
  expect(nearest('amuont', ['card', 'amount'])).toBe('amount');
  expect(nearest('xyz', ['card', 'amount'])).toBeNull();
  expect(nearest('a', ['b'])).toBeNull();
});

test('where nothing is near, what there is gets listed', () => {
  expect(didYouMean('xyz', ['card', 'amount', 'ts'], 'columns')).toBe('The columns here are card, amount and ts.');
  expect(didYouMean('xyz', [], 'columns')).toBe('There are no columns here.');
});
