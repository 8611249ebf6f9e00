import { expect, test } from 'vitest';
import {
  BIGINT,
  BOOLEAN,
  Dictionary,
  DOUBLE,
  field,
  makeTable,
  readRow,
  STRING,
  tableOf,
  type Schema,
  type Snapshot,
  type Table,
} from '../../src/model';
import { pack, plain, unpack } from '../../src/session/transfer';

const schema: Schema = [field('name', STRING, true), field('n', BIGINT), field('ok', BOOLEAN), field('x', DOUBLE)];

/** What arrives at the other side. */
function send<T>(answer: T): T {
  const { message, buffers } = pack(answer);
  return unpack(structuredClone(message, { transfer: buffers })) as T;
}

const rows = (table: Table) => Array.from({ length: table.length }, (_, row) => readRow(table, row));

test('a table arrives as it was sent, with nulls and its dictionary', () => {
  const table = tableOf(schema, [
    ['a', 1, true, 0.5],
    [null, 2, false, -0],
    ['b', 3, true, Number.NaN],
  ]);
  const arrived = send(table);
  expect(rows(arrived)).toEqual(rows(table));
  expect(arrived.schema).toEqual(schema);
  expect(arrived.columns[0].dictionary).toBeInstanceOf(Dictionary);
  expect(arrived.columns[0].dictionary!.find('b')).toBe(1);
});

test('columns are cut to the length of the table', () => {
  const table = makeTable(schema, 1_000);
  table.length = 3;
  const { message, buffers } = pack(table);
  expect((message as Table).columns.map(({ data }) => data.length)).toEqual([3, 3, 3, 3]);
  expect(buffers.map(({ byteLength }) => byteLength)).toEqual([12, 24, 3, 24]);
});

test('the sender keeps its table', () => {
  const table = tableOf(schema, [['a', 1, true, 2]]);
  send(table);
  expect(rows(table)).toEqual([['a', 1, true, 2]]);
});

test('of a large dictionary only the used strings travel, in their order', () => {
  const dictionary = new Dictionary(Array.from({ length: 1_000 }, (_, n) => `s${n}`));
  const table = tableOf(schema, []);
  table.columns[0] = {
    type: STRING,
    data: Int32Array.of(900, 5, 0, 900),
    valid: Uint8Array.of(1, 1, 0, 1),
    dictionary,
  };
  table.length = 4;
  for (const column of table.columns.slice(1)) column.data = new Float64Array(4);
  const arrived = send(table);
  expect(arrived.columns[0].dictionary!.strings).toEqual(['s5', 's900']);
  expect(rows(arrived).map(([name]) => name)).toEqual(['s900', 's5', null, 's900']);
  expect(dictionary.strings).toHaveLength(1_000);
});

test('a dictionary that most rows use travels whole, and once for columns that share it', () => {
  const dictionary = new Dictionary(Array.from({ length: 100 }, (_, n) => `s${n}`));
  const data = Int32Array.from({ length: 100 }, (_, n) => n);
  const column = { type: STRING, data, valid: null, dictionary };
  const table: Table = { schema: [schema[0], field('other', STRING)], columns: [column, { ...column }], length: 100 };
  const arrived = send(table);
  expect(arrived.columns[0].dictionary).toBe(arrived.columns[1].dictionary);
  expect(rows(arrived)).toEqual(rows(table));
});

test('a snapshot arrives with the tables of its parts', () => {
  const extent = { time: [0, 1] as [number, number], processing: [2, 3] as [number, number] };
  const snapshot = {
    step: 4,
    partitions: [{ topic: 'a', partition: 0, head: 2 }],
    parts: { result: { table: tableOf(schema, [['a', 1, true, 2]]), extent } },
  } as unknown as Snapshot;
  const arrived = send({ ok: snapshot });
  expect(rows(arrived.ok.parts.result.table)).toEqual([['a', 1, true, 2]]);
  expect(arrived.ok.parts.result.extent).toEqual(extent);
  expect(arrived.ok.partitions).toEqual(snapshot.partitions);
});

test('an object that merely has columns is no table', () => {
  expect(send({ columns: [{ name: 'a' }], length: 2 })).toEqual({ columns: [{ name: 'a' }], length: 2 });
});

test('plain copies what proxies stand for and leaves functions out', () => {
  const source = { a: [1, { b: null }], go: () => 1 };
  const copy = plain(new Proxy(source, {}));
  expect(structuredClone(copy)).toEqual({ a: [1, { b: null }] });
});

test('100,000 rows of five columns pack without an object per row', () => {
  const columns = Array.from({ length: 5 }, () => ({
    type: DOUBLE,
    data: new Float64Array(131_072),
    valid: null,
    dictionary: null,
  }));
  const table: Table = { schema: columns.map((_, n) => field(`c${n}`, DOUBLE)), columns, length: 100_000 };
  const { buffers } = pack(table);
  expect(buffers.map(({ byteLength }) => byteLength)).toEqual(Array(5).fill(800_000));
});
