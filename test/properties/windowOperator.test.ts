import fc from 'fast-check';
import { expect, test } from 'vitest';
import { STEP_KINDS } from '../../src/model';
import { type Trigger } from '../../src/engine/stream/options';
import { type WindowSettings } from '../../src/engine/nodes/aggregate/windowFiring';
import { type WindowShape } from '../../src/sql/plan';
import { catalog, drive, emitted, PAYMENTS, paymentStreams, finalRows, trace } from '../support/stream';
import { call, column, overWindow } from '../support/plans';
import { Panes, type Fired } from '../support/panes';

const runs = process.env.LONG ? 5_000 : 90;

const span = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const grid: fc.Arbitrary<WindowShape> = fc.oneof(
  span(60).map((size) => ({ kind: 'tumble' as const, size, offset: size >> 1 })),
  fc.record({ size: span(60), slide: span(40) }).map((one) => ({ kind: 'hop' as const, ...one, offset: 0 })),
  fc
    .record({ step: span(20), steps: span(6) })
    .map(({ step, steps }) => ({ kind: 'cumulate' as const, size: step * steps, step, offset: 0 })),
);
const shape: fc.Arbitrary<WindowShape> = fc.oneof(
  grid,
  span(60).map((gap) => ({ kind: 'session' as const, gap })),
  fc.constant({ kind: 'global' as const }),
);
const flinkTrigger: fc.Arbitrary<Trigger | null> = fc.oneof(
  fc.constant(null),
  span(3).map((n) => ({ type: 'count' as const, n })),
  span(30).map((interval) => ({ type: 'continuous-event-time' as const, interval })),
  span(30).map((delay) => ({ type: 'processing-delay' as const, delay })),
  span(30).map((interval) => ({ type: 'continuous-processing-time' as const, interval })),
  fc.constant<Trigger>({ type: 'any', of: [{ type: 'count', n: 2 }, { type: 'window-end' }] }),
);
const beamTrigger: fc.Arbitrary<Trigger> = fc.record({
  type: fc.constant('after-watermark' as const),
  early: fc.oneof(
    fc.constant(null),
    span(3).map((n) => ({ type: 'count' as const, n })),
    span(30).map((delay) => ({ type: 'processing-delay' as const, delay })),
  ),
  late: span(2).map((n) => ({ type: 'count' as const, n })),
});

const planOf = (window: WindowShape): ReturnType<typeof overWindow> =>
  overWindow(
    catalog.payments,
    window,
    ['card'],
    [
      call('COUNT', null),
      call('SUM', column(PAYMENTS, 'amount')),
      call('MIN', column(PAYMENTS, 'amount')),
      call('AVG', column(PAYMENTS, 'amount')),
    ],
  );

test('S17.6 S6.3 for any arrival order and any firings the final result equals batch', () => {
  fc.assert(
    fc.property(shape, paymentStreams(80), flinkTrigger, (window, { events, partitions }, trigger) => {
      const plan = planOf(window);
      const how = { partitions, wait: 80, trigger: fires(trigger), accumulation: 'retracting' as const };
      const stream = drive(plan, events, how);
      expect(stream.counters.dropped).toBe(0);
      expect(finalRows(stream)).toEqual(finalRows(drive(plan, events, { job: true, partitions })));
    }),
    { numRuns: runs },
  );
});

/** The default trigger in other words, which only the general operator takes. */
const AT_THE_END: Trigger = { type: 'repeat', of: { type: 'window-end' } };

/** With the window's end, so that nothing is left over. */
const fires = (trigger: Trigger | null): Trigger | null =>
  trigger && { type: 'any', of: [trigger, { type: 'window-end' }] };

test('S5.1 S5.7 the sliced and the general window operator emit the same, also for late rows', () => {
  fc.assert(
    fc.property(grid, paymentStreams(80), fc.nat(60), fc.nat(100), (window, { events, partitions }, wait, lateness) => {
      const plan = planOf(window);
      const fast = drive(plan, events, { partitions, wait, lateness });
      const general = drive(plan, events, { partitions, wait, lateness, trigger: AT_THE_END });
      const sorted = (rows: unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
      expect(sorted(emitted(general))).toEqual(sorted(emitted(fast)));
      expect(general.counters.dropped).toBe(fast.counters.dropped);
      expect(general.counters.stateRows).toBe(fast.counters.stateRows);
    }),
    { numRuns: runs },
  );
});

test('emissions do not depend on how the input was cut into ranges', () => {
  fc.assert(
    fc.property(
      shape,
      paymentStreams(80),
      flinkTrigger,
      fc.constantFrom('accumulating' as const, 'discarding' as const, 'retracting' as const),
      fc.nat(60),
      fc.nat(100),
      (window, { events, partitions }, trigger, accumulation, wait, lateness) => {
        const plan = planOf(window);
        const how = { partitions, wait, lateness, trigger, accumulation };
        const one = emitted(drive(plan, events, { ...how, rangeRows: 1 }));
        for (const rangeRows of [7, 256]) expect(emitted(drive(plan, events, { ...how, rangeRows }))).toEqual(one);
        const traced = trace(plan, events, { ...how, rangeRows: 7 });
        expect(emitted(traced.engine)).toEqual(one);
        expect(traced.trace.hash).toBe(trace(plan, events, { ...how, rangeRows: 1 }).trace.hash);
      },
    ),
    { numRuns: runs },
  );
});

test('window state is the same from steps alone, from the operator and after a seek back', () => {
  fc.assert(
    fc.property(
      shape,
      paymentStreams(80, 25),
      flinkTrigger,
      fc.constantFrom('accumulating' as const, 'discarding' as const, 'retracting' as const),
      fc.nat(100),
      (window, { events, partitions }, trigger, accumulation, lateness) => {
        const how = { partitions, wait: 20, lateness, trigger: trigger ?? AT_THE_END, accumulation };
        const run = trace(planOf(window), events, how);
        const { log } = run.trace;
        const folded = new Map<string, number[]>();
        const seen: unknown[] = [];
        const look = (step: number): unknown => {
          const state = new Map<string, number[]>();
          run.at(step, () =>
            run.engine.operators[0].operator.state!.each((key, start, end, values) =>
              state.set(`${start} ${end} ${key}`, values),
            ),
          );
          return state;
        };
        for (let step = 0; step < run.steps; step += 1) {
          const id = `${log.a[step]} ${log.b[step]} ${log.key[step]}`;
          const kind = STEP_KINDS[log.kind[step]];
          if (kind === 'state written') folded.set(id, log.values(step));
          if (kind === 'window purged' || kind === 'window emptied' || kind === 'windows merged') folded.delete(id);
          seen.push(look(step));
          if (kind !== 'windows merged') expect(seen[step]).toEqual(folded);
        }
        for (let step = run.steps - 1; step >= 0; step -= 5) expect(look(step)).toEqual(seen[step]);
      },
    ),
    { numRuns: runs / 3 },
  );
});

/** What happens to an operator driven by hand. */
type Happening = { ts: number; value: number; key: number } | { watermark: number } | { clock: number };
const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ ts: fc.integer({ min: -20, max: 150 }), value: span(9), key: fc.nat(1) }) },
    { weight: 2, arbitrary: fc.nat(200).map((watermark) => ({ watermark })) },
    { weight: 2, arbitrary: fc.nat(200).map((clock) => ({ clock })) },
  ),
  { maxLength: 40 },
);
const settings: fc.Arbitrary<Partial<WindowSettings>> = fc.oneof(
  fc.record({
    profile: fc.constant('flink' as const),
    trigger: flinkTrigger,
    accumulation: fc.constantFrom('accumulating' as const, 'discarding' as const, 'retracting' as const),
    lateness: fc.nat(60),
    evictor: fc.constantFrom(null, { type: 'count' as const, keep: 2, when: 'before' as const }),
  }),
  fc.record({
    profile: fc.constant('beam' as const),
    trigger: beamTrigger,
    accumulation: fc.constantFrom('accumulating' as const, 'discarding' as const, 'retracting' as const),
    lateness: fc.nat(60),
  }),
);

function happen(panes: Panes, one: Happening): Fired[] {
  if ('ts' in one) return panes.put(one.ts, one.value, one.key);
  return 'watermark' in one ? panes.watermark(one.watermark) : panes.clock(one.clock);
}

const runAll = (panes: Panes, list: Happening[]): Fired[] => [
  ...list.flatMap((one) => happen(panes, one)),
  ...panes.end(),
];

test('S11.4 a snapshot at any point goes on as if nothing had been', () => {
  fc.assert(
    fc.property(shape, settings, happenings, fc.nat(39), (window, how, list, cut) => {
      const through = new Panes(window, how);
      const stopped = new Panes(window, how);
      list.forEach((one, i) => {
        if (i === cut) stopped.drive.keyframeRestore();
        expect(happen(stopped, one)).toEqual(happen(through, one));
        expect(stopped.held).toBe(through.held);
      });
      expect(stopped.end()).toEqual(through.end());
    }),
    { numRuns: runs },
  );
});

test('S6.1 S6.3 retracted values cancel out, and what is discarded adds up to what is accumulated', () => {
  fc.assert(
    fc.property(grid, settings, happenings, (window, how, happened) => {
      const plain = { ...how, evictor: null };
      const list = happened.map((one) => ('ts' in one ? { ...one, key: 0 } : one));
      const of = (accumulation: 'accumulating' | 'discarding' | 'retracting'): Fired[] =>
        runAll(new Panes(window, { ...plain, accumulation }), list);
      const last = new Map<string, number>();
      for (const { window: bounds, value } of of('accumulating')) last.set(String(bounds), Number(value));
      const sums = new Map<string, number>();
      for (const { window: bounds, value } of of('discarding')) {
        sums.set(String(bounds), (sums.get(String(bounds)) ?? 0) + Number(value ?? 0));
      }
      expect(sums).toEqual(last);
      const perKey = (fired: Fired[], sign: (one: Fired) => number): number =>
        fired.reduce((sum, one) => sum + sign(one) * Number(one.value ?? 0), 0);
      const retracted = perKey(of('retracting'), ({ change }) => (change === '+I' || change === '+U' ? 1 : -1));
      expect(retracted).toBe(perKey(of('discarding'), () => 1));
    }),
    { numRuns: runs },
  );
});

test('S4.9 S4.10 timings go early, on time, late; one pane is on time at most; indexes count', () => {
  fc.assert(
    fc.property(grid, beamTrigger, fc.nat(80), happenings, (window, trigger, lateness, list) => {
      const one = list.map((event) => ('ts' in event ? { ...event, key: 0 } : event));
      const panes = new Panes(window, { profile: 'beam', trigger, accumulation: 'accumulating', lateness });
      const byWindow = new Map<string, Fired[]>();
      for (const pane of runAll(panes, one)) {
        const id = String(pane.window);
        byWindow.set(id, [...(byWindow.get(id) ?? []), pane]);
      }
      for (const fired of byWindow.values()) {
        const order = fired.map(({ timing }) => ['early', 'on time', 'late'].indexOf(timing));
        expect(order).toEqual([...order].sort((a, b) => a - b));
        expect(order.filter((timing) => timing === 1).length).toBeLessThanOrEqual(1);
        expect(fired.map(({ index }) => index)).toEqual(fired.map((_, i) => i));
        expect(fired.map(({ first }) => first)).toEqual(fired.map((_, i) => i === 0));
        expect(fired.slice(0, -1).every(({ last }) => !last)).toBe(true);
        const spoken = fired.filter(({ timing }) => timing !== 'early');
        expect(spoken.map(({ nonSpeculative }) => nonSpeculative)).toEqual(spoken.map((_, i) => i));
      }
    }),
    { numRuns: runs },
  );
});
