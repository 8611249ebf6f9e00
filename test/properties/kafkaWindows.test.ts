import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type WindowShape } from '../../src/sql/plan';
import { hopping, play, playAtOnce, sessions, windows, type Rec, type Update } from '../support/kafkaWindows';

const runs = process.env.LONG ? 5000 : 300;

const records: fc.Arbitrary<Rec[]> = fc
  .array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      ts: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 25 }), fc.constantFrom(0, 10, 20)),
    }),
    { maxLength: 40 },
  )
  .map((all) => all.map((record, value) => ({ ...record, value })));

const shapes: fc.Arbitrary<WindowShape> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
    .map(([a, b]) => hopping(Math.max(a, b), Math.min(a, b))),
  fc.integer({ min: 1, max: 12 }).map(sessions),
);
const settings = fc.record({
  grace: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(1_000)),
  emit: fc.constantFrom('update' as const, 'close' as const),
});

interface Held {
  start: number;
  end: number;
  values: number[];
  times: number[];
}

interface Answer {
  out: Update[];
  dropped: number;
}

/** What a window shape does with one record, on plain lists. `windows`: those of the record's key, open or not. */
type Naive = (
  all: Held[],
  ts: number,
  value: number,
  closeTime: number,
) => { emitted: Held[]; gone: Held[]; dropped: number };

const naiveHop =
  (size: number, slide: number): Naive =>
  (all, ts, value, closeTime) => {
    const emitted: Held[] = [];
    let dropped = 0;
    for (let start = 0; start <= ts; start += slide) {
      const end = start + size;
      if (ts >= end) continue;
      if (end <= closeTime) {
        dropped += 1;
        continue;
      }
      let held = all.find((one) => one.start === start);
      if (!held) all.push((held = { start, end, values: [], times: [] }));
      held.values.push(value);
      held.times.push(ts);
      emitted.push(held);
    }
    return { emitted, gone: [], dropped };
  };

/** Sessions found by joining neighbours until nothing is left to join. */
const naiveSession =
  (gap: number): Naive =>
  (all, ts, value, closeTime) => {
    const near = all.filter((one) => one.end >= closeTime && one.start - gap <= ts && one.end + gap >= ts);
    near.sort((a, b) => a.start - b.start);
    const start = Math.min(ts, ...near.map((one) => one.start));
    const end = Math.max(ts, ...near.map((one) => one.end));
    if (end < closeTime) return { emitted: [], gone: [], dropped: 1 };
    for (const one of near) all.splice(all.indexOf(one), 1);
    const fused: Held = {
      start,
      end,
      values: [...near.flatMap((one) => one.values), value],
      times: [...near.flatMap((one) => one.times), ts],
    };
    all.push(fused);
    return { emitted: [fused], gone: start === end ? [] : near, dropped: 0 };
  };

function naive(shape: WindowShape, grace: number, emit: 'update' | 'close', all: Rec[]): Answer[] {
  const held = new Map<string, Held[]>();
  const gap = shape.kind === 'session' ? shape.gap : 0;
  const rule = shape.kind === 'hop' ? naiveHop(shape.size, shape.slide) : naiveSession(gap);
  const inclusive = shape.kind === 'session';
  const order = [...new Set(all.map(({ key }) => key!))];
  let streamTime = -1;
  let closedBefore = -Infinity;
  return all.map(({ key, ts, value }) => {
    streamTime = Math.max(streamTime, ts);
    const closeTime = streamTime - grace - gap;
    const own = held.get(key!) ?? [];
    held.set(key!, own);
    const { emitted, gone, dropped } = rule(own, ts, value!, closeTime);
    const row = (name: string, one: Held): Update => [
      name,
      one.start,
      one.end,
      [...one.values],
      Math.max(...one.times),
    ];
    if (emit === 'update') {
      const deleted = gone.map((one): Update => [key!, one.start, one.end, null, Math.max(...one.times)]);
      return { dropped, out: [...deleted, ...emitted.map((one) => row(key!, one))] };
    }
    const closed = order
      .flatMap((name) => (held.get(name) ?? []).map((one) => ({ name, one })))
      .filter(({ one }) => {
        const last = inclusive ? one.end + 1 : one.end;
        return last <= closeTime && last > closedBefore;
      })
      .sort(
        (a, b) => a.one.end - b.one.end || a.one.start - b.one.start || order.indexOf(a.name) - order.indexOf(b.name),
      );
    closedBefore = Math.max(closedBefore, closeTime);
    return { dropped, out: closed.map(({ name, one }) => row(name, one)) };
  });
}

test('S2.5 S3.6 S5.2 every window shape does what a plain re-implementation does', () => {
  fc.assert(
    fc.property(records, shapes, settings, (all, shape, { grace, emit }) => {
      const drive = windows(shape, { grace, emit });
      const expected = naive(shape, grace, emit, all);
      play(drive, all, true).forEach((out, i) => {
        expect(out).toEqual(expected[i].out);
      });
      expect(drive.counters.dropped).toBe(expected.reduce((sum, { dropped }) => sum + dropped, 0));
    }),
    { numRuns: runs },
  );
});

test('S19 how rows are cut into ranges changes nothing', () => {
  fc.assert(
    fc.property(records, shapes, settings, (all, shape, how) => {
      const one = playAtOnce(windows(shape, how), all, 1);
      expect(playAtOnce(windows(shape, how), all, 7)).toEqual(one);
      expect(playAtOnce(windows(shape, how), all, 256)).toEqual(one);
    }),
    { numRuns: runs },
  );
});

test('S11.4 a snapshot anywhere changes nothing', () => {
  fc.assert(
    fc.property(records, shapes, settings, fc.nat(40), (all, shape, how, cut) => {
      const whole = play(windows(shape, how), all);
      const drive = windows(shape, how);
      const first = play(drive, all.slice(0, cut));
      drive.keyframeRestore();
      expect([...first, ...play(drive, all.slice(cut))]).toEqual(whole);
    }),
    { numRuns: runs },
  );
});

test('S2.5 S4.2 what closes is what the updates had come to, and no window starts before the epoch', () => {
  fc.assert(
    fc.property(records, shapes, fc.integer({ min: 0, max: 30 }), (all, shape, grace) => {
      const last = new Map<string, string>();
      for (const [key, start, end, value] of play(windows(shape, { grace }), all).flat()) {
        expect(start).toBeGreaterThanOrEqual(0);
        if (value === null) last.delete(JSON.stringify([key, start, end]));
        else last.set(JSON.stringify([key, start, end]), JSON.stringify(value));
      }
      const closed = play(windows(shape, { grace, emit: 'close' }), all).flat();
      const names = closed.map(([key, start, end]) => JSON.stringify([key, start, end]));
      expect(new Set(names).size).toBe(names.length);
      closed.forEach(([, , , value], i) => expect(last.get(names[i])).toBe(JSON.stringify(value)));
    }),
    { numRuns: runs },
  );
});
