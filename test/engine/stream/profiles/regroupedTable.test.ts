import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OperatorDrive } from '../../../support/operatorDrive';
import { RegroupedTableOperator, type RegroupSettings } from '../../../../src/engine/nodes/aggregate/regroupedTable';
import { DELETE, field, STRING, TidemarkError, UPDATE_AFTER, UPDATE_BEFORE, type Value } from '../../../../src/model';

type Row = [key: string, value: string | null, ts: number];

const INPUT = [field('key', STRING), field('value', STRING, true)] as const;
const COUNT: RegroupSettings = {
  groupBy: 'value',
  aggregate: 'count',
  versioned: false,
  suppress: null,
  retract: false,
};

const table = (settings: Partial<RegroupSettings> = {}): OperatorDrive =>
  new OperatorDrive((context) => new RegroupedTableOperator(INPUT, { ...COUNT, ...settings }, context), [INPUT]);

const put = (drive: OperatorDrive, [key, value, ts]: Row): [Value, unknown, number][] =>
  drive.row([key, value], { time: ts }).map(({ row, time }) => {
    const [group, result] = Object.values(row);
    return [group, typeof result === 'string' ? (JSON.parse(result) as unknown) : result, time];
  });

const play = (drive: OperatorDrive, rows: Row[]): unknown[][] => rows.map((row) => put(drive, row));

test('S13.6 a row that moves is subtracted from its old group, then added to the new one', () => {
  expect(
    play(table(), [
      ['r', 'x', 5],
      ['s', 'x', 4],
      ['r', 'y', 9],
    ]),
  ).toEqual([
    [['x', 1, 5]],
    [['x', 2, 5]],
    [
      ['x', 1, 9],
      ['y', 1, 9],
    ],
  ]);
});

test('S13.6 an emptied group stays with a count of 0', () => {
  expect(
    play(table(), [
      ['r', 'x', 5],
      ['r', null, 8],
    ])[1],
  ).toEqual([['x', 0, 8]]);
});

test('S13.6 a delete of a row that is not there says nothing', () => {
  expect(play(table(), [['r', null, 5]])).toEqual([[]]);
});

test('S13.6 result time is the largest that has touched the group', () => {
  expect(
    play(table(), [
      ['r', 'x', 9],
      ['s', 'x', 3],
      ['r', null, 4],
    ]),
  ).toEqual([[['x', 1, 9]], [['x', 2, 9]], [['x', 1, 9]]]);
});

test('S13.6 within one group an update subtracts and adds, and is said once', () => {
  expect(
    play(table({ groupBy: 'key', aggregate: 'log' }), [
      ['r', '7', 5],
      ['r', '8', 2],
    ]),
  ).toEqual([[['r', ['+7'], 5]], [['r', ['+7', '-7', '+8'], 5]]]);
});

test('S13.6 a log shows the order: the old group loses the value before the new one gains it', () => {
  expect(
    play(table({ aggregate: 'log' }), [
      ['r', '1', 5],
      ['r', '2', 6],
      ['r', '1', 7],
    ])[2],
  ).toEqual([
    ['2', ['+2', '-2'], 7],
    ['1', ['+1', '-1', '+1'], 7],
  ]);
});

test('S13.6 a versioned source ignores what is older than its newest version, also than a delete', () => {
  const rows: Row[] = [
    ['r', 'x', 5],
    ['r', 'y', 4],
    ['r', null, 8],
    ['r', 'z', 7],
    ['r', 'z', 8],
  ];
  const drive = table({ versioned: true });
  expect(play(drive, rows)).toEqual([[['x', 1, 5]], [], [['x', 0, 8]], [], [['z', 1, 8]]]);
  expect(drive.counters.dropped).toBe(2);
  expect(play(table(), rows.slice(0, 2))[1]).toEqual([
    ['x', 0, 5],
    ['y', 1, 4],
  ]);
});

test('S13.6 a time limit counts from the first buffering, and a newer value replaces the buffered one', () => {
  const drive = table({ suppress: { timeLimit: 10 } });
  expect(
    play(drive, [
      ['a', 'x', 0],
      ['b', 'x', 7],
      ['c', 'y', 9],
      ['d', 'z', 10],
      ['e', 'z', 19],
    ]),
  ).toEqual([[], [], [], [['x', 2, 7]], [['y', 1, 9]]]);
});

test('S13.6 a time limit of zero holds nothing back', () => {
  const rows: Row[] = [
    ['a', 'x', 3],
    ['a', 'y', 4],
    ['b', 'y', 4],
  ];
  expect(play(table({ suppress: { timeLimit: 0 } }), rows)).toEqual(play(table(), rows));
});

test('S13.6 with a limit of records the group that was buffered first has to go', () => {
  const drive = table({ suppress: { maxRecords: 2 } });
  expect(
    play(drive, [
      ['a', 'x', 1],
      ['b', 'y', 2],
      ['c', 'x', 3],
      ['d', 'z', 4],
      ['e', 'x', 5],
    ]),
  ).toEqual([[], [], [], [['x', 2, 3]], [['y', 1, 2]]]);
});

test('S13.6 groups that were buffered at one time go by the order of their keys', () => {
  const drive = table({ suppress: { maxRecords: 1 } });
  expect(
    play(drive, [
      ['a', 'y', 1],
      ['b', 'x', 1],
    ])[1],
  ).toEqual([['x', 1, 1]]);
});

test('S13.1 a changelog in, a changelog out', () => {
  const drive = table({ retract: true });
  const change = (key: string, value: string, kind: number): unknown[] =>
    drive.row([key, value], { time: 1, kind }).map(({ change, row }) => [change, ...Object.values(row)]);
  expect(change('a', 'x', 0)).toEqual([['+I', 'x', 1]]);
  expect(change('b', 'x', 0)).toEqual([
    ['−U', 'x', 1],
    ['+U', 'x', 2],
  ]);
  expect(change('b', 'x', UPDATE_BEFORE)).toEqual([]);
  expect(change('b', 'y', UPDATE_AFTER)).toEqual([
    ['−U', 'x', 2],
    ['+U', 'x', 1],
    ['+I', 'y', 1],
  ]);
  expect(change('a', 'x', DELETE)).toEqual([
    ['−U', 'x', 1],
    ['+U', 'x', 0],
  ]);
});

test('a suppression below zero is refused', () => {
  expect(() => table({ suppress: { timeLimit: -1 } })).toThrow(TidemarkError);
});

const rows: fc.Arbitrary<Row[]> = fc.array(
  fc.tuple(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.option(fc.constantFrom('x', 'y', 'z')),
    fc.integer({ min: 0, max: 30 }),
  ),
  { maxLength: 30 },
);
const settings = fc.record({
  versioned: fc.boolean(),
  suppress: fc.constantFrom(null, { timeLimit: 5 }, { maxRecords: 1 }),
});

test('S13.6 counts are those of the table as it stands, counted afresh', () => {
  fc.assert(
    fc.property(rows, fc.boolean(), (all, versioned) => {
      const drive = table({ versioned });
      const shown = new Map<unknown, unknown>();
      const current = new Map<string, { value: string | null; ts: number }>();
      for (const row of all) {
        for (const [group, count] of put(drive, row)) shown.set(group, count);
        const [key, value, ts] = row;
        if (!versioned || ts >= (current.get(key)?.ts ?? 0)) current.set(key, { value, ts });
        for (const [group, count] of shown)
          expect(count).toBe([...current.values()].filter((one) => one.value === group).length);
      }
    }),
    { numRuns: process.env.LONG ? 5000 : 300 },
  );
});

test('S11.4 S19 neither a snapshot nor the cut into ranges changes anything', () => {
  fc.assert(
    fc.property(rows, settings, fc.nat(30), (all, how, cut) => {
      const whole = play(table(how), all).flat();
      const drive = table(how);
      const first = play(drive, all.slice(0, cut));
      drive.snapshotRestore();
      expect([...first, ...play(drive, all.slice(cut))].flat()).toEqual(whole);
      const once = table(how).rows(all.map(([key, value, time]) => ({ values: [key, value], time })));
      expect(once.map(({ row, time }) => [...Object.values(row), time])).toEqual(whole);
    }),
    { numRuns: process.env.LONG ? 5000 : 300 },
  );
});
