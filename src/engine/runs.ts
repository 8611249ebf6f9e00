import {
  CHANGE_SIGNS,
  adds,
  readRow,
  readStep,
  TidemarkError,
  type ColumnBatch,
  type Counters,
  type Schema,
  type Step,
  type Table,
  type Value,
} from '../model';
import { bind, parse, setOptions, type Edge, type Plan, type SetOptions } from '../sql';
import { runBatch as runJob } from './batch';
import { catalogOf, checkedTable, declaredInput, topicFrom, type StreamInput, type TableInput } from './givenInputs';
import { givenOptions, type StreamRunOptions } from './givenOptions';
import { explainGraph } from './run/explainGraph';
import { openRun, openTracedRun } from './run/openRun';
import { type RunSetup } from './run/run';
import { DEFAULTS, type LocalOptions } from './stream/options';
import { ResultLog } from './stream/results';
import { type TracedRun } from './run/tracedRun';

/** SQL over the inputs' names, or a plan of `plan`. */
export type Query = { sql: string; plan?: undefined } | { plan: Plan; sql?: undefined };

/** One row of a changelog. */
export interface ChangeRow {
  /** `+I`, `−U`, `+U` or `−D` (S13.1). */
  change: (typeof CHANGE_SIGNS)[number];
  row: Record<string, Value>;
  /** Event time of the row, ms. */
  time: number;
  /** Processing time at which it came out, ms. */
  at: number;
}

/** A query over streams, and how it is run. */
export type StreamDefinition = Query & { streams: Record<string, StreamInput>; options?: StreamRunOptions };

export interface StreamResult {
  schema: Schema;
  /** Everything that came out, in order. */
  changes: ChangeRow[];
  /** What stands in the end: the changes applied to an empty table, in order of first appearance. */
  rows: Record<string, Value>[];
  counters: Counters;
  /** The run's watermark in the end. */
  watermark: number;
  /** Every step of the run, where a trace was asked for. */
  steps: Step[] | null;
}

/** Runs a query once over bounded tables. Throws a TidemarkError for what is wrong with the SQL or the rows. */
export function runBatch({
  tables,
  edge = 'closed',
  ...query
}: Query & { tables: Record<string, TableInput>; edge?: Edge }): { schema: Schema; rows: Record<string, Value>[] } {
  const { plan, inputs } = settle(query, tables);
  const stored = new Map([...inputs].map(([name, input]) => [name, checkedTable(name, input)]));
  const { table } = runJob(
    plan,
    (name) => {
      const found = stored.get(name);
      if (!found) throw unknown('table', name, [...stored.keys()]);
      return found;
    },
    { edge: givenOptions({ edge }).edge ?? 'closed' },
  );
  return { schema: table.schema, rows: rowsOf(table) };
}

/**
 * Runs a query continuously over streams, to the end of what arrives: every row, watermark and firing in the order in
 * which they happen. What the text says with SET goes before an option. Throws a TidemarkError for what is wrong with
 * the SQL, the rows or the options, and for what a stream cannot do.
 */
export function runStream(definition: StreamDefinition): StreamResult {
  const { setup, trace } = streamSetup(definition);
  const traced = trace ? openTracedRun(setup) : null;
  const run = traced?.engine ?? openRun(setup);
  if (traced) while (!traced.advance(() => true));
  else run.advance(() => true);
  const { rows } = run.results;
  const all = rowsOf(rows);
  return {
    schema: rows.schema,
    changes: all.map((row, i) => ({
      change: CHANGE_SIGNS[rows.kind[i]],
      row,
      time: rows.time[i],
      at: run.inputs.processing(rows.input[i]),
    })),
    rows: finalRows(all, rows, setup.options.upsert),
    counters: { ...run.counters },
    watermark: run.watermark,
    steps: traced && stepsOf(traced),
  };
}

/**
 * The operators of a stream that `runStream` would run, one per line, under the numbers that its steps have:
 * `1 window aggregate TUMBLE 10 s, SUM(n) per page [clicks hash(page); incremental; append]`. In brackets: what it
 * reads and how those rows are spread over subtasks; how it treats rows that are taken back (`pass`, `incremental` or
 * `recompute`); and whether its own result is `append`, `retract` or `upsert`. Throws as `runStream` does.
 */
export function explainStream(definition: StreamDefinition): string {
  const { graph, inputs } = openRun(streamSetup(definition).setup);
  return explainGraph(graph, inputs.topics);
}

function streamSetup({ streams, options = {}, ...query }: StreamDefinition): { setup: RunSetup; trace: boolean } {
  const { plan, inputs, set } = settle(query, streams);
  const { end = true, trace = false, ...given } = { ...givenOptions(options), ...set };
  const settled: LocalOptions = {
    ...DEFAULTS,
    ...given,
    lookup: null,
    recompute: runJob,
    job: null,
    changes: [],
    // Only so is a row put out under the very input that caused it: `at` says when.
    rangeRows: 1,
    results: new ResultLog(plan.schema, trace || given.upsert),
  };
  const topics = [...inputs].map(([name, input]) => topicFrom(name, input));
  return { setup: { plan, topics, end, options: settled }, trace };
}

interface Settled<T> {
  plan: Plan;
  /** By the name that the plan reads them under. */
  inputs: Map<string, T>;
  set: SetOptions;
}

/** The plan of a query. A CREATE TABLE of its text that reads an input declares it. */
function settle<T extends TableInput>(query: Query, inputs: Record<string, T>): Settled<T> {
  const byName = new Map(Object.entries(inputs));
  if (query.sql === undefined) return { plan: query.plan, inputs: byName, set: {} };
  const statements = parse(query.sql);
  const declared = new Set(
    statements.flatMap((one) => (one.statement === 'create table' ? [one.name.text.toLowerCase()] : [])),
  );
  const catalog = Object.entries(catalogOf(inputs)).filter(([name]) => !declared.has(name.toLowerCase()));
  const program = bind(statements, Object.fromEntries(catalog));
  for (const scan of Object.values(program.tables)) {
    const topic = scan.options.topic ?? scan.table;
    const name = [...byName.keys()].find((one) => one.toLowerCase() === topic.toLowerCase());
    if (name === undefined) continue;
    const input = declaredInput(byName.get(name)!, scan);
    byName.delete(name);
    byName.set(topic, input);
  }
  return { plan: program.query, inputs: byName, set: setOptions(program) };
}

function stepsOf({ engine: { inputs }, trace: { log } }: TracedRun): Step[] {
  return Array.from({ length: log.length }, (_, at) => readStep(log, at, (input) => inputs.processing(input)));
}

const rowsOf = (table: Table): Record<string, Value>[] =>
  Array.from({ length: table.length }, (_, row) => {
    const values = readRow(table, row);
    return Object.fromEntries(table.schema.map(({ name }, i) => [name, values[i]]));
  });

/** What a changelog comes to: a row takes back an equal one, or in an `upsert` stream replaces the one of its key. */
function finalRows(rows: Record<string, Value>[], { kind, id0, id1, id2 }: ColumnBatch, upsert: boolean) {
  if (upsert) {
    const byKey = new Map<string, Record<string, Value>>();
    rows.forEach((row, i) => {
      const key = `${id0[i]} ${id1[i]} ${id2[i]}`;
      if (adds(kind[i])) byKey.set(key, row);
      else byKey.delete(key);
    });
    return [...byKey.values()];
  }
  const counts = new Map<string, { row: Record<string, Value>; count: number }>();
  rows.forEach((row, i) => {
    const name = Object.values(row).map(nameOf).join();
    const entry = counts.get(name) ?? { row, count: 0 };
    entry.count += adds(kind[i]) ? 1 : -1;
    counts.set(name, entry);
  });
  return [...counts.values()].flatMap(({ row, count }) => Array.from({ length: Math.max(0, count) }, () => row));
}

/** A text of its own for each value: −0 and what is no finite number too, which JSON writes as 0 and null. */
function nameOf(value: Value): string {
  if (typeof value !== 'number') return JSON.stringify(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

const unknown = (kind: string, found: string, names: string[]): TidemarkError =>
  new TidemarkError({ what: `there is no such ${kind}`, expected: names.join(', '), found });
