import { MAX_TIME } from '../model';
import { type Mark } from './figure';
import { textWidth, type Box, type Placer } from './label';
import { isTime, type PaneRow, type WindowRow } from './part';
import { type Scales } from './plane-events';
import { formatSpan } from './time-axis';

/** More bands than this, or more upon each other than that, are one path per kind. */
const MOST_BANDS = 60;
const MOST_DEPTH = 4;

/** How far a band goes on beyond the edge of the view, px: more than its corner. */
const BEYOND = 14;

export type BandKind = 'open' | 'fired' | 'kept' | 'again';

export interface Band extends Box {
  id: string;
  kind: BandKind;
}

export interface Pill extends Box {
  id: string;
  /** Empty where there is no room: then it is a bead on the edge of the window. */
  text: string;
  again: boolean;
}

/** The last millimetre of a window: its state was thrown away here. */
export interface Lid {
  id: string;
  x1: number;
  x2: number;
  y: number;
}

export interface PlaneWindows {
  bands: Band[];
  /** Instead of `bands` where there are many. */
  merged: { kind: BandKind; path: string }[];
  lids: Lid[];
  marks: Mark[];
}

/** Windows of all keys over one span of event time: the plane draws the span once. */
interface SpanGroup {
  id: string;
  start: number;
  end: number;
  opened: number;
  fired: number;
  purged: number;
  again: boolean;
}

function groupSpans(windows: WindowRow[]): SpanGroup[] {
  const groups = new Map<string, SpanGroup>();
  for (const { start, end, opened, fired, purged, panes } of windows) {
    const id = `s${start}|${end}`;
    const one = groups.get(id) ?? { id, start, end, opened, fired, purged: 0, again: false };
    one.opened = Math.min(one.opened, opened);
    one.fired = Math.min(one.fired, fired);
    one.purged = Math.max(one.purged, purged);
    one.again ||= panes > 1;
    groups.set(id, one);
  }
  return [...groups.values()].filter((one) => isTime(one.opened));
}

/** How many spans lie on each other at most. */
function depth(groups: SpanGroup[]): number {
  const edges = groups.flatMap(({ start, end }) => [
    { at: start, by: 1 },
    { at: end, by: -1 },
  ]);
  edges.sort((a, b) => a.at - b.at || a.by - b.by);
  let most = 0;
  let now = 0;
  for (const { by } of edges) most = Math.max(most, (now += by));
  return most;
}

export function sayWindow(window: WindowRow, panes: PaneRow[], clock: Scales['clock']): string {
  const name = `window ${formatSpan(window.start, window.end)}${window.key ? ` of ${window.key}` : ''}`;
  const parts = [`${window.rows} ${window.rows === 1 ? 'row' : 'rows'}`, `opened ${clock(window.opened)}`];
  if (panes.length) {
    for (const pane of panes) {
      parts.push(`fired ${pane.pane > 0 ? 'again ' : ''}${clock(pane.emitted)} with ${pane.value}`);
    }
  } else if (isTime(window.fired)) {
    parts.push(`fired ${clock(window.fired)}${window.value ? `, now ${window.value}` : ''}`);
  } else parts.push('has not fired');
  if (isTime(window.purged)) parts.push(`closed ${clock(window.purged)}`);
  return `${name}: ${parts.join('; ')}`;
}

export function layoutWindows(windows: WindowRow[], panes: PaneRow[], scales: Scales, now: number): PlaneWindows {
  const groups = groupSpans(windows);
  const { x, y, frame } = scales;
  const right = frame.x + frame.width;
  const bands: Band[] = [];
  const lids: Lid[] = [];
  for (const { id, start, end, opened, fired, purged, again } of groups) {
    if (Math.min(x(end), right) - Math.max(x(start), frame.x) < 0.5) continue;
    const x0 = Math.max(x(start), frame.x - BEYOND);
    const x1 = Math.min(x(end), right + BEYOND);
    const gap = x1 - x0 > 10 ? 2 : 0;
    const across = { x: x0 + gap, width: x1 - x0 - 2 * gap };
    const to = isTime(fired) ? fired : isTime(purged) ? purged : now;
    bands.push({ id, kind: isTime(fired) ? 'fired' : 'open', ...across, ...down(y(opened), y(to)) });
    if (!isTime(fired)) continue;
    const kept = isTime(purged) ? purged : now;
    if (y(kept) - y(fired) > 1.5) {
      bands.push({ id: `${id}+`, kind: again ? 'again' : 'kept', ...across, ...down(y(fired), y(kept)) });
    }
    if (isTime(purged)) lids.push({ id: `${id}-`, x1: across.x + 4, x2: across.x + across.width - 4, y: y(purged) });
  }
  const many = bands.length > MOST_BANDS || depth(groups) > MOST_DEPTH;
  return {
    bands: many ? [] : bands,
    merged: many ? merge(bands) : [],
    lids: many ? [] : lids.filter((lid) => lid.x2 - lid.x1 > 4),
    marks: windowMarks(windows, panes, scales, now),
  };
}

const down = (from: number, to: number): { y: number; height: number } => ({ y: from, height: Math.max(to - from, 1) });

function merge(bands: Band[]): PlaneWindows['merged'] {
  const paths = new Map<BandKind, string>();
  for (const { kind, x, y, width, height } of bands) {
    const path = `M${x.toFixed(1)},${y.toFixed(1)}h${width.toFixed(1)}v${height.toFixed(1)}h${(-width).toFixed(1)}z`;
    paths.set(kind, (paths.get(kind) ?? '') + path);
  }
  return [...paths].map(([kind, path]) => ({ kind, path }));
}

/** At most this many windows can be focused: the newest. */
const MOST_FOCUS = 120;

function windowMarks(windows: WindowRow[], panes: PaneRow[], { x, y, frame, clock }: Scales, now: number): Mark[] {
  return windows.slice(-MOST_FOCUS).map((window) => {
    const mine = panes.filter(
      (pane) => pane.start === window.start && pane.end === window.end && sameKey(pane, window),
    );
    const until = isTime(window.purged) ? window.purged : now;
    const left = Math.max(x(window.start), frame.x);
    const width = Math.max(Math.min(x(window.end), frame.x + frame.width) - left, 2);
    const box = { x: left, width, ...down(y(window.opened), y(until)) };
    return {
      id: window.id,
      x: left + width / 2,
      y: box.y + box.height / 2,
      box,
      target: { kind: 'window', key: window.keyValues, start: window.start, end: window.end },
      get says() {
        return sayWindow(window, mine, clock);
      },
    };
  });
}

export const sameKey = (pane: PaneRow, window: WindowRow): boolean => pane.key === '' || pane.key === window.key;

/** One pill per firing of a span; where several keys fire at once it counts them. */
export function layoutPills(panes: PaneRow[], { x, y, frame }: Scales, placer: Placer): Pill[] {
  const firings = new Map<string, { panes: PaneRow[]; start: number; end: number; emitted: number }>();
  for (const pane of panes) {
    const id = `p${pane.start}|${pane.end}|${pane.emitted}`;
    const one = firings.get(id) ?? { panes: [], start: pane.start, end: pane.end, emitted: pane.emitted };
    one.panes.push(pane);
    firings.set(id, one);
  }
  // Where firings are many, the late events themselves show who fired again.
  const many = firings.size > MOST_BANDS;
  const newest = [...firings]
    .filter(([, one]) => !many || one.panes.every((pane) => pane.pane === 0))
    .slice(-4 * MOST_BANDS);
  return newest.reverse().map(([id, { panes: group, start, end, emitted }]) => {
    const again = group.some((pane) => pane.pane > 0);
    const text = group.length === 1 ? group[0].value : `${group.length} keys`;
    const x0 = Math.max(x(start), frame.x);
    const x1 = Math.min(x(end), frame.x + frame.width);
    const at = y(emitted === MAX_TIME ? start : emitted);
    const width = textWidth(text, 12) + 18;
    const middle = (x0 + x1 - width) / 2;
    const sides = again ? [x0 + 8, middle, x1 - width - 8] : [x1 - width - 8, middle, x0 + 8];
    // On the line of the firing; one that fires again may also hang above or below the event that made it so.
    const tops = again ? [at - 11, at - 36, at + 13] : [at - 11];
    const room = x1 - x0 >= width * 0.9;
    const box = room ? placer.place(tops.flatMap((y) => sides.map((x) => ({ x, y, width, height: 22 })))) : null;
    if (box) return { id, text, again, ...box };
    return { id, text: '', again, x: Math.max(x1 - 8, x0), y: at - 3, width: 6, height: 6 };
  });
}
