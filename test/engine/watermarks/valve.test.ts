import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MIN_TIME } from '../../../src/model';
import { StateReader, StateWriter } from '../../../src/sim/bytes';
import { WatermarkMux } from '../../../src/engine/watermarks/mux';
import { WatermarkValve } from '../../../src/engine/watermarks/valve';

const runs = process.env.LONG ? 20_000 : 1_000;

type Signal = { input: number; watermark: number } | { input: number; idle: boolean };

const talks = fc.integer({ min: 1, max: 4 }).chain((inputs) =>
  fc.record({
    inputs: fc.constant(inputs),
    signals: fc.array(
      fc.oneof(
        fc.record({ input: fc.nat(inputs - 1), watermark: fc.nat(20) }),
        fc.record({ input: fc.nat(inputs - 1), idle: fc.boolean() }),
      ),
      { maxLength: 40 },
    ),
  }),
);

function tell(valve: WatermarkValve, signal: Signal): boolean {
  return 'idle' in signal ? valve.status(signal.input, signal.idle) : valve.watermark(signal.input, signal.watermark);
}

/** S1.3 to S1.6 once more, from the whole signals each time and without any state that is kept. */
function retold(inputs: number, signals: Signal[]): { current: number; idle: boolean } {
  let current = MIN_TIME;
  const own = Array.from({ length: inputs }, () => ({ watermark: MIN_TIME, idle: false, behind: false }));
  for (const signal of signals) {
    const one = own[signal.input];
    const held = one.watermark === current;
    let looks = false;
    if ('idle' in signal) {
      looks = signal.idle && !one.idle && held;
      if (!signal.idle && one.idle) one.behind = one.watermark < current;
      one.idle = signal.idle;
    } else if (!one.idle && signal.watermark > one.watermark) {
      one.watermark = signal.watermark;
      if (one.watermark >= current) one.behind = false;
      looks = true;
    }
    if (!looks) continue;
    const count = own.filter(({ idle, behind }) => !idle && !behind).map(({ watermark }) => watermark);
    if (own.every(({ idle }) => idle)) current = Math.max(current, ...own.map(({ watermark }) => watermark));
    else if (count.length > 0) current = Math.max(current, Math.min(...count));
  }
  return { current, idle: own.every(({ idle }) => idle) };
}

test('S1.3 S1.4 S1.5 S1.6 the valve equals a recomputation from the whole hisignals, and returns true exactly where it rose', () => {
  fc.assert(
    fc.property(talks, ({ inputs, signals }) => {
      const valve = new WatermarkValve(inputs);
      signals.forEach((one, i) => {
        const before = valve.current;
        const grew = tell(valve, one);
        expect(grew).toBe(valve.current > before);
        const { current, idle } = valve;
        expect({ current, idle }).toEqual(retold(inputs, signals.slice(0, i + 1)));
      });
    }),
    { numRuns: runs },
  );
});

test('S1.7 the status of the whole is idle exactly while every input is', () => {
  fc.assert(
    fc.property(talks, ({ inputs, signals }) => {
      const valve = new WatermarkValve(inputs);
      const idle = new Array<boolean>(inputs).fill(false);
      for (const one of signals) {
        tell(valve, one);
        if ('idle' in one) idle[one.input] = one.idle;
        expect(valve.idle).toBe(!idle.includes(false));
      }
    }),
    { numRuns: runs },
  );
});

test('S11.4 a valve goes on from a snapshot', () => {
  fc.assert(
    fc.property(talks, fc.nat(40), ({ inputs, signals }, cut) => {
      const valve = new WatermarkValve(inputs);
      for (const one of signals.slice(0, cut)) tell(valve, one);
      const writer = new StateWriter();
      valve.save(writer);
      const copy = new WatermarkValve(inputs);
      copy.restore(new StateReader(writer.finish()));
      for (const one of signals.slice(cut)) expect(tell(copy, one)).toBe(tell(valve, one));
      expect(copy.current).toBe(valve.current);
    }),
    { numRuns: runs / 5 },
  );
});

test('S1.9 partitions inside a source: the least of the active, of the silent the largest, never falling', () => {
  const change = fc.record({
    output: fc.nat(3),
    how: fc.oneof(fc.nat(20), fc.constantFrom('idle' as const, 'active' as const, 'remove' as const)),
    later: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const mux = new WatermarkMux(4);
      const own = Array.from({ length: 4 }, () => ({ watermark: MIN_TIME, idle: false, gone: false }));
      let current = MIN_TIME;
      for (const { output, how, later } of changes) {
        if (own[output].gone) continue;
        if (how === 'remove') {
          own[output].gone = true;
          mux.remove(output);
        } else if (typeof how === 'string') {
          own[output].idle = how === 'idle';
          mux.mark(output, how === 'idle');
        } else {
          own[output].watermark = Math.max(own[output].watermark, how);
          own[output].idle = false;
          if (later) mux.put(output, how);
          else mux.set(output, how);
        }
        // What is put off, or has gone, counts with the next update: here that is the one below.
        if (mux.current > current) current = mux.current;
        mux.combine();
        const left = own.filter(({ gone }) => !gone);
        const active = left.filter(({ idle }) => !idle).map(({ watermark }) => watermark);
        if (active.length > 0) current = Math.max(current, Math.min(...active));
        else current = Math.max(current, ...left.map(({ watermark }) => watermark));
        expect(mux.current).toBe(current);
        expect(mux.idle).toBe(active.length === 0);
      }
    }),
    { numRuns: runs },
  );
});

test('S1.9 an update may wait for the next time that watermarks are sent out', () => {
  const mux = new WatermarkMux(2);
  mux.put(0, 5);
  mux.put(1, 2);
  expect(mux.current).toBe(MIN_TIME);
  expect(mux.combine()).toBe(true);
  expect(mux.current).toBe(2);
  // An update that counts at once takes in what was put off.
  mux.put(1, 9);
  expect(mux.set(0, 7)).toBe(true);
  expect(mux.current).toBe(7);
});

test('S1.9 without partitions there is no watermark and no idleness', () => {
  const mux = new WatermarkMux();
  expect(mux.combine()).toBe(false);
  expect([mux.current, mux.idle]).toEqual([MIN_TIME, false]);
});
