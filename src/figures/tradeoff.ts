import { curveLinear, line, ticks as roundNumbers } from 'd3';
import { type Metric } from '../notebook/document';
import { columnIndex, formatDuration, isNull, type Table } from '../model';
import { knobText, runLegend, runSentence, shareText, tradeoffTrack } from '../words/figures';
import { roughly } from '../words/phrases';
import { distinct, type Mark, type TextTable } from './figure';
import { Placer, textWidth, type Box } from './label';
import { drawnItems, type LegendItem } from './legend';
import { linear } from './scale';
import { STEPS } from './time-axis';

/**
 * What a knob costs and what it buys: one point per run of a sweep, in the order of the knob's values.
 *
 * The table has one row per run: column `point` (place of its value among `values`), then one column per metric. With a
 * second knob there is a curve for each of its values: point `p` has the first knob at place `p` modulo their number, and
 * the second at the whole part of it.
 */
export interface TradeoffQuestion {
  table: Table;
  /** What the knob was set to, run by run. */
  values: readonly number[];
  x: Metric;
  y: Metric;
  /** Name of the knob, such as `wait`. */
  knob: string;
  /** How its values are written. */
  unit: 'duration' | 'number';
  /** The value that the page's run has now; null where it has none of these. */
  current: number | null;
  /** The second knob. */
  family?: { knob: string; unit: 'duration' | 'number'; values: readonly number[]; current: number | null };
}

interface Measure {
  title: string;
  write: (value: number) => string;
  /** Which end of the axis one would rather have; null where it depends. */
  better: 'less' | 'more' | null;
}

const count = (value: number): string => String(Math.round(value * 100) / 100);

export const MEASURES: Record<Metric, Measure> = {
  completeness: { title: 'completeness', write: shareText, better: 'more' },
  latencyP50: { title: 'latency, median', write: roughly, better: 'less' },
  latencyP99: { title: 'latency, 99 of 100', write: roughly, better: 'less' },
  dropped: { title: 'rows dropped', write: count, better: 'less' },
  late: { title: 'late events', write: count, better: null },
  rowsIn: { title: 'rows in', write: count, better: null },
  rowsOut: { title: 'rows out', write: count, better: null },
  rowsRead: { title: 'rows read', write: count, better: 'less' },
  stateRowsMax: { title: 'state, most rows', write: count, better: 'less' },
};

export interface RunPoint extends Mark {
  value: number;
  /** Of the second knob. */
  other: number | null;
  current: boolean;
}

/** The runs of one value of the second knob; all runs where there is none. */
export interface Curve {
  id: string;
  path: string;
  /** Tells curves apart besides their labels; empty: a whole line. */
  dashes: string;
  label: { x: number; y: number; text: string } | null;
}

interface TradeoffLayout {
  height: number;
  frame: Box;
  /** `text`: where the middle of its label stands. */
  xTicks: { at: number; text: number; label: string }[];
  yTicks: { at: number; label: string }[];
  curves: Curve[];
  points: RunPoint[];
  labels: { id: string; x: number; y: number; text: string; strong: boolean }[];
  /** What the axes measure. */
  measures: { x: Measure; y: Measure };
  legend: LegendItem[];
}

const chartHeight = (width: number): number => (width < 560 ? 320 : width < 900 ? 340 : 400);

interface Run {
  value: number;
  other: number | null;
  x: number;
  y: number;
}

/** Runs that have both metrics, by the second knob's value, then the first one's. */
function runsOf({ table, values, x, y, family }: TradeoffQuestion): Run[] {
  const columns = ['point', x, y].map((name) => table.columns[columnIndex(table.schema, name)]);
  if (columns.some((column) => column === undefined)) return [];
  const rows = Array.from({ length: table.length }, (_, row) => row).filter((row) =>
    columns.every((column) => !isNull(column, row) && Number.isFinite(Number(column.data[row]))),
  );
  return rows
    .map((row) => {
      const point = columns[0].data[row];
      const other = family ? family.values[Math.floor(point / values.length)] : null;
      return { value: values[point % values.length], other, x: columns[1].data[row], y: columns[2].data[row] };
    })
    .sort((a, b) => (a.other ?? 0) - (b.other ?? 0) || a.value - b.value);
}

const writeKnob = ({ unit }: Pick<TradeoffQuestion, 'unit'>, value: number): string =>
  unit === 'duration' ? formatDuration(value) : count(value);

/** The second knob and its value: `lateness 1 min`; empty where there is none. */
const writeOther = ({ family }: TradeoffQuestion, other: number | null): string =>
  family && other !== null ? knobText(family.knob, writeKnob(family, other)) : '';

const isCurrent = ({ current, family }: TradeoffQuestion, run: Pick<Run, 'value' | 'other'>): boolean =>
  run.value === current && (!family || run.other === family.current);

/** From the least to the greatest value, with air; shares end at 100 %, counts and times start at 0. */
function domain(metric: Metric, values: number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const least = Math.min(...values);
  const most = Math.max(...values);
  if (metric === 'completeness') {
    const air = Math.max((most - least) * 0.12, 0.01);
    return [Math.max(least - air, 0), Math.min(most + air, 1)];
  }
  return [Math.min(0, least), most > 0 ? most * 1.08 : 1];
}

/** Round durations, else round numbers. */
function ticks(metric: Metric, [from, to]: [number, number], least: number, length: number) {
  const most = Math.max(Math.floor(length / least), 2);
  const isTime = metric === 'latencyP50' || metric === 'latencyP99';
  const step = isTime && STEPS.find((one) => (to - from) / one <= most);
  const raw = step
    ? Array.from({ length: Math.floor(to / step) + 1 }, (_, i) => i * step)
    : roundNumbers(from, to, most);
  const whole = metric !== 'completeness';
  return raw.filter((value) => value >= from && value <= to && (!whole || Number.isInteger(value)));
}

export function layout(question: TradeoffQuestion, width: number): TradeoffLayout {
  const measures = { x: MEASURES[question.x], y: MEASURES[question.y] };
  const runs = runsOf(question);
  const height = chartHeight(width);
  const [xRange, yRange] = (['x', 'y'] as const).map((axis) =>
    domain(
      question[axis],
      runs.map((run) => run[axis]),
    ),
  );
  const tall = height - 78;
  const yValues = runs.length ? ticks(question.y, yRange, 44, tall) : [];
  const left = Math.max(24, ...yValues.map((value) => textWidth(measures.y.write(value), 11))) + 12;
  const frame = { x: left, y: 30, width: width - left - 14, height: tall };
  const x = linear(xRange, [frame.x, frame.x + frame.width]);
  const y = linear(yRange, [frame.y + frame.height, frame.y]);
  const points = runs.map((run): RunPoint => {
    const knobs = [knobText(question.knob, writeKnob(question, run.value)), writeOther(question, run.other)];
    const measured = (['x', 'y'] as const).map((axis) => ({
      title: measures[axis].title,
      text: measures[axis].write(run[axis]),
    }));
    return {
      id: run.other === null ? `r${run.value}` : `r${run.value}|${run.other}`,
      value: run.value,
      other: run.other,
      current: isCurrent(question, run),
      x: x(run.x),
      y: y(run.y),
      sentence: runSentence(knobs, measured),
      target: { kind: 'row', row: { value: run.value, other: run.other } },
    };
  });
  const placer = new Placer({ x: left - 8, y: frame.y - 8, width: width - left + 8, height: tall + 8 });
  const curves = curvesOf(points, question, placer);
  const labels = labelsOf(points, question, placer);
  return {
    height,
    frame,
    xTicks: (runs.length ? ticks(question.x, xRange, 84, frame.width) : []).map((value) => {
      const label = measures.x.write(value);
      return { at: x(value), text: Math.min(x(value), width - textWidth(label, 11) / 2 - 2), label };
    }),
    yTicks: yValues.map((value) => ({ at: y(value), label: measures.y.write(value) })),
    curves,
    points,
    labels,
    measures,
    legend: drawnItems([
      [points.length > 0, 'run', runLegend(question.knob, question.family?.knob)],
      [points.some((point) => point.current), 'current run'],
    ]),
  };
}

const DASHES = ['', '8 4', '2 4', '10 4 2 4'];

/** A curve per value of the second knob, with its label at the end that has room for it. */
function curvesOf(points: RunPoint[], question: TradeoffQuestion, placer: Placer): Curve[] {
  const others = [...new Set(points.map((point) => point.other))];
  const groups = others.map((other) => points.filter((point) => point.other === other));
  for (const group of groups) blockCurve(placer, group);
  return groups.map((group, i) => ({
    id: `c${others[i]}`,
    path: line().curve(curveLinear)(group.map((point) => [point.x, point.y])) ?? '',
    dashes: DASHES[i % DASHES.length],
    label: curveLabel(group, writeOther(question, others[i]), placer),
  }));
}

function curveLabel(points: RunPoint[], text: string, placer: Placer): Curve['label'] {
  if (!text) return null;
  const width = textWidth(text, 11, 'sans') + 6;
  const ends = [points[points.length - 1], points[0], ...points.slice(1, -1)];
  const box = placer.place(
    ends.flatMap(({ x, y }) =>
      [
        { x: x + 12, y: y - 8 },
        { x: x - width - 12, y: y - 8 },
        { x: x - width / 2, y: y - 26 },
        { x: x - width / 2, y: y + 12 },
        { x: x - width, y: y - 26 },
        { x: x - width, y: y + 12 },
      ].map((at) => ({ ...at, width, height: 15 })),
    ),
  );
  return box && { x: box.x + width / 2, y: box.y + 12, text };
}

/** Keeps labels off the points and off the line between them. */
function blockCurve(placer: Placer, points: RunPoint[]): void {
  points.forEach((point, i) => {
    placer.block({ x: point.x - 9, y: point.y - 9, width: 18, height: 18 });
    const next = points[i + 1];
    if (!next) return;
    const pieces = Math.max(Math.ceil(Math.abs(next.x - point.x) / 8), Math.ceil(Math.abs(next.y - point.y) / 8), 1);
    for (let k = 1; k < pieces; k += 1) {
      const [x, y] = [point.x + ((next.x - point.x) * k) / pieces, point.y + ((next.y - point.y) * k) / pieces];
      placer.block({ x: x - 3, y: y - 3, width: 6, height: 6 });
    }
  });
}

/** The value of the knob at each run, the current one first; where there is no room, the readout says it. */
function labelsOf(points: RunPoint[], question: TradeoffQuestion, placer: Placer): TradeoffLayout['labels'] {
  const order = [...points].sort((a, b) => Number(b.current) - Number(a.current));
  return order.flatMap((point) => {
    const text = writeKnob(question, point.value);
    const width = textWidth(text, 11) + 4;
    const air = point.current ? 14 : 10;
    const [right, left, middle] = [point.x + air, point.x - air - width, point.x - width / 2];
    const box = placer.place(
      [
        { x: middle, y: point.y + air },
        { x: right, y: point.y - 8 },
        { x: right - 4, y: point.y + 6 },
        { x: middle, y: point.y - air - 15 },
        { x: left, y: point.y - 8 },
      ].map((at) => ({ ...at, width, height: 15 })),
    );
    return box ? [{ id: point.id, text, x: box.x + width / 2, y: box.y + 12, strong: point.current }] : [];
  });
}

export function describe(question: TradeoffQuestion): TextTable {
  const [x, y] = [MEASURES[question.x], MEASURES[question.y]];
  const { family } = question;
  const knobs = [question.knob, ...(family ? [family.knob] : [])];
  return {
    caption: tradeoffTrack.caption(x.title, y.title, knobs),
    columns: distinct(tradeoffTrack.columns(knobs, x.title, y.title)),
    rows: runsOf(question).map((run) => [
      writeKnob(question, run.value),
      ...(family && run.other !== null ? [writeKnob(family, run.other)] : []),
      x.write(run.x),
      y.write(run.y),
      isCurrent(question, run) ? 'yes' : '',
    ]),
  };
}
