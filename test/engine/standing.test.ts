import fc from 'fast-check';
import { expect, test } from 'vitest';
import { standing } from '../../src/engine/standing';
import { adds, DOUBLE, field, makeBatch, reserveBatch, STRING, writeValue, type ColumnBatch } from '../../src/model';

interface Change {
  text: string | null;
  number: number;
  key: number;
  kind: number;
}
const VALUES = [0, -0, 1, Infinity, -Infinity];
const change: fc.Arbitrary<Change> = fc.record({
  text: fc.constantFrom('a', 'b', null),
  number: fc.constantFrom(...VALUES),
  key: fc.nat(3),
  kind: fc.nat(3),
});

function logOf(changes: readonly Change[]): ColumnBatch {
  const log = makeBatch([field('text', STRING, true), field('number', DOUBLE)]);
  reserveBatch(log, changes.length);
  changes.forEach(({ text, number, key, kind }, row) => {
    writeValue(log.columns[0], row, text);
    writeValue(log.columns[1], row, number);
    log.id0[row] = key;
    log.kind[row] = kind;
  });
  log.length = changes.length;
  return log;
}

/** The same by trying every row that stands. */
function tried(
  changes: readonly Change[],
  isSame: (one: Change, other: Change) => boolean,
  replaces: boolean,
): number[] {
  let rows: number[] = [];
  changes.forEach((one, row) => {
    const isNew = adds(one.kind);
    const top = !isNew || replaces ? rows.filter((at) => isSame(changes[at], one)).pop() : undefined;
    rows = rows.filter((at) => at !== top);
    if (isNew) rows.push(row);
  });
  return rows;
}

test('a row takes back the newest equal one', () => {
  const same = (one: Change, other: Change) => one.text === other.text && Object.is(one.number, other.number);
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      expect([...standing(logOf(changes), 'values')]).toEqual(tried(changes, same, false));
    }),
  );
});

test('a row replaces or takes back the one with its identity', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const same = (one: Change, other: Change) => one.key === other.key;
      expect([...standing(logOf(changes), 'identity')]).toEqual(tried(changes, same, true));
    }),
  );
});
