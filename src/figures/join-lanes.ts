import { type FigureOptions } from '../notebook/document';
import { type PartRequest, type Snapshot } from '../model';
import { distinct, type Mark, type TextTable } from './figure';
import { fateText, reachText } from '../words/figures';
import { hasReach, readJoin, type JoinedRow, type JoinKind } from './join-rows';
import { BOTTOM, LEFT_Y, RIGHT_Y, TOP, bandsOf, barTop, barsOf, bracketsOf, linesOf } from './join-shapes';
import { keyColors, type KeyClass, type KeyColors } from './keys';
import { Placer, shorten, textWidth, type Box } from './label';
import { laneTicks, timeLine, type Lanes } from './lanes';
import { drawnItems, keyItems, type LegendItem } from './legend';
import { linear } from './scale';
import { padded, shortClockOf } from './time-axis';

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

interface JoinDot extends Mark {
  color: KeyClass;
  state: 'kept' | 'gone' | 'alone' | 'taken back' | 'too late';
  changed: boolean;
}

export interface JoinLanesLayout extends Lanes {
  sides: { name: string; y: number }[];
  bands: (Box & { id: string })[];
  brackets: { id: string; path: string; gone: boolean; changed: boolean }[];
  bars: (Box & { id: string; color: KeyClass; gone: boolean; seen: boolean; changed: boolean })[];
  lines: { id: string; path: string; changed: boolean }[];
  dots: JoinDot[];
  labels: { id: string; x: number; y: number; text: string }[];
}

export function layout(snapshot: Snapshot, width: number, name: string): JoinLanesLayout {
  const { kind, keys, rows, pairs, times } = readJoin(snapshot, name);
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
  const line = range ? timeLine(snapshot.clocks.watermark, { x, frame, times }) : null;
  if (line) placer.block({ x: line.x - 2, y: frame.y, width: 4, height: frame.height });
  const bars = kind === 'version' ? barsOf(rows, pairs, colors, x, frame) : [];
  const result = {
    height: BOTTOM + 24,
    frame,
    ticks: laneTicks(range, x, frame),
    sides: sidesOf(rows),
    bands: kind === 'window' ? bandsOf(rows, x, frame) : [],
    brackets: kind === 'interval' ? bracketsOf(rows, x, frame) : [],
    bars,
    lines: linesOf(pairs, at, kind),
    dots,
    labels: labelsOf(rows, at, placer),
    line,
  };
  return { ...result, legend: legendOf(result, kind, colors, keys) };
}

const reader =
  (clock: (time: number) => string) =>
  (row: JoinedRow): string => {
    const who = [row.stream || row.side, row.key, row.label].filter(Boolean).join(' ');
    const looks = hasReach(row) ? `; ${looksText(row)} ${reachText(row, clock)}` : '';
    return `${row.side} row, ${who}, of ${clock(row.time)}: ${fateText(row)}${looks}`;
  };

const looksText = (row: JoinedRow): string => (row.side === 'right' && row.from === row.time ? 'from' : 'looks at');

function dotOf(
  row: JoinedRow,
  at: { x: number; y: number },
  colors: KeyColors,
  sentence: (row: JoinedRow) => string,
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
    get sentence() {
      return sentence(row);
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
    const tops = row.side === 'left' ? [y - 22, y - 36] : [y + 9, y + 23];
    const sides = [x - width / 2, x + 3, x - 3 - width];
    const box = placer.place(tops.flatMap((top) => sides.map((left) => ({ x: left, y: top, width, height: 14 }))));
    return box ? [{ id: `t${row.place}`, x: box.x, y: box.y + 11, text }] : [];
  });
}

function legendOf(
  picture: Omit<JoinLanesLayout, 'legend'>,
  kind: JoinKind,
  colors: KeyColors,
  keys: string[],
): LegendItem[] {
  const states = new Set(picture.dots.map((dot) => dot.state));
  const items = drawnItems([
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
    [picture.line !== null, { symbol: 'watermark line', text: 'watermark' }],
  ]);
  const dots = picture.dots.length === 0 ? [] : keyItems(colors, keys.join(' · ') || null);
  return [...dots, ...items];
}

export function describe(snapshot: Snapshot, _options: FigureOptions, name: string): TextTable {
  const { kind, keys, rows, pairs, clock } = readJoin(snapshot, name);
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
      fateText(row),
    ]),
  };
}
