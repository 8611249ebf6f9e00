import { readStep, TidemarkError, type Step } from '../model';
import { bind, inputsOf, parse, setOptions, type Edge, type Plan, type Scan, type SetOptions } from '../sql';
import { runBatch as runJob } from './batch';
import { catalogOf, checkInputs, readInput, topicFrom, type StreamInput, type TableInput } from './givenInputs';
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
import { isObject, mustBe } from './givenSchema';
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

/** A query over tables; `edge`: the ends of rolling windows. */
export type BatchDefinition = Query & { tables: Record<string, TableInput>; edge?: Edge };

/**
 * Runs a query once over bounded tables. Throws a TidemarkError for what is wrong with the SQL, the rows or the
 * definition.
 */
export function runBatch(definition: BatchDefinition): BatchResult {
  checkDefinition(definition, 'tables');
  const { tables, edge = 'closed', ...query } = definition;
  const { plan, inputs, topicOf } = settle(query, tables);
  if (query.sql !== undefined) checkSql(plan, DEFAULTS.profile);
  const stored = new Map([...inputs].map(([name, input]) => [name, checkedTable(name, input)]));
  const { table } = runJob(
    plan,
    (name) => {
      const found = stored.get(topicOf.get(name) ?? name);
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
 * the SQL, the rows, the options or the definition, and for what a stream cannot do.
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
 * trace. Throws as `runStream` does, when the first change is asked for.
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

function streamSetup(definition: StreamDefinition): { setup: RunSetup; trace: boolean } {
  checkDefinition(definition, 'streams');
  const { streams, options = {}, ...query } = definition;
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

/** What a caller without types may get wrong. */
function checkDefinition(definition: Query, inputs: 'tables' | 'streams'): void {
  const expected = `{sql, ${inputs}} or {plan, ${inputs}}`;
  mustBe(isObject(definition), { what: 'the definition is no object', expected, found: definition });
  const { sql, plan }: { sql?: unknown; plan?: unknown } = definition;
  const one = { what: 'a definition has a text or a plan', expected };
  mustBe(sql === undefined || plan === undefined, { ...one, found: 'both' });
  if (plan === undefined) mustBe(typeof sql === 'string', { ...one, found: sql });
  else
    mustBe(isObject(plan) && typeof plan.node === 'string', {
      what: 'this is no plan',
      expected: 'the `query` of what plan() gives',
      found: plan,
    });
}

interface Settled<T> {
  plan: Plan;
  /** By the name of the topic that the plan reads. */
  inputs: Map<string, T>;
  /** By the name of a table of the plan, that of its topic. */
  topicOf: Map<string, string>;
  set: SetOptions;
}

/** The plan of a query. A CREATE TABLE of its text that reads an input declares it. */
function settle<T extends TableInput>(query: Query, inputs: Record<string, T>): Settled<T> {
  checkInputs(inputs);
  if (query.sql === undefined) {
    return { plan: query.plan, ...read(inputs, scansOf(query.plan), 'the plan reads'), set: {} };
  }
  const statements = parse(query.sql);
  const declared = new Set(
    statements.flatMap((one) => (one.statement === 'create table' ? [one.name.text.toLowerCase()] : [])),
  );
  const catalog = Object.entries(catalogOf(inputs)).filter(([name]) => !declared.has(name.toLowerCase()));
  const program = bind(statements, Object.fromEntries(catalog));
  const scans = Object.values(program.tables);
  return { plan: program.query, ...read(inputs, scans, 'CREATE TABLE declares'), set: setOptions(program) };
}

/** The inputs as scans read them, which may name them in another case. */
function read<T extends TableInput>(
  inputs: Record<string, T>,
  scans: readonly Scan[],
  by: string,
): Pick<Settled<T>, 'inputs' | 'topicOf'> {
  const byName = new Map(Object.entries(inputs));
  const topicOf = new Map<string, string>();
  for (const scan of scans) {
    const topic = scan.options.topic ?? scan.table;
    topicOf.set(scan.table, topic);
    const name = [...byName.keys()].find((one) => one.toLowerCase() === topic.toLowerCase());
    if (name === undefined) continue;
    const input = readInput(byName.get(name)!, scan, by);
    byName.delete(name);
    byName.set(topic, input);
  }
  return { inputs: byName, topicOf };
}

/** Each node once, though several may read it. */
function scansOf(plan: Plan, seen = new Set<Plan>()): Scan[] {
  if (seen.has(plan)) return [];
  seen.add(plan);
  return plan.node === 'scan' ? [plan] : inputsOf(plan).flatMap((input) => scansOf(input, seen));
}

function stepsOf({ engine: { inputs }, trace: { log } }: TracedRun): Step[] {
  return Array.from({ length: log.length }, (_, at) => readStep(log, at, (input) => inputs.processing(input)));
}

const unknown = (kind: string, found: string, names: string[]): TidemarkError =>
  new TidemarkError({ what: `there is no such ${kind}`, expected: names.join(', '), found });
