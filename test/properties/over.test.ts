import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runBatch } from '../../src/engine/batch';
import { hopOf } from '../../src/engine/frames/bounds';
import { OperatorDrive } from '../support/operatorDrive';
import { OverOperator, type OverOptions } from '../../src/engine/nodes/over/over';
import {
  days,
  field,
  floorTime,
  hours,
  MAX_TIME,
  minutes,
  MONEY,
  STRING,
  tableOf,
  TIMESTAMP,
  type Schema,
  type Value,
} from '../../src/model';
import { EDGES, type AggregateCall, type Edge, type Frame, type Over } from '../../src/sql/plan';
import { call, column, rolling, rowsOf, scan } from '../support/plans';

const runs = process.env.LONG ? 3_000 : 150;

const SCHEMA: Schema = [
  field('card', STRING, true),
  field('amount', MONEY, true),
  field('city', STRING, true),
  field('ts', TIMESTAMP),
];
const source = scan('payments', SCHEMA, 'ts');
const of = (name: string) => column(SCHEMA, name);
const lag = (name: string, rows: number, otherwise: Value): AggregateCall => ({
  ...call('LAG', of(name)),
  text: `LAG(${name}, ${rows})`,
  lag: { rows, otherwise },
});

const CALLS: AggregateCall[] = [
  call('COUNT', null),
  call('SUM', of('amount')),
  call('MIN', of('amount')),
  call('MAX', of('city')),
  { ...call('COUNT', of('city')), distinct: true, text: 'COUNT(DISTINCT city)' },
  call('APPROX_COUNT_DISTINCT', of('amount')),
  call('FIRST_VALUE', of('city')),
  call('LAST_VALUE', of('amount')),
  lag('amount', 1, -1),
  lag('city', 2, 'none'),
];

type Row = [card: string | null, amount: number | null, city: string | null, ts: number];
const row: fc.Arbitrary<Row> = fc.tuple(
  fc.constantFrom('A', 'B', null),
  fc.constantFrom(-50, 0, 10, 20, 30, null),
  fc.constantFrom('x', 'y', 'ö', null),
  fc.integer({ min: -40, max: 90 }),
);
const rowLists = fc.array(row, { maxLength: 40 });
const frames: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ unit: fc.constant('range' as const), preceding: fc.constantFrom(0, 5, 12, 30, null) }),
  fc.record({ unit: fc.constant('rows' as const), preceding: fc.constantFrom(0, 2, 5, null) }),
);
const edges = fc.constantFrom<Edge>(...EDGES);

const planOf = (frame: Frame, calls = CALLS): Over => rolling(source, ['card'], frame, calls);

function driving(plan: Over, options: Partial<OverOptions> = {}): OperatorDrive {
  const all: OverOptions = { edge: 'closed', hop: null, lateRule: null, ...options };
  return new OperatorDrive((context) => new OverOperator(plan, all, context), [SCHEMA]);
}

const given = (values: Row) => ({ values, time: values[3] });

/** From the definitions: every row by itself, over all rows of its card. */
function expected(rows: Row[], frame: Frame, edge: Edge, hop: number): Value[][] {
  const ordered = rows.map((one, at) => ({ one, at })).sort((a, b) => a.one[3] - b.one[3] || a.at - b.at);
  return ordered.map(({ one }) => {
    const peers = ordered.filter((other) => other.one[0] === one[0]).map((other) => other.one);
    const place = peers.indexOf(one);
    const inside =
      frame.unit === 'rows'
        ? peers.slice(frame.preceding === null ? 0 : Math.max(0, place - frame.preceding), place + 1)
        : peers.filter((other) => holds(other[3], one[3], frame.preceding, edge, hop));
    const amounts = inside.flatMap((other) => other[1] ?? []);
    const cities = inside.flatMap((other) => other[2] ?? []);
    return [
      ...one,
      inside.length,
      amounts.length === 0 ? null : amounts.reduce((a, b) => a + b, 0),
      amounts.length === 0 ? null : Math.min(...amounts),
      cities.toSorted().at(-1) ?? null,
      new Set(cities).size,
      new Set(amounts).size,
      cities[0] ?? null,
      amounts.at(-1) ?? null,
      place >= 1 ? peers[place - 1][1] : -1,
      place >= 2 ? peers[place - 2][2] : 'none',
    ];
  });
}

function holds(at: number, now: number, span: number | null, edge: Edge, hop: number): boolean {
  const head = edge === 'hop-aligned' ? floorTime(now, hop) : now;
  const inclusive = edge === 'closed' || edge === 'open-left';
  if (inclusive ? at > head : at >= head) return false;
  if (span === null) return true;
  const tail = head - span;
  if (edge === 'open-left') return at > tail;
  return edge === 'hop-aligned' || edge === 'sawtooth' ? at >= floorTime(tail, hop) : at >= tail;
}

const byText = (rows: Value[][]): string[] => rows.map((one) => JSON.stringify(one)).toSorted();

test('S7.1 S7.2 S7.7 stream and batch equal the definition, for every edge', () => {
  fc.assert(
    fc.property(rowLists, frames, edges, fc.constantFrom(4, 10), (rows, frame, edge, hop) => {
      const plan = planOf(frame);
      const wanted = byText(expected(rows, frame, edge, hop));
      const stored = { ...tableOf(SCHEMA, rows), append: Float64Array.from(rows.keys()) };
      expect(byText(rowsOf(runBatch(plan, () => stored, { edge, hop }).table))).toEqual(wanted);
      const drive = driving(plan, { edge, hop });
      const found = [...drive.rows(rows.map(given)), ...drive.end()];
      expect(byText(found.map((one) => Object.values(one.row)))).toEqual(wanted);
    }),
    { numRuns: runs * 2 },
  );
});

test('S7.3 ranges of any size, watermarks in between and snapshots change nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(row, fc.nat(20)), { maxLength: 40 }),
      frames,
      edges,
      fc.constantFrom(2, 7, 14),
      fc.nat(40),
      (list, frame, edge, size, at) => {
        const plan = planOf(frame);
        const arriving = list
          .map(([one, delay]) => ({ one, arrives: one[3] + delay }))
          .sort((a, b) => a.arrives - b.arrives)
          .map(({ one }) => one);
        // The watermark moves behind every 14 rows, where ranges of each size end.
        const run = (most: number, restoreAt: number): unknown => {
          const drive = driving(plan, { edge, hop: 10 });
          const found = [];
          for (let from = 0; from < arriving.length; from += most) {
            if (restoreAt >= from && restoreAt < from + most) drive.snapshotRestore();
            found.push(...drive.rows(arriving.slice(from, from + most).map(given)));
            const done = arriving.slice(0, from + most).map((one) => one[3]);
            if ((from + most) % 14 === 0) found.push(...drive.advance(Math.max(...done) - 12));
          }
          found.push(...drive.end());
          return [found.map((one) => JSON.stringify(one.row)), drive.drops.length];
        };
        expect(run(1, -1)).toEqual(run(1, at));
        expect(run(size, at)).toEqual(run(1, -1));
      },
    ),
    { numRuns: runs },
  );
});

/** Card A and card B of the fixture in which DuckDB, Polars and brute force agree. */
const clock = (text: string): number => {
  const [hour, minute, second = 0] = text.split(':').map(Number);
  return hours(hour) + minutes(minute) + second * 1_000;
};
const A: [string, number][] = [
  ['0:00', 10],
  ['0:05', 20],
  ['0:10', 30],
  ['0:59:59', 40],
  ['1:00', 50],
  ['1:05', 60],
  ['24:05', 70],
];
const CARDS: Row[] = [
  ...A.map(([at, amount]): Row => ['A', amount, null, clock(at)]),
  ['B', 100, null, clock('0:10')],
  ['B', 200, null, clock('0:10')],
];
const means = (edge: Edge, span: number, card: string, hop: number | null = null): Value[] => {
  const plan = planOf({ unit: 'range', preceding: span }, [call('AVG', of('amount'))]);
  const drive = driving(plan, { edge, hop });
  const found = [...drive.rows(CARDS.toSorted((a, b) => a[3] - b[3]).map(given)), ...drive.end()];
  return found.filter((one) => one.row.card === card).map((one) => Number(one.row['AVG(amount)']) * 100 || null);
};

describe('the golden fixture of the edges', () => {
  test.each<[Edge, number, (number | null)[]]>([
    ['closed', hours(1), [10, 15, 20, 25, 30, 40, 70]],
    ['open-left', hours(1), [10, 15, 20, 25, 35, 45, 70]],
    ['open-right', hours(1), [null, 10, 15, 20, 25, 35, null]],
    ['closed', hours(24), [10, 15, 20, 25, 30, 35, 45]],
    ['open-left', hours(24), [10, 15, 20, 25, 30, 35, 50]],
    ['closed', hours(72), [10, 15, 20, 25, 30, 35, 40]],
  ])('%s, %i ms', (edge, span, wanted) => {
    expect(means(edge, span, 'A')).toEqual(wanted);
  });

  test('S7.1 peers share one result', () => {
    expect(means('closed', hours(1), 'B')).toEqual([150, 150]);
  });

  test('hop-aligned: what a hopping window of 1 h every 10 min has shown last', () => {
    expect(means('hop-aligned', hours(1), 'A', minutes(10))).toEqual([null, null, 15, 20, 25, 25, null]);
  });

  test('S7.7 sawtooth: the head is exact, the tail rounded down to 5 min', () => {
    expect(means('sawtooth', hours(1), 'A')).toEqual([null, 10, 15, 20, 25, 35, null]);
    // At 1:07 the tail is 0:05, not 0:07: the row of 0:05 is still in.
    const plan = planOf({ unit: 'range', preceding: hours(1) }, [call('SUM', of('amount'))]);
    const drive = driving(plan, { edge: 'sawtooth' });
    const rows: Row[] = [...CARDS.slice(0, 6), ['A', 1, null, clock('1:07')]];
    const found = [...drive.rows(rows.map(given)), ...drive.end()];
    expect(found.at(-1)!.row['SUM(amount)']).toBe(20 + 30 + 40 + 50 + 60);
  });
});

test('S7.7 the hop is a day for windows of 12 days, an hour for 12 hours, else 5 minutes', () => {
  expect([days(12), days(12) - 1, hours(12), hours(12) - 1].map(hopOf)).toEqual([
    days(1),
    hours(1),
    hours(1),
    minutes(5),
  ]);
});

describe('S7.4 what is too late is an option', () => {
  const ten: Frame = { unit: 'range', preceding: 10 };
  const late = (frame: Frame, lateRule: OverOptions['lateRule']): number => {
    const drive = driving(planOf(frame, [call('COUNT', null)]), { lateRule });
    drive.rows([given(['A', 1, null, 5])]);
    drive.advance(12);
    drive.rows([given(['A', 1, null, 9])]);
    drive.rows([given(['A', 1, null, 5])]);
    return drive.drops.length;
  };

  test('by its own rule a bounded frame drops what is not newer than the last row answered for its key', () => {
    expect(late(ten, null)).toBe(1);
    expect(late(ten, 'last-triggered-row')).toBe(1);
  });

  test('late rule watermark: rows at or before the watermark are dropped', () =>
    expect(late(ten, 'watermark')).toBe(2));

  test('the default late rule of an unbounded frame is the watermark', () => {
    expect(late({ unit: 'range', preceding: null }, null)).toBe(2);
    expect(late({ unit: 'range', preceding: null }, 'last-triggered-row')).toBe(1);
  });
});

describe('LAG', () => {
  const ever: Frame = { unit: 'range', preceding: null };
  const lagged = (calls: AggregateCall[], rows: Row[]): Value[][] => {
    const drive = driving(planOf(ever, calls));
    return [...drive.rows(rows.map(given)), ...drive.end()].map((one) => Object.values(one.row).slice(4));
  };

  test('S19 goes back in event time, ties as they came, within its own partition', () => {
    const rows: Row[] = [
      ['A', 1, null, 5],
      ['B', 9, null, 5],
      ['A', 2, null, 3],
      ['A', 3, null, 5],
    ];
    expect(lagged([lag('amount', 1, null)], rows)).toEqual([[null], [2], [null], [1]]);
  });

  test('null is a value, and the default stands only where there is no such row', () => {
    const rows: Row[] = [
      ['A', null, null, 1],
      ['A', 2, null, 2],
    ];
    expect(lagged([lag('amount', 1, 7)], rows)).toEqual([[7], [null]]);
  });

  test('no row back, or too many, is refused', () => {
    expect(() => driving(planOf(ever, [lag('amount', 0, null)]))).toThrow(/whole number/);
    expect(() => driving(planOf(ever, [lag('amount', 1e9, null)]))).toThrow(/whole number/);
  });
});

test('S7.8 a rolling window makes no row without an event', () => {
  const drive = driving(planOf({ unit: 'range', preceding: 10 }));
  expect(drive.advance(1_000)).toEqual([]);
  expect(drive.end()).toEqual([]);
});

test('tiles stay few, however many rows there are and however long it is quiet', () => {
  const drive = driving(planOf({ unit: 'range', preceding: 100 }, [call('MAX', of('amount'))]), {
    edge: 'sawtooth',
    hop: 10,
  });
  for (let time = 0; time < 5_000; time += 1) {
    drive.rows([given([time < 100 ? 'B' : 'A', time, null, time])]);
    drive.advance(time);
  }
  expect(drive.counters.stateRowsMax).toBeLessThan(40);
  expect(drive.counters.stateRows).toBeLessThanOrEqual(12);
  expect(drive.advance(MAX_TIME)).toEqual([]);
});
