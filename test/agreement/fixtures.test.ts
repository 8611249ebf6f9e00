import { expect, test } from 'vitest';
import { openRun } from '../../src/engine/run/openRun';
import { field, hours, INT, minutes, MONEY, parseTime, tableOf, TIMESTAMP, days } from '../../src/model';
import { topicOf, type Topic } from '../../src/engine/log/topic';
import { DEFAULTS } from '../../src/engine/stream/options';
import { plan, type Catalog } from '../../src/sql';
import { drive, emitted, type Payment } from '../support/stream';

// The fixtures of DATA.md §4.2, on which DuckDB, Polars and brute force agree.
const at = (clock: string, day = 0): number => days(day) + parseTime(clock);
const cards: Payment[] = [
  { card: 1, time: at('00:00'), amount: 1000 },
  { card: 1, time: at('00:05'), amount: 2000 },
  { card: 1, time: at('00:10'), amount: 3000 },
  { card: 2, time: at('00:10'), amount: 10000 },
  { card: 2, time: at('00:10'), amount: 20000 },
  { card: 1, time: at('00:59:59'), amount: 4000 },
  { card: 1, time: at('01:00'), amount: 5000 },
  { card: 1, time: at('01:05'), amount: 6000 },
  { card: 1, time: at('00:05', 1), amount: 7000 },
];
const rolling = (span: string): string =>
  `SELECT card, AVG(amount) OVER (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL ${span} PRECEDING AND CURRENT ROW) AS mean FROM payments`;

test.each([
  ['1 h', 'closed', "'1' HOUR", [10, 15, 20, 25, 30, 40, 70], [150, 150]],
  ['1 h', 'open-left', "'1' HOUR", [10, 15, 20, 25, 35, 45, 70], [150, 150]],
  ['1 h', 'open-right', "'1' HOUR", [null, 10, 15, 20, 25, 35, null], [null, null]],
  ['24 h', 'closed', "'24' HOUR", [10, 15, 20, 25, 30, 35, 45], [150, 150]],
  ['24 h', 'open-left', "'24' HOUR", [10, 15, 20, 25, 30, 35, 50], [150, 150]],
  ['72 h', 'closed', "'72' HOUR", [10, 15, 20, 25, 30, 35, 40], [150, 150]],
] as const)('the rolling mean over %s, edge %s, stream and batch', (_, edge, span, a, b) => {
  for (const job of [false, true]) {
    const rows = emitted(drive(rolling(span), cards, { edge, job }));
    expect(rows.filter((row) => row[1] === 1).map((row) => row[2])).toEqual(a);
    expect(rows.filter((row) => row[1] === 2).map((row) => row[2])).toEqual(b);
  }
});

test('the mean of one hour, hopping every ten minutes, falls silent once a card goes quiet', () => {
  const sql = `SELECT card, window_end, AVG(amount) AS mean, COUNT(*) AS n
    FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '10' MINUTE, INTERVAL '1' HOUR)) GROUP BY card, window_start, window_end`;
  const ends = (from: string, to: string, mean: number, n: number, day = 0): number[][] => {
    const rows: number[][] = [];
    for (let end = at(from, day); end <= at(to, day); end += minutes(10)) rows.push([end, mean, n]);
    return rows;
  };
  for (const job of [false, true]) {
    const rows = emitted(drive(sql, cards, { job }));
    const of = (card: number): unknown[] =>
      rows
        .filter((row) => row[1] === card)
        .map(([, , ...rest]) => rest)
        .sort((x, y) => Number(x[0]) - Number(y[0]));
    expect(of(1)).toEqual([
      ...ends('00:10', '00:10', 15, 2),
      ...ends('00:20', '00:50', 20, 3),
      ...ends('01:00', '01:00', 25, 4),
      ...ends('01:10', '01:10', 45, 4),
      ...ends('01:20', '01:50', 50, 3),
      ...ends('02:00', '02:00', 55, 2),
      ...ends('00:10', '01:00', 70, 1, 1),
    ]);
    expect(of(2)).toEqual(ends('00:20', '01:10', 150, 2));
    // At 03:00 the right value is "no transactions"; the last thing said was 55, an hour before.
    expect(
      rows.filter((row) => row[1] === 1 && (row[2] as number) > at('02:00') && (row[2] as number) < hours(24)),
    ).toEqual([]);
  }
});

const views = field('price', MONEY);
const schema = [field('user_id', INT), field('item_id', INT), views, field('ts', TIMESTAMP)];
const viewed: [number, string, number][] = [
  [1, '09:03', 60],
  [2, '09:04', 20],
  [3, '09:05', 30],
  [3, '09:20', 30],
  [4, '09:33', 40],
  [3, '09:34', 35],
  [1, '09:35', 60],
];

function topic(name: string, columns: typeof schema, rows: (number | null)[][], times: number[]): Topic {
  const time = Float64Array.from(times);
  return topicOf(
    { name, table: tableOf(columns, rows), time, append: time, partition: new Int32Array(rows.length) },
    1,
  );
}

test.each([
  ['closed', [36, 5], [39, 5]],
  ['open-left', [30, 4], [41.25, 4]],
  ['open-right', [35, 4], [33.75, 4]],
] as const)(
  'the price at view time of what user 7 looked at in the last 30 minutes, edge %s',
  (edge, first, second) => {
    const catalog: Catalog = {
      views: { node: 'scan', table: 'views', schema, timeColumn: 3, watermark: null, primaryKey: [], options: {} },
    };
    const sql = `SELECT AVG(price) OVER w AS mean, COUNT(*) OVER w AS n FROM views
    WINDOW w AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL '30' MINUTE PRECEDING AND CURRENT ROW)`;
    const requests = topic(
      'requests',
      [field('user_id', INT), field('ts', TIMESTAMP)],
      [
        [7, at('09:33')],
        [7, at('09:35')],
        [7, at('10:30')],
        [8, at('10:30')],
      ],
      [at('09:33'), at('09:35'), at('10:30'), at('10:30')],
    );
    const log = topic(
      'views',
      schema,
      viewed.map(([item, clock, price]) => [7, item, price * 100, at(clock)]),
      viewed.map(([, clock]) => at(clock)),
    );
    for (const answer of ['state', 'rescan'] as const) {
      const run = openRun({
        plan: plan(sql, catalog).query,
        topics: [log, requests],
        end: true,
        options: {
          ...DEFAULTS,
          wait: 0,
          lateness: 0,
          edge,
          lookup: { requests, answer },
          job: null,
          changes: [],
          rangeRows: 64,
        },
      });
      run.advance(() => true);
      expect(emitted(run).map(([, , , mean, n]) => [mean, n])).toEqual([first, second, [null, 0], [null, 0]]);
    }
  },
);
