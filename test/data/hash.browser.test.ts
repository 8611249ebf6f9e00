import { expect, test } from 'vitest';
import { goldenHashes } from './golden';
import golden from './golden.json';

test('I-01 maths, data and streams have the same bytes in the browser as in Node', () => {
  expect(goldenHashes()).toEqual(golden);
});
