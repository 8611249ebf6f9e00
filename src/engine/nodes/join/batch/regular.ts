import { type Table } from '../../../../model';
import { type JoinKind, type RegularJoin } from '../../../../sql/plan';
import { CHUNK_ROWS, upTo, type Collector, type Origin } from '../../../batch/chunk';
import { type Used } from '../../../batch/operator';
import { byKey, pairFilter, Pairs, pairTable, sidesOf, type Sides } from './sides';

/** A join that answers when it has seen both sides; columns that nobody uses may be left empty. */
export type Join = (left: Collector, right: Collector, used: Used) => { table: Table; origin: Origin };

/**
 * Every pair of rows with equal keys for which the rest of the condition holds. Rows in order of the left row, then of
 * the right one; right rows without a partner (right and full joins) come last.
 */
export function regularJoin(plan: RegularJoin): Join {
  return (leftRows, rightRows) => {
    const sides = sidesOf(plan, leftRows, rightRows);
    const { left, right } = sides;
    return pairTable(
      plan,
      left.table,
      right.table,
      resultOf(plan.kind, matches(plan, sides), upTo(left.table.length), upTo(right.table.length)),
    );
  };
}

function matches(plan: RegularJoin, { left, right, keys }: Sides): Pairs {
  const partners = byKey(right.keys, keys, upTo(right.table.length));
  const pairs = new Pairs();
  const keep = pairFilter(plan, left.table, right.table);
  let settled = 0;
  for (let row = 0; row < left.table.length; row += 1) {
    const key = left.keys[row];
    if (key < 0) continue;
    for (let i = partners.starts[key]; i < partners.starts[key + 1]; i += 1) pairs.add(row, partners.rows[i]);
    if (pairs.length - settled < CHUNK_ROWS) continue;
    keep(pairs, settled);
    settled = pairs.length;
  }
  keep(pairs, settled);
  return pairs;
}

/**
 * What the kind of join makes of the pairs that match: pads, or keeps left rows alone. `lefts` are all left rows, in the
 * order in which those of the pairs stand, `rights` all right ones, in the order wanted.
 */
export function resultOf(kind: JoinKind, pairs: Pairs, lefts: Int32Array, rights: Int32Array): Pairs {
  if (kind === 'inner') return pairs;
  const result = new Pairs();
  const padLeft = kind === 'left' || kind === 'full';
  let at = 0;
  for (const row of lefts) {
    const first = at;
    while (at < pairs.length && pairs.lefts[at] === row) at += 1;
    if (kind === 'semi' || kind === 'anti') {
      if (at > first === (kind === 'semi')) result.add(row, -1);
      continue;
    }
    for (let i = first; i < at; i += 1) result.add(row, pairs.rights[i]);
    if (padLeft && at === first) result.add(row, -1);
  }
  if (kind !== 'right' && kind !== 'full') return result;
  const met = new Uint8Array(rights.length);
  for (let i = 0; i < pairs.length; i += 1) met[pairs.rights[i]] = 1;
  for (const row of rights) if (met[row] === 0) result.add(-1, row);
  return result;
}
