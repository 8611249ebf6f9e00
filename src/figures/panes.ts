import { TIMINGS, adds, type SnapshotPart } from '../model';
import { type PaneFacts } from '../words/figures';
import { fields, joinedKey, shown, visible, type WindowRow } from './part';

/** What windows emitted when they fired, and what they retracted. */

export interface PaneRow extends PaneFacts {
  start: number;
  end: number;
  key: string;
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
  const numbersOf = fields(table, { start: 0, end: 0, emitted: 0, pane: 0, kind: 0, timing: -1, mode: -1 });
  const spans = new Set(windows.map((window) => `${window.start}|${window.end}`));
  const rows: PaneRow[] = [];
  let back: PaneRow[] = [];
  for (let row = 0; row < table.length; row += 1) {
    const { kind, timing, mode, ...read } = numbersOf(row);
    if (!spans.has(`${read.start}|${read.end}`)) continue;
    const gives = adds(kind);
    const one: PaneRow = {
      ...read,
      key: key(row),
      timing: TIMINGS[timing] ?? (read.pane > 0 ? 'late' : 'on time'),
      value: gives ? text(row) : '',
      back: gives ? [] : [text(row)],
      isPart: mode === DISCARDING,
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
