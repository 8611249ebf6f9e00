import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runBatch } from '../../../../../src/engine/batch';
import { field, INT, readRow, STRING, tableOf, TIMESTAMP, type Schema, type Value } from '../../../../../src/model';
import { asof } from '../../../../support/joins';
import { scan } from '../../../../support/plans';

const runs = process.env.LONG ? 500 : 40;

const LEFT: Schema = [field('key', STRING, true), field('number', INT), field('at', TIMESTAMP)];
const RIGHT: Schema = [field('of', STRING, true), field('value', INT), field('since', TIMESTAMP)];
const labels = scan('labels', LEFT, 'at');
const features = scan('features', RIGHT, 'since');

type Row = [key: string | null, number: number, time: number];

/** Rows whose times grow by `apart` or more; of few keys or many, some of none. */
const rowsOf = (apart: number): fc.Arbitrary<Row[]> =>
  fc
    .record({
      length: fc.constantFrom(0, 1, 100, 4_096, 4_097, 9_000),
      keys: fc.constantFrom(1, 7, 2_000),
      gap: fc.constantFrom(1, 3, 90),
      seed: fc.nat(),
    })
    .map(({ length, keys, gap, seed }) => {
      let state = seed;
      const random = (below: number): number => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return Math.floor((state / 4_294_967_296) * below);
      };
      let time = random(200);
      return Array.from({ length }, (_, number): Row => {
        time += apart + random(gap);
        return [random(20) === 0 ? null : `k${random(keys)}`, number, time];
      });
    });

/** What the rule says, row by row (S9.8): of the features of the key so far, the one that came last. */
function expected(lefts: Row[], rights: Row[], isAtCounted: boolean): (Row | undefined)[] {
  const last = new Map<string, Row>();
  const inOrder = [...rights].sort((a, b) => a[2] - b[2]);
  const found = new Map<Row, Row | undefined>();
  let next = 0;
  for (const row of [...lefts].sort((a, b) => a[2] - b[2])) {
    for (; next < inOrder.length; next += 1) {
      const [key, , since] = inOrder[next];
      if (isAtCounted ? since > row[2] : since >= row[2]) break;
      if (key !== null) last.set(key, inOrder[next]);
    }
    found.set(row, row[0] === null ? undefined : last.get(row[0]));
  }
  return lefts.map((row) => found.get(row));
}

test('S9.8 an as-of join of long tables, in order or with one row out of it, finds what one row at a time finds', () => {
  fc.assert(
    fc.property(
      rowsOf(0),
      rowsOf(1),
      fc.constantFrom('<' as const, '<=' as const),
      fc.constantFrom('inner' as const, 'left' as const),
      fc.constantFrom('none', 'left', 'right'),
      (lefts, rights, match, kind, isOut) => {
        if (isOut === 'left' && lefts.length > 1) lefts = [...lefts.slice(1), lefts[0]];
        if (isOut === 'right' && rights.length > 1) rights = [...rights.slice(1), rights[0]];
        const tables = { labels: tableOf(LEFT, lefts), features: tableOf(RIGHT, rights) };
        const plan = asof(labels, features, match, { kind, keys: [['key', 'of']] });
        const { table } = runBatch(plan, (name) => tables[name as keyof typeof tables]);
        const pairs = expected(lefts, rights, match === '<=')
          .map((right, i): Value[] => [...lefts[i], ...(right ?? [null, null, null])])
          .filter((row) => kind === 'left' || row[4] !== null);
        expect(table.length).toBe(pairs.length);
        expect(Array.from({ length: table.length }, (_, row) => readRow(table, row))).toEqual(pairs);
      },
    ),
    { numRuns: runs },
  );
});
