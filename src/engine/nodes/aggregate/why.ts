import { readValue, type Value } from '../../../model';
import { type Expression } from '../../../sql/plan';
import { unchanged, valueOf, type ExplanationFamily, type RowAt, type Trail } from '../explanation';

export const why = {
  aggregate: {
    // With a trigger it is a window of all time (S2.8); else everything of the group so far.
    contributors({ keys }, trail) {
      if (!followFired(keys, trail)) trail.followKey(0, keys, keyOf(keys, trail), (_, from) => from <= trail.input);
    },
    isMadeFrom: (_, result, row) => result.input === row.input,
    absent: unchanged,
  },
  'window aggregate': {
    contributors({ keys }, trail) {
      if (followFired(keys, trail)) return;
      const { rows, row, input } = trail;
      const { time } = trail.rowsOf(0).rows;
      const isInside = (one: number): boolean => time[one] >= rows.id1[row] && time[one] < rows.id2[row];
      trail.followKey(0, keys, keyOf(keys, trail), (one, from) => from <= input && isInside(one));
    },
    isMadeFrom({ keys }, { rows, row }, given) {
      const time = given.rows.time[given.row];
      const isInside = time >= rows.id1[row] && time < rows.id2[row];
      return isInside && keys.every((key, i) => valueOf(key, given) === readValue(rows.columns[i], row));
    },
    absent: unchanged,
  },
} satisfies ExplanationFamily;

const keyOf = (keys: Expression[], { rows, row }: RowAt): Value[] =>
  keys.map((_, i) => readValue(rows.columns[i], row));

/** Follows what the window held when it fired; false where the operator has no windows to look into. */
function followFired(keys: Expression[], trail: Trail): boolean {
  const { rows, row } = trail;
  const key = keyOf(keys, trail);
  const fired = trail.firedWith(key, rows.id1[row], rows.id2[row]);
  if (fired) trail.followKey(0, keys, key, (_, from) => fired.has(from));
  return fired !== null;
}
