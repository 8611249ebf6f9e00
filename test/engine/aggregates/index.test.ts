import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutOf, type AggregateLayout } from '../../../src/engine/aggregates';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  MONEY,
  STRING,
  TidemarkError,
  field,
  makeColumn,
  readValue,
  tableOf,
  type ColumnType,
  type Schema,
  type Table,
  type Value,
} from '../../../src/model';
import { type AggregateCall, type AggregateName, type Expression } from '../../../src/sql/plan';

const at = (schema: Schema, name: string): Expression => {
  const index = schema.findIndex((one) => one.name === name);
  return { op: 'column', index, name, type: schema[index].type };
};

function call(name: AggregateName, argument: Expression | null, more: Partial<AggregateCall> = {}): AggregateCall {
  const average = name === 'AVG' || name.startsWith('STDDEV');
  const type: ColumnType = name === 'COUNT' ? BIGINT : average ? DOUBLE : (argument?.type ?? BIGINT);
  const text = `${name}(${argument === null ? '*' : argument.op === 'column' ? argument.name : '…'})`;
  return { name, argument, distinct: false, filter: null, type, text, ...more };
}

/** Every row of a table into one group. */
function held(layout: AggregateLayout, table: Table, state = fresh(layout)): Float64Array {
  layout.add(state, new Int32Array(table.length), table, 0, table.length);
  return state;
}

function fresh(layout: AggregateLayout): Float64Array {
  const state = new Float64Array(layout.stride);
  layout.init(state, 0);
  return state;
}

function results(layout: AggregateLayout, calls: AggregateCall[], state: Float64Array): Value[] {
  const columns = calls.map(({ type }) => makeColumn(type, 1));
  layout.result(state, 0, columns, 0);
  return columns.map((column) => readValue(column, 0));
}

function answers(calls: AggregateCall[], table: Table): Value[] {
  const layout = layoutOf(calls, table.schema);
  return results(layout, calls, held(layout, table));
}

const CENTS: Schema = [field('amount', MONEY, true)];
const amounts = (...units: Value[]): Table =>
  tableOf(
    CENTS,
    units.map((one) => [one]),
  );
const amount = at(CENTS, 'amount');
const ALL: AggregateName[] = ['COUNT', 'SUM', 'AVG', 'MIN', 'MAX', 'STDDEV_SAMP', 'STDDEV_POP'];
const all = ALL.map((name) => call(name, amount));

describe('what the aggregates answer', () => {
  test('money in cents', () => {
    expect(answers(all, amounts(1000, 2000, 4500))).toEqual([
      3,
      7500,
      25,
      1000,
      4500,
      Math.sqrt(325),
      Math.sqrt(650 / 3),
    ]);
  });

  test('S16 nulls do not count, except in COUNT(*)', () => {
    expect(answers([call('COUNT', null), ...all], amounts(null, 1000, null, 3000))).toEqual([
      4,
      2,
      4000,
      20,
      1000,
      3000,
      Math.sqrt(200),
      10,
    ]);
  });

  test('S16 nothing but nulls gives null, and 0 for COUNT', () => {
    expect(answers([call('COUNT', null), ...all], amounts(null, null))).toEqual([
      2,
      0,
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  test('no rows give null, and 0 for COUNT', () => {
    expect(answers([call('COUNT', null), ...all], amounts())).toEqual([0, 0, null, null, null, null, null, null]);
  });

  test('the sample deviation of one value is null, that of the population 0', () => {
    expect(answers([call('STDDEV_SAMP', amount), call('STDDEV_POP', amount)], amounts(4200))).toEqual([null, 0]);
  });

  test('S15.3 the variance of 1e9 + {4, 7, 13, 16} is 22.5 over all and 30 as a sample, of whole numbers and of doubles', () => {
    for (const type of [BIGINT, DOUBLE]) {
      const schema = [field('x', type)];
      const table = tableOf(schema, [[1e9 + 4], [1e9 + 7], [1e9 + 13], [1e9 + 16]]);
      const names = ['AVG', 'STDDEV_SAMP', 'STDDEV_POP'] as const;
      expect(
        answers(
          names.map((name) => call(name, at(schema, 'x'))),
          table,
        ),
      ).toEqual([1e9 + 10, Math.sqrt(30), Math.sqrt(22.5)]);
    }
  });

  test('MIN and MAX of texts go by code point', () => {
    const schema = [field('city', STRING)];
    const table = tableOf(schema, [['b'], ['a'], ['é'], ['\u{1F600}'], ['\uFFFD']]);
    expect(answers([call('MIN', at(schema, 'city')), call('MAX', at(schema, 'city'))], table)).toEqual([
      'a',
      '\u{1F600}',
    ]);
  });

  test('MIN and MAX of texts from batches with different dictionaries', () => {
    const schema = [field('city', STRING, true)];
    const calls = [call('MIN', at(schema, 'city')), call('MAX', at(schema, 'city'))];
    const layout = layoutOf(calls, schema);
    const state = fresh(layout);
    held(layout, tableOf(schema, [['m'], ['x']]), state);
    held(layout, tableOf(schema, [['c'], ['x'], ['k'], [null]]), state);
    expect(results(layout, calls, state)).toEqual(['c', 'x']);
  });

  test('FILTER keeps rows for one call only', () => {
    const schema = [field('amount', MONEY), field('fraud', BOOLEAN, true)];
    const filter = at(schema, 'fraud');
    const table = tableOf(schema, [
      [100, true],
      [200, false],
      [400, null],
      [800, true],
    ]);
    const calls = [
      call('COUNT', null),
      call('COUNT', null, { filter }),
      call('SUM', at(schema, 'amount')),
      call('SUM', at(schema, 'amount'), { filter }),
      call('MAX', at(schema, 'amount'), { filter }),
    ];
    expect(answers(calls, table)).toEqual([4, 2, 1500, 900, 800]);
  });

  test('a negative base skips the row', () => {
    const layout = layoutOf(all, CENTS);
    const state = fresh(layout);
    layout.add(state, Int32Array.of(0, -1, 0), amounts(100, 999, 300), 0, 3);
    expect(results(layout, all, state).slice(0, 3)).toEqual([2, 400, 2]);
  });

  test.each([
    ['a sum', ['SUM']],
    ['a deviation', ['STDDEV_POP', 'SUM']],
  ] as const)('%s of many rows at once is that of one row after the other', (_, names) => {
    const strict = [field('amount', MONEY)];
    const calls = names.map((name) => call(name, at(strict, 'amount')));
    const row = fc.record({
      value: fc.oneof(fc.integer({ min: -999, max: 999 }), fc.integer({ min: -(2 ** 40), max: 2 ** 40 })),
      group: fc.integer({ min: -1, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.nat(5), (rows, from) => {
        const layout = layoutOf(calls, strict);
        const table = tableOf(
          strict,
          rows.map(({ value }) => [value]),
        );
        const bases = Int32Array.from(rows, ({ group }) => group * layout.stride);
        const [many, single] = [0, 0].map(() => new Float64Array(3 * layout.stride));
        for (const way of ['add', 'remove'] as const) {
          layout[way](many, bases, table, from, rows.length);
          for (let i = from; i < rows.length; i += 1) layout[way](single, bases, table, i, i + 1);
          expect(many).toEqual(single);
          const sums = [0, 0, 0];
          rows.slice(from).forEach(({ value, group }) => (sums[group] += value));
          for (let group = 0; group < 3; group += 1)
            expect(many[group * layout.stride + 1]).toBe(way === 'add' ? sums[group] : 0);
        }
      }),
    );
  });
});

describe('how state is laid out', () => {
  const strict = [field('amount', MONEY)];
  const x = at(strict, 'amount');

  test('calls share what they need', () => {
    expect(layoutOf([call('SUM', x), call('COUNT', null)], strict).stride).toBe(2);
    expect(layoutOf([call('STDDEV_SAMP', x), call('AVG', x), call('SUM', x), call('COUNT', x)], strict).stride).toBe(4);
    expect(layoutOf([call('AVG', amount), call('SUM', amount), call('COUNT', null)], CENTS).stride).toBe(3);
  });

  test('the fields of a state row name the slots of each aggregate', () => {
    const layout = layoutOf([call('AVG', x), call('MAX', x)], strict);
    expect(layout.fields.map((one) => one.name)).toEqual(['n', 'SUM(amount)', 'MAX(amount)']);
    const state = fresh(layout);
    expect(layout.stateValues(state, 0)).toEqual([0, 0, NaN]);
    held(layout, tableOf(strict, [[100], [250]]), state);
    expect(layout.stateValues(state, 0)).toEqual([2, 350, 250]);
  });

  test('MIN and MAX make a layout that cannot take back', () => {
    const layout = layoutOf([call('MIN', x)], strict);
    expect(layout.retractable).toBe(false);
    expect(() => layout.remove(fresh(layout), new Int32Array(1), tableOf(strict, [[1]]), 0, 1)).toThrow(TidemarkError);
  });
});

describe('what is refused', () => {
  const wide = [field('x', BIGINT)];

  test('a sum past 2^53 is an error, by adding and by merging', () => {
    const layout = layoutOf([call('SUM', at(wide, 'x'))], wide);
    const most = tableOf(wide, [[Number.MAX_SAFE_INTEGER]]);
    const full = held(layout, most);
    expect(() => layout.add(full.slice(), new Int32Array(1), tableOf(wide, [[1]]), 0, 1)).toThrow(
      /too large to be exact/,
    );
    expect(() => layout.merge(full.slice(), 0, full, 0)).toThrow(/too large to be exact/);
  });

  test('squares go far past 2^53 and stay exact', () => {
    const names = ['STDDEV_SAMP'] as const;
    const big = 4_000_000_000_000_000;
    expect(
      answers(
        names.map((name) => call(name, at(wide, 'x'))),
        tableOf(wide, [[big], [big + 4]]),
      ),
    ).toEqual([Math.sqrt(8)]);
  });

  test('infinity cannot be summed', () => {
    const schema = [field('x', DOUBLE)];
    expect(() => answers([call('SUM', at(schema, 'x'))], tableOf(schema, [[Infinity]]))).toThrow(/not a finite number/);
  });

  test('a null in a column that is NOT NULL', () => {
    const table = amounts(100, null);
    expect(() => answers([call('SUM', amount)], { ...table, schema: [field('amount', MONEY)] })).toThrow(/NOT NULL/);
  });

  test('DISTINCT sums and sums of text', () => {
    const schema = [field('s', STRING)];
    expect(() => layoutOf([call('APPROX_COUNT_DISTINCT', at(schema, 's'), { distinct: true })], schema)).toThrow(
      /DISTINCT/,
    );
    expect(() => layoutOf([call('COUNT', null, { distinct: true })], schema)).toThrow(/DISTINCT/);
    expect(() => layoutOf([call('LAG', at(schema, 's'))], schema)).toThrow(/rows in order/);
    expect(() => layoutOf([call('SUM', at(schema, 's'))], schema)).toThrow(/works on numbers/);
  });
});

const whole = fc.oneof(
  fc.integer({ min: -100_000, max: 100_000 }),
  fc.maxSafeInteger().map((x) => Math.trunc(x / 4096)),
);
const real = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => Math.abs(x) < 1e306);
const cases: [string, ColumnType, fc.Arbitrary<number>][] = [
  ['whole numbers', BIGINT, whole],
  ['doubles of every size', DOUBLE, real],
  ['doubles of one size', DOUBLE, fc.double({ min: -1e6, max: 1e6, noNaN: true })],
];

describe.each(cases)('order never shows: %s', (_name, type, value) => {
  const schema = [field('x', type, true)];
  const calls = (['COUNT', 'SUM', 'AVG', 'STDDEV_SAMP', 'STDDEV_POP'] as const).map((name) =>
    call(name, at(schema, 'x')),
  );
  const layout = layoutOf(calls, schema);
  const values = fc.array(fc.option(value, { freq: 8 }), { maxLength: 40 });
  const table = (list: Value[]): Table =>
    tableOf(
      schema,
      list.map((one) => [one]),
    );
  const bits = (state: Float64Array): Value[] => results(layout, calls, state);

  test('in any order', () => {
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.nat()), (list, keys) => {
        const shuffled = list.map((one) => ({ one, key: keys.next().value as number })).sort((a, b) => a.key - b.key);
        expect(bits(held(layout, table(shuffled.map(({ one }) => one))))).toEqual(bits(held(layout, table(list))));
      }),
      { numRuns: 60 },
    );
  });

  test('merged from two parts', () => {
    fc.assert(
      fc.property(values, fc.nat(40), (list, cut) => {
        const into = held(layout, table(list.slice(0, cut)));
        layout.merge(into, 0, held(layout, table(list.slice(cut))), 0);
        expect(bits(into)).toEqual(bits(held(layout, table(list))));
      }),
      { numRuns: 60 },
    );
  });

  test('after taking rows back again', () => {
    fc.assert(
      fc.property(values, values, (kept, gone) => {
        const state = held(layout, table([...gone, ...kept]));
        layout.remove(state, new Int32Array(gone.length), table(gone), 0, gone.length);
        expect(bits(state)).toEqual(bits(held(layout, table(kept))));
        expect(layout.isEmpty(state, 0)).toBe(kept.length === 0);
      }),
      { numRuns: 60 },
    );
  });

  test('and the answers are the nearest doubles of exact arithmetic', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 20 }), (list) => {
        const [n, sum, , deviation] = bits(held(layout, table(list)));
        const exact = exactly(list);
        expect(n).toBe(list.length);
        expect(sum).toBe(exact.sum);
        // Below 2^-1022 doubles stop being relative: there one unit is the smallest one.
        const unit = Math.max(exact.deviation * 4e-16, Number.MIN_VALUE);
        expect(Math.abs(Number(deviation) - exact.deviation)).toBeLessThanOrEqual(unit);
      }),
      { numRuns: 60 },
    );
  });
});

/** Sum and sample deviation by whole numbers in units of 2^-1074, straight from the definition. */
function exactly(list: number[]): { sum: number; deviation: number } {
  const units = list.map((x) => {
    let scaled = x;
    let shift = 0;
    while (!Number.isInteger(scaled)) {
      scaled *= 2;
      shift += 1;
    }
    return BigInt(scaled) << BigInt(1074 - shift);
  });
  const n = BigInt(list.length);
  const sum = units.reduce((a, b) => a + b, 0n);
  const spread = units.reduce((a, b) => a + (n * b - sum) * (n * b - sum), 0n);
  const root = floorRoot((spread << 200n) / (n * n * (n - 1n)));
  return { sum: quotient(sum, 1n << 1074n), deviation: quotient(root, 1n << 1174n) };
}

function floorRoot(square: bigint): bigint {
  if (square === 0n) return 0n;
  let root = 1n << BigInt((square.toString(2).length >> 1) + 1);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** a / b as the nearest double, by way of 70 significant bits. */
function quotient(a: bigint, b: bigint): number {
  if (a < 0n) return -quotient(-a, b);
  if (a === 0n) return 0;
  const shift = b.toString(2).length - a.toString(2).length + 70;
  const head = shift >= 0 ? (a << BigInt(shift)) / b : a / (b << BigInt(-shift));
  const rest = shift >= 0 ? (a << BigInt(shift)) % b : a % (b << BigInt(-shift));
  let value = Number(rest === 0n ? head : head | 1n);
  for (let i = shift; i > 0; i -= 1) value /= 2;
  for (let i = shift; i < 0; i += 1) value *= 2;
  return value;
}

test('the fused loops leave the same state as one accumulator after the other', () => {
  const strict: Schema = [field('x', BIGINT), field('keep', BOOLEAN)];
  const x = at(strict, 'x');
  const fused = layoutOf([call('STDDEV_SAMP', x)], strict);
  const filter: Expression = { op: 'literal', value: true, type: BOOLEAN };
  const plain = layoutOf([call('STDDEV_SAMP', x, { filter })], strict);
  fc.assert(
    fc.property(fc.array(whole, { maxLength: 30 }), (list) => {
      const table = tableOf(
        strict,
        list.map((one) => [one, true]),
      );
      const [rows, sum, low, high] = held(fused, table);
      expect([...held(plain, table)]).toEqual([rows, rows, sum, low, high]);
    }),
  );
});
