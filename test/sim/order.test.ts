import { expect, test } from 'vitest';
import { finish, ordering } from '../../src/sim/order';
import { Random } from '../../src/sim/random';

const stable = (times: Float64Array): number[] =>
  Array.from(times.keys()).toSorted((a, b) => times[a] - times[b] || a - b);

test('rows come in order of time, equal times in order of rows', () => {
  const random = Random.of(1);
  for (const [count, spread] of [
    [0, 1],
    [1, 1],
    [2, 1],
    [1_000, 10],
    [1_000, 1e12],
    [70_000, 5e9],
    [500, 1],
  ]) {
    const times = Float64Array.from({ length: count }, () => Math.floor(random.float() * spread) - spread / 2);
    expect(Array.from(finish(ordering(times)))).toEqual(stable(times));
  }
});

test('times that crowd at one end are ordered too', () => {
  const random = Random.of(2);
  const times = Float64Array.from({ length: 20_000 }, (_, i) => (i === 7 ? 1e15 : random.below(1_000)));
  expect(Array.from(finish(ordering(times)))).toEqual(stable(times));
});

test('only the given number of rows is ordered', () => {
  expect(Array.from(finish(ordering(Float64Array.of(3, 1, 2, 0), 3)))).toEqual([1, 2, 0]);
});

test('long orders are made in slices', () => {
  const random = Random.of(3);
  const times = Float64Array.from({ length: 200_000 }, () => random.float() * 1e9);
  let slices = 0;
  for (const work = ordering(times); !work.next().done;) slices += 1;
  expect(slices).toBeGreaterThan(15);
});
