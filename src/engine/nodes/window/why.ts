import { readValue, type Value } from '../../../model';
import { type Expression } from '../../../sql/plan';
import { unchanged, valueOf, type ExplanationFamily, type RowAt, type Trail } from '../explanation';

export const why = {
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

export const keyOf = (keys: Expression[], { rows, row }: RowAt): Value[] =>
  keys.map((_, i) => readValue(rows.columns[i], row));

/** Follows what the window held when it fired; false where the operator has no windows to look into. */
export function followFired(keys: Expression[], trail: Trail): boolean {
  const { rows, row } = trail;
  const key = keyOf(keys, trail);
  const fired = trail.firedWith(key, rows.id1[row], rows.id2[row]);
  if (fired) trail.followKey(0, keys, key, (_, from) => fired.has(from));
  return fired !== null;
}
