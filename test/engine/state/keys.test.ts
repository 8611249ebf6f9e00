import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StateReader, StateWriter } from '../../../src/sim/bytes';
import { KeyTable } from '../../../src/engine/state/keys';
import { PairIndex } from '../../../src/engine/state/pairs';
import {
  BOOLEAN,
  DOUBLE,
  BIGINT,
  STRING,
  field,
  readRow,
  tableOf,
  type ColumnType,
  type Value,
} from '../../../src/model';

const number = fc.oneof(
  fc.integer({ min: 0, max: 9 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer({ min: 0, max: 1 << 21 }),
);
const columns: [ColumnType, fc.Arbitrary<Value>][] = [
  [BIGINT, number],
  [DOUBLE, fc.double({ noNaN: true }).map((x) => x + 0)],
  [STRING, fc.string({ maxLength: 2 })],
  [BOOLEAN, fc.boolean()],
];

const anyKey = fc.subarray([...columns, ...columns], { maxLength: 4 }).chain((types) =>
  fc.record({
    schema: fc.constant(types.map(([type], i) => field(`k${i}`, type, true))),
    batches: fc.array(
      fc.array(fc.tuple(...types.map(([, value]) => fc.option(value, { freq: 6 }))), { maxLength: 60 }),
      { maxLength: 4 },
    ),
  }),
);

/** JSON, but infinity is not null. */
const textOf = (row: readonly Value[]): string =>
  JSON.stringify(row, (_, value: unknown) => (typeof value === 'number' ? `${value}` : value));

describe('key ids', () => {
  test('are dense, in order of first sight, the same for equal values of any batch', () => {
    fc.assert(
      fc.property(anyKey, ({ schema, batches }) => {
        const keys = new KeyTable(schema);
        const seen = new Map<string, number>();
        for (const rows of batches) {
          const table = tableOf(schema, rows);
          const ids = new Int32Array(rows.length);
          keys.intern(table.columns, 0, rows.length, ids);
          rows.forEach((row, i) => {
            const text = textOf(row);
            if (!seen.has(text)) seen.set(text, seen.size);
            expect(ids[i]).toBe(seen.get(text));
          });
        }
        expect(keys.size).toBe(seen.size);
        for (const [text, id] of seen) expect(textOf(readRow(keys.table, id))).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test('come back after restore', () => {
    const schema = [field('s', STRING, true), field('n', BIGINT)];
    const first = tableOf(schema, [
      ['a', 1],
      [null, 1],
    ]);
    const later = tableOf(schema, [
      ['b', 1],
      [null, 1],
      ['a', 1],
    ]);
    const ids = new Int32Array(3);
    const keys = new KeyTable(schema);
    keys.intern(first.columns, 0, 2, ids);
    const writer = new StateWriter();
    keys.writeFrame(writer);
    keys.intern(tableOf(schema, [['z', 9]]).columns, 0, 1, ids);
    keys.readFrame(new StateReader(writer.finish()), false);
    expect(keys.size).toBe(2);
    keys.intern(later.columns, 0, 3, ids);
    expect([...ids]).toEqual([2, 1, 0]);
  });

  test('a key of no columns is one key', () => {
    const keys = new KeyTable([]);
    expect(keys.size).toBe(0);
    const ids = Int32Array.of(7, 7);
    keys.intern([], 0, 2, ids);
    expect([...ids, keys.size]).toEqual([0, 0, 1]);
  });
});

test('pairs keep their numbers when their table grows', () => {
  const pairs = new PairIndex();
  const count = 40_000;
  const left = Int32Array.from({ length: count }, (_, i) => (i * 7919) % 30_011);
  const right = Int32Array.from({ length: count }, (_, i) => (i * 31) % 1009);
  const first = new Int32Array(count);
  const again = new Int32Array(count);
  pairs.intern(left, right, 0, count, first);
  pairs.intern(left, right, 0, count, again);
  expect(again).toEqual(first);
  const seen = new Map<string, number>();
  left.forEach((a, i) => {
    const text = `${a} ${right[i]}`;
    if (!seen.has(text)) seen.set(text, seen.size);
    expect(first[i]).toBe(seen.get(text));
  });
  expect(pairs.size).toBe(seen.size);
});
