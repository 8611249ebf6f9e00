import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type UpdatingShape } from '../../../../src/engine/nodes/window/updatingWindows';
import { hopping, play, playAtOnce, sessions, sliding, windows, type Rec, type Update } from './support';

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

const shapes: fc.Arbitrary<UpdatingShape> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
    .map(([a, b]) => hopping(Math.max(a, b), Math.min(a, b))),
  fc.integer({ min: 1, max: 12 }).map(sessions),
  fc.integer({ min: 0, max: 15 }).map(sliding),
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
) => { said: Held[]; gone: Held[]; dropped: number };

const naiveHop =
  (size: number, slide: number): Naive =>
  (all, ts, value, closeTime) => {
    const said: Held[] = [];
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
      said.push(held);
    }
    return { said, gone: [], dropped };
  };

/** Sessions found by joining neighbours until nothing is left to join. */
const naiveSession =
  (gap: number): Naive =>
  (all, ts, value, closeTime) => {
    const near = all.filter((one) => one.end >= closeTime && one.start - gap <= ts && one.end + gap >= ts);
    near.sort((a, b) => a.start - b.start);
    const start = Math.min(ts, ...near.map((one) => one.start));
    const end = Math.max(ts, ...near.map((one) => one.end));
    if (end < closeTime) return { said: [], gone: [], dropped: 1 };
    for (const one of near) all.splice(all.indexOf(one), 1);
    const fused: Held = {
      start,
      end,
      values: [...near.flatMap((one) => one.values), value],
      times: [...near.flatMap((one) => one.times), ts],
    };
    all.push(fused);
    return { said: [fused], gone: start === end ? [] : near, dropped: 0 };
  };

/** The algorithm of Kafka Streams for stores that can only be read forwards, on lists. */
const naiveSliding =
  (difference: number): Naive =>
  (all, ts, value, closeTime) => {
    const said: Held[] = [];
    let dropped = 0;
    if (ts + 1 + difference <= closeTime) return { said, gone: [], dropped: 1 };
    const newest = (one: Held): number => Math.max(...one.times);
    const put = (start: number, from: Held | null, withRecord: boolean): void => {
      const held = {
        start,
        end: start + difference,
        values: [...(from?.values ?? [])],
        times: [...(from?.times ?? [])],
      };
      if (withRecord) {
        if (held.end < closeTime) {
          dropped += 1;
          return;
        }
        held.values.push(value);
        held.times.push(ts);
      }
      all.push(held);
      said.push(held);
    };
    const give = (held: Held): void => {
      if (held.end < closeTime) {
        dropped += 1;
        return;
      }
      held.values.push(value);
      held.times.push(ts);
      said.push(held);
    };
    const copy = (held: Held): Held => ({ ...held, values: [...held.values], times: [...held.times] });
    const early = ts < difference;
    const seen = all
      .filter((one) => one.start <= ts + 1 && one.start >= (early ? 0 : ts - 2 * difference))
      .sort((a, b) => a.start - b.start);
    let left: Held | null = null;
    let right: Held | null = null;
    let shared: Held | null = null;
    let hasLeft = false;
    let hasRight = false;
    let previous: number | null = null;
    for (const one of seen) {
      if (early && one.start === 0) {
        shared = one;
        if (newest(one) < ts) previous = newest(one);
      } else if (one.start === ts + 1) hasRight = true;
      else if (!early && one.end < ts) {
        left = one;
        previous = newest(one);
      } else if (!early && one.end === ts) {
        hasLeft = true;
        if (newest(one) < ts) previous = newest(one);
        give(one);
      } else {
        right = copy(one);
        give(one);
      }
    }
    if (early && right === null && shared && newest(shared) > ts) right = copy(shared);
    const makesRight = !hasRight && right !== null && newest(right) > ts;
    if (previous !== null && !all.some((one) => one.start === previous + 1) && previous + 1 + difference > ts)
      put(previous + 1, null, true);
    if (early) {
      if (shared) give(shared);
      else put(0, null, true);
    } else if (!hasLeft) put(ts - difference, previous !== null && ts - difference <= previous ? left : null, true);
    if (makesRight) put(ts + 1, right, false);
    return { said, gone: [], dropped };
  };

function naive(shape: UpdatingShape, grace: number, emit: 'update' | 'close', all: Rec[]): Answer[] {
  const held = new Map<string, Held[]>();
  const rule =
    shape.kind === 'hop'
      ? naiveHop(shape.size, shape.slide)
      : shape.kind === 'session'
        ? naiveSession(shape.gap)
        : naiveSliding(shape.kind === 'sliding' ? shape.difference : 0);
  const inclusive = shape.kind !== 'hop';
  const order = [...new Set(all.map(({ key }) => key!))];
  let streamTime = -1;
  let closedBefore = -Infinity;
  return all.map(({ key, ts, value }) => {
    streamTime = Math.max(streamTime, ts);
    const closeTime = streamTime - grace - (shape.kind === 'session' ? shape.gap : 0);
    const own = held.get(key!) ?? [];
    held.set(key!, own);
    const { said, gone, dropped } = rule(own, ts, value!, closeTime);
    const row = (name: string, one: Held): Update => [
      name,
      one.start,
      one.end,
      [...one.values],
      Math.max(...one.times),
    ];
    if (emit === 'update') {
      const deleted = gone.map((one): Update => [key!, one.start, one.end, null, Math.max(...one.times)]);
      return { dropped, out: [...deleted, ...said.map((one) => row(key!, one))] };
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

const sorted = (updates: Update[]): string[] => updates.map((one) => JSON.stringify(one)).sort();

test('S2.5 S3.6 S5.2 S5.8 S7.5 every window shape does what a plain re-implementation does', () => {
  fc.assert(
    fc.property(records, shapes, settings, (all, shape, { grace, emit }) => {
      const drive = windows(shape, { grace, emit });
      const expected = naive(shape, grace, emit, all);
      play(drive, all, true).forEach((out, i) => {
        // Which of a record's sliding windows speaks first depends on how the store is read.
        if (shape.kind === 'sliding' && emit === 'update') expect(sorted(out)).toEqual(sorted(expected[i].out));
        else expect(out).toEqual(expected[i].out);
      });
      expect(drive.counters.dropped).toBe(expected.reduce((sum, { dropped }) => sum + dropped, 0));
    }),
    { numRuns: runs },
  );
});

test('S7.5 with nothing late, sliding windows are all spans of records that lie that close together', () => {
  fc.assert(
    fc.property(records, fc.integer({ min: 0, max: 15 }), (all, difference) => {
      const view = new Map<string, unknown>();
      for (const [key, start, end, value] of play(windows(sliding(difference)), all).flat())
        view.set(
          JSON.stringify([key, start, end]),
          (value as number[]).toSorted((a, b) => a - b),
        );
      const expected = new Map<string, number[]>();
      for (const { key, ts } of all) {
        for (const start of [Math.max(0, ts - difference), ts + 1]) {
          const inside = all.filter((one) => one.key === key && one.ts >= start && one.ts <= start + difference);
          if (inside.length > 0)
            expected.set(
              JSON.stringify([key, start, start + difference]),
              inside.map(({ value }) => value!),
            );
        }
      }
      expect(view).toEqual(expected);
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
      drive.snapshotRestore();
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
