import fc from 'fast-check';
import { expect, test } from 'vitest';
import { whole } from '../../../src/engine/pieces';
import { type InputLog } from '../../../src/engine/run/inputLog';
import { Probe, emitsWindow, type PlantedEvent, type Target } from '../../../src/engine/why/probe';
import { type Subject } from '../../../src/engine/why/subject';
import { whyNot } from '../../../src/engine/why/whyNot';
import { type WhyNot } from '../../../src/model';
import { nothingSentence, reasonSentence } from '../../../src/words/whyNot';
import { windowsOf } from '../../../src/engine/windowing/assign';
import { type Value } from '../../../src/model';
import { plan } from '../../../src/sql';
import { catalog, given, trace, type Drive } from '../../support/stream';
import { fires, isSeedOurs, subjectOf, WORLDS, type Planted, type World } from './support';

/** The first input of a processing time. */
function firstAt(inputs: InputLog, time: number): number {
  let input = 0;
  while (inputs.processing(input) !== time) input += 1;
  return input;
}

const runs = process.env.LONG ? 10_000 : 1_000;

interface Asked {
  card: Value;
  start: number;
  end: number;
}

/** Every window that an event of the world is in, for every key; of sessions, what single events would make. */
function probing(subject: Subject, input: number, target: Target): Probe {
  const probe = whole(Probe.after(subject, input));
  probe.isDone = emitsWindow(target);
  return probe;
}

function windowsOfWorld({ window, events, how }: World): Asked[] {
  const found = new Map<string, Asked>();
  for (const event of events) {
    const time = how.time === 'processing' ? event.append! : event.time;
    const spans =
      window.kind === 'session'
        ? [[time, time + (how.profile === 'kafka' ? 0 : window.gap)]]
        : window.kind === 'global'
          ? []
          : windowsOf(window, time);
    for (const [start, end] of spans)
      for (const card of [0, 1]) found.set(`${card} ${start} ${end}`, { card, start, end });
  }
  return [...found.values()];
}

/** The reasons that come up in worlds of each kind. */
const REASONS: Record<keyof typeof WORLDS, WhyNot['reason']['is'][]> = {
  'Flink and Beam': ['dropped', 'expired', 'finished', 'fired', 'merged', 'no event', 'trigger', 'watermark'],
  'Kafka Streams': ['dropped', 'expired', 'fired', 'merged', 'no event', 'no such window', 'stream time'],
  Spark: ['dropped', 'expired', 'fired', 'merged', 'no event', 'not sent', 'trigger', 'watermark'],
  'windows by the clock': ['expired', 'fired', 'merged', 'no event', 'trigger'],
  'triggers that go on, and that end': [
    'dropped',
    'expired',
    'finished',
    'fired',
    'merged',
    'no event',
    'trigger',
    'watermark',
  ],
  'delta triggers': ['expired', 'fired', 'no event', 'trigger'],
  'other watermarks': ['dropped', 'expired', 'finished', 'fired', 'merged', 'no event', 'trigger', 'watermark'],
  'aligned partitions, and watermarks now and then': [
    'dropped',
    'expired',
    'fired',
    'merged',
    'no event',
    'not sent',
    'trigger',
    'watermark',
  ],
};
/** Of a hundred runs, how many are in worlds of each kind. */
const SHARES: Record<keyof typeof WORLDS, number> = {
  'Flink and Beam': 30,
  'Kafka Streams': 10,
  Spark: 10,
  'windows by the clock': 10,
  'triggers that go on, and that end': 10,
  'delta triggers': 10,
  'other watermarks': 10,
  'aligned partitions, and watermarks now and then': 10,
};

const without = ({ events, until }: Planted): Planted[] => [
  ...events.map((_, at) => ({ events: events.filter((_, i) => i !== at), until })),
  ...(until === null ? [] : [{ events, until: null }]),
];

/** One arrives after the other, and none before it has happened. */
function inTurn(...events: Planted['events']): Planted['events'] {
  let last = -Infinity;
  return events.map((event) => ({ ...event, arrives: (last = Math.max(last, event.arrives)) }));
}

/** Every injection of up to `most` events: each partition, a few times, the key; and then all the time there is. */
function* injections({ how }: World, { card, start, end }: Asked, now: number, most: number): Generator<Planted> {
  const partitions = how.partitions!;
  const amounts = how.trigger?.type === 'delta' ? [5, 50] : [5];
  const times = [start, end, end + 60];
  const single = times.flatMap((eventTime) =>
    Array.from({ length: partitions }, (_, partition) =>
      amounts.map((amount) => ({
        partition,
        eventTime,
        arrives: Math.max(now, eventTime),
        values: { card, amount, ts: eventTime },
      })),
    ).flat(),
  );
  const until = now + 100_000;
  yield { events: [], until };
  for (const a of single) {
    yield { events: [a], until };
    if (most < 2) continue;
    for (const b of single) {
      yield { events: inTurn(a, b), until };
      if (most < 3) continue;
      for (const c of single) yield { events: inTurn(a, b, c), until };
    }
  }
}

const say = (asked: Asked, answer: WhyNot, planted?: Planted): string =>
  JSON.stringify({ asked, reason: reasonSentence(answer), nothing: nothingSentence(answer), planted });

test.each(Object.keys(WORLDS))(
  '%s: for every window and key there is a reason; the change makes it fire and no part of it can be left out; and where there is no change, nothing does',
  (name) => {
    const numRuns = Math.ceil((runs * SHARES[name]) / 100);
    const seen = { reasons: new Set<string>(), offers: 0, nothing: 0, probes: 0 };
    let round = 0;
    fc.assert(
      fc.property(WORLDS[name], fc.integer({ min: 0, max: 999 }), (one, at) => {
        const subject = subjectOf(one);
        const { run } = subject;
        const { inputs } = run.engine;
        const step = Math.floor((at * run.steps) / 1_000);
        const input = run.trace.log.input[step];
        round += 1;
        const asked = windowsOfWorld(one);
        asked.forEach(({ card, start, end }, place) => {
          const answer = whole(whyNot(subject, step, { key: { card }, start, end }));
          expect(reasonSentence(answer)).toMatch(/\(S\d/);
          expect(answer.offers.length > 0 || answer.nothing !== null, say({ card, start, end }, answer)).toBe(true);
          expect(answer.probes).toBeLessThanOrEqual(60);
          seen.reasons.add(answer.reason.is);
          seen.probes = Math.max(seen.probes, answer.probes);
          const target = { card, start, end };
          for (const offer of answer.offers) {
            seen.offers += 1;
            expect(fires(subject, input, target, offer), say(target, answer, offer)).toBe(true);
            for (const less of without(offer))
              expect(fires(subject, input, target, less), say(target, answer, less)).toBe(false);
          }
          if (answer.nothing === null) return;
          seen.nothing += 1;
          // There are many: all triples now and then, all pairs for one window a round, single events for some.
          if ((place + round) % 3 !== 0) return;
          const most = place !== round % asked.length ? 1 : round % 10 === 0 ? 3 : 2;
          for (const planted of injections(one, target, inputs.processing(input), most))
            expect(fires(subject, input, target, planted), say(target, answer, planted)).toBe(false);
        });
      }),
      // To shrink a failure would take minutes, and worlds are small.
      { numRuns, endOnFailure: true },
    );
    if (!isSeedOurs) return;
    // The worlds are such that every kind of answer comes up.
    expect([...seen.reasons]).toEqual(expect.arrayContaining(REASONS[name]));
    expect(seen.offers).toBeGreaterThan(numRuns);
    expect(seen.nothing).toBeGreaterThan(numRuns / 2);
  },
  process.env.LONG ? 1_800_000 : 300_000,
);

test('S20.2 an event that might come does not change what has been: a partition that it would have kept awake is idle', () => {
  const subject = subjectOf({
    window: { kind: 'hop', size: 6, slide: 8, offset: 0 },
    events: [
      { time: 2, append: 13, partition: 2, card: 0, amount: 4 },
      { time: 16, append: 18, partition: 1, card: 0, amount: 4 },
      { time: 7, append: 19, partition: 2, card: 1, amount: 4 },
      { time: 32, append: 40, partition: 0, card: 1, amount: 5 },
    ],
    clause: null,
    how: { wait: 1, idle: 10, maxDrift: 0, emitEvery: 10, partitions: 3, extras: { end: false } },
  });
  const { inputs } = subject.run.engine;
  const input = firstAt(inputs, 50);
  const step = subject.run.trace.log.input.indexOf(input);
  const answer = whole(whyNot(subject, step, { key: { card: 1 }, start: 16, end: 22 }));
  expect(answer.reason).toEqual({ is: 'expired', rule: 'S5.1', by: 'watermark', since: 30 });
  const target = { nodeIndex: 0, key: [1], start: 16, end: 22 };
  const event = { stream: 'payments', partition: 2, time: 16, arrives: 50, values: [1, 5, 16] };
  expect(whole(probing(subject, input, target).try({ events: [event], until: 1_000 }))).toBeNull();
});

test('S4.8 after its trigger has closed a session, an event inside it opens another one', () => {
  const subject = subjectOf({
    window: { kind: 'session', gap: 10 },
    events: [
      { time: 25, append: 39, card: 0, amount: 1 },
      { time: 34, append: 40, card: 0, amount: 1 },
    ],
    clause: null,
    how: {
      wait: 2,
      profile: 'beam',
      trigger: {
        type: 'each',
        of: [
          { type: 'count', n: 1 },
          { type: 'processing-delay', delay: 15 },
        ],
      },
      partitions: 1,
      extras: { end: false },
    },
  });
  const step = subject.run.trace.log.input.lastIndexOf(1, subject.run.steps - 1);
  const answer = whole(whyNot(subject, step, { key: { card: 0 }, start: 30, end: 40 }));
  expect(answer.reason).toMatchObject({ is: 'merged', into: { start: 25, end: 44 } });
  expect(answer.offers).toHaveLength(1);
  expect(fires(subject, 1, { card: 0, start: 30, end: 40 }, answer.offers[0])).toBe(true);
});

test('S20.2 the slowest partition takes the event that others would be held back with', () => {
  const subject = subjectOf({
    window: { kind: 'tumble', size: 10, offset: 0 },
    events: [
      { time: 7, append: 8, partition: 0, card: 0, amount: 1 },
      { time: 29, append: 36, partition: 1, card: 1, amount: 1 },
    ],
    clause: null,
    how: { wait: 3, maxDrift: 1, partitions: 2, extras: { end: false } },
  });
  const answer = whole(whyNot(subject, subject.run.steps - 1, { key: { card: 1 }, start: 10, end: 20 }));
  const [{ events, until }] = answer.offers;
  expect(events.map(({ partition, eventTime }) => [partition, eventTime])).toEqual([
    [0, 10],
    [0, 23],
  ]);
  const [row] = events;
  const target = { card: 1, start: 10, end: 20 };
  expect(fires(subject, 1, target, { events, until })).toBe(true);
  expect(fires(subject, 1, target, { events: [{ ...row, partition: 1 }, events[1]], until })).toBe(false);
});

test('S20.2 who is held back is read once the others have fallen idle', () => {
  const subject = subjectOf({
    window: { kind: 'tumble', size: 10, offset: 0 },
    events: [
      { time: 1, append: 10, partition: 1, card: 0, amount: 1 },
      { time: 15, append: 12, partition: 0, card: 1, amount: 1 },
    ],
    clause: null,
    how: { wait: 8, idle: 30, maxDrift: 2, partitions: 2, extras: { end: false } },
  });
  const input = firstAt(subject.run.engine.inputs, 12);
  const target = { nodeIndex: 0, key: [1], start: 30, end: 40 };
  const at = (partition: number, time: number, arrives: number): PlantedEvent => {
    return { stream: 'payments', partition, time, arrives, values: [1, 5, time] };
  };
  const held = at(0, 30, 32);
  const change = { events: [held, at(0, 48, 48), at(1, 48, 100)], until: null };
  const hit = whole(probing(subject, input, target).try(change));
  expect(hit?.events).toEqual([held, at(0, 48, 48)]);
});

test('S20.1 an event older than all that came makes a percentile watermark wait longer', () => {
  const subject = subjectOf({
    window: { kind: 'tumble', size: 10, offset: 0 },
    events: [{ time: 38, append: 48, partition: 0, card: 1, amount: 1 }],
    clause: null,
    how: { watermark: { type: 'percentile', share: 1 }, partitions: 1, extras: { end: false } },
  });
  const answer = whole(whyNot(subject, subject.run.steps - 1, { key: { card: 0 }, start: 20, end: 30 }));
  expect(answer.reason.is).toBe('no event');
  expect(answer.offers).toHaveLength(1);
  expect(answer.offers[0].events[0].eventTime).toBe(20);
  expect(fires(subject, 0, { card: 0, start: 20, end: 30 }, answer.offers[0])).toBe(true);
});

test('S20.1 a perfect watermark waits for the events still to come, so no other event is offered', () => {
  const subject = subjectOf({
    window: { kind: 'tumble', size: 10, offset: 0 },
    events: [
      { time: 1, card: 0, amount: 1 },
      { time: 30, card: 0, amount: 1 },
      { time: 5, append: 40, card: 0, amount: 1 },
    ],
    clause: null,
    how: { watermark: { type: 'perfect' }, partitions: 1, extras: { end: false } },
  });
  const step = subject.run.trace.log.input.indexOf(1);
  const answer = whole(whyNot(subject, step, { key: { card: 0 }, start: 0, end: 10 }));
  expect(answer.reason).toMatchObject({ is: 'watermark', watermark: 4, needs: 9 });
  expect(answer.offers).toEqual([]);
  expect(answer.nothing?.rule).toBe('S20.1');
});

test('S4.1 of a stream that only marked rows move, the rows of the change are marked', () => {
  const definition = plan(
    `SELECT card, window_start, window_end, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.010' SECOND))
     GROUP BY card, window_start, window_end`,
    catalog,
  ).query;
  const events = [{ time: 1, card: 0, amount: null }];
  const how: Drive = { watermark: { type: 'punctuated', column: 'amount' }, extras: { end: false } };
  const { query, options } = given(definition, events, how);
  const answer = whole(
    whyNot({ run: trace(definition, events, how), plan: query, options }, 0, {
      key: { card: 0 },
      start: 0,
      end: 10,
    }),
  );
  expect(answer.offers).toHaveLength(1);
  expect(answer.offers[0].events.map(({ values }) => values.amount)).not.toContain(null);
});
