import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runBatch, type BatchTable } from '../../src/engine/batch';
import {
  MAX_TIME,
  MIN_TIME,
  MONEY,
  STRING,
  TIMESTAMP,
  TidemarkError,
  field,
  tableOf,
  type Value,
} from '../../src/model';
import { type Edge, type Expression, type Frame, type WindowShape } from '../../src/sql/plan';
import { call, column, groupBy, hop, overWindow, rolling, rowsOf, scan, tumble } from '../support/plans';

/** Everything here is worked out again from the definitions, with plain arrays and no part of the engine. */
const SCHEMA = [
  field('card', STRING, true),
  field('city', STRING),
  field('amount', MONEY, true),
  field('ts', TIMESTAMP),
];
interface Payment {
  card: string | null;
  city: string;
  amount: number | null;
  ts: number;
  append: number;
  partition: number;
}

const payment: fc.Arbitrary<Payment> = fc.record({
  card: fc.constantFrom('A', 'B', 'C', null),
  city: fc.constantFrom('Bonn', 'Köln'),
  amount: fc.option(fc.integer({ min: -500, max: 5000 }), { freq: 5 }),
  ts: fc.integer({ min: -60, max: 120 }),
  append: fc.integer({ min: 0, max: 5 }),
  partition: fc.integer({ min: 0, max: 1 }),
});
const payments = fc.array(payment, { maxLength: 40 });

/** As a log would give it: offsets are dense within a partition. */
function stored(list: Payment[]): BatchTable {
  const next = [0, 0];
  return {
    ...tableOf(
      SCHEMA,
      list.map((one) => [one.card, one.city, one.amount, one.ts]),
    ),
    append: Float64Array.from(list, (one) => one.append),
    partition: Float64Array.from(list, (one) => one.partition),
    offset: Float64Array.from(list, (one) => next[one.partition]++),
  };
}

const amount = column(SCHEMA, 'amount');
const inBonn: Expression = {
  op: 'compare',
  operator: '=',
  left: column(SCHEMA, 'city'),
  right: { op: 'literal', value: 'Bonn', type: STRING },
  type: { name: 'BOOLEAN' },
};
const CALLS = [
  call('COUNT', null),
  call('COUNT', amount),
  call('SUM', amount),
  call('MIN', amount),
  call('MAX', amount),
  call('AVG', amount),
  call('SUM', amount, inBonn),
  call('MAX', column(SCHEMA, 'city')),
];
/** The same without MIN and MAX, which takes the way of adding and taking back. */
const RETRACTABLE = CALLS.filter((one) => one.name !== 'MIN' && one.name !== 'MAX');

function expected(rows: Payment[], calls: typeof CALLS): Value[] {
  const present = rows.flatMap((one) => (one.amount === null ? [] : [one.amount]));
  const sum = (list: number[]): number | null => (list.length === 0 ? null : list.reduce((a, b) => a + b, 0));
  const bonn = rows.flatMap((one) => (one.city === 'Bonn' && one.amount !== null ? [one.amount] : []));
  const all: Value[] = [
    rows.length,
    present.length,
    sum(present),
    present.length === 0 ? null : Math.min(...present),
    present.length === 0 ? null : Math.max(...present),
    present.length === 0 ? null : sum(present)! / (present.length * 100),
    sum(bonn),
    rows.length === 0 ? null : rows.some((one) => one.city === 'Köln') ? 'Köln' : 'Bonn',
  ];
  return calls.map((one) => all[CALLS.indexOf(one)]);
}

const source = scan('payments', SCHEMA, 'ts');
const byText = (rows: Value[][]): string[] => rows.map((row) => JSON.stringify(row)).sort();

const span = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const offset = fc.integer({ min: -7, max: 7 });
const shape: fc.Arbitrary<WindowShape> = fc.oneof(
  fc.record({ size: span(60), offset }).map(({ size, offset }) => tumble(size, offset % size)),
  fc
    .record({ size: span(60), slide: span(40), offset })
    .map(({ size, slide, offset }) => hop(size, slide, offset % slide)),
  fc.record({ step: span(20), steps: span(6), offset }).map(({ step, steps, offset }) => {
    return { kind: 'cumulate' as const, size: step * steps, step, offset: offset % (step * steps) };
  }),
  span(60).map((gap) => ({ kind: 'session' as const, gap })),
  fc.constant({ kind: 'global' as const }),
);

/** Every window that a definition names around these times. */
function allWindows(window: WindowShape, times: number[]): [start: number, end: number][] {
  if (window.kind === 'global') return [[MIN_TIME, MAX_TIME]];
  if (window.kind === 'session') {
    const sessions: [number, number][] = [];
    for (const time of [...times].sort((a, b) => a - b)) {
      const last = sessions.at(-1);
      if (last && time <= last[1]) last[1] = time + window.gap;
      else sessions.push([time, time + window.gap]);
    }
    return sessions;
  }
  const every = window.kind === 'hop' ? window.slide : window.size;
  const windows: [number, number][] = [];
  for (let k = -300; k <= 300; k += 1) {
    const start = window.offset + k * every;
    const step = window.kind === 'cumulate' ? window.step : window.size;
    for (let end = start + step; end <= start + window.size; end += step) windows.push([start, end]);
  }
  return windows;
}

describe('window aggregates', () => {
  test('S2 S3.1 S3.2 equal every window that the definition names, tried one by one', () => {
    fc.assert(
      fc.property(payments, shape, (list, window) => {
        const plan = overWindow(source, window, ['card'], CALLS);
        const rows: Value[][] = [];
        for (const card of ['A', 'B', 'C', null]) {
          const own = list.filter((one) => one.card === card);
          const times = own.map((one) => one.ts);
          for (const [start, end] of allWindows(window, times)) {
            const inside = own.filter((one) => one.ts >= start && one.ts < end);
            const time = end === MAX_TIME ? end : end - 1;
            if (inside.length > 0) rows.push([card, start, end, time, ...expected(inside, CALLS)]);
          }
        }
        expect(byText(rowsOf(runBatch(plan, () => stored(list)).table))).toEqual(byText(rows));
      }),
      { numRuns: 300 },
    );
  });

  test('come in order of window end, then key, null first; a row is (key, start, end)', () => {
    const list = [130, 10, 70, 15, 75].map((ts, i) => ({
      card: ['B', null, 'A', 'A', 'B'][i],
      city: 'Bonn',
      amount: 1,
      ts,
      append: 0,
      partition: 0,
    }));
    const { table, time, rowsRead, identities } = runBatch(
      overWindow(source, tumble(60), ['card'], [call('COUNT', null)]),
      () => stored(list),
    );
    const { id1, id2 } = identities();
    expect(rowsOf(table).map((row) => [row[2], row[0]])).toEqual([
      [60, null],
      [60, 'A'],
      [120, 'A'],
      [120, 'B'],
      [180, 'B'],
    ]);
    expect([...time]).toEqual([59, 59, 119, 119, 179]);
    expect([...id1]).toEqual([0, 0, 60, 60, 120]);
    expect([...id2]).toEqual([60, 60, 120, 120, 180]);
    expect(rowsRead).toBe(5);
  });

  test('too many windows per row are refused, with advice', () => {
    const plan = overWindow(source, hop(100_000, 1), [], [call('COUNT', null)]);
    expect(() => runBatch(plan, () => stored([]))).toThrow(/too many windows/);
  });

  test('a row without event time is refused', () => {
    const schema = [field('ts', TIMESTAMP, true)];
    const plan = overWindow(scan('t', schema, 'ts'), tumble(60), [], [call('COUNT', null)]);
    expect(() => runBatch(plan, () => tableOf(schema, [[1], [null]]))).toThrow(TidemarkError);
  });
});

describe('groups without windows', () => {
  test('equal the groups of the definition, in order of keys', () => {
    fc.assert(
      fc.property(payments, (list) => {
        const keys = [column(SCHEMA, 'city'), column(SCHEMA, 'card')];
        const rows = ['Bonn', 'Köln'].flatMap((city) =>
          [null, 'A', 'B', 'C'].flatMap((card) => {
            const inside = list.filter((one) => one.city === city && one.card === card);
            return inside.length === 0 ? [] : [[city, card, ...expected(inside, CALLS)]];
          }),
        );
        expect(rowsOf(runBatch(groupBy(source, keys, CALLS), () => stored(list)).table)).toEqual(rows);
      }),
      { numRuns: 100 },
    );
  });

  test('S16 over nothing: one row without GROUP BY, none with', () => {
    const empty = (): BatchTable => stored([]);
    expect(rowsOf(runBatch(groupBy(source, [], CALLS), empty).table)).toEqual([
      [0, 0, null, null, null, null, null, null],
    ]);
    expect(rowsOf(runBatch(groupBy(source, [amount], CALLS), empty).table)).toEqual([]);
  });
});

const byTotalOrder = (list: Payment[]): Payment[] => {
  const offsets = new Map(list.map((one, i) => [one, i]));
  return [...list].sort(
    (a, b) => a.ts - b.ts || a.append - b.append || a.partition - b.partition || offsets.get(a)! - offsets.get(b)!,
  );
};

function inFrame(one: Payment, other: Payment, frame: Frame, edge: Edge, peers: Payment[]): boolean {
  if (frame.unit === 'rows') {
    const back = peers.indexOf(one) - peers.indexOf(other);
    return back >= 0 && (frame.preceding === null || back <= frame.preceding);
  }
  const back = one.ts - other.ts;
  if (edge === 'open-right' ? back <= 0 : back < 0) return false;
  return frame.preceding === null || (edge === 'open-left' ? back < frame.preceding : back <= frame.preceding);
}

const frame: fc.Arbitrary<Frame> = fc.record({
  unit: fc.constantFrom('range' as const, 'rows' as const),
  preceding: fc.option(fc.integer({ min: 0, max: 30 })),
});

describe.each([
  ['with MIN and MAX', CALLS],
  ['that can take back', RETRACTABLE],
])('rolling aggregates %s', (_name, calls) => {
  test('equal the frame of every row, in the total order (S7, S19)', () => {
    fc.assert(
      fc.property(payments, frame, fc.constantFrom<Edge>('closed', 'open-left', 'open-right'), (list, shape, edge) => {
        const sorted = byTotalOrder(list);
        const rows = sorted.map((one) => {
          const peers = sorted.filter((other) => other.card === one.card);
          const inside = peers.filter((other) => inFrame(one, other, shape, edge, peers));
          return [one.card, one.city, one.amount, one.ts, ...expected(inside, calls)];
        });
        const { table, identities } = runBatch(rolling(source, ['card'], shape, calls), () => stored(list), { edge });
        const { id1, id2 } = identities();
        expect(rowsOf(table)).toEqual(rows);
        expect([...id1]).toEqual(sorted.map((one) => one.partition));
        expect([...id2]).toEqual(sorted.map((one) => list.filter((x) => x.partition === one.partition).indexOf(one)));
      }),
      { numRuns: 200 },
    );
  });
});

test('filters and projections keep who a row is', () => {
  const list = [1, 2, 3, 4].map((ts) => ({
    card: 'A',
    city: ts % 2 === 0 ? 'Bonn' : 'Köln',
    amount: ts,
    ts,
    append: ts,
    partition: 0,
  }));
  const filtered = { node: 'filter' as const, input: source, predicate: inBonn, schema: SCHEMA, timeColumn: 3 };
  const plan = {
    node: 'project' as const,
    input: filtered,
    expressions: [amount, column(SCHEMA, 'ts')],
    schema: [field('amount', MONEY, true), field('ts', TIMESTAMP)],
    timeColumn: 1,
  };
  const { table, time, identities } = runBatch(plan, () => stored(list));
  const { id2 } = identities();
  expect(rowsOf(table)).toEqual([
    [2, 2],
    [4, 4],
  ]);
  expect([...id2]).toEqual([1, 3]);
  expect([...time]).toEqual([2, 4]);
});

test('results do not depend on how many rows go through at a time', () => {
  const list = Array.from({ length: 10_000 }, (_, i) => ({
    card: 'ABC'[i % 3],
    city: i % 7 === 0 ? 'Bonn' : 'Köln',
    amount: (i * 7919) % 1000,
    ts: (i * 31) % 5000,
    append: 0,
    partition: 0,
  }));
  const window = overWindow(source, hop(600, 200), ['card'], CALLS);
  const whole = rowsOf(runBatch(window, () => stored(list)).table);
  const backwards = rowsOf(runBatch(window, () => stored([...list].reverse())).table);
  expect(whole.length).toBe(3 * 27);
  expect(backwards).toEqual(whole);
});
