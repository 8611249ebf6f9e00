import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_TIME } from '../../../src/model';
import { StateReader, StateWriter } from '../../../src/sim/bytes';
import { Timers } from '../../../src/engine/state/timers';

const runs = process.env.LONG ? 20_000 : 1_000;

const timer = fc.tuple(fc.nat(3), fc.nat(2), fc.integer({ min: -5, max: 30 }));
const doing = fc.oneof(
  fc.record({ do: fc.constant('register' as const), timer }),
  fc.record({ do: fc.constant('delete' as const), timer }),
  fc.record({ do: fc.constant('advance' as const), to: fc.integer({ min: -5, max: 35 }) }),
  fc.record({ do: fc.constant('restore' as const) }),
);

test('S11.1 S11.4 timers do what a sorted set of them does, through every snapshot', () => {
  fc.assert(
    fc.property(
      fc.array(doing, { maxLength: 80 }),
      fc.tuple(fc.nat(3), fc.nat(2), fc.integer({ min: 31, max: 40 })),
      fc.integer({ min: 0, max: 30 }),
      (all, extra, at) => {
        let timers = new Timers();
        const set = new Map<string, [key: number, namespace: number, time: number]>();
        const idOf = (one: [number, number, number]): string => one.join(' ');
        for (const one of all) {
          if (one.do === 'register') {
            expect(timers.register(...one.timer)).toBe(!set.has(idOf(one.timer)));
            set.set(idOf(one.timer), one.timer);
          } else if (one.do === 'delete') {
            expect(timers.delete(...one.timer)).toBe(set.delete(idOf(one.timer)));
          } else if (one.do === 'restore') {
            const writer = new StateWriter();
            timers.writeFrame(writer);
            timers = new Timers();
            timers.readFrame(new StateReader(writer.finish()));
          } else {
            const fired: string[] = [];
            timers.advance(one.to, (...given) => {
              fired.push(idOf(given));
              if (given[2] === at) timers.register(...extra);
            });
            const expected: string[] = [];
            for (;;) {
              const due = [...set.values()]
                .filter(([, , time]) => time <= one.to)
                .sort((a, b) => a[2] - b[2] || a[0] - b[0] || a[1] - b[1]);
              if (due.length === 0) break;
              const [first] = due;
              set.delete(idOf(first));
              expected.push(idOf(first));
              if (first[2] === at) set.set(idOf(extra), extra);
            }
            expect(fired).toEqual(expected);
          }
          expect(timers.size).toBe(set.size);
          expect(timers.next).toBe(
            set.size === 0 ? MAX_TIME : Math.min(...[...set.values()].map(([, , time]) => time)),
          );
        }
      },
    ),
    { numRuns: runs },
  );
});

test('S11.1 a timer for the past fires with the next advance, and not before', () => {
  const timers = new Timers();
  const fired: number[] = [];
  timers.advance(100, () => fired.push(0));
  timers.register(1, 0, 50);
  expect([timers.size, fired]).toEqual([1, []]);
  timers.advance(101, (_, __, time) => fired.push(time));
  expect(fired).toEqual([50]);
});

test('S11.1 ten thousand timers fire in order', () => {
  const timers = new Timers();
  for (let i = 0; i < 10_000; i += 1) timers.register(i % 7, 0, (i * 7_919) % 10_007);
  let last = -1;
  let count = 0;
  timers.advance(MAX_TIME, (_, __, time) => {
    expect(time).toBeGreaterThanOrEqual(last);
    last = time;
    count += 1;
  });
  expect([count, timers.size]).toEqual([10_000, 0]);
});
