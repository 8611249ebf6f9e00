import fc from 'fast-check';
import { expect, test } from 'vitest';
import { whyNot, type WhyNot } from '../../../src/engine/why/whyNot';
import { windowsOf } from '../../../src/engine/stream/windowing/assign';
import { type Value } from '../../../src/model';
import { fires, subjectOf, world, type Planted, type World } from './support';

const runs = process.env.LONG ? 10_000 : 1_000;

interface Asked {
  card: Value;
  start: number;
  end: number;
}

/** Every window that an event of the world is in, for every key; of sessions, what single events would make. */
function windowsOfWorld({ window, events }: World): Asked[] {
  const found = new Map<string, Asked>();
  for (const { time } of events) {
    const spans =
      window.kind === 'session' ? [[time, time + window.gap]] : window.kind === 'global' ? [] : windowsOf(window, time);
    for (const [start, end] of spans)
      for (const card of [0, 1]) found.set(`${card} ${start} ${end}`, { card, start, end });
  }
  return [...found.values()];
}

const EVERY_REASON = ['dropped', 'expired', 'finished', 'fired', 'merged', 'no event', 'trigger', 'watermark'];

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
function* injections(partitions: number, { card, start, end }: Asked, now: number, most: number): Generator<Planted> {
  const times = [start, end, end + 60];
  const single = times.flatMap((eventTime) =>
    Array.from({ length: partitions }, (_, partition) => ({
      partition,
      eventTime,
      arrives: Math.max(now, eventTime),
      values: { card, amount: 5, ts: eventTime },
    })),
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

const say = (asked: Asked, { sentence, nothing }: WhyNot, planted?: Planted): string =>
  JSON.stringify({ asked, sentence, nothing, planted });

test('for every window and key there is a reason; the change makes it fire, no part of it can go; and where it says nothing, nothing does', () => {
  const seen = { reasons: new Set<string>(), offers: 0, nothing: 0, probes: 0 };
  let round = 0;
  fc.assert(
    fc.property(world, fc.integer({ min: 0, max: 999 }), (one, at) => {
      const subject = subjectOf(one);
      const { run } = subject;
      const { feed } = run.engine;
      const step = Math.floor((at * run.steps) / 1_000);
      const input = run.trace.log.input[step];
      round += 1;
      const asked = windowsOfWorld(one);
      asked.forEach(({ card, start, end }, place) => {
        const answer = whyNot(subject, step, { key: { card }, start, end });
        expect(answer.sentence).toMatch(/\(S\d/);
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
        for (const planted of injections(one.how.partitions!, target, feed.processing[input], most))
          expect(fires(subject, input, target, planted), say(target, answer, planted)).toBe(false);
      });
    }),
    // To shrink a failure would take minutes, and worlds are small.
    { numRuns: runs, endOnFailure: true },
  );
  // The worlds are such that every kind of answer comes up.
  expect([...seen.reasons].sort()).toEqual(EVERY_REASON);
  expect(seen.offers).toBeGreaterThan(runs);
  expect(seen.nothing).toBeGreaterThan(runs);
}, 300_000);
