import { describe, expect, test } from 'vitest';
import {
  catalogOf,
  decimal,
  DOUBLE,
  explainStream,
  field,
  INT,
  parse,
  plan,
  runBatch,
  runStream,
  streamChanges,
  STRING,
  TidemarkError,
  TIMESTAMP,
  type BatchDefinition,
  type Row,
  type StreamDefinition,
  type StreamInput,
} from '../../src';

const schema = [field('k', STRING), field('n', INT), field('ts', TIMESTAMP)];
const rows = [
  ['a', 1, 1_000],
  ['b', 2, 2_000],
];
const t: StreamInput = { schema, rows };
const sql = 'SELECT k, n FROM t';

/** What a caller without types may do: the value where something else is expected. */
const asStream = (definition: unknown) => () => runStream(definition as StreamDefinition);
const asBatch = (definition: unknown) => () => runBatch(definition as BatchDefinition);

function refused(run: () => unknown, message: string): void {
  expect(run).toThrow(TidemarkError);
  expect(run).toThrow(message);
}

describe('a definition that is none is refused, by each function', () => {
  const { query } = plan(sql, catalogOf({ t }));
  test.each([
    [undefined, 'the definition is no object; expected {sql, '],
    [null, 'found null'],
    [{}, 'a definition has a text or a plan'],
    [{ sql: null }, 'found null'],
    [{ sql: 5 }, 'found 5'],
    [{ sql, plan: query }, "found 'both'"],
    [{ plan: plan(sql, catalogOf({ t })) }, 'this is no plan; expected the `query` of what plan() gives'],
    [{ sql }, 'the inputs are no object; expected an object such as {clicks: {schema, rows}}, found undefined'],
  ])('%o', (definition, message) => {
    refused(asStream(definition), message);
    refused(asBatch(definition), message);
    refused(() => explainStream(definition as StreamDefinition), message);
    refused(() => streamChanges(definition as StreamDefinition).next(), message);
  });

  test('inputs and options', () => {
    for (const inputs of [null, [t], 5]) {
      refused(asStream({ sql, streams: inputs }), 'the inputs are no object');
      refused(asBatch({ sql, tables: inputs }), 'the inputs are no object');
    }
    for (const options of [null, 5, 'ab', []])
      refused(asStream({ sql, streams: { t }, options }), 'the options are no object');
    refused(() => parse(5 as unknown as string), 'SQL is a text; expected a text, found a number');
  });
});

test.each([
  [undefined, 't: an input is an object with its schema and its rows or columns'],
  [{}, 't: the schema is no list; expected a list of fields, found undefined'],
  [{ schema: 'x', rows }, "found 'x'"],
  [{ schema, rows: 5 }, 't: the rows are no list; expected a list of rows, found 5'],
  [{ schema, rows: new Set(rows) }, 'the rows are no list'],
  [{ schema, columns: 5 }, 't: the columns are no list'],
  [{ schema, rows: null }, 'expected one of both, found neither'],
  [{ schema, rows: [['a', 1, 1], null] }, 'row 1 does not fit the schema; expected 3 values: k, n, ts, found null'],
  [{ schema, rows: [rows[0], , rows[1]] }, 'row 1 does not fit the schema'],
  [{ schema, rows: ['abc'] }, "row 0 does not fit the schema; expected 3 values: k, n, ts, found 'abc'"],
  [{ schema, rows: [{ k: 'a', n: 1, ts: 1 }] }, 'found {"k":"a","n":1,"ts":1}'],
  [{ schema, rows: [['a', 1n, 1]] }, 'expected n INT, found 1n'],
  [{ schema, rows: [['a', 1, new Date(5)]] }, 'expected ts TIMESTAMP(3), found "1970-01-01T00:00:00.005Z"'],
])('an input that is none is refused: %o', (input, message) => {
  refused(asStream({ sql, streams: { t: input } }), message);
  refused(asBatch({ sql, tables: { t: input } }), message);
});

test.each([
  [null, 'field 0 of the schema is no field; expected a name and a type, as field() makes them, found null'],
  [{ name: 5, type: INT }, 'found {"name":5'],
  [{ name: 'x' }, 'expected x of a type such as INT or decimal(10, 2), found undefined'],
  [{ name: 'x', type: 'INT' }, "found 'INT'"],
  [{ name: 'x', type: { name: 'FLOAT' } }, 'found {"name":"FLOAT"}'],
  [{ name: 'x', type: { name: 'toString' } }, 'found {"name":"toString"}'],
  [field('x', decimal(5, 7)), 'found {"name":"DECIMAL","precision":5,"scale":7}'],
  [field('x', decimal(400, 2)), 'of a type such as'],
  [field('x', decimal(3.5, 1)), 'of a type such as'],
  [{ name: 'x', type: INT, nullable: 'no' }, "expected x with nullable true or false, found 'no'"],
])('a field that is none is refused: %o', (one, message) => {
  const input = { schema: [one, field('ts', TIMESTAMP)], rows: [[1, 1]] };
  refused(asStream({ sql: 'SELECT ts FROM t', streams: { t: input } }), message);
  refused(asBatch({ sql: 'SELECT ts FROM t', tables: { t: input } }), message);
});

test('a field without `nullable` has no nulls', () => {
  const input = { schema: [{ name: 'x', type: INT }, field('ts', TIMESTAMP)] } as unknown as StreamInput;
  expect(runStream({ sql: 'SELECT x FROM t', streams: { t: { ...input, rows: [[1, 1]] } } }).rows).toEqual([{ x: 1 }]);
  const nulls = { ...input, rows: [[null, 1]] };
  refused(asBatch({ sql: 'SELECT x FROM t', tables: { t: nulls } }), 'expected x INT, found null');
});

describe('a column that is none is refused', () => {
  const texts = ['a', 'b'];
  const codes = Int32Array.of(0, 1);
  const gone = Float64Array.of(1, 2);
  structuredClone(gone, { transfer: [gone.buffer] });
  test.each([
    [null, 'column x is no column; expected a list of values, a Float64Array, or {data, valid, texts}'],
    [Int32Array.of(1, 2), 'column x is no column'],
    [new Set([1, 2]), 'column x is no column'],
    [{ data: null }, 'column x is no column'],
    [{ data: gone }, 'not the same length'],
    [{ data: Float64Array.of(1, 2), valid: [1, 0] }, 'expected valid: a Uint8Array with 0 for each null, or null'],
    [{ data: Float64Array.of(NaN, 2), valid: Uint8Array.of(2, 1) }, 'row 0 has a value'],
    [{ data: codes, texts: 'ab' }, "the texts of column x are not all texts; expected a list of texts, found 'ab'"],
    [{ data: codes, texts: [1, 2] }, 'not all texts'],
    [{ data: codes, texts: ['a', ,] }, 'not all texts'],
    [{ data: codes, texts: [...texts, null] }, 'not all texts'],
  ])('%o', (column, message) => {
    const type = column !== null && 'texts' in column ? STRING : DOUBLE;
    const input = { schema: [field('ts', TIMESTAMP), field('x', type, true)], columns: [[1, 2], column] };
    refused(asStream({ sql: 'SELECT x FROM t', streams: { t: input } }), message);
    refused(asBatch({ sql: 'SELECT x FROM t', tables: { t: input } }), message);
  });

  test('also where its buffer alone decides how many rows there are', () => {
    const input = { schema: [field('ts', TIMESTAMP)], columns: [gone] };
    refused(asStream({ sql: 'SELECT ts FROM t', streams: { t: input } }), 'the memory of column ts is no longer here');
    refused(asBatch({ sql: 'SELECT ts FROM t', tables: { t: input } }), 'the memory of column ts is no longer here');
  });
});

test('texts may be more than are used, and a null may stand on any number', () => {
  const columns = [
    { data: Int32Array.of(3, -7), valid: Uint8Array.of(1, 0), texts: ['x', 'y', 'z', 'w'] },
    { data: Float64Array.of(5, NaN), valid: Uint8Array.of(1, 0) },
    [1, 2],
  ];
  const input = { schema: [field('k', STRING, true), field('n', INT, true), schema[2]], columns };
  const expected = [
    { k: 'w', n: 5, c: 1 },
    { k: null, n: null, c: 1 },
  ];
  const counted = 'SELECT k, n, COUNT(*) AS c FROM t GROUP BY k, n';
  const inOrder = (found: Row[]) => [...found].sort((a, b) => Number(b.n) - Number(a.n));
  expect(inOrder(runBatch({ sql: counted, tables: { t: input } }).rows)).toEqual(expected);
  expect(inOrder(runStream({ sql: counted, streams: { t: input } }).rows)).toEqual(expected);
});

test('what is frozen is read as anything else, and nothing given is written', () => {
  const frozen = Object.freeze({
    schema: Object.freeze(schema.map((one) => Object.freeze(one))),
    rows: Object.freeze(rows.map((row) => Object.freeze(row))),
  });
  const given = JSON.stringify(frozen);
  expect(runStream({ sql, streams: { t: frozen } }).rows).toHaveLength(2);
  expect(runBatch({ sql, tables: { t: frozen } }).rows).toHaveLength(2);
  const codes = Int32Array.of(0, 1);
  const columns = [{ data: codes, texts: Object.freeze(['a', 'b']) }, [1, 2], Float64Array.of(1, 2)];
  runStream({
    sql: `SELECT UPPER(k) AS u, COUNT(*) AS c FROM t GROUP BY UPPER(k)`,
    streams: { t: { schema, columns } },
  });
  expect([...codes]).toEqual([0, 1]);
  expect(JSON.stringify(frozen)).toBe(given);
});
