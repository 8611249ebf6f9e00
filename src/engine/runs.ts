import { readStep, TidemarkError, type Step } from '../model';
import { bind, parse, setOptions, type Edge, type Plan, type SetOptions } from '../sql';
import { runBatch as runJob } from './batch';
import { catalogOf, declaredInput, topicFrom, type StreamInput, type TableInput } from './givenInputs';
import { checkedTable } from './givenTable';
import {
  batchResult,
  changeOf,
  rowReader,
  streamResult,
  type BatchResult,
  type ChangeRow,
  type StreamResult,
} from './runResults';
import { givenOptions, type StreamRunOptions } from './givenOptions';
import { checkSql } from './profiles/checkSql';
import { explainGraph } from './run/explainGraph';
import { openRun, openTracedRun } from './run/openRun';
import { type RunSetup } from './run/run';
import { DEFAULTS, type LocalOptions } from './stream/options';
import { ResultLog } from './stream/results';
import { type TracedRun } from './run/tracedRun';

/** SQL over the inputs' names, or a plan of `plan`. */
export type Query = { sql: string; plan?: undefined } | { plan: Plan; sql?: undefined };

/** A query over streams, and how it is run. */
export type StreamDefinition = Query & { streams: Record<string, StreamInput>; options?: StreamRunOptions };

/** Runs a query once over bounded tables. Throws a TidemarkError for what is wrong with the SQL or the rows. */
export function runBatch({
  tables,
  edge = 'closed',
  ...query
}: Query & { tables: Record<string, TableInput>; edge?: Edge }): BatchResult {
  const { plan, inputs } = settle(query, tables);
  if (query.sql !== undefined) checkSql(plan, DEFAULTS.profile);
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
  return batchResult(table);
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
  return streamResult(run.results.rows, setup.options.upsert, (input) => run.inputs.processing(input), {
    counters: { ...run.counters },
    watermark: run.watermark,
    steps: traced && stepsOf(traced),
  });
}

/**
 * The changes of `runStream` one after the other, while the run goes on: what has been given is not kept. There is no
 * trace.
 */
export function* streamChanges(definition: StreamDefinition): Generator<ChangeRow> {
  const run = openRun(streamSetup(definition).setup);
  const { rows } = run.results;
  while (!run.finished) {
    run.advance(() => false);
    const read = rowReader(rows);
    for (let at = 0; at < rows.length; at += 1)
      yield changeOf(rows, at, read(at), (input) => run.inputs.processing(input));
    run.sink.forget();
  }
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
    rangeRows: 1_024,
    // `at` says when a row came out: under the very input that caused it.
    exactInputs: true,
    results: new ResultLog(plan.schema, trace || given.upsert),
  };
  if (query.sql !== undefined) checkSql(plan, settled.profile);
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

const unknown = (kind: string, found: string, names: string[]): TidemarkError =>
  new TidemarkError({ what: `there is no such ${kind}`, expected: names.join(', '), found });
