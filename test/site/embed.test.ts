import { expect, test } from 'vitest';
import { askedFor } from '../../src/site/embed';

test('an embed says what its address lacks', () => {
  const at = (query: string) => askedFor(new URL(`https://x.test/embed.html${query}`));
  expect(at('?lesson=late&figure=plane&step=3')).toEqual({ lesson: 'late', figure: 'plane', step: 2 });
  expect(() => at('')).toThrow('names no lesson');
  expect(() => at('?lesson=../../etc')).toThrow('not the name of a lesson');
  expect(at('?lesson=late&step=-9e9').step).toBe(null);
});
