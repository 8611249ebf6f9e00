import { describe, expect, test } from 'vitest';
import { runBatch } from '../../../../src/engine/batch';
import {
  MONEY,
  STRING,
  TIMESTAMP,
  field,
  hours,
  minutes,
  days,
  parseTime,
  tableOf,
  formatClock,
  type Table,
} from '../../../../src/model';
import { type Edge } from '../../../../src/sql/plan';
import { call, column, hop, overWindow, rolling, rowsOf, scan } from '../../../support/plans';

/** The first fixture of DATA.md §4.2: seven payments of card A, two of card B at one time. Amounts in euros. */
const SCHEMA = [field('card', STRING), field('amount', MONEY), field('ts', TIMESTAMP)];
const DAY = parseTime('2026-11-02');
const NEXT = DAY + days(1);
const EVENTS: [string, number, number][] = [
  ['A', 10, DAY],
  ['A', 20, DAY + minutes(5)],
  ['A', 30, DAY + minutes(10)],
  ['A', 40, DAY + minutes(59) + 59_000],
  ['A', 50, DAY + hours(1)],
  ['A', 60, DAY + minutes(65)],
  ['A', 70, NEXT + minutes(5)],
  ['B', 100, DAY + minutes(10)],
  ['B', 200, DAY + minutes(10)],
];

const payments = (order: number[] = EVENTS.map((_, i) => i)): Table =>
  tableOf(
    SCHEMA,
    order.map((i) => [EVENTS[i][0], EVENTS[i][1] * 100, EVENTS[i][2]]),
  );

const source = scan('payments', SCHEMA, 'ts');
const mean = call('AVG', column(SCHEMA, 'amount'));

function rollingMeans(card: string, span: number, edge: Edge, table = payments()): unknown[] {
  const plan = rolling(source, ['card'], { unit: 'range', preceding: span }, [mean]);
  const rows = rowsOf(runBatch(plan, () => table, { edge }).table);
  return rows.filter(([owner]) => owner === card).map((row) => row[3]);
}

describe('the three rolling edges of DATA.md §4.2', () => {
  const table: [number, Edge, (number | null)[]][] = [
    [1, 'closed', [10, 15, 20, 25, 30, 40, 70]],
    [1, 'open-left', [10, 15, 20, 25, 35, 45, 70]],
    [1, 'open-right', [null, 10, 15, 20, 25, 35, null]],
    [24, 'closed', [10, 15, 20, 25, 30, 35, 45]],
    [24, 'open-left', [10, 15, 20, 25, 30, 35, 50]],
    [72, 'closed', [10, 15, 20, 25, 30, 35, 40]],
  ];
  test.each(table)('%i h, %s', (span, edge, expected) => {
    expect(rollingMeans('A', hours(span), edge)).toEqual(expected);
  });

  test('peers share one result (S7.1)', () => {
    expect(rollingMeans('B', hours(1), 'closed')).toEqual([150, 150]);
    expect(rollingMeans('B', hours(1), 'open-right')).toEqual([null, null]);
  });

  test('the order in which rows are stored does not show', () => {
    const shuffled = payments([6, 8, 2, 0, 5, 7, 1, 4, 3]);
    expect(rollingMeans('A', hours(1), 'closed', shuffled)).toEqual([10, 15, 20, 25, 30, 40, 70]);
  });
});

test('HOP 1 h / 10 min of DATA.md §4.2, by window end, then silence', () => {
  const plan = overWindow(source, hop(hours(1), minutes(10)), ['card'], [mean, call('COUNT', null)]);
  const { table } = runBatch(plan, () => payments());
  const of = (card: string): string[] =>
    rowsOf(table)
      .filter(([owner]) => owner === card)
      .map((row) => `${Number(row[2]) >= NEXT ? 'next ' : ''}${formatClock(Number(row[2]))} ${row[4]} n ${row[5]}`);
  const run = (first: string, last: string, text: string, day = ''): string[] => {
    const all: string[] = [];
    for (let at = parseTime(first); at <= parseTime(last); at += minutes(10))
      all.push(`${day}${formatClock(at)} ${text}`);
    return all;
  };
  expect(of('A')).toEqual([
    ...run('00:10', '00:10', '15 n 2'),
    ...run('00:20', '00:50', '20 n 3'),
    ...run('01:00', '01:00', '25 n 4'),
    ...run('01:10', '01:10', '45 n 4'),
    ...run('01:20', '01:50', '50 n 3'),
    ...run('02:00', '02:00', '55 n 2'),
    ...run('00:10', '01:00', '70 n 1', 'next '),
  ]);
  expect(of('B')).toEqual(run('00:20', '01:10', '150 n 2'));
});
