import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFINITIONS, definition, drive, paymentStreams, finalRows } from '../support/stream';

const runs = process.env.LONG ? 20_000 : 500;

test('S17.6 the final result of a stream equals batch while no event is out of bound', () => {
  const disorder = 90;
  fc.assert(
    fc.property(
      definition,
      paymentStreams(disorder),
      fc.nat(40),
      fc.constantFrom('closed', 'open-left', 'open-right'),
      (name, { events, partitions }, lateness, edge) => {
        const options = { partitions, wait: disorder, lateness, edge } as const;
        const stream = drive(DEFINITIONS[name], events, options);
        expect(stream.counters.dropped).toBe(0);
        expect(stream.counters.late).toBe(0);
        expect(finalRows(stream)).toEqual(finalRows(drive(DEFINITIONS[name], events, { ...options, job: true })));
      },
    ),
    { numRuns: runs },
  );
});

test('S4.4 with unlimited lateness windows end with the batch result, however late their events are', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('tumble', 'hop', 'gaps', 'having'),
      paymentStreams(300),
      fc.nat(50),
      (name, { events, partitions }, wait) => {
        const options = { partitions, wait, lateness: 1e12 };
        const stream = drive(DEFINITIONS[name], events, options);
        expect(stream.counters.dropped).toBe(0);
        expect(finalRows(stream)).toEqual(finalRows(drive(DEFINITIONS[name], events, { ...options, job: true })));
      },
    ),
    { numRuns: runs },
  );
});
