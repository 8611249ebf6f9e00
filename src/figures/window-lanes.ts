import { type FigureOptions } from '../notebook/document';
import { type PartRequest, type Snapshot } from '../model';
import { distinct, type Mark, type TextTable } from './figure';
import { fit, shorten, textWidth } from './label';
import { type LegendItem } from './legend';
import {
  findPart,
  isTime,
  keyColumns,
  readPanes,
  readWindows,
  span,
  timeRange,
  type PaneRow,
  type WindowRow,
} from './part';
import { sameKey, sayWindow } from './plane-windows';
import { clockOf, formatSpan, padded, shortClockOf, timeTicks, type Tick } from './time-axis';
import { linear } from './scale';

/**
 * One lane per key: its windows on event time, each with its value, how many rows its state holds, and a bead per
 * pane; the watermark goes across all lanes.
 *
 * Options: `where`, `value` (column written in windows), `lanes` (how many keys, default 5, one where `where` names one).
 */
export function parts({ where, value }: FigureOptions): Record<string, PartRequest> {
  return {
    windows: value === null ? { part: 'windows', where } : { part: 'windows', where, value },
    panes: { part: 'panes', where },
  };
}

export interface LaneWindow extends Mark {
  box: NonNullable<Mark['box']>;
  kind: 'open' | 'fired' | 'closed';
  value: string;
  rows: string;
  /** Width of the bar of rows, px. */
  fill: number;
  /** One bead per pane: the first, and those after it. */
  beads: { x: number; again: boolean }[];
}

export interface KeyLane {
  key: string;
  name: string;
  y: number;
  height: number;
  windows: LaneWindow[];
}

export interface LanesLayout {
  height: number;
  frame: { x: number; y: number; width: number; height: number };
  ticks: (Tick & { x: number })[];
  lanes: KeyLane[];
  /** Keys without a lane, and windows before the view; empty where all are drawn. */
  note: string;
  watermark: { x: number; label: string; anchor: 'start' | 'end' } | null;
  marks: LaneWindow[];
  legend: LegendItem[];
}

const BAND = 44;
const NAME = 20;
const TOP = 34;
/** A window narrower than this says nothing; the view then moves with the run. */
const LEAST = 76;
const MOST_ROWS = 6;

const laneCount = (options: FigureOptions, columns: string[]): number => {
  const asked = Number(options.lanes);
  if (asked > 0) return asked;
  return columns.length > 0 && columns.every((column) => column in options.where) ? 1 : 5;
};

export function layout(snapshot: Snapshot, options: FigureOptions, width: number, name: string): LanesLayout {
  const part = findPart(snapshot, name, 'windows');
  const windows = readWindows(part);
  const columns = part ? keyColumns(part.table) : [];
  const panes = readPanes(findPart(snapshot, name, 'panes'), options.value, columns, windows);
  const clock = clockOf(span(timeRange(part)));
  const range = viewOf(windows, span(timeRange(part)), width);
  const frame = { x: 2, y: TOP, width: width - 4, height: 0 };
  const x = linear(range ?? [0, 1], [frame.x, frame.x + frame.width]);
  const most = laneCount(options, columns);
  const keys = [...new Set(windows.map((window) => window.key))];
  const deep = Math.min(
    Math.max(1, ...keys.map((key) => rowsOf(windows.filter((one) => one.key === key)).count)),
    MOST_ROWS,
  );
  const laneHeight = NAME + deep * (BAND + 4) + 6;
  const full = Math.max(1, ...windows.map((window) => window.rows));
  const lanes = keys.slice(0, most).map((key, i): KeyLane => {
    const y = TOP + i * laneHeight;
    const mine = windows.filter((window) => window.key === key);
    const { rows } = rowsOf(mine);
    const inView = mine.flatMap((window, at): LaneWindow[] => {
      const row = rows[at];
      if (!range || window.end <= range[0] || window.start >= range[1] || row >= MOST_ROWS) return [];
      const left = Math.max(x(window.start), frame.x) + 1.5;
      const right = Math.min(x(window.end), frame.x + frame.width) - 1.5;
      const box = { x: left, y: y + NAME + row * (BAND + 4), width: Math.max(right - left, 2), height: BAND };
      return [
        laneWindow(
          window,
          panes.filter((pane) => isOf(pane, window)),
          { box, full, clock },
        ),
      ];
    });
    return { key, name: keyName(columns, key, width), y, height: laneHeight, windows: inView };
  });
  const marks = lanes.flatMap((lane) => lane.windows);
  const height = TOP + most * laneHeight + 36;
  const { watermark } = snapshot.clocks;
  const at = isTime(watermark)
    ? Math.min(Math.max(x(watermark), frame.x), frame.x + frame.width)
    : frame.x + frame.width;
  const started = isTime(watermark) || watermark > 0;
  const right = at > width / 2;
  return {
    height,
    frame: { ...frame, height: most * laneHeight },
    ticks: range ? timeTicks(range, frame.width).map((tick) => ({ ...tick, x: x(tick.time) })) : [],
    lanes,
    note: noteOf(keys.length - lanes.length, windows.filter((one) => range && one.end <= range[0]).length),
    watermark:
      range && started
        ? {
            x: at,
            label: isTime(watermark) ? `watermark ${shortClockOf(span(timeRange(part)))(watermark)}` : 'end of input',
            anchor: right ? 'end' : 'start',
          }
        : null,
    marks,
    legend: legendOf(marks, Boolean(range && started)),
  };
}

const isOf = (pane: PaneRow, window: WindowRow): boolean =>
  pane.start === window.start && pane.end === window.end && sameKey(pane, window);

/** Where a label centred on `x` stands so that it is on the picture. */
export function labelX(label: string, x: number, width: number): number {
  const half = textWidth(label, 11) / 2;
  return Math.min(Math.max(x, half), width - half);
}

function keyName(columns: string[], key: string, width: number): string {
  if (columns.length === 0) return 'all rows';
  const name = columns.length === 1 ? `${columns[0]} ${key}` : key;
  return shorten(name, Math.max(Math.floor(width / 8), 16));
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

/** Windows of one key that overlap are put in rows under each other: the first row that is free. */
function rowsOf(windows: WindowRow[]): { rows: number[]; count: number } {
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

function laneWindow(
  window: WindowRow,
  panes: PaneRow[],
  { box, full, clock }: { box: LaneWindow['box']; full: number; clock: (time: number) => string },
): LaneWindow {
  const closed = isTime(window.purged);
  const inner = box.width - 16;
  const rows = `${window.rows} ${window.rows === 1 ? 'row' : 'rows'}`;
  const beads = Math.max(window.panes, panes.length);
  const room = Math.min(beads, Math.max(Math.floor(inner / 9), 0));
  const value = fit(window.value, inner, 12);
  return {
    id: window.id,
    x: box.x + box.width / 2,
    y: box.y + box.height / 2,
    box,
    kind: closed ? 'closed' : isTime(window.fired) ? 'fired' : 'open',
    value: value === window.value ? value : '',
    rows: textWidth(rows, 11, 'sans') + room * 9 <= inner ? rows : '',
    fill: closed ? 0 : Math.max((window.rows / full) * inner, 2),
    beads: Array.from({ length: room }, (_, i) => ({
      x: box.x + box.width - 10 - (room - 1 - i) * 9,
      again: beads - room + i > 0,
    })),
    target: { kind: 'window', key: window.keyValues, start: window.start, end: window.end },
    get says() {
      return sayWindow(window, panes, clock);
    },
  };
}

function noteOf(keys: number, earlier: number): string {
  const notes: string[] = [];
  if (earlier > 0) notes.push(`${earlier} earlier ${earlier === 1 ? 'window' : 'windows'}`);
  if (keys > 0) notes.push(`${keys} more ${keys === 1 ? 'key' : 'keys'}`);
  return notes.join(' · ');
}

function legendOf(marks: LaneWindow[], watermark: boolean): LegendItem[] {
  const items: [boolean, LegendItem][] = [
    [marks.some((one) => one.kind === 'open'), { symbol: 'open', text: 'window, open' }],
    [marks.some((one) => one.kind === 'fired'), { symbol: 'fired band', text: 'fired, state kept' }],
    [marks.some((one) => one.kind === 'closed'), { symbol: 'closed band', text: 'closed, state gone' }],
    [marks.some((one) => one.fill > 0), { symbol: 'rows', text: 'rows in its state' }],
    [marks.some((one) => one.beads.some((bead) => !bead.again)), { symbol: 'pane', text: 'fired' }],
    [marks.some((one) => one.beads.some((bead) => bead.again)), { symbol: 'pane again', text: 'fired again' }],
    [watermark, { symbol: 'watermark', text: 'watermark' }],
  ];
  return items.filter(([drawn]) => drawn).map(([, item]) => item);
}

export function describe(snapshot: Snapshot, options: FigureOptions, name: string): TextTable {
  const part = findPart(snapshot, name, 'windows');
  const windows = readWindows(part);
  const columns = part ? keyColumns(part.table) : [];
  const panes = readPanes(findPart(snapshot, name, 'panes'), options.value, columns, windows);
  const clock = clockOf(span(timeRange(part)));
  const time = (value: number): string => (isTime(value) ? clock(value) : 'not yet');
  const { watermark } = snapshot.clocks;
  const mark = isTime(watermark) ? `, watermark ${clock(watermark)}` : watermark > 0 ? ', the input has ended' : '';
  return {
    caption: `Windows so far: ${windows.length}${mark}`,
    columns: distinct([
      columns.join(' · ') || 'key',
      'window',
      'state',
      'rows',
      'value',
      'opened',
      'fired',
      'panes',
      'closed',
    ]),
    rows: windows.map((window) => [
      window.key,
      formatSpan(window.start, window.end),
      isTime(window.purged) ? 'closed, state gone' : isTime(window.fired) ? 'fired, state kept' : 'open',
      `${window.rows} ${window.rows === 1 ? 'row' : 'rows'}`,
      window.value,
      time(window.opened),
      time(window.fired),
      panes
        .filter((pane) => isOf(pane, window))
        .map((pane) => `${clock(pane.emitted)} ${pane.value}`)
        .join('; ') || String(window.panes),
      time(window.purged),
    ]),
  };
}
