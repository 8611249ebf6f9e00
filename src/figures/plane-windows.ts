import { isTime, deepest } from '../model';
import { windowSentence } from '../words/figures';
import { type Mark, type WhyTarget } from './figure';
import { middleOf, type Box } from './label';
import { type PaneRow } from './panes';
import { type WindowRow } from './part';
import { type Scales } from './plane-events';

/** More bands than this, or more upon each other than that, are one path per kind. */
export const MOST_BANDS = 60;
const MOST_DEPTH = 4;

/** How far a band goes on beyond the edge of the view, px: more than its corner. */
const BEYOND = 14;

/** Before the watermark reaches its end; behind that, while late events may come, and where they did. */
type BandKind = 'open' | 'fired' | 'kept' | 'again';

interface Band extends Box {
  id: string;
  kind: BandKind;
  /** Its edge, where that is not the whole box: sessions that became one have no line between them. */
  outline: string | null;
}

/** The last millimetre of a window: its state was thrown away here. */
interface Lid {
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
type SpanGroup = Pick<
  WindowRow,
  'id' | 'start' | 'end' | 'since' | 'passed' | 'purged' | 'merged' | 'late' | 'byClock'
>;

function groupSpans(windows: WindowRow[]): SpanGroup[] {
  const groups = new Map<string, SpanGroup>();
  for (const { start, end, since, passed, purged, merged, late, byClock } of windows) {
    const id = `s${start}|${end}|${merged === since ? merged : isTime(merged)}`;
    const one = groups.get(id) ?? { id, start, end, since, passed, purged: 0, merged: 0, late: 0, byClock };
    one.since = Math.min(one.since, since);
    one.passed = Math.min(one.passed, passed);
    one.purged = Math.max(one.purged, purged);
    one.merged = Math.max(one.merged, merged);
    one.late += late;
    groups.set(id, one);
  }
  return [...groups.values()].filter((one) => isTime(one.since));
}

export function layoutWindows(windows: WindowRow[], panes: PaneRow[], scales: Scales, now: number): PlaneWindows {
  const groups = groupSpans(windows);
  const { x, y } = scales;
  const isFused = groups.some((one) => isTime(one.merged));
  const bands: Band[] = [];
  const lids: Lid[] = [];
  for (const group of groups) {
    const { id, passed, purged, merged } = group;
    const across = acrossOf(group, scales, isFused ? 0 : 2);
    if (across === null) continue;
    if (group.byClock) {
      const box = { ...across, ...down(y(group.start) + 1, y(group.end) - 1) };
      bands.push({ id, kind: isTime(passed) ? 'fired' : 'open', ...box, outline: null });
      continue;
    }
    const last = Math.min(...[purged, merged].filter(isTime), now);
    const turns = Math.min(passed, last);
    const put = (kind: BandKind, from: number, to: number): void => {
      const box = { ...across, ...down(y(from), y(to)) };
      const covered = isFused ? coveredOf(group, groups, from, x) : [];
      const open = isTime(merged) && to === last;
      const outline = isFused ? outlineOf(box, covered, open) : null;
      bands.push({ id: from === group.since ? id : `${id}+`, kind, ...box, outline });
    };
    if (turns > group.since || !isTime(passed)) put(isTime(passed) ? 'fired' : 'open', group.since, turns);
    const late = Math.max(turns, group.since);
    if (isTime(passed) && y(last) - y(late) > 1.5) put(group.late > 0 ? 'again' : 'kept', late, last);
    if (isTime(purged)) lids.push({ id: `${id}-`, x1: across.x + 4, x2: across.x + across.width - 4, y: y(purged) });
  }
  const many = bands.length > MOST_BANDS || deepest(groups.filter((one) => !isTime(one.merged))) > MOST_DEPTH;
  return {
    bands: many ? [] : bands,
    merged: many ? merge(bands) : [],
    lids: many ? [] : lids.filter((lid) => lid.x2 - lid.x1 > 4),
    marks: windowMarks(windows, panes, scales, now),
  };
}

/** Where a span stands across; null where the view does not have it. Windows by the clock go all across. */
function acrossOf(
  { start, end, byClock }: Pick<SpanGroup, 'start' | 'end' | 'byClock'>,
  { x, frame }: Scales,
  air: number,
): { x: number; width: number } | null {
  if (byClock) return { x: frame.x, width: frame.width };
  const right = frame.x + frame.width;
  if (Math.min(x(end), right) - Math.max(x(start), frame.x) < 0.5) return null;
  const x0 = Math.max(x(start), frame.x - BEYOND);
  const x1 = Math.min(x(end), right + BEYOND);
  const gap = x1 - x0 > 10 ? air : 0;
  return { x: x0 + gap, width: x1 - x0 - 2 * gap };
}

/** Where the sessions that became this one at `from` stand above it. */
function coveredOf(own: SpanGroup, all: SpanGroup[], from: number, x: Scales['x']): [number, number][] {
  if (from !== own.since) return [];
  return all
    .filter((one) => one.merged === from && one.start >= own.start && one.end <= own.end && one !== own)
    .map((one): [number, number] => [x(one.start), x(one.end)])
    .sort((a, b) => a[0] - b[0]);
}

function outlineOf({ x, y, width, height }: Box, covered: [number, number][], open: boolean): string {
  const right = x + width;
  const [top, bottom] = [y.toFixed(1), (y + height).toFixed(1)];
  const line = (from: number, to: number, at: string): string =>
    to - from > 0.5 ? `M${from.toFixed(1)},${at}H${to.toFixed(1)}` : '';
  let path = `M${x.toFixed(1)},${top}V${bottom}M${right.toFixed(1)},${top}V${bottom}`;
  let at = x;
  for (const [from, to] of covered) {
    path += line(at, from, top);
    at = Math.max(at, to);
  }
  return path + line(at, right, top) + (open ? '' : line(x, right, bottom));
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

function windowMarks(windows: WindowRow[], panes: PaneRow[], scales: Scales, now: number): Mark[] {
  const { y, clip, clock, frame } = scales;
  return windows.slice(-MOST_FOCUS).map((window) => {
    const mine = panes.filter((pane) => isPaneOf(pane, window));
    const until = Math.min(...[window.purged, window.merged].filter(isTime), now);
    const [left, right] = [clip(window.start), clip(window.end)];
    const box = window.byClock
      ? { x: frame.x, width: frame.width, ...down(y(window.start), y(window.end)) }
      : { x: left, width: Math.max(right - left, 2), ...down(y(window.since), y(until)) };
    return {
      id: window.id,
      ...middleOf(box),
      box,
      target: windowTarget(window),
      get sentence() {
        return windowSentence(window, mine, clock);
      },
    };
  });
}

export const windowTarget = ({ keyValues, start, end }: WindowRow): WhyTarget => ({
  kind: 'window',
  key: keyValues,
  start,
  end,
});

/** A session that has become part of a longer one emits no more. */
export const isPaneOf = (pane: PaneRow, window: WindowRow): boolean =>
  pane.start === window.start &&
  pane.end === window.end &&
  (pane.key === '' || pane.key === window.key) &&
  (pane.emitted >= window.since || !isTime(window.since)) &&
  (pane.emitted <= window.merged || pane.value === '');
