import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COUNTS, over, scan, timing, unionAll } from '../../support/graph';
import { paymentStreams, trace } from '../../support/stream';

const runs = process.env.LONG ? 1_000 : 60;
const streams = paymentStreams(30, 25);

test('the watermark of each input, read again, is the one that the run had after it', () => {
  fc.assert(
    fc.property(streams, streams, timing, fc.nat(40), (a, b, options, wait) => {
      const how = { ...options, partitions: Math.max(a.partitions, b.partitions), others: { refunds: b.events } };
      const run = trace(over(COUNTS, unionAll(scan('payments'), scan('refunds'))), a.events, {
        ...how,
        changes: [{ wait }],
        extras: { actions: [{ at: a.events.length, index: 0 }] },
      });
      const { sources, inputs } = run.engine;
      const line = sources.watermarkHistory();
      for (let input = 0; input < inputs.length; input += 1) {
        const last = run.firstStepOf(input + 1) - 1;
        if (last < 0 || run.trace.log.input[last] !== input) continue;
        expect(run.at(last, () => sources.watermark)).toBe(line[input]);
      }
    }),
    { numRuns: runs },
  );
});
