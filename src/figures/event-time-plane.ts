import { curveStepBefore, line } from 'd3';
import { type FigureOptions } from '../notebook/document';
import { MIN_TIME, type PartRequest, type Snapshot } from '../model';
import { distinct, type Mark, type TextTable } from './figure';
import { keyColors } from './keys';
import { Placer, textWidth, type Box } from './label';
import { fateItems, keyItems, type LegendItem } from './legend';
import {
  colorColumn,
  findPart,
  isTime,
  keyColumns,
  processingRange,
  readEvents,
  readPanes,
  readWatermarks,
  readWindows,
  span,
  timeRange,
  type WatermarkMove,
} from './part';
import { labelEvents, layoutEvents, type PlaneEvents, type PlaneLabel, type Scales } from './plane-events';
import { layoutPills, layoutWindows, sameKey, type Pill, type PlaneWindows } from './plane-windows';
import { clockOf, formatSpan, padded, roughly, shortClockOf, timeTicks, type Tick } from './time-axis';
import { linear } from './scale';

/**
 * The signature picture: event time across, processing time down; the watermark moves through it, windows are bands
 * that fill, fire, fire again and close.
 *
 * Options: `where` (keys and values that it is about), `color` (column that colours dots), `value` (column written in
 * pills), `others: true` (events outside `where` are drawn too, small and pale).
 */
export function parts({ where, value, ...options }: FigureOptions): Record<string, PartRequest> {
  return {
    events: options.others ? { part: 'events' } : { part: 'events', where },
    windows: value === null ? { part: 'windows', where } : { part: 'windows', where, value },
    panes: { part: 'panes', where },
    watermarks: { part: 'watermarks' },
  };
}

/** What the parts say, before any geometry. */
function read(snapshot: Snapshot, options: FigureOptions, name: string) {
  const part = (short: string) => findPart(snapshot, name, short);
  const [events, windows, panes, watermarks] = ['events', 'windows', 'panes', 'watermarks'].map(part);
  const column = colorColumn(options, events?.table, windows?.table);
  const times = span(timeRange(events));
  const rows = readWindows(windows);
  return {
    column,
    events: readEvents(events, column, options),
    windows: rows,
    panes: readPanes(panes, options.value, windows ? keyColumns(windows.table) : [], rows),
    moves: readWatermarks(watermarks),
    times,
    windowTimes: span(timeRange(windows)),
    processing: span(...[events, windows, panes, watermarks].map(processingRange), [
      snapshot.clocks.processingTime,
      snapshot.clocks.processingTime,
    ]),
    clock: clockOf(times),
  };
}

/**
 * The view across: the events, widened to the edges of their windows as long as these do not squeeze the events into
 * less than half of it.
 */
function across(times: [number, number] | null, windows: [number, number] | null): [number, number] | null {
  const both = span(times ?? undefined, windows ?? undefined);
  if (!times || !both) return both && padded(both);
  const seen = padded(times);
  return both[1] - both[0] <= 2 * (seen[1] - seen[0]) ? both : seen;
}

export interface PlaneLayout {
  width: number;
  height: number;
  frame: Box;
  xTicks: (Tick & { x: number })[];
  yTicks: (Tick & { y: number })[];
  /** Where events without delay would lie. */
  truth: { x1: number; y1: number; x2: number; y2: number } | null;
  watermark: { path: string; x: number; y: number; end: boolean } | null;
  now: { y: number; x: number; anchor: 'start' | 'end'; text: string } | null;
  windows: PlaneWindows;
  events: PlaneEvents;
  pills: Pill[];
  labels: PlaneLabel[];
  marks: Mark[];
  legend: LegendItem[];
  empty: boolean;
}

/** Heights by width, in steps, so that the box is known before it is measured; `Frame.svelte` has the same steps. */
export const planeHeight = (width: number): number => (width < 560 ? 400 : width < 900 ? 450 : 540);

export function layout(snapshot: Snapshot, options: FigureOptions, width: number, name: string): PlaneLayout {
  const facts = read(snapshot, options, name);
  const height = planeHeight(width);
  const xRange = across(facts.times, facts.windowTimes) ?? [0, 1];
  const yRange = padded(facts.processing ?? [0, 1], 0.02);
  const yTicks = timeTicks(yRange, height - 64, 'y');
  const left = Math.max(...yTicks.map((tick) => textWidth(tick.label, 11)), 34) + 12;
  const frame: Box = { x: left, y: 40, width: width - left - 10, height: height - 64 };
  const x = linear(xRange, [frame.x, frame.x + frame.width]);
  const y = linear(yRange, [frame.y, frame.y + frame.height]);
  const scales: Scales = { x, y, frame, clock: facts.clock };
  const processing = snapshot.clocks.processingTime;
  const now = isTime(processing) ? Math.min(processing, yRange[1]) : yRange[0];
  const colors = keyColors(facts.events.filter((event) => event.here).map((event) => event.key));
  const events = layoutEvents(facts.events, { column: facts.column, colors, scales });
  const windows = layoutWindows(facts.windows, facts.panes, scales, now);
  const placer = new Placer({ ...frame, height: height - frame.y });
  const few = events.points.length <= FEW ? events.points : [];
  block(
    placer,
    few.filter((dot) => dot.fate !== 'on time'),
    6,
  );
  const pills = layoutPills(facts.panes, scales, placer);
  block(placer, few, 0);
  if (windows.lids.length <= 12)
    for (const { x1, x2, y } of windows.lids) placer.block({ x: x1, y: y - 2, width: x2 - x1, height: 4 });
  const watermark = watermarkLine(facts.moves, scales, now);
  const nowMark = isTime(processing)
    ? nowLine(y(now), frame, `now ${shortClockOf(facts.times)(processing)}`, placer)
    : null;
  const marks: Mark[] = [...windows.marks, ...events.marks];
  if (watermark) marks.push(watermarkMark(watermark, facts.moves, facts.clock));
  const result: Omit<PlaneLayout, 'legend'> = {
    width,
    height,
    frame,
    xTicks: facts.times || facts.windowTimes ? ticksIn(timeTicks(xRange, frame.width), x, frame) : [],
    yTicks: facts.processing ? yTicks.map((tick) => ({ ...tick, y: y(tick.time) })) : [],
    truth: diagonal(xRange, yRange, scales),
    watermark,
    now: nowMark,
    windows,
    events,
    pills,
    labels: labelEvents(facts.events, events, placer),
    marks,
    empty: facts.events.length === 0,
  };
  return { ...result, legend: legendOf(result, keyItems(colors, facts.column), facts.events) };
}

/** Up to so many dots, labels keep clear of them. */
const FEW = 300;

function block(placer: Placer, dots: readonly { x: number; y: number; r: number }[], air: number): void {
  for (const { x, y, r } of dots) {
    const size = 2 * (r + air);
    placer.block({ x: x - size / 2, y: y - size / 2, width: size, height: size });
  }
}

/** Ticks whose labels stay on the picture. */
function ticksIn(ticks: Tick[], x: (time: number) => number, frame: Box): PlaneLayout['xTicks'] {
  const right = frame.x + frame.width + 10;
  return ticks
    .map((tick) => ({ ...tick, x: x(tick.time) }))
    .filter((tick) => tick.x + textWidth(tick.label, 11) / 2 <= right);
}

function diagonal(xRange: [number, number], yRange: [number, number], { x, y }: Scales): PlaneLayout['truth'] {
  const from = Math.max(xRange[0], yRange[0]);
  const to = Math.min(xRange[1], yRange[1]);
  return from < to ? { x1: x(from), y1: y(from), x2: x(to), y2: y(to) } : null;
}

/** A stepped line; moves before the view start at its left edge, and the end of time is its right edge. */
function watermarkLine(moves: WatermarkMove[], { x, y, frame }: Scales, now: number): PlaneLayout['watermark'] {
  const known = moves.filter((move) => move.watermark > MIN_TIME && move.processing <= now);
  if (known.length === 0) return null;
  const right = frame.x + frame.width;
  const clamp = (time: number): number => Math.min(Math.max(x(time), frame.x), right);
  const points: [number, number][] = [[frame.x, y(known[0].processing)]];
  for (const { watermark, processing } of known) {
    const point: [number, number] = [clamp(watermark), y(processing)];
    const last = points[points.length - 1];
    if (point[0] === frame.x) points[0] = point;
    else if (Math.abs(point[0] - last[0]) + Math.abs(point[1] - last[1]) > 0.4) points.push(point);
  }
  const last = known[known.length - 1].watermark;
  const at: [number, number] = [clamp(last), y(now)];
  points.push(at);
  return { path: line().curve(curveStepBefore)(points) ?? '', x: at[0], y: at[1], end: !isTime(last) && last > 0 };
}

function watermarkMark(at: { x: number; y: number }, moves: WatermarkMove[], clock: Scales['clock']): Mark {
  const { watermark } = moves[moves.length - 1];
  const says = isTime(watermark)
    ? `watermark ${clock(watermark)}: no event at or before it is expected any more`
    : 'watermark at the end of time: the input has ended';
  return { id: 'watermark', ...at, says, target: { kind: 'watermark', watermark } };
}

/** The line is labelled below itself, where nothing has happened yet; on the left where a pill hangs over the right. */
function nowLine(y: number, frame: Box, text: string, placer: Placer): PlaneLayout['now'] {
  const width = textWidth(text, 11, 'sans');
  const right = { x: frame.x + frame.width - width, y: y + 3, width, height: 14 };
  const left = { ...right, x: frame.x };
  return placer.place([right, left]) === left
    ? { y, text, x: frame.x, anchor: 'start' }
    : { y, text, x: frame.x + frame.width, anchor: 'end' };
}

function legendOf(
  picture: Omit<PlaneLayout, 'legend'>,
  keys: LegendItem[],
  events: Parameters<typeof fateItems>[0],
): LegendItem[] {
  const kinds = new Set([...picture.windows.bands, ...picture.windows.merged].map((band) => band.kind));
  const items: [boolean, LegendItem][] = [
    [picture.events.points.some((dot) => dot.aside), { symbol: 'other', text: 'other events' }],
    [picture.watermark !== null, { symbol: 'watermark', text: 'watermark' }],
    [picture.truth !== null, { symbol: 'truth', text: 'no delay' }],
    [kinds.has('open'), { symbol: 'open', text: 'window, open' }],
    [kinds.has('fired') || picture.pills.some((pill) => !pill.again), { symbol: 'fired', text: 'fired' }],
    [kinds.has('kept') || kinds.has('again'), { symbol: 'kept', text: 'kept for late events' }],
    [picture.pills.some((pill) => pill.again), { symbol: 'fired again', text: 'fired again' }],
    [picture.windows.lids.length > 0, { symbol: 'closed', text: 'closed' }],
  ];
  const dots = picture.empty ? [] : [...keys, ...fateItems(events)];
  return [...dots, ...items.filter(([drawn]) => drawn).map(([, item]) => item)];
}

export function describe(snapshot: Snapshot, options: FigureOptions, name: string): TextTable {
  const { events, windows, panes, moves, clock, column } = read(snapshot, options, name);
  const rows: { at: number; cells: string[] }[] = [];
  const add = (at: number, ...cells: string[]): void => void rows.push({ at, cells: [clock(at), ...cells] });
  for (const event of events) {
    add(
      event.append,
      `event, ${event.fate}`,
      clock(event.time),
      event.key,
      event.facts,
      roughly(event.append - event.time),
    );
  }
  for (const { processing, watermark } of moves) {
    add(processing, 'watermark moves', isTime(watermark) ? clock(watermark) : 'end of time', '', '', '');
  }
  for (const window of windows) {
    const words = formatSpan(window.start, window.end);
    if (isTime(window.opened)) add(window.opened, 'window opens', words, window.key, `${window.rows} rows by now`, '');
    for (const pane of panes.filter(
      (one) => one.start === window.start && one.end === window.end && sameKey(one, window),
    )) {
      add(pane.emitted, pane.pane > 0 ? 'window fires again' : 'window fires', words, window.key, pane.value, '');
    }
    if (isTime(window.purged)) add(window.purged, 'window closes', words, window.key, window.value, '');
  }
  rows.sort((a, b) => a.at - b.at);
  const { processingTime, watermark } = snapshot.clocks;
  const at = isTime(processingTime) ? ` at ${clock(processingTime)}` : '';
  const mark = isTime(watermark) ? `, watermark ${clock(watermark)}` : '';
  return {
    caption: `Event-time plane${at}: ${events.length} ${events.length === 1 ? 'event' : 'events'}${mark}`,
    columns: distinct(['processing time', 'what', 'event time', column ?? 'key', 'value', 'on the way']),
    rows: rows.map((row) => row.cells),
  };
}
