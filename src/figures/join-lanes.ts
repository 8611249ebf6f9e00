import { type FigureOptions } from '../notebook/document';
import { type PartRequest, type Snapshot } from '../model';
import { fateText, goneLegend, joinedSentence, joinTrack, reachText, sideTitle, STANDS_ALONE } from '../words/figures';
import { distinct, type Mark, type TextTable } from './figure';
import { readJoin, type JoinedRow, type JoinKind } from './join-rows';
import { BOTTOM, LEFT_Y, RIGHT_Y, TOP, bandsOf, barTop, barsOf, bracketsOf, linesOf } from './join-shapes';
import { keyColors, type KeyClass, type KeyColors } from './keys';
import { Placer, shorten, textWidth, type Box } from './label';
import { laneAxis, type Lanes } from './lanes';
import { drawnItems, keyItems, type LegendItem } from './legend';
import { eventTarget } from './plane-events';
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
  const axis = laneAxis(range, { times, width, y: TOP, height: BOTTOM - TOP, air: 8 });
  const { x, frame } = axis;
  const colors = keyColors(rows.map((row) => row.key));
  const right = (row: JoinedRow): number => (kind === 'version' ? barTop(colors, row) + 7 : RIGHT_Y);
  const at = (row: JoinedRow): { x: number; y: number } => ({
    x: x(row.time),
    y: row.side === 'left' ? LEFT_Y : right(row),
  });
  const dots = rows.map((row) => dotOf(row, at(row), colors, shortClockOf(times)));
  const placer = new Placer(frame);
  for (const dot of dots) placer.block({ x: dot.x - 6, y: dot.y - 6, width: 12, height: 12 });
  const line = axis.line(snapshot.clocks.watermark);
  if (line) placer.block({ x: line.x - 2, y: frame.y, width: 4, height: frame.height });
  const result = {
    ...axis,
    height: BOTTOM + 24,
    sides: sidesOf(rows),
    bands: kind === 'window' ? bandsOf(rows, axis) : [],
    brackets: kind === 'interval' ? bracketsOf(rows, axis) : [],
    bars: kind === 'version' ? barsOf(rows, pairs, colors, axis) : [],
    lines: linesOf(pairs, at, kind),
    dots,
    labels: labelsOf(rows, at, placer),
    line,
  };
  return { ...result, legend: legendOf(result, kind, colors, keys) };
}

function dotOf(
  row: JoinedRow,
  at: { x: number; y: number },
  colors: KeyColors,
  clock: (time: number) => string,
): JoinDot {
  return {
    id: `j${row.place}`,
    ...at,
    color: colors.of(row.key),
    state: stateOf(row),
    changed: row.changed,
    target: eventTarget(row, row.stream),
    get sentence() {
      return joinedSentence(row, clock);
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
    return { name: sideTitle(side, stream, kept), y: side === 'left' ? TOP + 14 : BOTTOM - 6 };
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
    [states.has('gone'), 'other', goneLegend(kind === 'version' || kind === 'lookup')],
    [states.has('alone'), 'alone', kind === 'ever' ? STANDS_ALONE : undefined],
    [states.has('taken back'), 'struck dot'],
    [states.has('too late'), 'too late'],
    [picture.brackets.length > 0, 'bracket'],
    [picture.bands.length > 0, 'fired band'],
    [picture.bars.length > 0, 'version'],
    [picture.lines.length > 0, 'pair'],
    [picture.line !== null, 'watermark line'],
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
    caption: joinTrack.caption(rows.length, pairs.length),
    columns: distinct(joinTrack.columns(keys, kind)),
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
