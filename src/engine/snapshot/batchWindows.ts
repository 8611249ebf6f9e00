import { MAX_TIME, MIN_TIME, readValue, type Column, type ColumnBatch, type Schema, type Table } from '../../model';
import { inputsOf, type Plan, type WindowShape } from '../../sql/plan';
import { compile } from '../expression';
import { KeyTable } from '../state/keys';
import { kindOf, rowsBelow } from '../nodes';
import { type Grouping } from '../nodes/kind';
import { type Span } from '../stream/windows';
import { assignerOf } from '../windowing/assign';
import { cutOf } from '../windowing/shapes';
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
  boundsOf: (row: number) => Span | null;
}

interface BatchWindow {
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
  const { window } = found;
  const keys = new KeyTable(found.schema.slice(0, found.keys.length));
  const idsOf = (columns: Column[], length: number): Int32Array => {
    const ids = new Int32Array(length);
    keys.intern(columns, 0, length, ids);
    return ids;
  };
  const evaluated = found.keys.map((key) => compile(key, found.input.schema)(rows, 0, rows.length));
  const ids = idsOf(evaluated, rows.length);
  const shown = found.places.slice(0, found.keys.length);
  const columns = shown.map((place) => results.rows.columns[place]);
  const resultIds = shown.includes(-1) ? null : idsOf(columns, results.rows.length);
  const boundsOf = (row: number): Span | null => boundsIn(results.rows, row, found);
  return {
    keys: keys.table,
    by: (input) => windowsBy(window, rows, ids, input),
    boundsOf,
    nameOf(row) {
      const bounds = boundsOf(row);
      return bounds && resultIds && nameOf(resultIds[row], bounds);
    },
  };
}

/** What a window is called among all windows of the run. */
export const nameOf = (key: number, [start, end]: Span): string => `${key} ${start} ${end}`;

/** The GROUP BY that a plan ends with. */
interface LastGrouping extends Grouping {
  schema: Schema;
  /** Where each of its columns is in the result: -1 for those that the SELECT list leaves out. */
  places: number[];
}

function groupingOf(plan: Plan): LastGrouping | null {
  const { node, columns } = rowsBelow(plan);
  const grouping = kindOf(node).grouping?.(node);
  return grouping
    ? { ...grouping, schema: node.schema, places: node.schema.map((_, i) => columns.lastIndexOf(i)) }
    : null;
}

/**
 * The rows that a GROUP BY is given, each with the input that it came with: `plan`, which is below it, run as a stream.
 * null where they are not those of one stream.
 */
function rowsOf({ engine }: TracedRun, plan: Plan): ColumnBatch | null {
  if (inputsOf(rowsBelow(plan).node).length > 0) return null;
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

/** The windows that the rows which have landed by an input are in. */
function windowsBy(shape: WindowShape, rows: ColumnBatch, keys: Int32Array, input: number): BatchWindow[] {
  const assigner = assignerOf(shape);
  const { time } = rows;
  const landed = Array.from({ length: rows.length }, (_, row) => row)
    .filter((row) => rows.input[row] <= input)
    .sort((a, b) => time[a] - time[b]);
  const found: BatchWindow[] = [];
  /** By key and bounds; the last session of each key, which a row at most the gap behind its last row is in (S3.2). */
  const last = new Map<string, BatchWindow>();
  for (const row of landed) {
    const [key, at] = [keys[row], rows.input[row]];
    for (const [start, end] of assigner.assign(time[row], rows, row)) {
      const id = assigner.merging ? `${key}` : nameOf(key, [start, end]);
      let window = last.get(id);
      if (!window || window.end < start) {
        window = { key, start, end, first: at, last: at, rows: 0 };
        last.set(id, window);
        found.push(window);
      }
      window.end = end;
      window.first = Math.min(window.first, at);
      window.last = Math.max(window.last, at);
      window.rows += 1;
    }
  }
  return found;
}

/** The window of a row of the result, from its columns. */
function boundsIn(result: Table, row: number, { window: shape, keys, places }: LastGrouping): Span | null {
  const cut = cutOf(shape);
  if (cut.by === 'nothing') return [MIN_TIME, MAX_TIME];
  const [start, end] = [places[keys.length], places[keys.length + 1]].map((place) =>
    place < 0 ? null : Number(readValue(result.columns[place], row)),
  );
  if (start !== null && end !== null) return [start, end];
  if (cut.by !== 'grid' || cut.grid.grows) return null;
  const { size } = cut.grid;
  if (start !== null) return [start, start + size];
  return end === null ? null : [end - size, end];
}
