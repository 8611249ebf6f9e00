import { describe, expect, test } from 'vitest';
import { DELETE, INSERT } from '../../../../src/model';
import { changelogTests, changesOf, driving, top } from '../../../support/changelog';
import { type OperatorDrive } from '../../../support/operatorDrive';

describe.each([
  ['top 2', top(2, false), 4],
  ['top 2 with rank', top(2, true), 4],
  ['top 3 by text over an append-only input', top(3, false, 'name', false), 0],
  ['top 1 with rank over an append-only input', top(1, true, 'name'), 0],
] as const)('%s', (_, plan, share) => changelogTests(plan, share));

const put = (drive: OperatorDrive, name: string, amount: number | null, kind = INSERT, time = 0) =>
  changesOf(drive.row(['Bonn', name, amount, time], { kind, time, ids: [0, 0, name.charCodeAt(0)] })).map(
    ([change, , who, , , place]) => (place === undefined ? [change, who] : [change, who, place]),
  );

test('top n without rank: a change emits +I and −D only', () => {
  const drive = driving(top(2, false));
  expect(put(drive, 'a', 10)).toEqual([['+I', 'a']]);
  put(drive, 'b', 20);
  expect(put(drive, 'c', 5)).toEqual([]);
  expect(put(drive, 'd', 15)).toEqual([
    ['−D', 'a'],
    ['+I', 'd'],
  ]);
  expect(put(drive, 'b', 20, DELETE)).toEqual([
    ['−D', 'b'],
    ['+I', 'a'],
  ]);
});

test('top n with rank: a row that moves updates the row at its place', () => {
  const drive = driving(top(2, true));
  put(drive, 'a', 10);
  expect(put(drive, 'b', 20)).toEqual([
    ['−U', 'a', 1],
    ['+U', 'b', 1],
    ['+I', 'a', 2],
  ]);
  expect(put(drive, 'b', 20, DELETE)).toEqual([
    ['−U', 'b', 1],
    ['+U', 'a', 1],
    ['−D', 'a', 2],
  ]);
});

test('S19 rows that order equally are ranked by event time, then by arrival', () => {
  const drive = driving(top(2, false));
  put(drive, 'a', 10, INSERT, 7);
  put(drive, 'b', 10, INSERT, 7);
  expect(put(drive, 'c', 10, INSERT, 7)).toEqual([]);
  expect(put(drive, 'd', 10, INSERT, 3)).toEqual([
    ['−D', 'b'],
    ['+I', 'd'],
  ]);
});

test('over an append-only input the state holds n rows', () => {
  const drive = driving(top(2, false), { retracting: false });
  for (let i = 0; i < 50; i += 1) put(drive, 'a', (i * 37) % 50);
  expect(drive.counters.stateRowsMax).toBe(2);
});

test('null orders before every value', () => {
  const drive = driving(top(1, false));
  put(drive, 'a', null);
  expect(put(drive, 'b', -5)).toEqual([
    ['−D', 'a'],
    ['+I', 'b'],
  ]);
});
