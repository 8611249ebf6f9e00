import { expect, test } from 'vitest';
import { FrameRing } from '../../../src/engine/frames/ring';
import { makeTable } from '../../../src/model';

test('a burst of rows of one time does not make room for many times as many', () => {
  const ring = new FrameRing([], []);
  const rows = makeTable([]);
  const count = 1_200_000;
  for (let row = 0; row < count; row += 1) {
    if (row % 1_000 === 0) ring.reserve(1_000, -1e9, row < 10 ? row : 10);
    ring.push(rows, 0, 10, 0);
  }
  expect(ring.time.length).toBeLessThanOrEqual(4 * count);
});
