import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readStep } from '../../../src/model';
import { drive, emitted, paymentStreams, finalRows, trace, type Drive, type Payment } from '../../support/stream';

const total = (window: string): string =>
  `SELECT card, window_start, window_end, COUNT(*) AS n, SUM(amount) AS total, MAX(amount) AS most FROM TABLE(${window})
   GROUP BY card, window_start, window_end`;
const TUMBLE = total(`TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.050' SECOND)`);
const HOP = total(`HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.020' SECOND, INTERVAL '0.070' SECOND)`);
const SESSION = total(`SESSION(TABLE payments PARTITION BY card, DESCRIPTOR(ts), INTERVAL '0.030' SECOND)`);
const DISTINCT = TUMBLE.replace('COUNT(*)', 'COUNT(DISTINCT amount)');
const CLOSE = { trigger: { type: 'window-end' } } as const;
const kafka = { profile: 'kafka' } as const;

const pay = (time: number, amount: number, append = time): Payment => ({ time, amount, append, card: 1 });

test('S18 first emission: in SQL every record is an update, the old value taken back first', () => {
  expect(emitted(drive(TUMBLE, [pay(3, 5), pay(7, 2)], kafka))).toEqual([
    ['+I', 1, 0, 50, 1, 5, 5],
    ['-U', 1, 0, 50, 1, 5, 5],
    ['+U', 1, 0, 50, 2, 7, 5],
  ]);
});

test('S13.1 accumulating sends the new value alone', () => {
  const kinds = emitted(drive(TUMBLE, [pay(3, 5), pay(7, 2)], { ...kafka, accumulation: 'accumulating' }));
  expect(kinds.map(([kind]) => kind)).toEqual(['+I', '+U']);
});

test('S3.6 in SQL a session that grows is deleted under its old bounds', () => {
  expect(emitted(drive(SESSION, [pay(3, 5), pay(7, 2)], kafka))).toEqual([
    ['+I', 1, 3, 3, 1, 5, 5],
    ['-D', 1, 3, 3, 1, 5, 5],
    ['+I', 1, 3, 7, 2, 7, 5],
  ]);
});

test('S1.1 the watermark of the run closes nothing, nor does the end of the input', () => {
  expect(emitted(drive(TUMBLE, [pay(3, 5), pay(49, 2)], { ...kafka, ...CLOSE }))).toEqual([]);
  expect(emitted(drive(TUMBLE, [pay(3, 5), pay(50, 2)], { ...kafka, ...CLOSE }))).toEqual([['+I', 1, 0, 50, 1, 5, 5]]);
});

test('S1.1 stream time is one for all partitions: what is too late in one of them is late', () => {
  const events = [
    { ...pay(10, 1), partition: 0 },
    { ...pay(60, 1), partition: 0 },
    { ...pay(20, 5, 61), partition: 1 },
  ];
  const { counters } = trace(TUMBLE, events, { ...kafka, partitions: 2 }).engine;
  expect([counters.late, counters.dropped]).toEqual([1, 1]);
});

test('S2.9 windows cut by the clock ignore event time', () => {
  expect(emitted(drive(TUMBLE, [pay(3, 5, 60)], { ...kafka, time: 'processing' }))).toEqual([
    ['+I', 1, 50, 100, 1, 5, 5],
  ]);
});

test('steps in words: written, fired early or late, dropped, merged, purged', () => {
  const run = trace(SESSION, [pay(3, 5), pay(7, 2), pay(90, 1), pay(9, 4, 91)], kafka);
  const { log } = run.trace;
  const steps = Array.from({ length: log.length }, (_, at) => readStep(log, at, () => 0)).filter(
    (one) => one.operator === 1,
  );
  expect(steps.map((one) => [one.kind, 'start' in one ? [one.start, one.end] : null])).toEqual([
    ['state written', [3, 3]],
    ['window fired', [3, 3]],
    ['windows merged', [3, 3]],
    ['state written', [3, 7]],
    ['window fired', [3, 7]],
    ['state written', [90, 90]],
    ['window fired', [90, 90]],
    ['window purged', [3, 7]],
    ['row dropped', [9, 9]],
  ]);
});

test('S3.2 a session that grows in order is not late, though its end is the newest record', () => {
  const { log } = trace(SESSION, [pay(3, 5), pay(7, 2), pay(5, 1, 8)], kafka).trace;
  const timings = Array.from({ length: log.length }, (_, at) => readStep(log, at, () => 0)).flatMap((one) =>
    one.kind === 'window fired' ? [one.timing] : [],
  );
  expect(timings).toEqual(['early', 'early', 'late']);
});

const definition = fc.constantFrom(TUMBLE, HOP, SESSION, DISTINCT);
const options: fc.Arbitrary<Drive> = fc.record({
  lateness: fc.integer({ min: 0, max: 60 }),
  trigger: fc.constantFrom(null, CLOSE.trigger),
});
const runs = process.env.LONG ? 2000 : 60;

test('S19 ranges of 1, 7 and 256 rows give the same emissions and the same trace', () => {
  fc.assert(
    fc.property(paymentStreams(80, 40), definition, options, ({ events, partitions }, sql, how) => {
      const settled = { ...kafka, ...how, partitions };
      const one = trace(sql, events, { ...settled, rangeRows: 1 });
      for (const rangeRows of [7, 256]) {
        const other = trace(sql, events, { ...settled, rangeRows });
        expect(other.trace.hash).toBe(one.trace.hash);
        expect(emitted(drive(sql, events, { ...settled, rangeRows }))).toEqual(emitted(one.engine));
      }
    }),
    { numRuns: runs },
  );
});

test('S11.4 a run restored after any step continues as before', () => {
  fc.assert(
    fc.property(paymentStreams(80, 30), definition, options, fc.nat(200), ({ events, partitions }, sql, how, step) => {
      const run = trace(sql, events, { ...kafka, ...how, partitions });
      const { counters } = run.engine;
      const end = { ...counters };
      const at = step % Math.max(1, run.steps);
      const look = (): unknown => [run.engine.operators[0].state!.rows, { ...counters }];
      const first = run.at(at, look);
      run.at(0, look);
      expect(run.at(at, look)).toEqual(first);
      run.at(run.steps - 1, look);
      expect(counters).toEqual(end);
    }),
    { numRuns: runs },
  );
});

test('S6.3 without late rows the final result equals that of the flink profile', () => {
  fc.assert(
    fc.property(paymentStreams(0, 40), fc.constantFrom(TUMBLE, HOP, DISTINCT), ({ events }, sql) => {
      const later = events.map((event) => ({
        ...event,
        partition: 0,
        time: event.time + 200,
        append: event.time + 200,
      }));
      expect(finalRows(drive(sql, later, kafka))).toEqual(finalRows(drive(sql, later)));
    }),
    { numRuns: runs },
  );
});
