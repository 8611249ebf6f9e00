import { expect, test } from 'vitest';
import { knownTable } from '../../src/figures/known';
import { knownSentence } from '../../src/words/known';
import { BOOLEAN, decimal, field, INT, readRow, tableOf, TIMESTAMP, type Table, type Value } from '../../src/model';

const schema = [
  field('card', INT),
  field('window_start', TIMESTAMP),
  field('spend', decimal(10, 2)),
  field('#changed', BOOLEAN),
];
const result = (...rows: Value[][]): Table =>
  tableOf(
    schema,
    rows.map((row) => [...row, false]),
  );
const rowsOf = (table: Table) => Array.from({ length: table.length }, (_, row) => readRow(table, row));

test('each row stands once, as it was known and as it is now', () => {
  const known = knownTable(result([1, 0, 100], [2, 0, 50], [3, 0, 7]), result([1, 0, 140], [2, 0, 50], [1, 300, 5]), [
    'card',
  ]);
  expect(known.table.schema.map(({ name }) => name)).toEqual([
    'card',
    'window_start',
    'spend at T',
    'spend now',
    '#changed',
  ]);
  expect(rowsOf(known.table)).toEqual([
    [1, 0, 100, 140, true],
    [2, 0, 50, 50, false],
    [3, 0, 7, null, true],
    [1, 300, null, 5, true],
  ]);
  expect(known).toMatchObject({ then: 3, other: 1, gone: 1, added: 1 });
});

test('discarding panes are distinguished by their order', () => {
  const { table } = knownTable(result([1, 0, 100]), result([1, 0, 100], [1, 0, 40]), ['card']);
  expect(rowsOf(table).map((row) => row.slice(2))).toEqual([
    [100, 100, false],
    [null, 40, true],
  ]);
});

test('what was known is one sentence', () => {
  const empty = result();
  const now = result([1, 0, 140], [1, 300, 5]);
  expect(knownSentence(knownTable(empty, now, ['card']), '10:00')).toBe(
    'At 10:00 nothing was known; 2 rows arrived later.',
  );
  expect(knownSentence(knownTable(now, now, ['card']), '10:07')).toBe(
    'At 10:07 2 rows of the result were known, and it is what is published now.',
  );
  expect(knownSentence(knownTable(result([1, 0, 100], [2, 0, 1]), now, ['card']), '10:05')).toBe(
    'At 10:05 2 rows of the result were known; 1 row of these has other values now, 1 row was taken back, 1 row arrived later.',
  );
});
