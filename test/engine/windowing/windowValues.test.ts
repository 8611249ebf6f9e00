import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { OperatorDrive } from '../../support/operatorDrive';
import { Slices } from '../../../src/engine/windowing/slices';
import { SlicedWindowAggregateOperator } from '../../../src/engine/nodes/aggregate/slicedWindowAggregate';
import { field, INT, STRING, TIMESTAMP, type Schema } from '../../../src/model';
import { type GridShape, type WindowAggregate } from '../../../src/sql/plan';
import { call, column, hop, overWindow, scan, tumble } from '../../support/plans';

const runs = process.env.LONG ? 3_000 : 200;
const SCHEMA: Schema = [
  field('key', STRING, true),
  field('value', INT),
  field('name', STRING, true),
  field('ts', TIMESTAMP),
];
const cumulate = (size: number, step: number): GridShape => ({ kind: 'cumulate', size, step, offset: 0 });
const aggregates = [call('SUM', column(SCHEMA, 'value')), call('MIN', column(SCHEMA, 'name')), call('COUNT', null)];
const planOf = (shape: GridShape): WindowAggregate => overWindow(scan('t', SCHEMA, 'ts'), shape, ['key'], aggregates);
const driveOf = (shape: GridShape, lateness: number): OperatorDrive =>
  new OperatorDrive((context) => new SlicedWindowAggregateOperator(planOf(shape), lateness, context), [SCHEMA]);

const shapes = fc.oneof(
  fc.constant(tumble(10)),
  fc
    .record({ slide: fc.integer({ min: 1, max: 12 }), size: fc.integer({ min: 1, max: 20 }) })
    .map((one) => hop(one.size, one.slide)),
  fc
    .record({ step: fc.integer({ min: 1, max: 6 }), steps: fc.integer({ min: 1, max: 6 }) })
    .map((one) => cumulate(one.step * one.steps, one.step)),
);
const name = fc.constantFrom('ann', 'bo', 'cy', 'di', 'ed', null);
const happening = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      key: name,
      value: fc.integer({ min: -9, max: 9 }),
      name,
      ts: fc.integer({ min: -20, max: 90 }),
    }),
  },
  { weight: 1, arbitrary: fc.integer({ min: -30, max: 90 }) },
);
type Happening = number | { key: string | null; value: number; name: string | null; ts: number };
const happen = (drive: OperatorDrive, one: Happening): unknown[] =>
  typeof one === 'number' ? drive.advance(one) : drive.row([one.key, one.value, one.name, one.ts], { time: one.ts });

test('S11.4 another operator goes on from a snapshot as if nothing had been: with the same keys and texts', () => {
  fc.assert(
    fc.property(
      shapes,
      fc.nat(40),
      fc.array(happening, { maxLength: 40 }),
      fc.nat(39),
      (shape, lateness, list, cut) => {
        const through = driveOf(shape, lateness);
        const stopped = driveOf(shape, lateness);
        list.forEach((one, i) => {
          if (i === cut) stopped.keyframeRestore();
          expect(happen(stopped, one)).toEqual(happen(through, one));
          expect(stopped.operator.state!.rows).toBe(through.operator.state!.rows);
          expect(stopped.operator.state!.keys.length).toBe(through.operator.state!.keys.length);
        });
        expect(stopped.end()).toEqual(through.end());
      },
    ),
    { numRuns: runs },
  );
});

test('S2.6 what growing windows carry is what their slices come to, late rows and late keys or not', () => {
  fc.assert(
    fc.property(
      fc.record({ step: fc.integer({ min: 1, max: 8 }), steps: fc.integer({ min: 2, max: 8 }) }),
      fc.nat(60),
      fc.array(happening, { maxLength: 40 }),
      ({ step, steps }, lateness, list) => {
        const carries = driveOf(cumulate(step * steps, step), lateness);
        const anew = driveOf(cumulate(step * steps, step), lateness);
        for (const one of list) {
          // What is carried is not in a snapshot.
          anew.keyframeRestore();
          expect(happen(carries, one)).toEqual(happen(anew, one));
        }
        anew.keyframeRestore();
        expect(carries.end()).toEqual(anew.end());
      },
    ),
    { numRuns: runs },
  );
});

test('a growing window that fires looks at the one slice that it has more than the last', () => {
  const steps = 100;
  const drive = driveOf(cumulate(steps * 10, 10), 0);
  for (let ts = 0; ts < steps * 10; ts += 5) drive.row([ts % 10 ? 'a' : 'b', 1, null, ts], { time: ts });
  const looks = [vi.spyOn(Slices.prototype, 'find'), vi.spyOn(Slices.prototype, 'listAt')];
  let fired = 0;
  for (let end = 10; end <= steps * 10; end += 10) fired += drive.advance(end - 1).length;
  expect(fired).toBe(2 * steps);
  const total = looks.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  looks.forEach((look) => look.mockRestore());
  expect(total).toBe(steps);
});

test('a late row looks at each slice once, however many windows it is in', () => {
  const width = 100;
  const drive = driveOf(hop(width * 10, 10), 1e9);
  for (let ts = 0; ts < 2 * width * 10; ts += 10) drive.row(['a', 1, null, ts], { time: ts });
  drive.advance(3 * width * 10);
  const look = vi.spyOn(Slices.prototype, 'find');
  const rows = drive.row(['a', 1, null, width * 10], { time: width * 10, watermark: 3 * width * 10 });
  const looks = look.mock.calls.length;
  look.mockRestore();
  // Each window takes its old value back and emits the new one; they span 199 slices, looked at once for either.
  expect(rows).toHaveLength(2 * width);
  expect(looks).toBeLessThanOrEqual(2 * 2 * width);
});
