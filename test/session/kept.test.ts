import { expect, test } from 'vitest';
import { Kept } from '../../src/session/kept';

const open = (kept: Kept<number>, keys: string): string =>
  [...keys].filter((key) => kept.get(key) !== undefined).join('');

test('what was used longest ago goes first, by weight and not by number', () => {
  const kept = new Kept<number>(100);
  for (const key of 'abcdefghij') kept.put(key, 1, 10);
  expect(kept.get('a')).toBe(1);
  kept.put('k', 1, 25);
  expect(open(kept, 'abcdefghijk')).toBe('aefghijk');
});

test('the newest stays, also where it alone weighs too much', () => {
  const kept = new Kept<number>(100);
  kept.put('a', 1, 60);
  kept.put('b', 1, 500);
  expect(open(kept, 'ab')).toBe('b');
  kept.put('c', 1, 60);
  expect(open(kept, 'bc')).toBe('c');
});

test('what is put in the place of another, or let go, weighs no more', () => {
  const kept = new Kept<number>(100);
  kept.put('a', 1, 60);
  kept.put('a', 2, 30);
  kept.put('b', 3, 60);
  expect(open(kept, 'ab')).toBe('ab');
  kept.delete('b');
  kept.delete('no such key');
  kept.put('c', 4, 70);
  expect(open(kept, 'abc')).toBe('ac');
});
