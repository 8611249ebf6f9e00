import { expect, test } from 'vitest';
import { layoutOf } from '../../../src/engine/aggregates';
import { checkRoom, MOST_SLOTS, slotsOf } from '../../../src/engine/state/room';
import { field, INT, type Schema } from '../../../src/model';
import { call, column } from '../../support/plans';

const SCHEMA: Schema = [field('x', INT)];
const sums = layoutOf([call('SUM', column(SCHEMA, 'x'))], SCHEMA);
const medians = layoutOf([call('MEDIAN', column(SCHEMA, 'x'))], SCHEMA);

test('groups take their slots, and many times as many where they hold collections', () => {
  expect(slotsOf(10, sums)).toBe(10 * sums.stride);
  expect(slotsOf(10, medians)).toBeGreaterThan(100 * medians.stride);
});

test('more groups than a page can keep are refused, with their number and what is in each', () => {
  expect(() => checkRoom(Math.floor(MOST_SLOTS / sums.stride), sums, 'aggregate')).not.toThrow();
  expect(() => checkRoom(MOST_SLOTS, medians, 'aggregate')).toThrow(
    /^aggregate: the aggregates need more memory than a page should take; found 48000000 groups of \d+ numbers and collections\./,
  );
});
