import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LiveSlices, NO_SLICE } from '../../../src/engine/windowing/liveSlices';

const runs = process.env.LONG ? 5_000 : 300;
/** Neighbours, numbers with the same low bits, and numbers beyond 32 bits and below zero. */
const slice = fc.oneof(
  fc.integer({ min: -8, max: 8 }),
  fc.integer({ min: -8, max: 8 }).map((n) => n * 64),
  fc.constantFrom(2 ** 40, 2 ** 40 + 1, 253_402_300_799_999),
);

test('each live slice has a place of its own, and they are in order however they came', () => {
  fc.assert(
    fc.property(fc.array(fc.option(slice, { freq: 3 }), { maxLength: 80 }), fc.nat(60), (happenings, every) => {
      const live = new LiveSlices();
      const known = new Set<number>();
      const sorted = (): number[] => [...known].sort((a, b) => a - b);
      happenings.forEach((one, i) => {
        if (one === null) {
          if (known.size === 0) return;
          known.delete(sorted()[0]);
          live.close();
        } else if (!known.has(one)) {
          known.add(one);
          live.open(one);
        }
        expect(live.count).toBe(known.size);
        expect(live.oldest).toBe(sorted()[0] ?? Infinity);
        expect(new Set([...known].map((n) => live.placeOf(n))).size).toBe(known.size);
        for (const n of known) expect(live.slices[live.placeOf(n)]).toBe(n);
        if (i % (every + 1) !== 0) return;
        expect([...live.between(-5, 64)]).toEqual(sorted().filter((n) => n >= -5 && n < 64));
        expect(live.from(1)).toBe(sorted().find((n) => n >= 1) ?? Infinity);
        expect(live.placeOf(5_000)).toBe(-1);
      });
    }),
    { numRuns: runs },
  );
});

test('places are as many as slices are live at once, rounded up to a power of two', () => {
  const live = new LiveSlices();
  for (let i = 0; i < 1_000; i += 1) live.open(-i * 1_000_003);
  expect(live.slices).toHaveLength(1_024);
  for (let i = 0; i < 990; i += 1) live.close();
  for (let i = 1; i < 1_000; i += 1) live.open(i * 1_000_003);
  expect(live.slices).toHaveLength(1_024);
  live.clear();
  expect(live.slices.every((one) => one === NO_SLICE)).toBe(true);
});
