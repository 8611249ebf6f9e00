import { type TracedRun } from '../engine/run/tracedRun';
import { metricsOf } from '../engine/snapshot/metrics';
import { appendRow, BIGINT, field, firstWhere, makeTable, MIN_TIME, STEP_KINDS, type Table } from '../model';
import { type RunSummary } from './protocol';

/** What the page needs to know about a finished run. */
export function summaryOf(id: string, run: TracedRun): RunSummary {
  const { engine, trace } = run;
  const { operators } = engine;
  const marks: Table = makeTable([field('step', BIGINT), field('mark', BIGINT)]);
  for (const { step, mark } of run.marks()) appendRow(marks, [step, mark]);
  const { inputs } = engine;
  const stateful = operators.find(({ operator }) => operator.state);
  return {
    id,
    title: (stateful ?? operators.at(-1))?.node.title ?? 'all events',
    steps: run.steps,
    inputs: inputs.length,
    hash: trace.hash,
    resultSchema: engine.results.rows.schema,
    keys: stateful?.operator.state?.keys.schema.map((one) => one.name) ?? [],
    marks,
    processing: inputs.length > 0 ? [inputs.processing(0), inputs.processing(inputs.length - 1)] : [MIN_TIME, MIN_TIME],
    metrics: metricsOf(engine),
    operators: operators.map(({ node: { number, title }, operator: { name } }) => ({ number, name, title })),
  };
}

/** The first step after which the run's watermark is at or past `time` (`DESIGN.md` §1.3). */
export function firstWithWatermark(run: TracedRun, time: number): number {
  const { log } = run.trace;
  const line = run.engine.sources.watermarkHistory();
  for (let at = 0; at < log.length; at += 1) {
    const kind = STEP_KINDS[log.kind[at]];
    if ((kind === 'watermark advanced' || kind === 'status changed') && line[log.input[at]] >= time) return at;
  }
  return log.length - 1;
}

/** The last step at or before a processing time. */
export function lastBefore(run: TracedRun, time: number): number {
  const { log } = run.trace;
  return firstWhere(0, log.length, (step) => run.engine.inputs.processing(log.input[step]) > time) - 1;
}
