import { type FigureOptions } from '../notebook/document';
import { isTime, type PartRequest, type Snapshot } from '../model';
import { nowLabel, paneText, planeTrack, timeText } from '../words/figures';
import { formatSpan, roughly } from '../words/phrases';
import { distinct, type Mark, type TextTable } from './figure';
import { keyColors } from './keys';
import { Placer, textWidth, type Box } from './label';
import { drawnItems, fateItems, keyItems, type LegendItem } from './legend';
import { readPanes } from './panes';
import {
  colorColumn,
  findPart,
  keyColumns,
  processingRange,
  readEvents,
  readPartitions,
  readWatermarks,
  readWindows,
  span,
  timeRange,
} from './part';
import { labelEvents, layoutEvents, type PlaneEvents, type PlaneLabel, type Scales } from './plane-events';
import { layoutPills, type Pill } from './plane-pills';
import { thinLines, watermarkLine, watermarkMark, type ThinLine, type WatermarkLine } from './plane-watermarks';
import { isPaneOf, layoutWindows, type PlaneWindows } from './plane-windows';
import { clip, linear } from './scale';
import { clockOf, padded, shortClockOf, timeTicks, type Tick } from './time-axis';

/**
 * The signature picture: event time across, processing time down; the watermark moves through it, windows are bands
 * that fill, fire, fire again and close. Windows of any shape: sessions that become one fuse, windows by the clock go
 * across processing time, the window without end goes all across.
 *
 * A pill shows what a window emits at each firing: hollow and dashed early, full on time, with a ring late. What it takes
 * back is struck out; `+9` is a pane that holds only what is new.
 *
 * Options: `where` (keys and values that it is about), `color` (column that colours dots), `value` (column written in
 * pills), `others: true` (events outside `where` are drawn too, small and pale), `partitions: true` (the watermark of
 * each partition as a thin line, dotted while it is idle), `ideal: true` (the watermark that knows what is still under
 * way, in grey).
 */
export function parts({ where, value, ...options }: FigureOptions): Record<string, PartRequest> {
  return {
    events: options.others ? { part: 'events' } : { part: 'events', where },
    windows: value === null ? { part: 'windows', where } : { part: 'windows', where, value },
    panes: { part: 'panes', where },
    watermarks: { part: 'watermarks' },
    ...(options.partitions === true ? { partitions: { part: 'partitions' } } : {}),
    ...(options.ideal === true ? { ideal: { part: 'watermarks', ideal: true } } : {}),
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
    ideal: readWatermarks(part('ideal')),
    partitions: readPartitions(part('partitions')),
    byClock: rows.some((window) => window.byClock),
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

interface PlaneLayout {
  width: number;
  height: number;
  frame: Box;
  xTicks: (Tick & { x: number })[];
  yTicks: (Tick & { y: number })[];
  /** Where events without delay would lie. */
  truth: { x1: number; y1: number; x2: number; y2: number } | null;
  watermark: WatermarkLine | null;
  /** The watermark that knows what is still under way. */
  ideal: WatermarkLine | null;
  partitions: ThinLine[];
  /** `drop`: how far its label is below it. */
  now: { y: number; x: number; drop: number; anchor: 'start' | 'end'; text: string } | null;
  windows: PlaneWindows;
  events: PlaneEvents;
  pills: Pill[];
  labels: PlaneLabel[];
  marks: Mark[];
  legend: LegendItem[];
  isEmpty: boolean;
}

/** Heights by width, in steps, so that the box is known before it is measured; `Frame.svelte` has the same steps. */
const planeHeight = (width: number): number => (width < 560 ? 400 : width < 900 ? 450 : 540);

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
  const scales: Scales = { x, y, clip: clip(x, frame), frame, clock: facts.clock };
  const processing = snapshot.clocks.processingTime;
  const now = isTime(processing) ? Math.min(processing, yRange[1]) : yRange[0];
  const colors = keyColors(facts.events.filter((event) => event.here).map((event) => event.key));
  const events = layoutEvents(facts.events, { column: facts.column, colors, scales });
  const windows = layoutWindows(facts.windows, facts.panes, scales, now);
  const placer = new Placer({ ...frame, height: height - frame.y });
  const few = events.points.length <= FEW ? events.points : [];
  const sparse = few.length <= SPARSE;
  block(
    placer,
    few.filter((dot) => dot.fate !== 'on time'),
    6,
  );
  if (sparse) block(placer, few, 1);
  const pills = layoutPills(facts.panes, facts.byClock, scales, placer);
  if (!sparse) block(placer, few, 0);
  if (windows.lids.length <= 12)
    for (const { x1, x2, y } of windows.lids) placer.block({ x: x1, y: y - 2, width: x2 - x1, height: 4 });
  const watermark = watermarkLine(facts.moves, scales, now);
  for (const box of watermark?.boxes ?? []) placer.block(box);
  for (const { x, from, to } of events.falls) placer.block({ x: x - 1, y: from, width: 2, height: to - from });
  const nowMark = isTime(processing)
    ? nowLine(y(now), frame, nowLabel(shortClockOf(facts.times)(processing)), placer)
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
    ideal: watermarkLine(facts.ideal, scales, now),
    partitions: thinLines(facts.partitions, scales, now, placer),
    now: nowMark,
    windows,
    events,
    pills,
    labels: labelEvents(facts.events, events, placer),
    marks,
    isEmpty: facts.events.length === 0,
  };
  return { ...result, legend: legendOf(result, keyItems(colors, facts.column), facts.events) };
}

/** Up to so many dots, labels keep clear of them. */
const FEW = 300;
/** Up to so many, what windows say does too. */
const SPARSE = 80;

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

/** The line is labelled below itself, where nothing has happened yet: where no pill hangs over it. */
function nowLine(y: number, frame: Box, text: string, placer: Placer): PlaneLayout['now'] {
  const width = textWidth(text, 11, 'sans');
  const right = { x: frame.x + frame.width - width, y: y + 3, width, height: 14 };
  const left = { ...right, x: frame.x };
  const below = { ...right, y: y + 13 };
  const box = placer.place([right, left, below]) ?? right;
  return box === left
    ? { y, text, x: frame.x, drop: 14, anchor: 'start' }
    : { y, text, x: frame.x + frame.width, drop: box.y - y + 11, anchor: 'end' };
}

function legendOf(
  picture: Omit<PlaneLayout, 'legend'>,
  keys: LegendItem[],
  events: Parameters<typeof fateItems>[0],
): LegendItem[] {
  const kinds = new Set([...picture.windows.bands, ...picture.windows.merged].map((band) => band.kind));
  const timings = new Set(picture.pills.map((pill) => pill.timing));
  const items = drawnItems([
    [picture.events.points.some((dot) => dot.aside), 'other'],
    [picture.watermark !== null, 'watermark'],
    [picture.partitions.length > 0, 'thin watermark'],
    [picture.partitions.some((one) => one.idle !== ''), 'idle watermark'],
    [picture.ideal !== null, 'ideal'],
    [picture.truth !== null, 'truth'],
    [kinds.has('open'), 'open'],
    [kinds.has('fired'), 'fired band'],
    [kinds.has('kept') || kinds.has('again'), 'kept'],
    [timings.has('early'), 'fired early'],
    [timings.has('on time'), 'fired'],
    [timings.has('late'), 'fired late'],
    [picture.pills.some((pill) => pill.back !== ''), 'taken back'],
    [picture.windows.lids.length > 0, 'closed'],
  ]);
  const dots = picture.isEmpty ? [] : [...keys, ...fateItems(events)];
  return [...dots, ...items];
}

export function describe(snapshot: Snapshot, options: FigureOptions, name: string): TextTable {
  const { events, windows, panes, moves, ideal, partitions, clock, column } = read(snapshot, options, name);
  const rows: { at: number; cells: string[] }[] = [];
  const add = (at: number, what: string, eventTime: string, key = '', value = '', delay = ''): void => {
    if (isTime(at)) rows.push({ at, cells: [clock(at), what, eventTime, key, value, delay] });
  };
  for (const { append, time, fate, key, facts } of events)
    add(append, planeTrack.event(fate), clock(time), key, facts, roughly(append - time));
  for (const move of moves) add(move.processing, planeTrack.watermark, timeText(move.watermark, clock));
  for (const move of ideal) add(move.processing, planeTrack.ideal, timeText(move.watermark, clock));
  for (const { partition, moves: own } of partitions)
    for (const { processing, watermark, idle } of own)
      add(processing, planeTrack.partition(partition, idle), timeText(watermark, clock));
  for (const window of windows) {
    const { start, end, key, since, opened, merged, purged } = window;
    const span = formatSpan(start, end);
    add(since, planeTrack.opens(since > opened), span, key, planeTrack.rows(window.rows));
    for (const pane of panes.filter((one) => isPaneOf(one, window)))
      add(pane.emitted, planeTrack.fires(pane.timing), span, key, paneText(pane));
    add(merged, planeTrack.merged, span, key);
    add(purged, planeTrack.closes, span, key, window.value);
  }
  return {
    caption: planeTrack.caption(snapshot.clocks, events.length, clock),
    columns: distinct(planeTrack.columns(column)),
    rows: rows.sort((a, b) => a.at - b.at).map((row) => row.cells),
  };
}
