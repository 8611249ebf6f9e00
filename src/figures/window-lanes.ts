import { type FigureOptions } from '../notebook/document';
import { isTime, type PartRequest, type Snapshot } from '../model';
import { keyTitle, notDrawn, paneText, PAST_ITS_END, rowsLabel, windowTrack } from '../words/figures';
import { formatSpan } from '../words/phrases';
import { distinct, type TextTable } from './figure';
import { shorten } from './label';
import { isWithin, laneWindow, rowsOf, seamsOf, type LaneWindow } from './lane-window';
import { laneAxis, type Lanes } from './lanes';
import { drawnItems, type LegendItem } from './legend';
import { readPanes } from './panes';
import { findPart, keyColumns, processingRange, readWindows, span, timeRange, type WindowRow } from './part';
import { isPaneOf } from './plane-windows';
import { clockOf, padded } from './time-axis';

/**
 * One lane per key: its windows on event time, each with its value, how many rows its state holds, and a bead per
 * pane; the watermark goes across all lanes. There is room for what the whole run needs, so that nothing moves.
 *
 * Options: `where`, `value` (column written in windows), `lanes` (how many keys, default 5, one where `where` names one).
 */
export function parts({ where, value }: FigureOptions): Record<string, PartRequest> {
  return {
    windows: value === null ? { part: 'windows', where } : { part: 'windows', where, value },
    panes: { part: 'panes', where },
  };
}

/** What the parts say: the windows that there are, and the sessions that became part of them. */
function read(snapshot: Snapshot, options: FigureOptions, name: string) {
  const part = findPart(snapshot, name, 'windows');
  const all = readWindows(part);
  const columns = part ? keyColumns(part.table) : [];
  const byClock = all.some((window) => window.byClock);
  const range = byClock ? span(processingRange(part)) : span(timeRange(part));
  return {
    windows: all.filter((window) => !isTime(window.merged)),
    parts: all.filter((window) => isTime(window.merged)),
    columns,
    panes: readPanes(findPart(snapshot, name, 'panes'), options.value, columns, all),
    range,
    lanes: part?.extent.lanes ?? { keys: 0, deep: 0 },
    clock: clockOf(span(timeRange(part)) ?? range),
    byClock,
  };
}

interface KeyLane {
  key: string;
  name: string;
  y: number;
  height: number;
  windows: LaneWindow[];
}

interface WindowLanes extends Lanes {
  lanes: KeyLane[];
  /** Keys without a lane, and windows before the view; empty where all are drawn. */
  note: string;
  marks: LaneWindow[];
}

const BAND = 44;
const NAME = 20;
const TOP = 34;
/** A window narrower than this cannot be read; the view then moves with the run. */
const LEAST = 76;
const MOST_ROWS = 6;
const laneCount = (options: FigureOptions, columns: string[]): number => {
  const asked = Number(options.lanes);
  if (asked > 0) return asked;
  return columns.every((column) => column in options.where) ? 1 : 5;
};

export function layout(snapshot: Snapshot, options: FigureOptions, width: number, name: string): WindowLanes {
  const facts = read(snapshot, options, name);
  const { windows, parts: sessions, columns, panes, clock } = facts;
  const range = viewOf(windows, facts.range, width);
  // The window without end has no edges to frame it with.
  const isIn = (window: WindowRow): boolean => !range || (window.end > range[0] && window.start < range[1]);
  const keys = [...new Set(windows.map((window) => window.key))];
  const most = Math.min(laneCount(options, columns), Math.max(1, facts.lanes.keys, keys.length));
  const ofKeys = keys.map((key) => {
    const mine = windows.filter((window) => window.key === key);
    return { key, mine, ...rowsOf(mine) };
  });
  const deep = Math.min(Math.max(1, facts.lanes.deep, ...ofKeys.map(({ count }) => count)), MOST_ROWS);
  const laneHeight = NAME + deep * (BAND + 4) + 6;
  const axis = laneAxis(range, { times: facts.range, width, y: TOP, height: most * laneHeight });
  const full = Math.max(1, ...windows.map((window) => window.rows));
  const lanes = ofKeys.slice(0, most).map(({ key, mine, rows }, i): KeyLane => {
    const y = TOP + i * laneHeight;
    const inView = mine.flatMap((window, at): LaneWindow[] => {
      const row = rows[at];
      if (!isIn(window) || row >= MOST_ROWS) return [];
      const left = axis.clip(window.start) + 1.5;
      const right = axis.clip(window.end) - 1.5;
      const box = { x: left, y: y + NAME + row * (BAND + 4), width: Math.max(right - left, 2), height: BAND };
      const own = panes.filter((pane) => isPaneOf(pane, window));
      return [laneWindow(window, own, { box, full, clock, seams: seamsOf(window, sessions, axis.x) })];
    });
    const title = shorten(keyTitle(columns, key), Math.max(Math.floor(width / 8), 16));
    return { key, name: title, y, height: laneHeight, windows: inView };
  });
  const marks = lanes.flatMap((lane) => lane.windows);
  const { processingTime, watermark } = snapshot.clocks;
  const line = facts.byClock ? axis.line(processingTime, 'now') : axis.line(watermark);
  return {
    ...axis,
    height: TOP + most * laneHeight + 36,
    lanes,
    note: notDrawn(keys.length - lanes.length, windows.filter((one) => range && one.end <= range[0]).length),
    line,
    marks,
    legend: legendOf(marks, line),
  };
}

/**
 * The whole run where its windows are wide enough to be read; else the newest that fit, moving on by whole windows.
 */
function viewOf(windows: WindowRow[], range: [number, number] | null, width: number): [number, number] | null {
  if (!range) return null;
  const sizes = windows.map((window) => window.end - window.start);
  const size = sizes.length ? Math.min(...sizes) : 0;
  const [from, to] = range[0] === range[1] ? padded(range) : range;
  if (size === 0 || (size / (to - from)) * width >= LEAST) return [from, to];
  const length = Math.min((size * width) / LEAST, to - from);
  const newest = Math.max(...windows.map((window) => window.end));
  const start = Math.max(newest - length, from);
  return [start, start + length];
}

function legendOf(marks: LaneWindow[], line: Lanes['line']): LegendItem[] {
  const timings = new Set(marks.flatMap((one) => one.beads.map((bead) => bead.timing)));
  const kinds = new Set(marks.map((one) => one.kind));
  return drawnItems([
    [kinds.has('open'), 'open'],
    [kinds.has('fired'), 'fired band', PAST_ITS_END],
    [kinds.has('closed'), 'closed band'],
    [marks.some((one) => one.fill > 0), 'rows'],
    [marks.some((one) => one.seams.length > 0), 'seam'],
    [timings.has('early'), 'pane early'],
    [timings.has('on time'), 'pane'],
    [timings.has('late'), 'pane late'],
    [line?.kind === 'water', 'watermark line'],
  ]);
}

export function describe(snapshot: Snapshot, options: FigureOptions, name: string): TextTable {
  const { windows, parts: sessions, columns, panes, clock } = read(snapshot, options, name);
  return {
    caption: windowTrack.caption(windows.length, snapshot.clocks.watermark, clock),
    columns: distinct(windowTrack.columns(columns)),
    rows: windows.map((window) => [
      window.key,
      formatSpan(window.start, window.end),
      windowTrack.state(window),
      rowsLabel(window.rows),
      window.value,
      windowTrack.time(window.opened, clock),
      windowTrack.time(window.fired, clock),
      panes
        .filter((pane) => isPaneOf(pane, window))
        .map((pane) => windowTrack.pane(clock(pane.emitted), pane.timing, paneText(pane)))
        .join('; ') || String(window.panes),
      windowTrack.time(window.purged, clock),
      sessions
        .filter((one) => isWithin(one, window))
        .map((one) => windowTrack.session(formatSpan(one.start, one.end), clock(one.merged)))
        .join('; '),
    ]),
  };
}
