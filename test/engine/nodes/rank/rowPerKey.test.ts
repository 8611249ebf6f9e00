import { describe, expect, test } from 'vitest';
import { changelogTests, changesOf, dedup, driving } from '../../../support/changelog';
import { type OperatorDrive } from '../../../support/operatorDrive';

describe.each(['first', 'last'] as const)('keep %s', (keep) => changelogTests(dedup(keep), 0));

const put = (drive: OperatorDrive, name: string, ts: number) =>
  changesOf(drive.row(['Bonn', name, 1, ts], { time: ts })).map(([change, , who]) => [change, who]);

test('S13.4 keep last: a row of the same or a later time replaces', () => {
  const drive = driving(dedup('last'));
  expect(put(drive, 'a', 5)).toEqual([['+I', 'a']]);
  expect(put(drive, 'b', 4)).toEqual([]);
  expect(put(drive, 'c', 5)).toEqual([
    ['−U', 'a'],
    ['+U', 'c'],
  ]);
});

test('S13.4 keep first: only an earlier row replaces', () => {
  const drive = driving(dedup('first'));
  put(drive, 'a', 5);
  expect(put(drive, 'b', 5)).toEqual([]);
  expect(put(drive, 'c', 4)).toEqual([
    ['−U', 'a'],
    ['+U', 'c'],
  ]);
});

test('S13.2 a row equal to the one kept is not emitted', () => {
  const drive = driving(dedup('last'));
  put(drive, 'a', 5);
  expect(put(drive, 'a', 5)).toEqual([]);
});

test('S11.3 a key whose time to live has passed starts again', () => {
  const drive = driving(dedup('first'), { ttl: 10 });
  drive.clock(0);
  put(drive, 'a', 5);
  drive.clock(9);
  expect(put(drive, 'b', 7)).toEqual([]);
  drive.clock(10);
  expect(put(drive, 'b', 7)).toEqual([['+I', 'b']]);
  expect(drive.counters.stateRows).toBe(1);
});
