import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TidemarkError } from '../../src/model';
import { plan, type Plan } from '../../src/sql';
import { catalog } from './joined';

const runs = process.env.LONG ? 5000 : 500;

const HOLDS: Record<string, (a: number, b: number) => boolean> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b,
};

/** One comparison of the two times as SQL, and what it says of right time − left time in ms. */
interface Comparison {
  sql: string;
  holds: (difference: number) => boolean;
}

const seconds = (ms: number): string => `INTERVAL '${ms / 1000}' SECOND`;
const comparison: fc.Arbitrary<Comparison> = fc
  .tuple(
    fc.constantFrom('<', '<=', '>', '>=', '<', '<=', '>', '>=', '='),
    fc.integer({ min: -6, max: 6 }),
    fc.integer({ min: -6, max: 6 }),
    fc.nat(4),
  )
  .map(([operator, a, b, form]) => {
    const holds = HOLDS[operator];
    const texts: [string, (difference: number) => boolean][] = [
      [`r.ts + ${seconds(a)} ${operator} l.ts - ${seconds(b)}`, (d) => holds(d + a, -b)],
      [`l.ts + ${seconds(a)} ${operator} ${seconds(b)} + r.ts`, (d) => holds(a, b + d)],
      [`r.ts - l.ts ${operator} ${seconds(a)} - ${seconds(b)}`, (d) => holds(d, a - b)],
      [`2 * ${seconds(a)} ${operator} -(r.ts - l.ts)`, (d) => holds(2 * a, -d)],
      [`r.ts - (l.ts + ${seconds(a)}) ${operator} ${seconds(b)}`, (d) => holds(d - a, b)],
    ];
    return { sql: texts[form][0], holds: texts[form][1] };
  });

const bind = (on: string): Plan | null => {
  try {
    const { query } = plan(`SELECT 1 FROM payments AS l JOIN refunds AS r ON l.id = r.payment AND ${on}`, catalog);
    return query.node === 'project' ? query.input : query;
  } catch (thrown) {
    if (thrown instanceof TidemarkError && thrown.facts.what.includes('no two rows can meet')) return null;
    throw thrown;
  }
};

test('S8.1 however the bounds are written, an interval join holds for exactly the same pairs', () => {
  let intervals = 0;
  fc.assert(
    fc.property(fc.array(comparison, { minLength: 2, maxLength: 4 }), (comparisons) => {
      const bound = bind(comparisons.map((one) => one.sql).join(' AND '));
      const meets = (d: number): boolean => comparisons.every((one) => one.holds(d));
      const differences = Array.from({ length: 101 }, (_, i) => i - 50);
      if (bound === null) {
        expect(differences.filter(meets)).toEqual([]);
        return;
      }
      // Far out only what is bounded on one end still holds: that stays a regular join.
      if (meets(-50) || meets(50)) {
        expect(bound.node).toBe('join');
        return;
      }
      if (bound.node !== 'interval join') throw new Error(bound.node);
      intervals += 1;
      const { lower, upper, where } = bound;
      expect(where).toBeNull();
      expect(differences.filter((d) => lower <= d && d <= upper)).toEqual(differences.filter(meets));
    }),
    { numRuns: runs },
  );
  expect(intervals).toBeGreaterThan(runs / 10);
});
