import { hasReach } from '../words/figures';
import { type JoinedPair, type JoinedRow, type JoinKind } from './join-rows';
import { type KeyClass, type KeyColors } from './keys';
import { type LaneAxis } from './lanes';
import { type JoinLanesLayout } from './join-lanes';

/** What lies between the lanes of a join: windows, brackets, versions, and lines between rows. */

export const TOP = 34;
export const LEFT_Y = TOP + 52;
/** Room between the lanes, for brackets and lines. */
const BETWEEN = 104;
export const RIGHT_Y = LEFT_Y + BETWEEN;
export const BOTTOM = RIGHT_Y + 50;
/** Brackets that are drawn under each other, and versions of different keys. */
const TIERS = 5;
const BARS = 3;

export function bandsOf(rows: JoinedRow[], { clip }: LaneAxis): JoinLanesLayout['bands'] {
  const spans = new Map(rows.filter(hasReach).map((row) => [`${row.from}|${row.to}`, row]));
  return [...spans].map(([id, { from, to }]) => {
    const left = clip(from) + 1;
    const right = clip(to) - 1;
    return { id, x: left, y: TOP + 22, width: Math.max(right - left, 2), height: BOTTOM - TOP - 44 };
  });
}

/** The newest brackets get the levels: those of rows that are gone give way. */
export function bracketsOf(rows: JoinedRow[], { x, clip }: LaneAxis): JoinLanesLayout['brackets'] {
  const ends: number[] = [];
  const lefts = rows.filter((row) => row.side === 'left' && hasReach(row) && row.fate !== 'too late');
  const order = [
    ...lefts.filter((row) => row.fate === 'kept'),
    ...lefts.filter((row) => row.fate !== 'kept').reverse(),
  ];
  return order.flatMap((row) => {
    const [from, to] = [clip(row.from), clip(row.to)];
    let level = ends.findIndex((end) => end < from - 4);
    if (level < 0) level = ends.length;
    if (level >= TIERS) return [];
    ends[level] = Math.max(ends[level] ?? 0, to);
    const y = LEFT_Y + 16 + level * 9;
    const [a, b, own] = [from, to, x(row.time)].map((one) => one.toFixed(1));
    const path = `M${a},${y + 5}V${y}H${b}V${y + 5}M${own},${LEFT_Y + 7}V${y}`;
    return [{ id: `b${row.place}`, path, gone: row.fate !== 'kept', changed: row.changed }];
  });
}

const KEY_CLASSES: KeyClass[] = ['k1', 'k2', 'k3', 'k4', 'k0'];

/** Versions of a key lie in one row; keys that there is no row for share the last. */
export const barTop = (colors: KeyColors, row: JoinedRow): number =>
  RIGHT_Y - 30 + Math.min(KEY_CLASSES.indexOf(colors.of(row.key)), BARS - 1) * 20;

export function barsOf(
  rows: JoinedRow[],
  pairs: JoinedPair[],
  colors: KeyColors,
  { clip }: LaneAxis,
): JoinLanesLayout['bars'] {
  const seen = new Set(pairs.map((pair) => pair.right.place));
  const now = new Set(pairs.filter((pair) => pair.changed).map((pair) => pair.right.place));
  return rows
    .filter((row) => row.side === 'right')
    .map((row) => {
      const [left, right] = [clip(row.from), clip(row.to)];
      return {
        id: `v${row.place}`,
        x: left,
        y: barTop(colors, row),
        width: Math.max(right - left - 2, 2),
        height: 14,
        color: colors.of(row.key),
        gone: row.fate !== 'kept',
        seen: seen.has(row.place),
        changed: now.has(row.place),
      };
    });
}

export function linesOf(
  pairs: JoinedPair[],
  at: (row: JoinedRow) => { x: number; y: number },
  kind: JoinKind,
): JoinLanesLayout['lines'] {
  return pairs.map((pair) => {
    const from = at(pair.left);
    const to = at(pair.right);
    // A version is seen at the time of the row that looks.
    const end = kind === 'version' ? { x: Math.max(from.x, to.x), y: to.y } : to;
    const path = `M${from.x.toFixed(1)},${from.y + 6}L${end.x.toFixed(1)},${end.y - (kind === 'version' ? 0 : 6)}`;
    return { id: `${pair.left.place} ${pair.right.place} ${pair.processing}`, path, changed: pair.changed };
  });
}
