import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RegroupedTable, type RegroupSettings } from './regroupedTable';
import { TidemarkError } from '../../src/model';

type Row = [key: string, value: string | null, ts: number];
type Settings = Partial<RegroupSettings> & { aggregate?: 'count' | 'log' };

class Table extends RegroupedTable {
  constructor(readonly how: Settings) {
    super({ groupBy: 'value', versioned: false, suppress: null, ...how });
  }
}

const table = (how: Settings = {}): Table => new Table(how);

const put = (one: Table, row: Row): [group: string, result: unknown, time: number][] =>
  one.put(...row).map(({ name, count, log, time }) => [name, one.how.aggregate === 'log' ? log : count, time]);

const play = (one: Table, rows: Row[]): unknown[][] => rows.map((row) => put(one, row));

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
  expect(drive.dropped).toBe(2);
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
