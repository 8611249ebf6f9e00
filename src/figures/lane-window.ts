import { isTime, type Timing } from '../model';
import { rowsLabel, windowSentence } from '../words/figures';
import { type Mark } from './figure';
import { fit, middleOf, textWidth } from './label';
import { type PaneRow } from './panes';
import { type WindowRow } from './part';
import { windowTarget } from './plane-windows';

/** One window of a lane: what stands in its band, and in which row of the lane it stands. */

export interface LaneWindow extends Mark {
  box: NonNullable<Mark['box']>;
  kind: 'open' | 'fired' | 'closed';
  value: string;
  rows: string;
  /** Width of the bar of rows, px. */
  fill: number;
  /** One bead per pane, by when it came. */
  beads: { x: number; timing: Timing }[];
  /** Where the sessions that it is made of ended, px. */
  seams: number[];
}

/** From bead to bead. */
const BEAD = 12;

/** Windows of one key that overlap are put in rows under each other: the first row that is free. */
export function rowsOf(windows: WindowRow[]): { rows: number[]; count: number } {
  const ends: number[] = [];
  const rows = Array<number>(windows.length).fill(0);
  const order = windows.map((_, i) => i).sort((a, b) => windows[a].start - windows[b].start);
  for (const i of order) {
    let row = ends.findIndex((end) => end <= windows[i].start);
    if (row < 0) row = ends.length;
    ends[row] = windows[i].end;
    rows[i] = row;
  }
  return { rows, count: ends.length };
}

/** Whether a session is a part of one of the same key. */
export const isWithin = (session: WindowRow, { key, start, end }: WindowRow): boolean =>
  session.key === key && session.start >= start && session.end <= end;

/** Inner edges of the sessions that one is made of; growing by one event leaves none. */
export function seamsOf(window: WindowRow, sessions: WindowRow[], x: (time: number) => number): number[] {
  const inside = sessions.filter((one) => isWithin(one, window));
  // Only what two sessions brought together is worth a line: ends that a later start follows.
  const met = inside.filter((one) => inside.some((other) => other.merged === one.merged && other !== one));
  const edges = met.flatMap((one) => [one.start, one.end]).filter((time) => time > window.start && time < window.end);
  return [...new Set(edges)].map(x);
}

export function laneWindow(
  window: WindowRow,
  panes: PaneRow[],
  given: { box: LaneWindow['box']; full: number; clock: (time: number) => string; seams: number[] },
): LaneWindow {
  const { box, full, clock, seams } = given;
  const closed = isTime(window.purged);
  const inner = box.width - 16;
  const rows = rowsLabel(window.rows);
  const shown = panes.filter((pane) => pane.value !== '');
  const room = Math.min(shown.length, Math.max(Math.floor(inner / BEAD), 0));
  const value = fit(window.value, inner, 12);
  return {
    id: window.id,
    ...middleOf(box),
    box,
    kind: closed ? 'closed' : isTime(window.passed) ? 'fired' : 'open',
    value: value === window.value ? value : '',
    rows: textWidth(rows, 11, 'sans') + room * BEAD <= inner ? rows : '',
    fill: closed ? 0 : Math.max((window.rows / full) * inner, 2),
    beads: shown.slice(shown.length - room).map(({ timing }, i) => ({
      x: box.x + box.width - 12 - (room - 1 - i) * BEAD,
      timing,
    })),
    seams,
    target: windowTarget(window),
    get sentence() {
      return windowSentence(window, panes, clock);
    },
  };
}
