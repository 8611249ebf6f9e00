import { MAX_TIME, MIN_TIME, readRow, readValue, type ColumnBatch, type Table } from '../../model';
import { type Aggregate, type Plan, type WindowAggregate } from '../../sql/plan';
import { compile } from '../expression';
import { KeyTable } from '../state/keys';
import { topicNamed } from '../log/topic';
import { filter } from '../nodes/rows/filter';
import { project } from '../nodes/rows/project';
import { eventsRead } from '../run/eventsRead';
import { type TracedRun } from '../run/tracedRun';
import { firstEnd, gridOf, lastEnd, startOf } from '../stream/windows';

/**
 * Windows of a batch job. The job keeps none: they are told from the rows that have landed and the plan, and what they
 * say from the result that is published. A GROUP BY without windows is one window over all time.
 */
export interface BatchWindows {
  /** Keys by id. */
  keys: Table;
  /** The windows that rows have landed in by an input, in no order. */
  by: (input: number) => BatchWindow[];
  /** Name of the window that a row of the result log is of; null where the SELECT list does not say. */
  nameOf: (row: number) => string | null;
  boundsOf: (row: number) => [start: number, end: number] | null;
}

export interface BatchWindow {
  /** Among all windows of the run. */
  name: string;
  key: number;
  start: number;
  end: number;
  /** Inputs of its first and its last row. */
  first: number;
  last: number;
  rows: number;
}

/** The windows of a run that is a batch job over one stream; null for all others. */
export function batchWindows(run: TracedRun): BatchWindows | null {
  const { inputs, graph, options, results } = run.engine;
  if (!options.job) return null;
  const found = groupingOf(graph.operators[0].plan);
  const rows =
    found &&
    rowsOf(found.node.input, (name) => eventsRead(inputs, inputs.topics.indexOf(topicNamed(inputs.topics, name))));
  if (!rows) return null;
  const { node, places } = found;
  const keys = new KeyTable(node.schema.slice(0, node.keys.length));
  const ids = new Int32Array(rows.length);
  const keyOf = node.keys.map((key) => compile(key, node.input.schema)(rows, 0, rows.length));
  keys.intern(keyOf, 0, rows.length, ids);
  const name = (values: unknown[], [start, end]: [number, number]): string => JSON.stringify([values, start, end]);
  const boundsOf = (row: number): [number, number] | null => boundsIn(results.rows, row, node, places);
  return {
    keys: keys.table,
    by: (input) => {
      const seen = new Map<string, BatchWindow>();
      const texts = Array.from({ length: keys.size }, (_, key) => readRow(keys.table, key));
      for (const { row, start, end } of spansOf(node, rows, ids, input)) {
        const id = name(texts[ids[row]] ?? [], [start, end]);
        const at = rows.input[row];
        const window = seen.get(id) ?? { name: id, key: ids[row], start, end, first: at, last: at, rows: 0 };
        window.first = Math.min(window.first, at);
        window.last = Math.max(window.last, at);
        window.rows += 1;
        seen.set(id, window);
      }
      return [...seen.values()];
    },
    boundsOf,
    nameOf: (row) => {
      const bounds = boundsOf(row);
      const columns = places.slice(0, node.keys.length);
      if (!bounds || columns.some((place) => place < 0)) return null;
      return name(
        columns.map((place) => readValue(results.rows.columns[place], row)),
        bounds,
      );
    },
  };
}

type Grouping = WindowAggregate | Aggregate;

/** The GROUP BY that a plan ends with, and where its columns stand in the result: -1 for those that the SELECT list leaves out. */
function groupingOf(plan: Plan): { node: Grouping; places: number[] } | null {
  let places = plan.schema.map((_, i) => i);
  let at = plan;
  for (; at.node === 'project' || at.node === 'filter'; at = at.input) {
    if (at.node === 'filter') continue;
    const below = at.input.schema.map(() => -1);
    at.expressions.forEach((expression, i) => {
      if (expression.op === 'column' && places[i] >= 0) below[expression.index] = places[i];
    });
    places = below;
  }
  return at.node === 'window aggregate' || at.node === 'aggregate' ? { node: at, places } : null;
}

/** The rows that a GROUP BY is given of a whole stream, each with the input that it came with; null where they come from more. */
function rowsOf(plan: Plan, streamOf: (name: string) => ColumnBatch): ColumnBatch | null {
  if (plan.node === 'scan') return streamOf(plan.options.topic ?? plan.table);
  if (plan.node !== 'filter' && plan.node !== 'project') return null;
  const given = rowsOf(plan.input, streamOf);
  if (!given) return null;
  const operator = plan.node === 'filter' ? filter(plan) : project(plan);
  operator.process(given, 0, given.length, 0);
  return operator.out;
}

interface RowSpan {
  row: number;
  start: number;
  end: number;
}

/** The windows of each row that has landed by an input. */
function spansOf(node: Grouping, rows: ColumnBatch, keys: Int32Array, input: number): RowSpan[] {
  const landed = Array.from({ length: rows.length }, (_, row) => row).filter((row) => rows.input[row] <= input);
  const shape = node.node === 'aggregate' ? { kind: 'global' as const } : node.window;
  if (shape.kind === 'global') return landed.map((row) => ({ row, start: MIN_TIME, end: MAX_TIME }));
  if (shape.kind === 'session') return sessionsOf(landed, rows.time, keys, shape.gap);
  const grid = gridOf(shape);
  return landed.flatMap((row) => {
    const spans: RowSpan[] = [];
    const time = rows.time[row];
    for (let end = firstEnd(grid, time); end <= lastEnd(grid, time); end += grid.slide)
      spans.push({ row, start: startOf(grid, end), end });
    return spans;
  });
}

/** S3.1, S3.2: rows of a key that are at most the gap apart. */
function sessionsOf(landed: number[], time: Float64Array, keys: Int32Array, gap: number): RowSpan[] {
  const order = landed.sort((a, b) => keys[a] - keys[b] || time[a] - time[b]);
  const spans: RowSpan[] = [];
  for (let first = 0; first < order.length;) {
    let last = first;
    const follows = (next: number): boolean =>
      next < order.length && keys[order[next]] === keys[order[last]] && time[order[next]] - time[order[last]] <= gap;
    while (follows(last + 1)) last += 1;
    const [start, end] = [time[order[first]], time[order[last]] + gap];
    for (; first <= last; first += 1) spans.push({ row: order[first], start, end });
  }
  return spans;
}

/** The window of a row of the result, from the columns that say it. */
function boundsIn(result: Table, row: number, node: Grouping, places: number[]): [number, number] | null {
  if (node.node === 'aggregate' || node.window.kind === 'global') return [MIN_TIME, MAX_TIME];
  const { window: shape, keys } = node;
  const [start, end] = [places[keys.length], places[keys.length + 1]].map((place) =>
    place < 0 ? null : Number(readValue(result.columns[place], row)),
  );
  if (start !== null && end !== null) return [start, end];
  if (shape.kind !== 'tumble' && shape.kind !== 'hop') return null;
  if (start !== null) return [start, start + shape.size];
  return end === null ? null : [end - shape.size, end];
}
