import fc from 'fast-check';
import { expect, test } from 'vitest';
import { heightOf, MAX_HEIGHT, MIN_HEIGHT } from '../../src/widgets/height';

test('a height is rounded up to whole pixels', () => {
  expect(heightOf({ tidemark: 'height', height: 512.2 })).toBe(513);
});

test('a height is held between limits', () => {
  expect(heightOf({ tidemark: 'height', height: 3 })).toBe(MIN_HEIGHT);
  expect(heightOf({ tidemark: 'height', height: 1e12 })).toBe(MAX_HEIGHT);
});

test('what is not our message has no height', () => {
  const others = [null, undefined, 5, 'height', [], {}, { height: 500 }, { tidemark: 'height' }];
  const broken = ['500', NaN, Infinity, -Infinity, null, {}].map((height) => ({ tidemark: 'height', height }));
  expect([...others, ...broken].map(heightOf)).toEqual([...others, ...broken].map(() => null));
});

test('whatever is sent, the answer is null or a height within the limits', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), (height, rest) => {
      for (const data of [rest, { tidemark: 'height', height }]) {
        const answer = heightOf(data);
        expect(answer === null || (Number.isInteger(answer) && answer >= MIN_HEIGHT && answer <= MAX_HEIGHT)).toBe(
          true,
        );
      }
    }),
  );
});
