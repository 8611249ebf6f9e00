import { type FigureOptions } from '../notebook/document';
import { type PartRequest, type Snapshot } from '../model';
import { distinct, type Mark, type TextTable } from './figure';
import { fateOf, hasReach, reachText, readJoin, type JoinedPair, type JoinedRow, type JoinKind } from './join-rows';
import { keyColors, type KeyClass, type KeyColors } from './keys';
import { Placer, shorten, textWidth, type Box } from './label';
import { keyItems, type LegendItem } from './legend';
import { isTime } from './part';
import { linear } from './scale';
import { padded, shortClockOf, timeTicks, type Tick } from './time-axis';

/**
 * How rows of two streams find each other: a lane for each side on event time, with a line between the rows of each
 * pair, and how many rows are kept beside its name. A row is full while it is kept, pale once it is forgotten, struck
 * out when its stream took it back, hollow when it stands in the result alone. An interval join draws the times that a
 * left row looks for as a bracket; a window join its windows as bands; a join with versions each version as a bar over
 * the times at which it is valid, and the line goes down to the one that was seen. A regular join knows no time: its
 * lines go any distance.
 *
 * Options: `where` (values of the join's keys), `value` (a column of either stream, written beside its rows).
 */
export function parts({ where, value }: FigureOptions): Record<string, PartRequest> {
  return {
    rows: value === null ? { part: 'join rows', where } : { part: 'join rows', where, value },
    pairs: { part: 'join pairs' },
  };
}

export interface JoinDot extends Mark {
  color: KeyClass;
  state: 'kept' | 'gone' | 'alone' | 'taken back' | 'too late';
  changed: boolean;
}

export interface JoinLanesLayout {
  height: number;
  frame: Box;
  ticks: (Tick & { x: number })[];
  sides: { name: string; y: number }[];
  bands: (Box & { id: string })[];
  brackets: { id: string; path: string; gone: boolean; changed: boolean }[];
  bars: (Box & { id: string; color: KeyClass; gone: boolean; seen: boolean; changed: boolean })[];
  lines: { id: string; path: string; changed: boolean }[];
  dots: JoinDot[];
  labels: { id: string; x: number; y: number; text: string }[];
  watermark: { x: number; label: string; anchor: 'start' | 'end' } | null;
  empty: boolean;
  legend: LegendItem[];
}

const TOP = 34;
const LEFT_Y = TOP + 52;
/** Room between the lanes, for brackets and lines. */
const BETWEEN = 104;
const RIGHT_Y = LEFT_Y + BETWEEN;
const BOTTOM = RIGHT_Y + 50;
/** Brackets that are drawn under each other, and versions of different keys. */
const LEVELS = 5;
const BARS = 3;

export function layout(snapshot: Snapshot, options: FigureOptions, width: number, name: string): JoinLanesLayout {
  const { kind, keys, rows, pairs, times } = readJoin(snapshot, options, name);
  const range = times && padded(times, 0.05);
  const frame: Box = { x: 2, y: TOP, width: width - 4, height: BOTTOM - TOP };
  const x = linear(range ?? [0, 1], [frame.x + 8, frame.x + frame.width - 8]);
  const colors = keyColors(rows.map((row) => row.key));
  const right = (row: JoinedRow): number => (kind === 'version' ? barTop(colors, row) + 7 : RIGHT_Y);
  const at = (row: JoinedRow): { x: number; y: number } => ({
    x: x(row.time),
    y: row.side === 'left' ? LEFT_Y : right(row),
  });
  const dots = rows.map((row) => dotOf(row, at(row), colors, reader(shortClockOf(times))));
  const placer = new Placer(frame);
  for (const dot of dots) placer.block({ x: dot.x - 6, y: dot.y - 6, width: 12, height: 12 });
  const bars = kind === 'version' ? barsOf(rows, pairs, colors, x, frame) : [];
  const result = {
    height: BOTTOM + 24,
    frame,
    ticks: range
      ? timeTicks(range, frame.width)
          .map((tick) => ({ ...tick, x: x(tick.time) }))
          .filter(
            (tick) => tick.x - textWidth(tick.label, 11) / 2 >= 0 && tick.x + textWidth(tick.label, 11) / 2 <= width,
          )
      : [],
    sides: sidesOf(rows),
    bands: kind === 'window' ? bandsOf(rows, x, frame) : [],
    brackets: kind === 'interval' ? bracketsOf(rows, x, frame) : [],
    bars,
    lines: linesOf(pairs, at, kind),
    dots,
    labels: labelsOf(rows, at, placer),
    watermark: range ? watermarkOf(snapshot, x, frame, shortClockOf(times)) : null,
    empty: rows.length === 0,
  };
  return { ...result, legend: legendOf(result, kind, colors, keys) };
}

const reader =
  (clock: (time: number) => string) =>
  (row: JoinedRow): string => {
    const who = [row.stream || row.side, row.key, row.label].filter(Boolean).join(' ');
    const looks = hasReach(row) ? `; ${looksText(row)} ${reachText(row, clock)}` : '';
    return `${row.side} row, ${who}, of ${clock(row.time)}: ${fateOf(row)}${looks}`;
  };

const looksText = (row: JoinedRow): string => (row.side === 'right' && row.from === row.time ? 'from' : 'looks at');

function dotOf(
  row: JoinedRow,
  at: { x: number; y: number },
  colors: KeyColors,
  says: (row: JoinedRow) => string,
): JoinDot {
  return {
    id: `j${row.place}`,
    ...at,
    color: colors.of(row.key),
    state: stateOf(row),
    changed: row.changed,
    target: {
      kind: 'event',
      stream: row.stream || undefined,
      partition: row.partition,
      offset: row.offset,
      eventTime: row.time,
    },
    get says() {
      return says(row);
    },
  };
}

function stateOf({ fate, padded }: JoinedRow): JoinDot['state'] {
  if (fate === 'too late' || fate === 'taken back') return fate;
  return padded ? 'alone' : fate === 'kept' ? 'kept' : 'gone';
}

/** Names of the streams, where rows have shown them, and how many rows of each are kept. */
const sidesOf = (rows: JoinedRow[]): JoinLanesLayout['sides'] =>
  (['left', 'right'] as const).map((side) => {
    const mine = rows.filter((row) => row.side === side);
    const stream = mine.find((row) => row.stream !== '')?.stream;
    const kept = mine.filter((row) => row.fate === 'kept').length;
    return {
      name: `${stream ? `${side}: ${stream}` : side} · ${kept} kept`,
      y: side === 'left' ? TOP + 14 : BOTTOM - 6,
    };
  });

function bandsOf(rows: JoinedRow[], x: (time: number) => number, frame: Box): JoinLanesLayout['bands'] {
  const spans = new Map(rows.filter(hasReach).map((row) => [`${row.from}|${row.to}`, row]));
  return [...spans].map(([id, { from, to }]) => {
    const left = Math.max(x(from), frame.x) + 1;
    const right = Math.min(x(to), frame.x + frame.width) - 1;
    return { id, x: left, y: TOP + 22, width: Math.max(right - left, 2), height: BOTTOM - TOP - 44 };
  });
}

/** The newest brackets get the levels: those of rows that are gone give way. */
function bracketsOf(rows: JoinedRow[], x: (time: number) => number, frame: Box): JoinLanesLayout['brackets'] {
  const ends: number[] = [];
  const lefts = rows.filter((row) => row.side === 'left' && hasReach(row) && row.fate !== 'too late');
  const order = [
    ...lefts.filter((row) => row.fate === 'kept'),
    ...lefts.filter((row) => row.fate !== 'kept').reverse(),
  ];
  return order.flatMap((row) => {
    const from = Math.max(x(row.from), frame.x);
    const to = Math.min(x(row.to), frame.x + frame.width);
    let level = ends.findIndex((end) => end < from - 4);
    if (level < 0) level = ends.length;
    if (level >= LEVELS) return [];
    ends[level] = Math.max(ends[level] ?? 0, to);
    const y = LEFT_Y + 16 + level * 9;
    const [a, b, own] = [from, to, x(row.time)].map((one) => one.toFixed(1));
    const path = `M${a},${y + 5}V${y}H${b}V${y + 5}M${own},${LEFT_Y + 7}V${y}`;
    return [{ id: `b${row.place}`, path, gone: row.fate !== 'kept', changed: row.changed }];
  });
}

const KEY_CLASSES: KeyClass[] = ['k1', 'k2', 'k3', 'k4', 'k0'];

/** Versions of a key lie in one row; keys that there is no row for share the last. */
const barTop = (colors: KeyColors, row: JoinedRow): number =>
  RIGHT_Y - 30 + Math.min(KEY_CLASSES.indexOf(colors.of(row.key)), BARS - 1) * 20;

function barsOf(
  rows: JoinedRow[],
  pairs: JoinedPair[],
  colors: KeyColors,
  x: (time: number) => number,
  frame: Box,
): JoinLanesLayout['bars'] {
  const seen = new Set(pairs.map((pair) => pair.right.place));
  const now = new Set(pairs.filter((pair) => pair.changed).map((pair) => pair.right.place));
  return rows
    .filter((row) => row.side === 'right')
    .map((row) => {
      const left = Math.max(x(row.from), frame.x);
      const right = isTime(row.to) ? Math.min(x(row.to), frame.x + frame.width) : frame.x + frame.width;
      return {
        id: `v${row.place}`,
        x: left,
        y: barTop(colors, row),
        width: Math.max(right - left - 2, 2),
        height: 14,
        color: colors.of(row.key),
        gone: row.fate !== 'kept',
        seen: seen.has(row.place),
        changed: now.has(row.place),
      };
    });
}

function linesOf(
  pairs: JoinedPair[],
  at: (row: JoinedRow) => { x: number; y: number },
  kind: JoinKind,
): JoinLanesLayout['lines'] {
  return pairs.map((pair) => {
    const from = at(pair.left);
    const to = at(pair.right);
    // A version is seen at the time of the row that looks.
    const end = kind === 'version' ? { x: Math.max(from.x, to.x), y: to.y } : to;
    const path = `M${from.x.toFixed(1)},${from.y + 6}L${end.x.toFixed(1)},${end.y - (kind === 'version' ? 0 : 6)}`;
    return { id: `${pair.left.place} ${pair.right.place} ${pair.processing}`, path, changed: pair.changed };
  });
}

function labelsOf(
  rows: JoinedRow[],
  at: (row: JoinedRow) => { x: number; y: number },
  placer: Placer,
): JoinLanesLayout['labels'] {
  return [...rows].reverse().flatMap((row) => {
    if (row.label === '') return [];
    const { x, y } = at(row);
    const text = shorten(row.label, 14);
    const width = textWidth(text, 11);
    const above = { x: x - width / 2, y: y - 22, width, height: 14 };
    const below = { ...above, y: y + 9 };
    const box = placer.place(row.side === 'left' ? [above, { ...above, y: y - 36 }] : [below, { ...below, y: y + 23 }]);
    return box ? [{ id: `t${row.place}`, x: box.x, y: box.y + 11, text }] : [];
  });
}

function watermarkOf(
  { clocks }: Snapshot,
  x: (time: number) => number,
  frame: Box,
  write: (time: number) => string,
): JoinLanesLayout['watermark'] {
  const { watermark } = clocks;
  if (!isTime(watermark) && watermark < 0) return null;
  const right = frame.x + frame.width;
  const at = isTime(watermark) ? Math.min(Math.max(x(watermark), frame.x), right) : right;
  const label = isTime(watermark) ? `watermark ${write(watermark)}` : 'end of input';
  return { x: at, label, anchor: at > frame.width / 2 ? 'end' : 'start' };
}

function legendOf(
  picture: Omit<JoinLanesLayout, 'legend'>,
  kind: JoinKind,
  colors: KeyColors,
  keys: string[],
): LegendItem[] {
  const states = new Set(picture.dots.map((dot) => dot.state));
  const items: [boolean, LegendItem][] = [
    [
      states.has('gone'),
      { symbol: 'other', text: kind === 'version' || kind === 'lookup' ? 'answered, or forgotten' : 'forgotten' },
    ],
    [states.has('alone'), { symbol: 'alone', text: kind === 'ever' ? 'stands alone' : 'put out alone' }],
    [states.has('taken back'), { symbol: 'struck dot', text: 'taken back by its stream' }],
    [states.has('too late'), { symbol: 'too late', text: 'too late, set aside' }],
    [picture.brackets.length > 0, { symbol: 'bracket', text: 'times that a left row looks for' }],
    [picture.bands.length > 0, { symbol: 'fired band', text: 'window' }],
    [picture.bars.length > 0, { symbol: 'version', text: 'valid version' }],
    [picture.lines.length > 0, { symbol: 'pair', text: 'pair' }],
    [picture.watermark !== null, { symbol: 'watermark line', text: 'watermark' }],
  ];
  const dots = picture.empty ? [] : keyItems(colors, keys.join(' · ') || null);
  return [...dots, ...items.filter(([drawn]) => drawn).map(([, item]) => item)];
}

export function describe(snapshot: Snapshot, options: FigureOptions, name: string): TextTable {
  const { kind, keys, rows, pairs, clock } = readJoin(snapshot, options, name);
  const partnersOf = (row: JoinedRow): string =>
    pairs
      .filter((pair) => pair.left === row || pair.right === row)
      .map((pair) => (pair.left === row ? pair.right : pair.left))
      .map((other) => [clock(other.time), other.label].filter(Boolean).join(' '))
      .join('; ');
  return {
    caption: `Rows of the join so far: ${rows.length}, pairs ${pairs.length}`,
    columns: distinct([
      'side',
      'stream',
      keys.join(' · ') || 'key',
      'row',
      'event time',
      'arrived',
      kind === 'version' ? 'valid, or looks at' : kind === 'window' ? 'window' : 'looks at',
      'partners',
      'state',
    ]),
    rows: rows.map((row) => [
      row.side,
      row.stream,
      row.key,
      row.label,
      clock(row.time),
      clock(row.arrived),
      reachText(row, clock),
      partnersOf(row),
      fateOf(row),
    ]),
  };
}
