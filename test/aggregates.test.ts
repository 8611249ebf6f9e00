import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutOf, type AggregateLayout } from '../src/engine/aggregates';
import {
  BIGINT,
  BOOLEAN,
  MONEY,
  STRING,
  TIMESTAMP,
  field,
  makeColumn,
  readValue,
  tableOf,
  type Schema,
  type Table,
  type Value,
} from '../src/model';
import { StateReader, StateWriter } from '../src/sim/bytes';
import { type AggregateCall, type AggregateName } from '../src/sql/plan';
import { column } from './support/plans';

const runs = process.env.LONG ? 5_000 : 300;

/** Aggregates whose state is more than a few numbers: sets, ordered lists, sketches. */
const SCHEMA: Schema = [
  field('city', STRING, true),
  field('amount', MONEY, true),
  field('ts', TIMESTAMP),
  field('keep', BOOLEAN),
];
const TIME = 2;

function call(name: AggregateName, of: string, more: Partial<AggregateCall> = {}): AggregateCall {
  const argument = column(SCHEMA, of);
  const whole = name === 'COUNT' || name === 'APPROX_COUNT_DISTINCT';
  const type = whole ? BIGINT : argument.type;
  return { name, argument, distinct: false, filter: null, type, text: `${name}(${of})`, ...more };
}
const distinct = (of: string, more: Partial<AggregateCall> = {}): AggregateCall =>
  call('COUNT', of, { distinct: true, ...more });

const CALLS = [
  distinct('city'),
  distinct('amount'),
  call('MIN', 'city'),
  call('MAX', 'city'),
  call('MIN', 'amount'),
  call('MAX', 'amount'),
  call('FIRST_VALUE', 'city'),
  call('LAST_VALUE', 'city'),
  call('FIRST_VALUE', 'amount'),
  call('LAST_VALUE', 'amount'),
  call('APPROX_COUNT_DISTINCT', 'city'),
  call('APPROX_COUNT_DISTINCT', 'amount'),
  distinct('amount', { filter: column(SCHEMA, 'keep') }),
];

type Row = [city: string | null, amount: number | null, ts: number, keep: boolean];
const row: fc.Arbitrary<Row> = fc.tuple(
  fc.constantFrom('a', 'b', 'ä', 'zz', null),
  fc.constantFrom(-5, 0, 3, 1_000, null),
  fc.nat(6),
  fc.boolean(),
);

/** From the definitions. Rows of one time are in the order in which they are given (S19). */
function expected(rows: Row[]): Value[] {
  const ordered = rows.map((one, at) => ({ one, at })).sort((a, b) => a.one[2] - b.one[2] || a.at - b.at);
  const of = (index: 0 | 1): (string | number)[] => ordered.flatMap(({ one }) => one[index] ?? []);
  const [cities, amounts] = [of(0), of(1) as number[]];
  const sorted = [...cities].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const ends = (list: Value[]): Value[] => [list[0] ?? null, list.at(-1) ?? null];
  const kept = ordered.flatMap(({ one }) => (one[3] ? (one[1] ?? []) : []));
  return [
    new Set(cities).size,
    new Set(amounts).size,
    ...ends(sorted),
    ...ends(amounts.slice().sort((a, b) => a - b)),
    ...ends(cities),
    ...ends(amounts),
    new Set(cities).size,
    new Set(amounts).size,
    new Set(kept).size,
  ];
}

const table = (rows: Row[]): Table => tableOf(SCHEMA, rows);
const layouts = (): AggregateLayout[] =>
  [false, true].map((retracting) => layoutOf(CALLS, SCHEMA, { retracting, timeColumn: TIME }));

function add(layout: AggregateLayout, state: Float64Array, base: number, rows: Row[]): void {
  layout.add(state, new Int32Array(rows.length).fill(base), table(rows), 0, rows.length);
}

function results(layout: AggregateLayout, state: Float64Array, base = 0): Value[] {
  const columns = CALLS.map(({ type }) => makeColumn(type, 1));
  layout.result(state, base, columns, 0);
  return columns.map((one) => readValue(one, 0));
}

describe('the definitions, word by word', () => {
  test('S16 nulls do not count: of nothing but nulls COUNT(DISTINCT) is 0 and the rest null', () => {
    for (const layout of layouts()) {
      const state = new Float64Array(layout.stride);
      layout.init(state, 0);
      add(layout, state, 0, [
        [null, null, 1, true],
        [null, null, 2, true],
      ]);
      expect(results(layout, state)).toEqual([0, 0, null, null, null, null, null, null, null, null, 0, 0, 0]);
      expect(layout.isEmpty(state, 0)).toBe(false);
    }
  });

  test('S19 first and last go by event time, ties by arrival', () => {
    const rows: Row[] = [
      ['b', 1, 5, true],
      ['a', 2, 3, true],
      ['c', 3, 3, true],
      ['d', 4, 5, true],
    ];
    for (const layout of layouts()) {
      const state = new Float64Array(layout.stride);
      layout.init(state, 0);
      add(layout, state, 0, rows);
      expect(results(layout, state).slice(6, 10)).toEqual(['a', 'd', 2, 4]);
    }
  });

  test('any rows, with and without taking back', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        for (const layout of layouts()) {
          const state = new Float64Array(layout.stride);
          layout.init(state, 0);
          add(layout, state, 0, rows);
          expect(results(layout, state)).toEqual(expected(rows));
        }
      }),
      { numRuns: runs },
    );
  });
});

test('S14.2 what is taken back leaves what remains, in any order', () => {
  const layout = layoutOf(CALLS, SCHEMA, { retracting: true, timeColumn: TIME });
  expect(layout.retractable).toBe(true);
  fc.assert(
    fc.property(fc.array(fc.tuple(row, fc.nat(), fc.boolean()), { maxLength: 60 }), (changes) => {
      const state = new Float64Array(layout.stride);
      layout.init(state, 0);
      const held: Row[] = [];
      for (const [one, at, goes] of changes) {
        if (goes && held.length > 0) {
          const index = at % held.length;
          // Of equal rows it is the earliest that goes.
          const same = held.findIndex((other) => JSON.stringify(other) === JSON.stringify(held[index]));
          layout.remove(state, new Int32Array(1), table([held[same]]), 0, 1);
          held.splice(same, 1);
        } else {
          add(layout, state, 0, [one]);
          held.push(one);
        }
        expect(results(layout, state)).toEqual(expected(held));
        expect(layout.isEmpty(state, 0)).toBe(held.length === 0);
      }
      layout.init(state, 0);
    }),
    { numRuns: runs },
  );
});

test('parts merge to what the whole is, and a group that ends leaves nothing behind', () => {
  for (const layout of layouts()) {
    const state = new Float64Array(layout.stride * 2);
    layout.init(state, 0);
    layout.init(state, layout.stride);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), fc.array(row, { maxLength: 20 }), (first, second) => {
        add(layout, state, 0, first);
        add(layout, state, layout.stride, second);
        layout.merge(state, 0, state, layout.stride);
        expect(results(layout, state)).toEqual(expected([...first, ...second]));
        expect(results(layout, state, layout.stride)).toEqual(expected(second));
        layout.init(state, 0);
        layout.init(state, layout.stride);
        expect(results(layout, state)).toEqual(expected([]));
      }),
      { numRuns: runs },
    );
  }
});

test('S11.4 saved and restored, groups go on as they were', () => {
  for (const layout of layouts()) {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), fc.array(row, { maxLength: 20 }), (before, behind) => {
        const state = new Float64Array(layout.stride);
        layout.init(state, 0);
        add(layout, state, 0, before);
        const writer = new StateWriter();
        layout.save(writer);
        const slots = state.slice();
        const bytes = writer.finish();
        add(layout, state, 0, behind);
        layout.init(state, 0);
        state.set(slots);
        layout.restore(new StateReader(bytes));
        expect(results(layout, state)).toEqual(expected(before));
        add(layout, state, 0, behind);
        expect(results(layout, state)).toEqual(expected([...before, ...behind]));
        layout.init(state, 0);
      }),
      { numRuns: runs / 3 },
    );
  }
});

test('only aggregates with object state need it to be saved', () => {
  const amount = [call('MIN', 'amount'), call('FIRST_VALUE', 'amount')];
  expect(layoutOf(amount, SCHEMA).flat).toBe(true);
  expect(layoutOf(amount, SCHEMA, { retracting: true }).flat).toBe(false);
  expect(layoutOf([distinct('amount')], SCHEMA).retractable).toBe(true);
  expect(layoutOf([call('APPROX_COUNT_DISTINCT', 'amount')], SCHEMA).retractable).toBe(false);
});
