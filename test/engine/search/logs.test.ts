import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conditionOf } from '../../../src/engine/search';
import { countOf, drawnLogs, eventsOf, logsOf, simpler } from '../../../src/engine/search/logs';
import { permutations } from '../../../src/engine/search/orders';
import {
  arrivesApart,
  inOrder,
  place,
  silentPartitions,
  withoutSilent,
  type SmallWorld,
} from '../../../src/engine/search/world';
import { BIGINT, field, seconds, TidemarkError, TIMESTAMP } from '../../../src/model';

const world: SmallWorld = {
  streams: [{ name: 'clicks', schema: [field('user', BIGINT), field('ts', TIMESTAMP)], time: 1, partitions: 3 }],
  shapes: [0, 2].map((partition) => ({ stream: 0, partition, values: [7, 0] })),
  times: [0, 30, 60].map(seconds),
  delays: [0, 40].map(seconds),
};
const events = eventsOf(world);
const name = (log: unknown): string => JSON.stringify(log);

test('every log of a size comes once, and the simplest first', () => {
  for (const size of [1, 2, 3]) {
    const logs = [...logsOf(events, size)];
    expect(logs.length).toBe(countOf(events.length, size));
    expect(new Set(logs.map((log) => name([...log].map(name).sort()))).size).toBe(logs.length);
  }
  expect([...logsOf(events, 1)][0]).toEqual([{ shape: 0, time: 0, delay: 0 }]);
  expect(events.map(({ delay }) => delay)).toEqual([...events.map(({ delay }) => delay)].sort((a, b) => a - b));
});

test('drawn logs are those of their seed', () => {
  const draw = (seed: number) => [...drawnLogs(events, 4, 20, seed)].map(name);
  expect(draw(3)).toEqual(draw(3));
  expect(draw(3)).not.toEqual(draw(4));
});

test('what is simpler has fewer events or earlier places, so shrinking ends', () => {
  const weight = (log: readonly { shape: number; time: number; delay: number }[]): number =>
    log.reduce((sum, one) => sum + 100 + one.shape + one.time + one.delay, 0);
  const event = fc.record({ shape: fc.nat(1), time: fc.nat(2), delay: fc.nat(1) });
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 6 }), (log) => {
      for (const one of simpler(log)) expect(weight(one)).toBeLessThan(weight(log));
    }),
    { numRuns: 200 },
  );
});

test('a log is in arrival order, and knows who is silent', () => {
  const log = [
    { shape: 1, time: 0, delay: 1 },
    { shape: 1, time: 1, delay: 0 },
  ];
  const placed = place(world, log);
  expect(placed.map(({ at, arrives }) => [at, arrives])).toEqual([
    [seconds(30), seconds(30)],
    [0, seconds(40)],
  ]);
  expect(inOrder(placed).map(({ at, arrives }) => [at, arrives])).toEqual([
    [0, 0],
    [seconds(30), seconds(30)],
  ]);
  expect(silentPartitions(world.streams, placed)).toBe(2);
  const awake = withoutSilent(world.streams, placed);
  expect([awake.streams[0].partitions, awake.events.map(({ partition }) => partition)]).toEqual([1, [0, 0]]);
  expect(arrivesApart(world, log)).toBe(true);
  expect(arrivesApart(world, [log[0], log[0]])).toBe(false);
});

test('there are n! orders, the given one first', () => {
  expect(permutations(3)).toEqual([
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]);
  expect(new Set(permutations(5).map(name)).size).toBe(120);
});

test('a condition is SQL over facts; what is unknown breaks nothing', () => {
  const condition = conditionOf('late <= dropped AND watermark < other_watermark');
  expect(condition.facts).toEqual(['late', 'dropped', 'watermark', 'other_watermark']);
  expect(condition.holds({ late: 1, dropped: 1, watermark: 5, other_watermark: 6 })).toBe(true);
  expect(condition.holds({ late: 1, dropped: 1, watermark: 6, other_watermark: 6 })).toBe(false);
  expect(condition.holds({ late: 1, dropped: 1, watermark: null, other_watermark: 6 })).toBe(true);
  expect(condition.holds({ late: 2, dropped: 1, watermark: null, other_watermark: 6 })).toBe(false);
  expect(conditionOf('result = batch -- the same?').holds({ result: 'a', batch: 'b' })).toBe(false);
});

test('an invalid condition is reported with its position', () => {
  const text = 'late = 0\nAND dropt = 0';
  try {
    conditionOf(text);
    expect.unreachable();
  } catch (thrown) {
    const { place, hint } = (thrown as TidemarkError).facts;
    expect(text.slice(place!.from, place!.to)).toBe('dropt');
    expect([place!.line, place!.column]).toEqual([2, 5]);
    expect(hint).toMatch(/dropped/);
  }
  for (const wrong of ['late = 0) GROUP BY (events', 'late = (SELECT 1)', '', 'late = 0; SELECT 1'])
    expect(() => conditionOf(wrong), wrong).toThrow(TidemarkError);
});
