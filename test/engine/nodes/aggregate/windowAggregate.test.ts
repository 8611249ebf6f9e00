import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Accumulation, type Trigger } from '../../../../src/engine/stream/options';
import { drive, emitted, paymentStreams, finalRows, type Payment } from '../../../support/stream';

const runs = process.env.LONG ? 5_000 : 300;

/** What windows say, added up by somebody who reads their panes. */
const TOTAL = `CREATE VIEW said AS SELECT window_start, window_end, SUM(amount) AS spend
  FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.100' SECOND)) GROUP BY window_start, window_end;
  SELECT SUM(spend) AS total FROM said`;
const EACH: Trigger = { type: 'repeat', of: { type: 'count', n: 1 } };

test('S6.2 Table 2-1: the sum over all panes is 12 discarding, 15 accumulating, 12 retracting', () => {
  const two: Trigger = { type: 'after-watermark', early: { type: 'processing-delay', delay: 5 }, late: null };
  const events: Payment[] = [
    { time: 10, append: 10, card: 1, amount: 3 },
    { time: 11, append: 50, card: 1, amount: 8 },
    { time: 12, append: 51, card: 1, amount: 1 },
  ];
  const last = (accumulation: Accumulation): unknown =>
    emitted(drive(TOTAL, events, { profile: 'beam', trigger: two, accumulation })).at(-1);
  expect(last('discarding')).toEqual(['+U', 12]);
  expect(last('accumulating')).toEqual(['+U', 15]);
  expect(last('retracting')).toEqual(['+U', 12]);
});

test('S6.2 S6.3 under any trigger, sums over retracting and over discarding panes end equal to batch', () => {
  const scene = fc.record({
    stream: paymentStreams(200),
    accumulation: fc.constantFrom<Accumulation>('retracting', 'discarding'),
    profile: fc.constantFrom('flink' as const, 'beam' as const),
    rangeRows: fc.constantFrom(1, 7, 256),
  });
  fc.assert(
    fc.property(scene, ({ stream: { events, partitions }, ...how }) => {
      const options = { ...how, partitions, trigger: EACH, lateness: 1_000 };
      expect(finalRows(drive(TOTAL, events, options))).toEqual(
        finalRows(drive(TOTAL, events, { partitions, job: true })),
      );
    }),
    { numRuns: runs },
  );
});

test('a trigger decides when the first aggregate emits; aggregates downstream emit on every row', () => {
  const sql = `CREATE VIEW spent AS SELECT card, SUM(amount) AS spend FROM payments GROUP BY card;
    SELECT COUNT(*) AS cards FROM spent WHERE spend > 0.05`;
  const events = [6, 2, -4].map((amount, i): Payment => ({ time: i, card: 1, amount }));
  expect(emitted(drive(sql, events, { trigger: EACH, accumulation: 'retracting' }))).toEqual([
    ['+I', 1],
    ['-U', 1],
    ['+U', 0],
    ['-U', 0],
    ['+U', 1],
    ['-U', 1],
    ['+U', 0],
  ]);
});
