import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Run } from '../../../src/engine/run/run';
import { MOST_QUIET_TICKS } from '../../../src/engine/run/agenda';
import { EVENT, TICK } from '../../../src/engine/run/inputLog';
import { type WatermarkStrategy } from '../../../src/engine/stream/options';
import { MAX_TIME, MIN_TIME } from '../../../src/model';
import { COUNTS, over, pay, scan, unionAll } from '../../support/graph';
import { drive, emitted, paymentStreams, trace, type Drive, type Payment } from '../../support/stream';

const runs = process.env.LONG ? 3_000 : 200;
const QUIET = { extras: { end: false } };

/** The watermark behind each event, in order of arrival. */
function line(events: Payment[], how: Drive): number[] {
  const { engine } = trace(COUNTS, events, { ...QUIET, ...how });
  return inputs(engine, EVENT).map((input) => engine.sources.watermarkHistory()[input]);
}

const inputs = ({ inputs }: Run, kind: number): number[] =>
  Array.from({ length: inputs.length }, (_, input) => input).filter((input) => inputs.kind(input) === kind);

const ticks = (run: Run): number[] => inputs(run, TICK).map((input) => run.inputs.processing(input));

test('S1.1 S1.2 W = newest event time − wait − 1: an event at W is late, one after it is not', () => {
  expect(line([pay(100), pay(80, 101)], { wait: 10 })).toEqual([89, 89]);
  for (const [time, late] of [
    [89, 1],
    [90, 0],
  ]) {
    expect(trace(COUNTS, [pay(100), pay(time, 101)], { wait: 10 }).engine.counters.late).toBe(late);
  }
});

test('S1.3 no watermark ever falls, whatever the strategy', () => {
  const strategy = fc.constantFrom<WatermarkStrategy>(
    { type: 'bounded' },
    { type: 'monotonous' },
    { type: 'punctuated', column: 'amount' },
    { type: 'percentile', share: 0.5 },
    { type: 'perfect' },
    { type: 'micro-batch', batch: 30 },
    {
      type: 'given',
      moves: [
        [0, 50],
        [40, 20],
        [90, 80],
      ],
    },
  );
  fc.assert(
    fc.property(paymentStreams(150), strategy, fc.nat(50), ({ events, partitions }, watermark, wait) => {
      const seen = line(events, { partitions, watermark, wait });
      seen.forEach((one, i) => expect(one).toBeGreaterThanOrEqual(i === 0 ? MIN_TIME : seen[i - 1]));
    }),
    { numRuns: runs },
  );
});

test('S1.2 monotonous: one below the newest', () => {
  expect(line([pay(5), pay(9), pay(7, 10)], { watermark: { type: 'monotonous' }, wait: 100 })).toEqual([4, 8, 8]);
});

test('S1.11 declared: the value of the clause itself, without the minus one', () => {
  const type = scan('payments').schema[2].type;
  const ts = { op: 'column', index: 2, name: 'ts', type } as const;
  const six = { op: 'literal', value: 6, type: { name: 'BIGINT' } } as const;
  const clause = { op: 'arithmetic', operator: '-', left: ts, right: six, type } as const;
  const plan = over(COUNTS, { ...scan('payments'), watermark: clause });
  for (const how of [{ wait: null }, { wait: null, watermark: { type: 'declared' } as const }]) {
    const { engine } = trace(plan, [pay(100), pay(94, 101), pay(95, 102)], how);
    expect([...engine.sources.watermarkHistory().subarray(0, 3)]).toEqual([94, 94, 94]);
    // The row at exactly 6 ms less is late (S1.1), the one behind it is not.
    expect(engine.counters.late).toBe(1);
  }
});

test('punctuated: only rows that are marked move it, to their own time less one', () => {
  const events = [pay(50), { ...pay(90), amount: null }, pay(70, 95), pay(60, 96)];
  expect(line(events, { watermark: { type: 'punctuated', column: 'AMOUNT' } })).toEqual([49, 49, 69, 69]);
});

test('S20.1 percentile: the newest time less the quantile of the delays seen', () => {
  const events = [pay(0, 10), pay(20, 25), pay(100, 140), pay(200, 201)];
  expect(line(events, { watermark: { type: 'percentile', share: 1 } })).toEqual([-11, 9, 59, 159]);
  // Delays 10; 5 10; 5 10 40; 1 5 10 40: the half is 10, 5, 10, 5.
  expect(line(events, { watermark: { type: 'percentile', share: 0.5 } })).toEqual([-11, 14, 89, 194]);
});

test('S20.1 a percentile of 1 is bounded by the largest delay of the last 1,000, any other is their quantile', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(50), fc.integer({ min: 0, max: 400 })), { minLength: 1_100, maxLength: 1_300 }),
      fc.constantFrom(0.01, 0.5, 0.95, 1),
      (steps, share) => {
        let now = 1_000;
        const events = steps.map(([step, delay]) => {
          now += step;
          return pay(now - delay, now);
        });
        const seen = line(events, { watermark: { type: 'percentile', share } });
        let best = MIN_TIME;
        let newest = MIN_TIME;
        events.forEach(({ time }, i) => {
          newest = Math.max(newest, time);
          const delays = events.slice(Math.max(0, i - 999), i + 1).map((one) => one.append! - one.time);
          delays.sort((a, b) => a - b);
          best = Math.max(best, newest - delays[Math.ceil(share * delays.length) - 1] - 1);
          if (i % 97 === 0 || i > 1_050) expect(seen[i]).toBe(best);
        });
      },
    ),
    { numRuns: process.env.LONG ? 50 : 6 },
  );
});

test('S20.1 with a perfect watermark no event is late, and it could not be one more anywhere', () => {
  fc.assert(
    fc.property(paymentStreams(200), ({ events, partitions }) => {
      const run = trace(COUNTS, events, { partitions, watermark: { type: 'perfect' }, ...QUIET }).engine;
      expect(run.counters.late).toBe(0);
      const { topic } = run.sources.list[0];
      const watermarkAt = run.sources.watermarkHistory();
      for (let row = 0; row < topic.table.length; row += 1) {
        const rest = topic.time.subarray(row + 1, topic.table.length);
        const least = rest.length === 0 ? MAX_TIME : Math.min(...rest);
        if (rest.length === 0) expect(watermarkAt[row]).toBe(MAX_TIME);
        else expect(watermarkAt[row] + 1).toBe(least);
      }
    }),
    { numRuns: runs },
  );
});

test('S20.4 micro-batches: the newest event of all partitions less the wait, from the next batch on', () => {
  const events = [pay(100, 100, 0), pay(300, 105, 1), pay(150, 119, 0), pay(20, 121, 0)];
  const { engine } = trace(COUNTS, events, {
    partitions: 2,
    wait: 10,
    watermark: { type: 'micro-batch', batch: 20 },
    ...QUIET,
  });
  expect(ticks(engine)).toEqual([120]);
  expect(inputs(engine, EVENT).map((input) => engine.sources.watermarkHistory()[input])).toEqual([
    MIN_TIME,
    MIN_TIME,
    MIN_TIME,
    289,
  ]);
  // end ≤ W closes: [100, 150) and [50, 100) are over at 290.
  expect(emitted(engine).map((row) => row[1])).toEqual([100, 150]);
  expect(engine.counters.late).toBe(1);
});

test('a watermark that is written down moves when it says, at or before the events of that time', () => {
  const watermark: WatermarkStrategy = {
    type: 'given',
    moves: [
      [10, 5],
      [20, 3],
      [30, 60],
    ],
  };
  const { engine } = trace(COUNTS, [pay(1, 9), pay(2, 10), pay(55, 30)], { watermark, ...QUIET });
  expect(ticks(engine)).toEqual([10, 20, 30]);
  expect(Array.from(engine.sources.watermarkHistory().subarray(0, engine.inputs.length))).toEqual([
    MIN_TIME,
    5,
    5,
    5,
    60,
    60,
  ]);
  expect(engine.counters.late).toBe(2);
});

test('S1.11 sent out every 50 ms, a watermark stands still between', () => {
  const { engine } = trace(COUNTS, [pay(1, 10), pay(60, 20), pay(90, 50), pay(95, 80)], { emitEvery: 50, ...QUIET });
  expect(ticks(engine)).toEqual([50, 100]);
  expect(Array.from(engine.sources.watermarkHistory().subarray(0, engine.inputs.length))).toEqual([
    MIN_TIME,
    MIN_TIME,
    59,
    59,
    59,
    94,
  ]);
});

test('S1.8 S1.9 a silent partition blocks the watermark, until it has been silent for longer than the timeout', () => {
  const events = [pay(100, 100, 0), pay(200, 150, 0), pay(210, 300, 0)];
  expect(line(events, { partitions: 2 })).toEqual([MIN_TIME, MIN_TIME, MIN_TIME]);
  const { engine } = trace(COUNTS, events, { partitions: 2, idle: 60, ...QUIET });
  // Both are waited for from 100 on; partition 0 speaks again at 150 and 300.
  expect(ticks(engine)).toEqual([161, 211, 361]);
  expect(inputs(engine, EVENT).map((input) => engine.sources.watermarkHistory()[input])).toEqual([
    MIN_TIME,
    MIN_TIME,
    209,
  ]);
  expect(emitted(engine)[0]).toEqual(['+I', 100, 1, 1]);
  expect(engine.inputs.processing(engine.results.rows.input[0])).toBe(161);
});

test('S1.8 with periodic checks the time counts from the first that saw nothing new', () => {
  const { engine } = trace(COUNTS, [pay(100, 100, 0), pay(200, 101, 1)], {
    partitions: 2,
    idle: 60,
    emitEvery: 50,
    ...QUIET,
  });
  // 150 sees the events, 200 starts the clock, 260 is not a check, 300 says idle.
  expect(ticks(engine)).toEqual([150, 300]);
  expect(engine.sources.list[0].watermarks.idle).toBe(true);
});

test('S1.5 S1.6 an idle stream lets the other one go on, and does not hold it back when it wakes behind', () => {
  const union = unionAll(scan('payments'), scan('refunds'));
  const others = { refunds: [pay(10, 10), pay(20, 200), pay(400, 330)] };
  const events = [pay(60, 60), pay(120, 120), pay(170, 170), pay(240, 240), pay(320, 320), pay(500, 340)];
  const { engine } = trace(over(COUNTS, union), events, { others, idle: 80, ...QUIET });
  const when = emitted(engine).map((row, i) => [row[1], engine.inputs.processing(engine.results.rows.input[i])]);
  // Refunds fall idle at 91; the one of 200 is late for all that has been answered, and holds nothing back.
  expect(when.slice(0, 2)).toEqual([
    [0, 91],
    [50, 120],
  ]);
  expect(engine.counters.dropped).toBe(1);
  expect(engine.sources.watermarkHistory()[engine.inputs.length - 1]).toBeGreaterThanOrEqual(399);
});

test('S20.2 a partition is not read while it is further ahead than the drift allows', () => {
  const events = [
    pay(0, 0, 0),
    pay(0, 1, 1),
    pay(500, 10, 0),
    pay(600, 20, 0),
    pay(30, 30, 1),
    pay(450, 40, 1),
    pay(900, 50, 1),
  ];
  const { inputs } = drive(COUNTS, events, { partitions: 2, maxDrift: 100, ...QUIET });
  const read = Array.from({ length: inputs.length }, (_, input) => [inputs.eventTime(input), inputs.processing(input)]);
  // 600 waits from 20 until partition 1 has come within 100 of 499; then partition 0 has no more to say.
  expect(read).toEqual([
    [0, 0],
    [0, 1],
    [500, 10],
    [30, 30],
    [450, 40],
    [600, 40],
    [900, 50],
  ]);
  const { append } = inputs.topics[0];
  expect(Array.from(inputs.readOf(0).rows, (row) => append[row])).toEqual([0, 1, 10, 30, 40, 20, 50]);
});

test('S20.2 with alignment every event is read once, each partition in its order, none before it arrives', () => {
  fc.assert(
    fc.property(
      paymentStreams(150),
      fc.nat(120),
      fc.constantFrom(null, 30),
      ({ events, partitions }, maxDrift, idle) => {
        const { inputs } = drive(COUNTS, events, { partitions, maxDrift, idle, ...QUIET });
        const [topic] = inputs.topics;
        const { rows, inputs: numbers } = inputs.readOf(0);
        const next = new Array<number>(partitions).fill(0);
        const newest = new Array<number>(partitions).fill(MIN_TIME);
        let read = 0;
        for (let input = 0; input < inputs.length; input += 1) {
          if (inputs.kind(input) !== EVENT) continue;
          const row = inputs.row(input);
          const partition = topic.partition[row];
          expect(rows[read]).toBe(row);
          expect(numbers[read]).toBe(input);
          expect(topic.offset[row]).toBe(next[partition]);
          expect(inputs.processing(input)).toBeGreaterThanOrEqual(topic.append[row]);
          if (input > 0) expect(inputs.processing(input)).toBeGreaterThanOrEqual(inputs.processing(input - 1));
          // The one that is behind all others that have more to come is never held.
          if (idle === null && newest[partition] > MIN_TIME) {
            const left = (one: number): number =>
              topic.partition.reduce((sum, each, at) => sum + (at < topic.table.length && each === one ? 1 : 0), 0) -
              next[one];
            const group = newest.filter((time, one) => time > MIN_TIME && left(one) > 0);
            expect(newest[partition] - Math.min(...group)).toBeLessThanOrEqual(maxDrift);
          }
          next[partition] += 1;
          newest[partition] = Math.max(newest[partition], topic.time[row]);
          read += 1;
        }
        expect(read).toBe(events.length);
      },
    ),
    { numRuns: runs },
  );
});

test('behind the last event the clock goes on where the stream goes quiet, and stops where it ends', () => {
  const events = [pay(100, 100, 0)];
  const how = { partitions: 2, idle: 60 };
  const quiet = trace(COUNTS, events, { ...how, extras: { end: false } }).engine;
  const ended = trace(COUNTS, events, { ...how, extras: { end: true } }).engine;
  expect(ticks(quiet)).toEqual([161]);
  expect(ticks(ended)).toEqual([]);
  expect(ended.inputs.processing(ended.inputs.length - 1)).toBe(100);
  const moves = Array.from({ length: MOST_QUIET_TICKS + 50 }, (_, i): [number, number] => [200 + i, i]);
  const long = drive(COUNTS, events, { watermark: { type: 'given', moves }, extras: { end: false } });
  expect(long.inputs.length).toBe(1 + MOST_QUIET_TICKS);
});

test('a fork has the same inputs before it, ticks included', () => {
  fc.assert(
    fc.property(paymentStreams(120, 25), fc.nat(40), ({ events, partitions }, at) => {
      const how = { partitions, idle: 20, emitEvery: 30, lateness: 10 };
      const plain = trace(COUNTS, events, { ...how, ...QUIET });
      const forked = trace(COUNTS, events, {
        ...how,
        changes: [{ wait: 70, lateness: 90 }],
        extras: { end: false, actions: [{ at, index: 0 }] },
      });
      const until = Math.min(at, plain.engine.inputs.length);
      for (const name of ['kind', 'row', 'processing'] as const) {
        const before = ({ inputs }: Run): number[] => Array.from({ length: until }, (_, input) => inputs[name](input));
        expect(before(forked.engine)).toEqual(before(plain.engine));
      }
      let shared = 0;
      while (shared < plain.steps && plain.trace.log.input[shared] < until) shared += 1;
      for (const name of ['kind', 'input', 'a', 'b', 'key'] as const) {
        expect([...forked.trace.log[name].subarray(0, shared)]).toEqual([...plain.trace.log[name].subarray(0, shared)]);
      }
    }),
    { numRuns: runs },
  );
});
