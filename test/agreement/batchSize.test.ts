import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFINITIONS, definition, drive, emitted, paymentStreams, trace } from '../support/stream';

const runs = process.env.LONG ? 5_000 : 300;

test('the same run cut into ranges of 1, 7, 256 and all rows gives the same trace and results', () => {
  fc.assert(
    fc.property(
      definition,
      paymentStreams(120),
      fc.nat(80),
      fc.nat(200),
      fc.constantFrom('closed', 'open-left', 'open-right'),
      (name, { events, partitions }, wait, lateness, edge) => {
        const options = { partitions, wait, lateness, edge } as const;
        const cuts = [1, 7, 256, 1_000_000];
        const traced = cuts.map((rangeRows) => trace(DEFINITIONS[name], events, { ...options, rangeRows }));
        for (const run of traced) {
          expect(run.trace.hash).toBe(traced[0].trace.hash);
          expect(emitted(run.engine)).toEqual(emitted(traced[0].engine));
        }
        for (const rangeRows of cuts) {
          const run = drive(DEFINITIONS[name], events, { ...options, rangeRows });
          expect(emitted(run)).toEqual(emitted(traced[0].engine));
          const { stateRowsMax: _max, stateRows: _rows, ...counters } = run.counters;
          expect(traced[0].engine.counters).toMatchObject(counters);
        }
      },
    ),
    { numRuns: runs },
  );
});

test('rows dropped after a filter are traced the same for any range size', () => {
  const events = [
    { time: 20, append: 101, card: 0, amount: 1 },
    { time: 20, append: 101, card: 0, amount: 1 },
    { time: 100, append: 100, card: 0, amount: 0 },
  ];
  const [one, all] = [1, 1_000].map((rangeRows) => trace(DEFINITIONS.having, events, { rangeRows }));
  expect(one.engine.counters.dropped).toBe(2);
  expect(one.trace.hash).toBe(all.trace.hash);
});
