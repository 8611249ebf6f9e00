import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile, compilePredicate } from '../../src/engine/expression';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  Dictionary,
  INT,
  MONEY,
  STRING,
  TIMESTAMP,
  decimal,
  field,
  makeColumn,
  parseTime,
  readValue,
  tableOf,
  writeValue,
  type ColumnType,
  type Schema,
  type Table,
  type Value,
} from '../../src/model';
import { type Expression } from '../../src/sql/plan';

const SCHEMA: Schema = [
  field('a', MONEY, true),
  field('b', MONEY, true),
  field('x', DOUBLE, true),
  field('i', BIGINT, true),
  field('s', STRING, true),
  field('t', STRING, true),
  field('p', BOOLEAN, true),
  field('q', BOOLEAN, true),
  field('ts', TIMESTAMP),
];
const NONE: Record<string, Value> = { a: null, b: null, x: null, i: null, s: null, t: null, p: null, q: null, ts: 0 };
const rows = (...list: Record<string, Value>[]): Table =>
  tableOf(
    SCHEMA,
    list.map((row) => SCHEMA.map(({ name }) => ({ ...NONE, ...row })[name])),
  );

const at = (name: string): Expression => {
  const index = SCHEMA.findIndex((one) => one.name === name);
  return { op: 'column', index, name, type: SCHEMA[index].type };
};
const literal = (value: Value, type: ColumnType): Expression => ({ op: 'literal', value, type });
type Operator = Extract<Expression, { op: 'arithmetic' }>['operator'];
const arithmetic = (left: Expression, operator: Operator, right: Expression, type: ColumnType): Expression => ({
  op: 'arithmetic',
  operator,
  left,
  right,
  type,
});
type Comparison = Extract<Expression, { op: 'compare' }>['operator'];
const compare = (left: Expression, operator: Comparison, right: Expression): Expression => ({
  op: 'compare',
  operator,
  left,
  right,
  type: BOOLEAN,
});
const cast = (input: Expression, type: ColumnType): Expression => ({ op: 'cast', input, type });
const both = (op: 'and' | 'or', left: Expression, right: Expression): Expression => ({
  op,
  left,
  right,
  type: BOOLEAN,
});
type FunctionName = Extract<Expression, { op: 'call' }>['name'];
const invoke = (name: FunctionName, inputs: Expression[], type: ColumnType): Expression => ({
  op: 'call',
  name,
  inputs,
  type,
});

function values(expression: Expression, table: Table): Value[] {
  const result = compile(expression, SCHEMA)(table, 0, table.length);
  return Array.from({ length: table.length }, (_, row) => readValue(result, row));
}
const value = (expression: Expression, row: Record<string, Value>): Value => values(expression, rows(row))[0];

describe('arithmetic', () => {
  test('cents stay whole, and null stays null', () => {
    const table = rows({ a: 110, b: 220 }, { a: 1, b: null }, { a: null, b: 1 });
    expect(values(arithmetic(at('a'), '+', at('b'), decimal(11, 2)), table)).toEqual([330, null, null]);
    expect(values(arithmetic(at('a'), '-', at('b'), decimal(11, 2)), table)).toEqual([-110, null, null]);
  });

  test('a product has the scales of both sides, exactly', () => {
    const product = arithmetic(at('a'), '*', at('b'), decimal(20, 4));
    expect(value(product, { a: 1999, b: 119 })).toBe(237_881);
    const toCents = cast(product, MONEY);
    expect(value(toCents, { a: 1999, b: 119 })).toBe(2379);
    expect(value(toCents, { a: -50, b: 1 })).toBe(-1);
    expect(value(toCents, { a: -49, b: 1 })).toBe(0);
  });

  test('a quotient is a DOUBLE, and null for a divisor of 0', () => {
    const quotient = arithmetic(cast(at('a'), DOUBLE), '/', cast(at('b'), DOUBLE), DOUBLE);
    expect(values(quotient, rows({ a: 100, b: 800 }, { a: 100, b: 0 }, { a: 0, b: 0 }, { a: null, b: 0 }))).toEqual([
      0.125,
      null,
      null,
      null,
    ]);
  });

  test('a remainder has the sign of the dividend, and is null for 0', () => {
    const remainder = arithmetic(at('i'), '%', literal(3, BIGINT), BIGINT);
    expect(values(remainder, rows({ i: 7 }, { i: -7 }, { i: -6 }, { i: null }))).toEqual([1, -1, 0, null]);
    expect(value(arithmetic(at('i'), '%', literal(0, BIGINT), BIGINT), { i: 7 })).toBeNull();
  });

  test('past 2^53 is an error, in rows that are not null', () => {
    const square = arithmetic(at('i'), '*', at('i'), BIGINT);
    expect(() => value(square, { i: 94_906_267 })).toThrow(/too large/);
    expect(value(square, { i: 94_906_265 })).toBe(94_906_265 * 94_906_265);
    const sum = arithmetic(literal(Number.MAX_SAFE_INTEGER, BIGINT), '+', at('i'), BIGINT);
    expect(values(sum, rows({ i: null }, { i: -1 }))).toEqual([null, Number.MAX_SAFE_INTEGER - 1]);
    expect(() => value(sum, { i: 1 })).toThrow(/too large/);
  });

  test('such an error names the expression and the row, however many were evaluated with it', () => {
    const product = arithmetic(at('i'), '*', literal(10, BIGINT), BIGINT);
    const table = rows({ i: 1, s: 'a' }, { i: 9e15, s: 'b' }, { i: 2, s: 'c' }, { i: 9e15, s: 'd' });
    expect(() => values(product, table)).toThrow(
      /^i \* 10: number too large; .*, found about 90000000000000000 in the row .*i = 9000000000000000, s = b/,
    );
  });

  test('INT does not wrap, and a DOUBLE does not become infinite', () => {
    const most = cast(literal(2_147_483_647, BIGINT), INT);
    expect(() => value(arithmetic(most, '+', literal(1, INT), INT), {})).toThrow(/too large/);
    expect(() => value(arithmetic(at('x'), '*', at('x'), DOUBLE), { x: 1e200 })).toThrow(/too large/);
  });

  test('there is no minus zero', () => {
    for (const one of [
      arithmetic(at('i'), '*', literal(-1, BIGINT), BIGINT),
      arithmetic(at('i'), '%', literal(-3, BIGINT), BIGINT),
      { op: 'negate', input: at('i'), type: BIGINT } as Expression,
      cast(literal(-0.2, DOUBLE), BIGINT),
    ]) {
      expect(Object.is(value(one, { i: 0 }), 0)).toBe(true);
    }
  });

  test('times move by milliseconds', () => {
    expect(value(arithmetic(at('ts'), '-', literal(500, BIGINT), TIMESTAMP), { ts: 2000 })).toBe(1500);
  });

  test('whole numbers agree with exact arithmetic or are refused', () => {
    const whole = fc.maxSafeInteger();
    fc.assert(
      fc.property(whole, whole, fc.constantFrom<Operator>('+', '-', '*', '%'), (i, j, operator) => {
        const [a, b] = [BigInt(i), BigInt(j)];
        const exact =
          operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : b === 0n ? null : a % b;
        const expression = arithmetic(at('i'), operator, literal(j, BIGINT), BIGINT);
        if (exact !== null && (exact > 2n ** 53n - 1n || exact < 1n - 2n ** 53n)) {
          expect(() => value(expression, { i })).toThrow(/too large/);
        } else {
          expect(value(expression, { i })).toBe(exact === null ? null : Number(exact));
        }
      }),
    );
  });
});

describe('three-valued logic', () => {
  const states: Value[] = [true, false, null];
  const table = rows(...states.flatMap((p) => states.map((q) => ({ p, q }))));

  test('AND, OR, NOT', () => {
    expect(values(both('and', at('p'), at('q')), table)).toEqual([
      true,
      false,
      null,
      false,
      false,
      false,
      null,
      false,
      null,
    ]);
    expect(values(both('or', at('p'), at('q')), table)).toEqual([
      true,
      true,
      true,
      true,
      false,
      null,
      true,
      null,
      null,
    ]);
    expect(values({ op: 'not', input: at('p'), type: BOOLEAN }, rows({ p: true }, { p: false }, {}))).toEqual([
      false,
      true,
      null,
    ]);
  });

  test('a predicate holds only where it is true', () => {
    const held = compilePredicate(both('or', at('p'), at('q')), SCHEMA)(table, 0, table.length);
    expect([...held.subarray(0, 9)]).toEqual([1, 1, 1, 1, 0, 0, 1, 0, 0]);
  });

  test('IS NULL is never null', () => {
    const isNull = (negated: boolean): Expression => ({ op: 'is null', input: at('a'), negated, type: BOOLEAN });
    expect(values(isNull(false), rows({ a: 1 }, {}))).toEqual([false, true]);
    expect(values(isNull(true), rows({ a: 1 }, {}))).toEqual([true, false]);
  });
});

describe('comparisons', () => {
  test('of numbers, with null for null', () => {
    const table = rows({ a: 1, b: 2 }, { a: 2, b: 2 }, { a: 3, b: 2 }, { a: null, b: 2 });
    const of = (operator: Comparison): Value[] => values(compare(at('a'), operator, at('b')), table);
    expect(of('=')).toEqual([false, true, false, null]);
    expect(of('<>')).toEqual([true, false, true, null]);
    expect(of('<')).toEqual([true, false, false, null]);
    expect(of('<=')).toEqual([true, true, false, null]);
    expect(of('>')).toEqual([false, false, true, null]);
    expect(of('>=')).toEqual([false, true, true, null]);
  });

  test('of texts from two dictionaries, by code point', () => {
    const emoji = '\u{1F600}';
    const table = rows(
      { s: 'a', t: 'a' },
      { s: 'b', t: 'a' },
      { s: '\uFFFD', t: emoji },
      { s: 'a', t: 'ab' },
      { s: null, t: 'a' },
    );
    expect(values(compare(at('s'), '=', at('t')), table)).toEqual([true, false, false, false, null]);
    expect(values(compare(at('s'), '<', at('t')), table)).toEqual([false, false, true, true, null]);
  });

  test('with a text, also one that the dictionary learns later', () => {
    const isLate = compile(compare(at('s'), '=', literal('late', STRING)), SCHEMA);
    const isAfter = compile(compare(literal('b', STRING), '<', at('s')), SCHEMA);
    const dictionary = new Dictionary();
    const column = makeColumn(STRING, 4, dictionary);
    const table = { ...rows({}, {}, {}, {}), length: 4 };
    table.columns[4] = column;
    writeValue(column, 0, 'early');
    expect(readValue(isLate(table, 0, 1), 0)).toBe(false);
    writeValue(column, 1, 'late');
    writeValue(column, 2, 'a');
    expect(readValue(isLate(table, 1, 3), 1)).toBe(true);
    expect(readValue(isLate(table, 1, 3), 2)).toBe(false);
    expect(readValue(isAfter(table, 1, 3), 1)).toBe(true);
    expect(readValue(isAfter(table, 1, 3), 2)).toBe(false);
  });
});

describe('CASE', () => {
  const grade: Expression = {
    op: 'case',
    branches: [
      { when: compare(at('i'), '>', literal(10, BIGINT)), then: literal('many', STRING) },
      { when: compare(at('i'), '>', literal(0, BIGINT)), then: at('s') },
    ],
    otherwise: null,
    type: STRING,
  };

  test('takes the first branch that holds, else null', () => {
    const table = rows({ i: 11, s: 'x' }, { i: 5, s: 'some' }, { i: 5 }, { i: 0, s: 'x' }, { s: 'x' }, { i: 12 });
    expect(values(grade, table)).toEqual(['many', 'some', null, null, null, 'many']);
  });

  test('does not evaluate a branch for rows that another one takes', () => {
    const square = arithmetic(at('i'), '*', at('i'), BIGINT);
    const guarded: Expression = {
      op: 'case',
      branches: [{ when: compare(at('i'), '<', literal(1000, BIGINT)), then: square }],
      otherwise: literal(-1, BIGINT),
      type: BIGINT,
    };
    expect(values(guarded, rows({ i: 3 }, { i: 2 ** 40 }, { i: 4 }))).toEqual([9, -1, 16]);
  });
});

describe('casts', () => {
  test('to a decimal rounds half away from zero, to a whole number cuts', () => {
    const x = at('x');
    expect([0.125, -0.125, 2.675].map((one) => value(cast(x, MONEY), { x: one }))).toEqual([13, -13, 268]);
    expect([2.9, -2.9].map((one) => value(cast(x, BIGINT), { x: one }))).toEqual([2, -2]);
    expect([299, -299].map((one) => value(cast(at('a'), INT), { a: one }))).toEqual([2, -2]);
    expect(value(cast(at('a'), decimal(10, 1)), { a: 25 })).toBe(3);
    expect(value(cast(at('a'), DOUBLE), { a: 25 })).toBe(0.25);
  });

  test('what does not fit is refused', () => {
    expect(() => value(cast(at('x'), decimal(4, 2)), { x: 100 })).toThrow(/too large/);
    expect(() => value(cast(at('x'), INT), { x: 3e9 })).toThrow(/too large/);
  });

  test('to text, as SQL writes it', () => {
    const text = (input: Expression, row: Record<string, Value>): Value => value(cast(input, STRING), row);
    expect(text(at('a'), { a: -105 })).toBe('-1.05');
    expect(text(at('a'), { a: 5 })).toBe('0.05');
    expect(text(at('i'), { i: -7 })).toBe('-7');
    expect(text(at('x'), { x: 3 })).toBe('3.0');
    expect(text(at('p'), { p: true })).toBe('TRUE');
    expect(text(at('ts'), { ts: parseTime('2026-11-02 10:15:30') })).toBe('2026-11-02 10:15:30');
    expect(text(cast(at('ts'), DATE), { ts: parseTime('2026-11-02 10:15:30') })).toBe('2026-11-02');
    expect(text(at('a'), {})).toBeNull();
  });

  test('from text, null where it is no such value', () => {
    const from = (s: string, type: ColumnType): Value => value(cast(at('s'), type), { s });
    expect(from(' 12 ', BIGINT)).toBe(12);
    expect(from('0.285', MONEY)).toBe(29);
    expect(from('-1.5', MONEY)).toBe(-150);
    expect(from('1e3', DOUBLE)).toBe(1000);
    expect(from('true', BOOLEAN)).toBe(true);
    expect(from('2026-11-02', TIMESTAMP)).toBe(parseTime('2026-11-02'));
    for (const type of [BIGINT, MONEY, DOUBLE, BOOLEAN, TIMESTAMP, DATE]) expect(from('tea', type)).toBeNull();
    expect(from('10:15', TIMESTAMP)).toBeNull();
  });
});

describe('functions', () => {
  test('of numbers', () => {
    expect(value(invoke('ABS', [at('a')], MONEY), { a: -5 })).toBe(5);
    expect([150, -150, 200].map((a) => value(invoke('FLOOR', [at('a')], decimal(10, 0)), { a }))).toEqual([1, -2, 2]);
    expect([150, -150, 200].map((a) => value(invoke('CEIL', [at('a')], decimal(10, 0)), { a }))).toEqual([2, -1, 2]);
    expect(value(invoke('FLOOR', [at('x')], DOUBLE), { x: -0.5 })).toBe(-1);
    expect(values(invoke('SQRT', [at('x')], DOUBLE), rows({ x: 2 }, { x: -1 }, {}))).toEqual([Math.SQRT2, null, null]);
  });

  test('of texts', () => {
    expect(value(invoke('UPPER', [at('s')], STRING), { s: 'straße' })).toBe('STRASSE');
    expect(value(invoke('LOWER', [at('s')], STRING), { s: 'ABC' })).toBe('abc');
    expect(value(invoke('CHAR_LENGTH', [at('s')], BIGINT), { s: 'a\u{1F600}b' })).toBe(3);
    const joined = invoke('CONCAT', [at('s'), literal('-', STRING), at('t')], STRING);
    expect(values(joined, rows({ s: 'a', t: 'b' }, { s: 'a' }))).toEqual(['a-b', null]);
  });
});

test('a plain column is the batch’s own', () => {
  const table = rows({ a: 1 });
  expect(compile(at('a'), SCHEMA)(table, 0, 1)).toBe(table.columns[0]);
});

test('answers stand at the row numbers of the batch, however it is cut', () => {
  const table = rows(...Array.from({ length: 50 }, (_, i) => ({ i, s: i % 3 === 0 ? null : `text ${i % 5}` })));
  const expression: Expression = {
    op: 'case',
    branches: [
      {
        when: compare(at('s'), '<', literal('text 3', STRING)),
        then: arithmetic(at('i'), '+', literal(100, BIGINT), BIGINT),
      },
    ],
    otherwise: at('i'),
    type: BIGINT,
  };
  const whole = values(expression, table);
  const evaluate = compile(expression, SCHEMA);
  for (const size of [1, 7, 50]) {
    const pieces: Value[] = [];
    for (let from = 0; from < 50; from += size) {
      const to = Math.min(50, from + size);
      const column = evaluate(table, from, to);
      for (let row = from; row < to; row += 1) pieces.push(readValue(column, row));
    }
    expect(pieces).toEqual(whole);
  }
});
