import { CHANGE_SIGNS, TIMINGS, adds, type SnapshotPart, type Timing, type Value } from '../model';
import { joinedKey, numbers, reader, shown, visible, type WindowRow } from './part';

/** What windows emitted when they fired, and what they retracted. */

export interface PaneRow {
  start: number;
  end: number;
  key: string;
  emitted: number;
  /** Which emission of its window, from 0. */
  pane: number;
  timing: Timing;
  /** Empty where it only takes back. */
  value: string;
  /** Values that it takes back. */
  back: string[];
  /** It holds only what is new since the pane before it (S6.1). */
  isPart: boolean;
}

/**
 * Firings of the given windows. What is taken back belongs to the next row of the same key at the same moment, and
 * stands alone where there is none. Rows of a result without windows have other identities, and are no panes.
 */
export function readPanes(
  part: SnapshotPart | undefined,
  value: string | null,
  keys: string[],
  windows: WindowRow[],
): PaneRow[] {
  if (!part) return [];
  const { table } = part;
  const names = visible(table);
  const text = shown(table, value ?? names[names.length - 1] ?? '');
  const key = joinedKey(
    table,
    keys.filter((name) => names.includes(name)),
  );
  const start = numbers(table, '#start', 0);
  const end = numbers(table, '#end', 0);
  const emitted = numbers(table, '#emitted', 0);
  const pane = numbers(table, '#pane', 0);
  const timing = numbers(table, '#timing', -1);
  const mode = numbers(table, '#mode', -1);
  const kind = reader(table, '#kind');
  const spans = new Set(windows.map((window) => `${window.start}|${window.end}`));
  const rows: PaneRow[] = [];
  let back: PaneRow[] = [];
  for (let row = 0; row < table.length; row += 1) {
    if (!spans.has(`${start(row)}|${end(row)}`)) continue;
    const gives = adds(kindOf(kind(row)));
    const one: PaneRow = {
      start: start(row),
      end: end(row),
      key: key(row),
      emitted: emitted(row),
      pane: pane(row),
      timing: TIMINGS[timing(row)] ?? (pane(row) > 0 ? 'late' : 'on time'),
      value: gives ? text(row) : '',
      back: gives ? [] : [text(row)],
      isPart: mode(row) === DISCARDING,
    };
    if (back.length && (back[0].key !== one.key || back[0].emitted !== one.emitted)) {
      rows.push(...back);
      back = [];
    }
    if (!gives) back.push(one);
    else {
      rows.push({ ...one, back: back.flatMap((taken) => taken.back) });
      back = [];
    }
  }
  return [...rows, ...back];
}

/** Place of `discarding` in the `#mode` column. */
const DISCARDING = 1;

/** `+9` where a pane holds only what is new, `9` else; empty where it only takes back. */
export const paneValue = ({ value, isPart }: PaneRow): string =>
  isPart && /^[^+−–-]/.test(value) ? `+${value}` : value;

/** What a pane emits and retracts, in words. */
export function paneSentence(pane: PaneRow): string {
  const back = pane.back.length ? `takes back ${pane.back.join(' and ')}` : '';
  return [paneValue(pane), back].filter(Boolean).join(', ');
}

/** A change kind is held as its code, or as its sign. */
function kindOf(value: Value): number {
  return typeof value === 'string' ? Math.max(CHANGE_SIGNS.indexOf(value as never), 0) : Number(value ?? 0);
}
