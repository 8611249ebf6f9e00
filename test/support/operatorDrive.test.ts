import { expect, test } from 'vitest';
import { driveNode, OperatorDrive } from './operatorDrive';
import { findNode } from '../../src/sql/findNode';
import { type Operator } from '../../src/engine/stream/operator';
import { field, INT, makeBatch, MAX_TIME, MIN_TIME, reserveBatch, TidemarkError } from '../../src/model';
import { plan } from '../../src/sql';
import { catalog, DEFINITIONS } from './stream';

const windows = (options = {}) =>
  driveNode(findNode(plan(DEFINITIONS.tumble, catalog).query, 'window aggregate'), options);

const totals = (found: { row: object }[]) => found.map(({ row }) => (Object.values(row) as unknown[]).slice(0, 3));

test('a row carries the watermark in force; a watermark fires what is due', () => {
  const drive = windows();
  expect(drive.row([1, 500, 10], { time: 10 })).toEqual([]);
  expect(totals(drive.advance(48))).toEqual([]);
  expect(totals(drive.advance(49))).toEqual([[1, 0, 50]]);
  expect(drive.row([1, 700, 20], { time: 20 })).toEqual([]);
  expect(drive.counters).toMatchObject({ rowsIn: 2, late: 1, dropped: 1, rowsOut: 1 });
  expect(drive.drops).toEqual([{ row: { card: 1, amount: 700, ts: 20 }, time: 20, key: 0, from: 0, to: 50 }]);
});

test('S1.3 a watermark that falls is ignored', () => {
  const drive = windows();
  drive.advance(100);
  expect(drive.advance(50)).toEqual([]);
  expect(drive.watermark).toBe(100);
});

test('the end of the input fires everything', () => {
  const drive = windows();
  drive.row([1, 500, 10], { time: 10 });
  drive.row([2, 500, 110], { time: 110 });
  expect(totals(drive.end())).toEqual([
    [1, 0, 50],
    [2, 100, 150],
  ]);
  expect(drive.watermark).toBe(MAX_TIME);
});

test('a snapshot and a new operator go on as if nothing had been', () => {
  const drive = windows();
  drive.row([1, 500, 10], { time: 10 });
  const before = drive.operator;
  drive.snapshotRestore();
  expect(drive.operator).not.toBe(before);
  drive.row([1, 700, 20], { time: 20 });
  expect(drive.advance(49)[0].row).toMatchObject({ card: 1, window_start: 0 });
  const apart = windows();
  apart.row([1, 500, 10], { time: 10 });
  apart.row([1, 700, 20], { time: 20 });
  drive.row([3, 1, 60], { time: 60 });
  apart.advance(49);
  apart.row([3, 1, 60], { time: 60 });
  expect(drive.end()).toEqual(apart.end());
});

/** Puts out the time of the clock at each of its alarms. */
function alarms(times: number[]): Operator {
  const out = makeBatch([field('at', INT)]);
  return {
    name: 'alarms',
    out,
    process: () => undefined,
    advance: () => undefined,
    due: () => MAX_TIME,
    tick(now) {
      while (times.length > 0 && times[0] <= now) times.shift();
      reserveBatch(out, out.length + 1);
      out.columns[0].data[out.length] = now;
      out.length += 1;
    },
    alarm: () => times[0] ?? MAX_TIME,
    state: null,
  };
}

test('the clock ticks exactly when an alarm is due, in order', () => {
  const drive = new OperatorDrive(() => alarms([5, 7, 20]), []);
  const at = (found: { row: Record<string, unknown> }[]) => found.map(({ row }) => row.at);
  expect(drive.now).toBe(MIN_TIME);
  expect(at(drive.clock(4))).toEqual([]);
  expect(at(drive.clock(10))).toEqual([5, 7]);
  expect(drive.now).toBe(10);
  expect(at(drive.clock(19))).toEqual([]);
  expect(at(drive.clock(20))).toEqual([20]);
});

test('an alarm that never goes away is an error, not a hang', () => {
  const endless: Operator = { ...alarms([]), alarm: () => 5 };
  expect(() => new OperatorDrive(() => endless, []).clock(10)).toThrow(/due at 5 for ever/);
});

test('invalid options throw in the constructor', () => {
  const { query } = plan(DEFINITIONS.tumble, catalog);
  const node = findNode(query, 'window aggregate');
  const broken = { ...node, window: { kind: 'tumble', size: 0, offset: 0 } } as const;
  expect(() => driveNode(broken)).toThrow(TidemarkError);
});
