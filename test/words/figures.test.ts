import { expect, test } from 'vitest';
import { planeTrack, tapeTrack } from '../../src/words/figures';

test('one row is a row, and one event an event', () => {
  expect([0, 1, 2].map((rows) => planeTrack.rows(rows))).toEqual(['0 rows by now', '1 row by now', '2 rows by now']);
  expect(tapeTrack.caption(1, [], String)).toBe('The log, as read so far: 1 event');
});
