import { expect, test } from 'vitest';
import { drive, emitted, type Drive, type Payment } from '../../../support/stream';

const overBy = (frame: string): string =>
  `SELECT ts, SUM(amount) OVER (PARTITION BY card ORDER BY ts ${frame}) AS total FROM payments`;
const ten = overBy("RANGE BETWEEN INTERVAL '0.010' SECOND PRECEDING AND CURRENT ROW");
const pay = (time: number, amount: number, append = time): Payment => ({ time, amount, append, card: 1 });
const rows = (sql: string, events: Payment[], options: Drive = {}): unknown[] =>
  emitted(drive(sql, events, options)).map(([, ...row]) => row);
const quiet = (sql: string, events: Payment[], options: Drive = {}): unknown[] =>
  rows(sql, events, { ...options, extras: { end: false } });

test('S7.1 a range frame is closed at both ends', () => {
  expect(rows(ten, [pay(0, 1), pay(10, 2), pay(21, 4)])).toEqual([
    [0, 1],
    [10, 3],
    [21, 4],
  ]);
});

test('S7.1 peers see each other and share one result', () => {
  expect(rows(ten, [pay(5, 1), pay(5, 2)])).toEqual([
    [5, 3],
    [5, 3],
  ]);
});

test('the edge of a frame is an option: open on the left, open on the right', () => {
  const events = [pay(0, 1), pay(10, 2), pay(10, 4)];
  expect(rows(ten, events, { edge: 'open-left' })).toEqual([
    [0, 1],
    [10, 6],
    [10, 6],
  ]);
  expect(rows(ten, events, { edge: 'open-right' })).toEqual([
    [0, null],
    [10, 1],
    [10, 1],
  ]);
});

test('S7.2 ROWS counts rows, ties by arrival', () => {
  expect(rows(overBy('ROWS BETWEEN 1 PRECEDING AND CURRENT ROW'), [pay(5, 1), pay(5, 2), pay(6, 4)])).toEqual([
    [5, 1],
    [5, 3],
    [6, 6],
  ]);
});

test('S7.3 each row once, in time order, when the watermark reaches it', () => {
  expect(quiet(ten, [pay(7, 1), pay(3, 2, 8), pay(12, 4, 12)], { wait: 4 })).toEqual([
    [3, 2],
    [7, 3],
  ]);
});

test('S7.4 a bounded frame drops what is at or before the last row answered for its key', () => {
  const run = drive(ten, [pay(5, 1), pay(20, 2), pay(5, 4, 21)]);
  expect(run.counters.dropped).toBe(1);
});

test('S7.4 a late row is answered while its key has emitted nothing newer', () => {
  const other: Payment = { time: 14, amount: 9, card: 2 };
  const next: Payment = { time: 17, amount: 9, card: 2 };
  expect(quiet(ten, [pay(5, 1), other, pay(12, 4, 15), next]).filter((row) => (row as number[])[0] === 12)).toEqual([
    [12, 5],
  ]);
});

test('S11.1 late rows wait for the next watermark, as peers and in time order', () => {
  const other = (time: number): Payment => ({ time, amount: 9, card: 2 });
  const late = [pay(5, 1), other(14), pay(12, 4, 15), pay(12, 8, 15), pay(10, 2, 15)];
  expect(quiet(ten, late)).toEqual([[5, 1]]);
  expect(quiet(ten, [...late, other(17)])).toEqual([
    [5, 1],
    [10, 3],
    [12, 15],
    [12, 15],
    [14, 9],
  ]);
});

test('S7.4 how far the watermark is ahead of its key makes no row late', () => {
  const run = drive(ten, [pay(5, 1), { time: 22, amount: 9, card: 2 }, pay(14, 2, 23)]);
  expect(run.counters.dropped).toBe(0);
  expect(emitted(run)).toContainEqual(['+I', 14, 3]);
});

test('S7.4 an unbounded frame drops every row at or before the watermark', () => {
  const other: Payment = { time: 30, amount: 9, card: 2 };
  expect(
    drive(overBy('RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'), [pay(5, 1), other, pay(12, 4, 31)]).counters
      .dropped,
  ).toBe(1);
});

test('a key that has gone quiet is forgotten, and no answer is made from half a frame', () => {
  const others = [40, 60, 80].map((time): Payment => ({ time, amount: 1, card: 2 }));
  const run = drive(ten, [pay(5, 1), ...others, pay(12, 4, 81)], { extras: { end: false } });
  expect(run.counters.dropped).toBe(1);
  expect(run.counters.stateRows).toBeLessThanOrEqual(2);
});

test('MAX over a sliding frame forgets what has left it', () => {
  const most = ten.replace('SUM(amount)', 'MAX(amount)');
  expect(rows(most, [pay(0, 9), pay(5, 2), pay(11, 4), pay(16, 1)]).map((row) => (row as number[])[1])).toEqual([
    9, 9, 4, 4,
  ]);
});
