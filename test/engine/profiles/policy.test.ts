import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutOf } from '../../../src/engine/windowing/shapes';
import { POLICIES, type Policy } from '../../../src/engine/profiles';
import { TOPICS } from '../../../src/model';
import { policyText } from '../../../src/words/policies';
import { DEFAULTS, PROFILES, type Profile } from '../../../src/engine/stream/options';
import { difference, type Facet, type Side } from '../../../src/engine/snapshot/difference';
import { plan } from '../../../src/sql';
import { catalog, trace, type Drive, type Payment } from '../../support/stream';

const tumble = `SELECT card, window_start, window_end, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.010' SECOND))
                GROUP BY card, window_start, window_end`;
const hop = `SELECT card, window_start, window_end, COUNT(*) AS n
             FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.005' SECOND, INTERVAL '0.010' SECOND)) GROUP BY card, window_start, window_end`;
const session = `SELECT card, window_start, window_end, COUNT(*) AS n
                 FROM TABLE(SESSION(TABLE payments PARTITION BY card, DESCRIPTOR(ts), INTERVAL '0.010' SECOND)) GROUP BY card, window_start, window_end`;

const pay = (time: number, append = time, card = 1, partition = 0): Payment => ({
  time,
  append,
  card,
  amount: 1,
  partition,
});

function side(sql: string, events: Payment[], drive: Drive): Side {
  const run = trace(sql, events, drive);
  const { partitions: _, extras: __, requests: ___, job: ____, ...options } = drive;
  return {
    run,
    plan: plan(sql, catalog).query,
    options: { ...DEFAULTS, wait: 0, lookup: null, job: null, ...options },
  };
}

/** Window, cause and rule of each difference of two profiles. */
function differ(
  sql: string,
  events: Payment[],
  [a, b]: readonly [Profile, Profile],
  { facets, left = {}, right = {}, ...both }: Drive & { facets?: Facet[]; left?: Drive; right?: Drive } = {},
): unknown[] {
  const found = difference(
    side(sql, events, { ...both, profile: a, ...left }),
    side(sql, events, { ...both, profile: b, ...right }),
    facets,
  );
  return found.map((one) => [(one.left[0] ?? one.right[0]).start, one.cause, one.rule, one.topic]);
}

test('S18 watermark: stream time runs on where another partition holds the watermark back', () => {
  const events = [pay(2, 2, 1, 1), pay(3, 3), pay(25, 25), pay(4, 26)];
  expect(differ(tumble, events, ['flink', 'kafka'], { partitions: 2 })).toEqual([
    [0, 'late dropped', 'S1.1', 'watermark'],
  ]);
});

test('S18 time of a quiet partition: without another record nothing closes, the end of the input neither', () => {
  const close = { trigger: { type: 'window-end' } } as const;
  expect(differ(tumble, [pay(3), pay(14)], ['flink', 'kafka'], { right: close })).toEqual([
    [10, 'not yet closed', 'S1.1', 'quiet'],
  ]);
});

test('S18 window dropped when: on one clock equality means expired for all of them (S5.2)', () => {
  // The clock stands at 14: behind it the window [0, 10) with a lateness of 5 is gone, one before it is not.
  for (const newest of [14, 15]) {
    const events = [pay(3), pay(newest), pay(4, newest + 1)];
    expect(differ(tumble, events, ['flink', 'kafka'], { lateness: 5 })).toEqual([]);
    expect(differ(tumble, events, ['flink', 'beam'], { lateness: 5, accumulation: 'retracting' })).toEqual([]);
  }
});

test('S5.1 the same profile with another lateness', () => {
  const events = [pay(3), pay(14), pay(4, 15)];
  expect(differ(tumble, events, ['flink', 'flink'], { right: { lateness: 5 } })).toEqual([
    [0, 'late dropped', 'S5.1', null],
  ]);
});

test('S1.2 the same profile with another wait', () => {
  const events = [pay(3), pay(14), pay(4, 15)];
  expect(differ(tumble, events, ['flink', 'flink'], { left: { wait: 10 } })).toEqual([
    [0, 'late dropped', 'S1.2', null],
  ]);
});

test('S18 sessions one gap apart', () => {
  expect(differ(session, [pay(10), pay(20)], ['flink', 'beam'])).toEqual([[10, 'different rule', 'S3.2', 'touching']]);
  expect(differ(session, [pay(10), pay(20)], ['beam', 'kafka'])).toEqual([[10, 'different rule', 'S3.2', 'touching']]);
  expect(differ(session, [pay(10), pay(20)], ['flink', 'kafka'])).toEqual([]);
  expect(differ(session, [pay(10), pay(19), pay(40)], ['flink', 'beam'])).toEqual([]);
});

test('S18 session bounds', () => {
  expect(differ(session, [pay(10), pay(15)], ['flink', 'kafka'], { facets: ['value', 'bounds'] })).toEqual([
    [10, 'different rule', 'S3.2', 'sessionEnd'],
  ]);
});

test('S18 late session element judged after or before the merge', () => {
  // The watermark stands at 29 when 18 comes: its own [18, 28) is over, but with [25, 35) it lives.
  const events = [pay(25), pay(30, 30, 2), pay(18, 31)];
  expect(differ(session, events, ['flink', 'beam'])).toEqual([[18, 'late dropped', 'S3.8', 'sessionLateness']]);
});

test('S18 first emission: at the end of the window, or with every record', () => {
  expect(differ(tumble, [pay(3), pay(4), pay(14)], ['flink', 'kafka'], { facets: ['panes'] })).toContainEqual([
    0,
    'different rule',
    'S3.6',
    'emission',
  ]);
});

test('S18 late element inside the lateness: emitted immediately, or at the close', () => {
  const events = [pay(3), pay(12), pay(4, 13), pay(30)];
  const close = { trigger: { type: 'window-end' } } as const;
  expect(differ(tumble, events, ['flink', 'kafka'], { lateness: 5, right: close, facets: ['panes'] })).toContainEqual([
    0,
    'different rule',
    'S5.2',
    'lateElement',
  ]);
});

test('S18 empty on-time pane', () => {
  const early = { type: 'after-watermark', early: { type: 'count', n: 1 }, late: null } as const;
  const both = { trigger: early, accumulation: 'discarding', facets: ['panes'] } satisfies Drive & { facets: Facet[] };
  expect(differ(tumble, [pay(3), pay(14), pay(25)], ['flink', 'beam'], both)).toContainEqual([
    0,
    'different rule',
    'S4.11',
    'emptyPane',
  ]);
});

test('S18 finished trigger: it starts again, or the window is closed', () => {
  const once = { trigger: { type: 'count', n: 1 }, accumulation: 'retracting' } as const;
  expect(differ(tumble, [pay(3), pay(4)], ['flink', 'beam'], once)).toEqual([[0, 'late dropped', 'S4.8', 'finished']]);
});

test('S18 negative window starts', () => {
  expect(differ(hop, [pay(2)], ['flink', 'kafka'])).toEqual([[-5, 'different rule', 'S2.5', 'negativeStart']]);
  expect(differ(hop, [pay(2)], ['kafka', 'flink'])).toEqual([[-5, 'different rule', 'S2.5', 'negativeStart']]);
  expect(differ(hop, [pay(7)], ['flink', 'kafka'])).toEqual([]);
});

test('S18 negative offset: allowed, refused, unknown', () => {
  const at = (offset: number) => ({ kind: 'tumble', size: 10, offset }) as const;
  expect(() => cutOf(at(-3), POLICIES.flink)).not.toThrow();
  expect(() => cutOf(at(-3), POLICIES.beam)).toThrow(/offset/);
  expect(() => cutOf(at(3), POLICIES.beam)).not.toThrow();
  expect(() => cutOf(at(3), POLICIES.kafka)).toThrow(/offset/);
});

test('S18 result timestamp', () => {
  expect(differ(tumble, [pay(3), pay(4)], ['flink', 'kafka'], { facets: ['value', 'time'] })).toEqual([
    [0, 'different rule', 'S13.6', 'resultTime'],
  ]);
});

test('S20.4 a watermark that counts from the next micro-batch lets a row in that Flink drops', () => {
  const events = [pay(3), pay(25), pay(4, 26), pay(2_000)];
  expect(differ(tumble, events, ['flink', 'spark'])).toEqual([[0, 'late dropped', 'S20.4', 'watermark']]);
});

test('S19 an event is the same event where the clock of one run ticks more often', () => {
  // Each micro-batch of the one run ends with a tick, so the same events have other input numbers in it.
  const events = [pay(3), pay(1_500), pay(1_502, 3_000), pay(5_000), pay(5_001), pay(4, 8_000)];
  expect(differ(tumble, events, ['flink', 'spark'])).toEqual([]);
  expect(differ(tumble, events, ['flink', 'spark'], { left: { lateness: 9_000 } })).toEqual([
    [0, 'late dropped', 'S5.1', null],
  ]);
});

test('S6.2 panes that are added up count an event twice', () => {
  const events = [pay(3), pay(12), pay(4, 13)];
  const how = { lateness: 5, extras: { end: false }, right: { accumulation: 'accumulating' } } as const;
  expect(differ(tumble, events, ['flink', 'flink'], how)).toEqual([[0, 'duplicate', 'S6.2', null]]);
});

test('S4.5 an event after the last firing is not in the result yet', () => {
  const third = { trigger: { type: 'count', n: 2 } } as const;
  expect(
    differ(tumble, [pay(3), pay(4), pay(5)], ['flink', 'flink'], {
      right: third,
      extras: { end: false },
      left: { trigger: { type: 'count', n: 1 } },
    }),
  ).toEqual([[0, 'stale', expect.any(String), null]]);
});

test('S18 every row of the table is a topic on which some profiles differ', () => {
  for (const topic of TOPICS)
    expect(new Set(PROFILES.map((profile) => POLICIES[profile][topic].is)).size, topic).toBeGreaterThan(1);
});

test('S18 every policy names its rule', () => {
  for (const profile of PROFILES) {
    const policies = Object.entries(POLICIES[profile] as object) as [string, Partial<Policy<unknown>>][];
    for (const [name, { rule }] of policies.filter(([, one]) => Object.hasOwn(one, 'is')))
      expect(rule, name).toMatch(/^S\d+(\.\d+)?$/);
  }
});

test('S18 two systems that differ in a topic have different sentences about it', () => {
  for (const topic of TOPICS) {
    for (const [one, other] of PROFILES.flatMap((a) => PROFILES.map((b) => [a, b] as const))) {
      const differ = POLICIES[one][topic].is !== POLICIES[other][topic].is;
      if (differ) expect(policyText(one, topic), `${one} ${other} ${topic}`).not.toBe(policyText(other, topic));
    }
  }
});

test('S18 a log in order, without sessions and before no epoch, is the same for flink, beam and kafka', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 10, max: 99 }), fc.integer({ min: 0, max: 2 }))), (all) => {
      const events = all.toSorted(([a], [b]) => a - b).map(([time, card]) => pay(time, time, card));
      for (const other of ['beam', 'kafka'] as const) expect(differ(hop, events, ['flink', other])).toEqual([]);
    }),
    { numRuns: process.env.LONG ? 1000 : 40 },
  );
});

test('S18 a run does not differ from itself, whatever came late', () => {
  const event = fc.tuple(
    fc.integer({ min: -20, max: 99 }),
    fc.integer({ min: 0, max: 40 }),
    fc.integer({ min: 0, max: 2 }),
  );
  fc.assert(
    fc.property(
      fc.array(event),
      fc.constantFrom(...PROFILES),
      fc.constantFrom(tumble, hop, session),
      (all, profile, sql) => {
        const events = all.map(([time, delay, card]) => pay(time, time + delay, card));
        expect(differ(sql, events, [profile, profile], { facets: ['value', 'panes', 'time', 'bounds'] })).toEqual([]);
      },
    ),
    { numRuns: process.env.LONG ? 1000 : 60 },
  );
});
