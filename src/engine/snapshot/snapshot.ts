import { MAX_TIME, MIN_TIME, type SnapshotPart, type PartRequest, type Snapshot } from '../../model';
import { whole, type Pieces } from '../pieces';
import { type TracedRun } from '../run/tracedRun';
import { partOf } from './parts';
import { stepFactsOf } from './stepFacts';

const DAY = 86_400_000;

/** `state(step)` of a run, with the parts that are asked for. */
export const snapshotOf = (run: TracedRun, step: number, requests: Record<string, PartRequest>): Snapshot =>
  whole(snapshotPieces(run, step, requests));

/** The same, which may be left while the run goes to the step. */
export function snapshotPieces(run: TracedRun, step: number, requests: Record<string, PartRequest>): Pieces<Snapshot> {
  const at = Math.max(-1, Math.min(step, run.steps - 1));
  return run.seeing(at, () => {
    const { engine, trace } = run;
    const input = at < 0 ? -1 : trace.log.input[at];
    const moment = { run, step: at, input, base: baseDay(run) };
    const parts: Record<string, SnapshotPart> = {};
    for (const [name, request] of Object.entries(requests)) parts[name] = partOf(moment, request);
    return {
      step: at,
      input,
      ordinal: at < 0 ? -1 : at - run.firstStepOf(input),
      clocks: {
        processingTime: at < 0 ? MIN_TIME : engine.inputs.processing(input),
        newestEventTime: engine.reader.newestEventTime,
        watermark: engine.watermark,
        knownAt: engine.sink.knownAt,
      },
      counters: {
        ...engine.counters,
        stateRows: engine.operators.reduce((sum, { operator: { state } }) => sum + (state?.rows ?? 0), 0),
      },
      partitions: engine.sources.partitions(),
      operators: engine.operators.map(({ node: { number, title }, inputWatermark, operator: { name, state } }) => ({
        number,
        name,
        title,
        watermark: inputWatermark,
        stateRows: state?.rows ?? 0,
      })),
      parts,
      stepFacts: stepFactsOf(run, at),
    };
  });
}

/** Midnight of the first event's day: what clock times without a date refer to. */
export function baseDay({ engine }: TracedRun): number {
  let first = MAX_TIME;
  for (const { topic } of engine.sources.list) {
    const { time, table: rows } = topic;
    for (let row = 0; row < rows.length; row += 1) if (time[row] < first) first = time[row];
  }
  return first === MAX_TIME ? 0 : Math.floor(first / DAY) * DAY;
}
