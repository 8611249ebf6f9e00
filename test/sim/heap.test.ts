import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heap } from '../../src/sim/heap';

test('a heap gives back its numbers in order, whatever is put in between', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: -9, max: 9 })), { maxLength: 60 }), (doing) => {
      const heap = new Heap((a, b) => a < b);
      let sorted: number[] = [];
      for (const item of doing) {
        if (item !== null) {
          heap.push(item);
          sorted = [...sorted, item].sort((a, b) => a - b);
        } else if (sorted.length > 0) expect(heap.take()).toBe(sorted.shift());
        expect(heap.size).toBe(sorted.length);
        if (sorted.length > 0) expect(heap.first).toBe(sorted[0]);
      }
      heap.replace([...heap.all, 3, -3]);
      sorted = [...sorted, 3, -3].sort((a, b) => a - b);
      expect(sorted.map(() => heap.take())).toEqual(sorted);
    }),
  );
});
