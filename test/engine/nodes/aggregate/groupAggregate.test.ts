import { describe, expect, test } from 'vitest';
import { DELETE, INSERT, UPDATE_BEFORE } from '../../../../src/model';
import { CALLS, changelogTests, changesOf, driving, of, source } from '../../../support/changelog';
import { type OperatorDrive } from '../../../support/operatorDrive';
import { call, groupBy } from '../../../support/plans';

describe.each([
  ['GROUP BY', groupBy(source, [of('city')], CALLS), 4],
  ['GROUP BY over an append-only input', groupBy(source, [of('city')], CALLS), 0],
  ['GROUP BY of two keys', groupBy(source, [of('city'), of('name')], CALLS.slice(0, 5)), 4],
  ['GROUP BY of no key', groupBy(source, [], CALLS), 4],
] as const)('%s', (_, plan, share) => changelogTests(plan, share));

const counts = groupBy(source, [of('city')], [call('COUNT', null), call('MAX', of('amount'))]);
const put = (drive: OperatorDrive, city: string, amount: number | null, kind = INSERT) =>
  changesOf(drive.row([city, 'x', amount, 0], { kind }));

test('S13.1 a group emits +I, then −U before +U, then −D with its old values', () => {
  const drive = driving(counts);
  expect(put(drive, 'Bonn', 300)).toEqual([['+I', 'Bonn', 1, 300]]);
  expect(put(drive, 'Bonn', 500)).toEqual([
    ['−U', 'Bonn', 1, 300],
    ['+U', 'Bonn', 2, 500],
  ]);
  expect(put(drive, 'Bonn', 500, DELETE)).toEqual([
    ['−U', 'Bonn', 2, 500],
    ['+U', 'Bonn', 1, 300],
  ]);
  expect(put(drive, 'Bonn', 300, UPDATE_BEFORE)).toEqual([['−D', 'Bonn', 1, 300]]);
  expect(put(drive, 'Bonn', 7)).toEqual([['+I', 'Bonn', 1, 7]]);
});

test('S13.1 an upsert changelog emits +U without −U', () => {
  const drive = driving(counts, { upsert: true });
  put(drive, 'Bonn', 300);
  expect(put(drive, 'Bonn', 500)).toEqual([['+U', 'Bonn', 2, 500]]);
  put(drive, 'Bonn', 500, DELETE);
  expect(put(drive, 'Bonn', 300, DELETE)).toEqual([['−D', 'Bonn', 1, 300]]);
});

test('S13.2 a change that leaves the result equal is not emitted', () => {
  const drive = driving(groupBy(source, [of('city')], [call('MAX', of('amount'))]));
  put(drive, 'Bonn', 300);
  expect(put(drive, 'Bonn', 200)).toEqual([]);
  expect(put(drive, 'Bonn', 200, DELETE)).toEqual([]);
});

test('S14.3 the last retraction deletes a group, and a further one is ignored', () => {
  const drive = driving(counts);
  put(drive, 'Bonn', 300);
  put(drive, 'Bonn', 300, DELETE);
  expect(drive.counters.stateRows).toBe(0);
  expect(put(drive, 'Bonn', 300, DELETE)).toEqual([]);
});

test('S16 null is a group; of nulls alone COUNT(*) is their number, COUNT(x) 0 and the rest null', () => {
  const plan = groupBy(source, [of('city')], CALLS);
  const drive = driving(plan);
  drive.row([null, null, null, 0]);
  const found = changesOf(drive.row([null, null, null, 0]));
  expect(found.at(-1)).toEqual(['+U', null, 2, 0, null, null, null, null, 0, null, null]);
});

test('S16 without keys there is always one row: it is updated, never deleted', () => {
  const total = groupBy(source, [], [call('COUNT', null), call('SUM', of('amount'))]);
  expect(changesOf(driving(total).end())).toEqual([['+I', 0, null]]);
  const drive = driving(total);
  put(drive, 'Bonn', 5);
  expect(put(drive, 'Bonn', 5, DELETE)).toEqual([
    ['−U', 1, 5],
    ['+U', 0, null],
  ]);
  expect(drive.end()).toEqual([]);
});

test('S11.3 a group not written for its time to live is removed, and starts again', () => {
  const drive = driving(counts, { ttl: 10 });
  drive.clock(0);
  put(drive, 'Bonn', 1);
  drive.clock(9);
  expect(put(drive, 'Bonn', 2)).toHaveLength(2);
  drive.clock(18);
  expect(drive.counters.stateRows).toBe(1);
  drive.clock(19);
  expect(drive.counters.stateRows).toBe(0);
  expect(put(drive, 'Bonn', 3)).toEqual([['+I', 'Bonn', 1, 3]]);
});
