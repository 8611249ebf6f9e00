import { expect, test } from 'vitest';
import { contentOf, PublishedRows } from '../../../../src/engine/nodes/job/publishedRows';
import { DOUBLE, field, STRING, tableOf, type Schema } from '../../../../src/model';
import { EntryReader, EntryWriter } from '../../../../src/sim/entries';

const SCHEMA: Schema = [field('city', STRING), field('x', DOUBLE, true)];

test('what is left is in the order of its identities, in every process', () => {
  const rows = tableOf(SCHEMA, [
    ['rome', 1],
    ['bern', 2],
    ['rome', 1],
  ]);
  const published = new PublishedRows(SCHEMA);
  published.replace(rows, [0, 1, 2]);
  const [entry, names] = [new EntryWriter(), new EntryWriter()];
  published.writeEntries(
    () => entry,
    () => names,
  );
  const restored = new PublishedRows(SCHEMA);
  restored.readEntry(0, new EntryReader(entry.finish()), new EntryReader(names.finish()));
  const shown = ({ left, table }: PublishedRows): unknown => left.map(([id, row]) => [id, contentOf(table, row)]);
  expect(shown(restored)).toEqual(shown(published));
  expect(restored.left.map(([id]) => id)).toEqual([0, 1, 2]);
});

test('numbers that JSON does not have are values of their own', () => {
  const rows = tableOf(
    SCHEMA,
    [null, Infinity, -Infinity, 0, -0].map((x) => ['rome', x]),
  );
  const contents = Array.from({ length: rows.length }, (_, row) => contentOf(rows, row));
  expect(new Set(contents).size).toBe(5);
});
