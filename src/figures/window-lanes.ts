import { type FigureOptions } from '../notebook/document';
import { type PartRequest, type Snapshot } from '../model';
import { distinct, type TextTable } from './figure';
import { shorten } from './label';
import { laneWindow, rowsOf, seamsOf, type LaneWindow } from './lane-window';
import { laneTicks, timeLine, type Lanes } from './lanes';
import { drawnItems, type LegendItem } from './legend';
import { readPanes, paneSentence } from './panes';
import { findPart, isTime, keyColumns, processingRange, readWindows, span, timeRange, type WindowRow } from './part';
import { isPaneOf } from './plane-windows';
import { clockOf, formatSpan, padded } from './time-axis';
import { linear } from './scale';

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
  const frame = { x: 2, y: TOP, width: width - 4, height: 0 };
  const x = linear(range ?? [0, 1], [frame.x, frame.x + frame.width]);
  const keys = [...new Set(windows.map((window) => window.key))];
  const most = Math.min(laneCount(options, columns), Math.max(1, facts.lanes.keys, keys.length));
  const deep = Math.min(
    Math.max(1, facts.lanes.deep, ...keys.map((key) => rowsOf(windows.filter((one) => one.key === key)).count)),
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
      if (!isIn(window) || row >= MOST_ROWS) return [];
      const left = Math.max(x(window.start), frame.x) + 1.5;
      const right = Math.min(x(window.end), frame.x + frame.width) - 1.5;
      const box = { x: left, y: y + NAME + row * (BAND + 4), width: Math.max(right - left, 2), height: BAND };
      return [
        laneWindow(
          window,
          panes.filter((pane) => isPaneOf(pane, window)),
          { box, full, clock, seams: seamsOf(window, sessions, x) },
        ),
      ];
    });
    return { key, name: keyName(columns, key, width), y, height: laneHeight, windows: inView };
  });
  const marks = lanes.flatMap((lane) => lane.windows);
  const height = TOP + most * laneHeight + 36;
  const { processingTime, watermark } = snapshot.clocks;
  const on = { x, frame, times: facts.range };
  const line = !range
    ? null
    : facts.byClock
      ? timeLine(processingTime, { kind: 'now', ...on })
      : timeLine(watermark, on);
  return {
    height,
    frame: { ...frame, height: most * laneHeight },
    ticks: laneTicks(range, x, frame),
    lanes,
    note: noteOf(keys.length - lanes.length, windows.filter((one) => range && one.end <= range[0]).length),
    line,
    marks,
    legend: legendOf(marks, line),
  };
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

function noteOf(keys: number, earlier: number): string {
  const notes: string[] = [];
  if (earlier > 0) notes.push(`${earlier} earlier ${earlier === 1 ? 'window' : 'windows'}`);
  if (keys > 0) notes.push(`${keys} more ${keys === 1 ? 'key' : 'keys'}`);
  return notes.join(' · ');
}

function legendOf(marks: LaneWindow[], line: Lanes['line']): LegendItem[] {
  const timings = new Set(marks.flatMap((one) => one.beads.map((bead) => bead.timing)));
  return drawnItems([
    [marks.some((one) => one.kind === 'open'), { symbol: 'open', text: 'window, open' }],
    [marks.some((one) => one.kind === 'fired'), { symbol: 'fired band', text: 'past its end, state kept' }],
    [marks.some((one) => one.kind === 'closed'), { symbol: 'closed band', text: 'closed, state gone' }],
    [marks.some((one) => one.fill > 0), { symbol: 'rows', text: 'rows in its state' }],
    [marks.some((one) => one.seams.length > 0), { symbol: 'seam', text: 'sessions that became one' }],
    [timings.has('early'), { symbol: 'pane early', text: 'fired early' }],
    [timings.has('on time'), { symbol: 'pane', text: 'fired on time' }],
    [timings.has('late'), { symbol: 'pane late', text: 'fired late' }],
    [line?.kind === 'water', { symbol: 'watermark line', text: 'watermark' }],
  ]);
}

export function describe(snapshot: Snapshot, options: FigureOptions, name: string): TextTable {
  const { windows, parts: sessions, columns, panes, clock } = read(snapshot, options, name);
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
      'made of',
    ]),
    rows: windows.map((window) => [
      window.key,
      formatSpan(window.start, window.end),
      isTime(window.purged) ? 'closed, state gone' : isTime(window.passed) ? 'past its end, state kept' : 'open',
      `${window.rows} ${window.rows === 1 ? 'row' : 'rows'}`,
      window.value,
      time(window.opened),
      time(window.fired),
      panes
        .filter((pane) => isPaneOf(pane, window))
        .map((pane) => `${clock(pane.emitted)} ${pane.timing}: ${paneSentence(pane)}`)
        .join('; ') || String(window.panes),
      time(window.purged),
      sessions
        .filter((one) => one.key === window.key && one.start >= window.start && one.end <= window.end)
        .map((one) => `${formatSpan(one.start, one.end)} at ${clock(one.merged)}`)
        .join('; '),
    ]),
  };
}
