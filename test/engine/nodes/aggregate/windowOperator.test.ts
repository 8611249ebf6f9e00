import { expect, test } from 'vitest';
import { columnIndex, MAX_TIME, STEP_KINDS, TidemarkError, type Column } from '../../../../src/model';
import { openRun } from '../../../../src/engine/run/openRun';
import { stepFactsOf } from '../../../../src/engine/snapshot/stepFacts';
import { windowsPart } from '../../../../src/engine/snapshot/windowsPart';
import { type Trigger } from '../../../../src/engine/stream/options';
import { MergingSet } from '../../../support/mergingSet';
import { windowsOf } from '../../../../src/engine/windowing/assign';
import { type WindowShape } from '../../../../src/sql/plan';
import { catalog, drive, emitted, given, PAYMENTS, trace, type Drive, type Payment } from '../../../support/stream';
import { call, column, groupBy, overWindow } from '../../../support/plans';
import { cumulate, hop, Panes, session, timed, tumble, valuesOf, whole } from '../../../support/panes';
import { stepSentence } from '../../../../src/words/steps';

const count: Trigger = { type: 'count', n: 1 };
const planOf = (shape: WindowShape): ReturnType<typeof overWindow> =>
  overWindow(catalog.payments, shape, [], [call('SUM', column(PAYMENTS, 'amount'))]);
const pay = (time: number, amount: number, append = time): Payment => ({ time, amount, append, card: 1 });
const bounds = (rows: unknown[][]): unknown[][] => rows.map(([kind, start, end, , value]) => [kind, start, end, value]);
const refused = (shape: WindowShape, how: Drive = {}): TidemarkError['facts'] => {
  try {
    drive(planOf(shape), [pay(1, 1)], how);
  } catch (error) {
    if (error instanceof TidemarkError) return error.facts;
    throw error;
  }
  throw new Error('was not refused');
};

test('S2.4 stream and batch refuse windows of invalid size, and too many per row', () => {
  const bad: WindowShape[] = [
    tumble(0),
    tumble(-1),
    tumble(NaN),
    tumble(0.5),
    tumble(10, 10),
    tumble(10, -10),
    hop(10, 0),
    hop(10, 5, 5),
    hop(1e15, 1),
    cumulate(10, 0),
    cumulate(10, 3),
    cumulate(1e15, 1),
    session(0),
    session(-5),
  ];
  for (const shape of bad) {
    expect(refused(shape).what).not.toBe('');
    expect(refused(shape, { job: true })).toEqual(refused(shape));
    expect(refused(shape, { profile: 'beam' }).what).toBe(refused(shape).what);
  }
  expect(() => windowsOf(hop(1e15, 1), 0)).toThrow(/too many windows/);
  expect(refused(tumble(10, -1), { profile: 'beam' }).what).toMatch(/offset/);
});

test('S2.3 a slide that shares no slice with the size does not make the state explode', () => {
  const rows = emitted(drive(planOf(hop(3_600_001, 3_600_000)), [pay(5, 1), pay(3_600_000, 2)]));
  expect(bounds(rows)).toEqual([
    ['+I', 0, 3_600_001, 3],
    ['+I', 3_600_000, 7_200_001, 2],
  ]);
});

test('S2.6 S16 cumulating windows share their start and grow; a value is repeated from the first row on', () => {
  const run = drive(planOf(cumulate(15, 5)), [pay(6, 1), pay(12, 2), pay(16, 4)]);
  expect(bounds(emitted(run))).toEqual([
    ['+I', 0, 10, 1],
    ['+I', 0, 15, 3],
    ['+I', 15, 20, 4],
    ['+I', 15, 25, 4],
    ['+I', 15, 30, 4],
  ]);
});

test('S2.6 S4.4 a late row changes every step of a cumulating window that it is in', () => {
  const events = [pay(1, 1), pay(11, 2), pay(2, 10, 12)];
  const rows = emitted(drive(planOf(cumulate(15, 5)), events, { lateness: 100, extras: { end: false } }));
  expect(bounds(rows)).toEqual([
    ['+I', 0, 5, 1],
    ['+I', 0, 10, 1],
    ['-U', 0, 5, 1],
    ['+U', 0, 5, 11],
    ['-U', 0, 10, 1],
    ['+U', 0, 10, 11],
  ]);
});

test('S2.8 a GROUP BY without windows emits at its trigger, and at the end of input', () => {
  const plan = groupBy(catalog.payments, [], [call('SUM', column(PAYMENTS, 'amount'))]);
  const trigger: Trigger = { type: 'any', of: [{ type: 'count', n: 2 }, { type: 'window-end' }] };
  const rows = emitted(drive(plan, [pay(1, 1), pay(2, 2), pay(3, 4)], { trigger }));
  expect(rows).toEqual([
    ['+I', 3],
    ['-U', 3],
    ['+U', 7],
  ]);
});

test('S3.5 Beam: a session that grows past the watermark is on time again, and its panes are numbered anew', () => {
  const late: Trigger = { type: 'after-watermark', early: null, late: count };
  const panes = new Panes(session(10), { profile: 'beam', trigger: late, accumulation: 'accumulating', lateness: 50 });
  panes.put(0, 1);
  expect(timed(panes.watermark(12))).toEqual([[1, 'on time']]);
  // [0, 18) has not ended yet: the on-time pane is to come again.
  expect(panes.put(8, 2)).toEqual([]);
  const [again] = panes.watermark(17);
  expect(again).toMatchObject({ value: 3, window: [0, 18], timing: 'on time', index: 0, first: true });
  // Inside the session nothing changes its bounds: it stays late, and counts on.
  expect(panes.put(9 - 1, 4)).toMatchObject([{ value: 7, window: [0, 18], timing: 'late', index: 1 }]);
});

test('S3.2 the sessions of the merging set do not depend on the order of arrival', () => {
  for (const touching of ['merge', 'separate'] as const) {
    const times = [40, 0, 10, 25, 34, 9];
    const set = new MergingSet(touching);
    for (const time of times) set.add([time, time + 10]);
    const sorted = new MergingSet(touching);
    for (const time of [...times].sort((a, b) => a - b)) sorted.add([time, time + 10]);
    expect(set.windows).toEqual(sorted.windows);
  }
});

test('S4.6 a watermark that passes many intervals fires in constant time', () => {
  const trigger: Trigger = { type: 'continuous-event-time', interval: 1 };
  const panes = new Panes(whole, { trigger, accumulation: 'accumulating' });
  panes.put(0, 1);
  expect(panes.watermark(1e12).length).toBeLessThan(10);
  expect(valuesOf(panes.end()).at(-1)).toBe(1);
});

test('continuous-processing-time fires at multiples of the interval, where something new has come', () => {
  const panes = new Panes(tumble(100), { trigger: { type: 'continuous-processing-time', interval: 10 } });
  panes.clock(3);
  panes.put(1, 1);
  expect(panes.clock(9)).toEqual([]);
  expect(valuesOf(panes.clock(10))).toEqual([1]);
  expect(panes.clock(50)).toEqual([]);
  panes.put(2, 2);
  expect(panes.clock(60).map(({ change, value }) => [change, value])).toEqual([
    ['−U', 1],
    ['+U', 3],
  ]);
});

test('S20.3 a delta trigger fires when the value has moved by more than the delta', () => {
  const trigger: Trigger = { type: 'delta', column: 'value', delta: 5 };
  const panes = new Panes(tumble(100), { trigger, accumulation: 'accumulating' });
  expect([10, 15, 16, 21, 30].map((value, i) => valuesOf(panes.put(i, value)))).toEqual([[], [], [41], [], [92]]);
});

test('S5.3 nothing is emitted when state goes, whatever the trigger', () => {
  const triggers: (Trigger | null)[] = [
    null,
    { type: 'default' },
    { type: 'after-watermark', early: null, late: null },
    { type: 'after-watermark', early: { type: 'count', n: 9 }, late: count },
    { type: 'any', of: [{ type: 'count', n: 9 }, { type: 'window-end' }] },
    { type: 'all', of: [{ type: 'count', n: 1 }, { type: 'window-end' }] },
    { type: 'repeat', of: { type: 'window-end' } },
    { type: 'continuous-event-time', interval: 10 },
  ];
  for (const trigger of triggers) {
    for (const shape of [tumble(10), hop(10, 10), session(7)]) {
      for (const accumulation of ['accumulating', 'discarding', 'retracting'] as const) {
        const panes = new Panes(shape, { trigger, accumulation, lateness: 5 });
        const name = JSON.stringify({ trigger, shape, accumulation });
        panes.put(3, 1);
        expect(valuesOf(panes.watermark(11)), name).toEqual([1]);
        expect(valuesOf(panes.put(2, 2)).at(-1), name).toBe(accumulation === 'discarding' ? 2 : 3);
        expect(panes.held, name).toBe(accumulation === 'discarding' ? 0 : 1);
        expect(panes.watermark(13), name).toEqual([]);
        expect(panes.watermark(14), name).toEqual([]);
        expect(panes.held, name).toBe(0);
        expect(panes.end(), name).toEqual([]);
      }
    }
  }
});

test('S5.1 lateness that is changed on the way counts from then on', () => {
  const panes = new Panes(tumble(10), { lateness: 0 });
  panes.put(1, 1);
  panes.operator.set({ lateness: 20 });
  expect(valuesOf(panes.watermark(12))).toEqual([1]);
  expect(valuesOf(panes.put(2, 2))).toEqual([1, 3]);
  expect(panes.held).toBe(1);
  panes.watermark(29);
  expect(panes.held).toBe(0);
});

test('contradictions are refused with what would do instead', () => {
  const how: [Drive, RegExp][] = [
    [{ trigger: { type: 'count', n: 0 } }, /could not work/],
    [{ trigger: { type: 'count', n: 1.5 } }, /could not work/],
    [{ trigger: { type: 'continuous-event-time', interval: 0 } }, /could not work/],
    [{ trigger: { type: 'processing-delay', delay: -1 } }, /could not work/],
    [{ trigger: { type: 'any', of: [] } }, /could not work/],
    [{ trigger: { type: 'repeat', of: { type: 'count', n: -1 } } }, /could not work/],
    [{ trigger: { type: 'delta', column: 'nothing', delta: 1 } }, /no such column/],
    [{ trigger: { type: 'each', of: [count] } }, /does not exist in this profile/],
    [{ trigger: { type: 'after-watermark', early: null, late: count }, profile: 'beam' }, /would never fire/],
    [{ trigger: { type: 'continuous-event-time', interval: 5 }, time: 'processing' }, /do not see the watermark/],
  ];
  for (const [options, what] of how) expect(refused(tumble(10), options).what).toMatch(what);
  expect(refused(session(10), { trigger: { type: 'delta', column: 'amount', delta: 1 } }).what).toMatch(/two sessions/);
});

test('the picture of sessions tells what is from what has become part of something else', () => {
  const run = trace(planOf(session(10)), [pay(0, 1), pay(15, 2), pay(8, 4, 16)], { wait: 50 });
  const last = run.steps - 1;
  const look = (step: number, merged = false): unknown[][] =>
    run.at(step, () => {
      const { table } = windowsPart({ run, step, input: run.trace.log.input[step], base: 0 }, undefined, undefined);
      const columnNamed = (name: string): Column => table.columns[columnIndex(table.schema, name)];
      const isMerged = columnNamed('#merged');
      return Array.from({ length: table.length }, (_, row) => row)
        .filter((row) => isMerged.data[row] < MAX_TIME === merged)
        .map((row) => ['#start', '#end', '#rows'].map((name) => columnNamed(name).data[row]));
    });
  const third = Array.from({ length: run.steps }, (_, step) => step).find(
    (step) => STEP_KINDS[run.trace.log.kind[step]] === 'row in' && run.trace.log.row[step] === 2,
  )!;
  expect(look(third)).toEqual([
    [0, 10, 1],
    [15, 25, 1],
  ]);
  expect(look(last)).toEqual([[0, 25, 3]]);
  expect(look(last, true)).toEqual([
    [0, 10, 1],
    [15, 25, 1],
  ]);
  const sentences = Array.from({ length: run.steps }, (_, step) => stepSentence(stepFactsOf(run, step)));
  expect(sentences.filter((text) => text.includes('becomes part of'))).toHaveLength(2);
  expect(bounds(emitted(run.engine))).toEqual([['+I', 0, 25, 7]]);
});

test('S4.12 S11.4 a timer that a jump of the watermark has passed stays passed, also after a restore', () => {
  const plan = groupBy(catalog.payments, [column(PAYMENTS, 'card')], [call('SUM', column(PAYMENTS, 'amount'))]);
  const trigger: Trigger = { type: 'continuous-event-time', interval: 15 };
  const events: Payment[] = [pay(70, 1), { ...pay(122, 2), card: 2 }, { ...pay(123, 4), card: 3 }];
  const { setup } = given(plan, events, { trigger, profile: 'beam' });
  const whole = openRun(setup);
  whole.advance(() => true);
  for (let cut = 0; cut <= events.length; cut += 1) {
    const before = openRun(setup);
    before.advance(() => true, cut);
    const after = openRun(given(plan, events, { trigger, profile: 'beam' }).setup, before.checkpoint());
    after.advance(() => true);
    expect([...emitted(before), ...emitted(after)], `cut at ${cut}`).toEqual(emitted(whole));
    const again = openRun(setup);
    again.advance(() => true, cut);
    again.restore(again.save());
    again.advance(() => true);
    expect(emitted(again), `keyframe at ${cut}`).toEqual(emitted(whole));
  }
});
