import { MAX_TIME, MIN_TIME, readRow, readValue, type ColumnBatch, type Schema, type Table } from '../../model';
import { inputsOf, type Plan, type WindowShape } from '../../sql/plan';
import { compile } from '../expression';
import { KeyTable } from '../state/keys';
import { kindOf } from '../nodes';
import { type Grouping } from '../nodes/kind';
import { windowsOf } from '../windowing/assign';
import { openRun } from '../run/openRun';
import { type TracedRun } from '../run/tracedRun';

/**
 * Windows of a batch job. The job keeps none: they follow from the plan and the rows that have landed, and their values
 * from the published result. A GROUP BY without windows is one window over all time.
 */
export interface BatchWindows {
  /** Keys by id. */
  keys: Table;
  /** The windows that rows have landed in by an input, in no order. */
  by: (input: number) => BatchWindow[];
  /** Name of the window of a row of the result log; null where the SELECT list has no column that tells. */
  nameOf: (row: number) => string | null;
  boundsOf: (row: number) => [start: number, end: number] | null;
}

interface BatchWindow {
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
  const { graph, options, results } = run.engine;
  if (!options.job) return null;
  const found = groupingOf(graph.operators[0].plan);
  const rows = found && rowsOf(run, found.input);
  if (!rows) return null;
  const { places, window } = found;
  const keys = new KeyTable(found.schema.slice(0, found.keys.length));
  const ids = new Int32Array(rows.length);
  const keyOf = found.keys.map((key) => compile(key, found.input.schema)(rows, 0, rows.length));
  keys.intern(keyOf, 0, rows.length, ids);
  const name = (values: unknown[], [start, end]: [number, number]): string => JSON.stringify([values, start, end]);
  const boundsOf = (row: number): [number, number] | null => boundsIn(results.rows, row, found);
  return {
    keys: keys.table,
    by: (input) => {
      const seen = new Map<string, BatchWindow>();
      const texts = Array.from({ length: keys.size }, (_, key) => readRow(keys.table, key));
      for (const { row, start, end } of spansOf(window, rows, ids, input)) {
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
      const columns = places.slice(0, found.keys.length);
      if (!bounds || columns.some((place) => place < 0)) return null;
      return name(
        columns.map((place) => readValue(results.rows.columns[place], row)),
        bounds,
      );
    },
  };
}

/** The GROUP BY that a plan ends with. */
interface LastGrouping extends Grouping {
  schema: Schema;
  /** Where each of its columns is in the result: -1 for those that the SELECT list leaves out. */
  places: number[];
}

function groupingOf(plan: Plan): LastGrouping | null {
  /** By column of the result, which column of `at` it is. */
  let columns = plan.schema.map((_, i) => i);
  let at = plan;
  for (;;) {
    const node = at;
    const kind = kindOf(node);
    const { schema } = node;
    if (!kind.column) {
      const grouping = kind.grouping?.(node);
      return grouping ? { ...grouping, schema, places: schema.map((_, i) => columns.lastIndexOf(i)) } : null;
    }
    columns = columns.map((index) => {
      const from = index < 0 ? null : kind.column!(node, index);
      return from?.op === 'column' ? from.index : -1;
    });
    [at] = inputsOf(at);
  }
}

/**
 * The rows that a GROUP BY is given, each with the input that it came with: `plan`, which is below it, run as a stream.
 * null where they are not those of one stream.
 */
function rowsOf({ engine }: TracedRun, plan: Plan): ColumnBatch | null {
  let at = plan;
  while (kindOf(at).column) [at] = inputsOf(at);
  if (inputsOf(at).length > 0) return null;
  const [{ topic, place }] = engine.sources.list;
  const below = openRun({
    plan,
    topics: [topic],
    options: { ...engine.options, job: null, results: undefined },
    end: true,
  });
  below.advance(() => true);
  const { inputs: numbers } = engine.inputs.readOf(place);
  const { rows } = below.results;
  return { ...rows, input: rows.input.map((input) => numbers[input]) };
}

interface RowSpan {
  row: number;
  start: number;
  end: number;
}

/** The windows of each row that has landed by an input. */
function spansOf(shape: WindowShape, rows: ColumnBatch, keys: Int32Array, input: number): RowSpan[] {
  const landed = Array.from({ length: rows.length }, (_, row) => row).filter((row) => rows.input[row] <= input);
  if (shape.kind === 'global') return landed.map((row) => ({ row, start: MIN_TIME, end: MAX_TIME }));
  if (shape.kind === 'session') return sessionsOf(landed, rows.time, keys, shape.gap);
  return landed.flatMap((row) => windowsOf(shape, rows.time[row]).map(([start, end]) => ({ row, start, end })));
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

/** The window of a row of the result, from its columns. */
function boundsIn(result: Table, row: number, { window: shape, keys, places }: LastGrouping): [number, number] | null {
  if (shape.kind === 'global') return [MIN_TIME, MAX_TIME];
  const [start, end] = [places[keys.length], places[keys.length + 1]].map((place) =>
    place < 0 ? null : Number(readValue(result.columns[place], row)),
  );
  if (start !== null && end !== null) return [start, end];
  if (shape.kind !== 'tumble' && shape.kind !== 'hop') return null;
  if (start !== null) return [start, start + shape.size];
  return end === null ? null : [end - shape.size, end];
}
