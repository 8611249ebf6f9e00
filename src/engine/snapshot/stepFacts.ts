import { namedValues, readRow, type NamedValue, type StepFacts } from '../../model';
import { stateValue } from '../state/keyedState';
import { type TracedRun } from '../run/tracedRun';

/** Step `at` with every name and value that a sentence about it needs, taken from the run. */
export function stepFactsOf(run: TracedRun, at: number): StepFacts {
  if (at < 0) return { kind: 'none' };
  const { engine } = run;
  const step = run.step(at);
  const { kind } = step;
  switch (kind) {
    case 'row in': {
      const place = engine.inputs.topic(step.input);
      const topic = engine.inputs.topics[place];
      const { eventTime, processingTime, row } = step;
      return {
        kind,
        topic: topic.name,
        partition: topic.partitions > 1 ? topic.partition[row] : null,
        values: namedValues(topic.table.schema, readRow(topic.table, row)),
        eventTime,
        processingTime,
        lateFor: step.late ? engine.sources.watermarkBefore(engine.sources.of[place]!, step.input) : null,
      };
    }
    case 'watermark advanced': {
      const topic = engine.sources.list.length > 1 ? engine.sources.list[step.source].topic.name : null;
      return { kind, topic, from: step.from, to: step.to };
    }
    case 'status changed': {
      const { topic } = engine.sources.list[step.source];
      return { kind, topic: topic.name, partition: topic.partitions > 1 ? step.partition : null, idle: step.idle };
    }
    case 'state written': {
      const state = engine.operators[step.operator - 1].operator.state!;
      const values = state.schema.map((_, i) => stateValue(state, i, step.values[i]));
      return { ...placeOf(run, step), kind, values: namedValues(state.schema, values) };
    }
    case 'state read':
      return {
        kind,
        touched: step.touched,
        from: engine.graph.lookup > 0 && engine.options.lookup?.answer === 'rescan' ? 'log' : 'state',
      };
    case 'window fired':
      return { ...placeOf(run, step), kind, timing: step.timing };
    case 'window emptied':
    case 'window purged':
    case 'row dropped':
      return { ...placeOf(run, step), kind };
    case 'windows merged':
      return { ...placeOf(run, step), kind, into: step.into };
    case 'pair joined':
      return { kind, key: keyOf(run, step), leftTime: step.leftTime, rightTime: step.rightTime };
    case 'row padded':
      return { kind, key: keyOf(run, step), side: step.side, time: step.start };
    case 'row purged':
      return { kind, key: keyOf(run, step), side: step.side, time: step.start, because: step.because };
    case 'row out': {
      const { rows } = engine.results;
      return { kind, change: rows.kind[step.row], values: namedValues(rows.schema, readRow(rows, step.row)) };
    }
    case 'job ended':
      return { kind, rowsRead: step.rowsRead, published: step.published, processingTime: step.processingTime };
    case 'action applied': {
      const { wait = null, lateness = null } = engine.options.changes[step.action];
      return { kind, wait, lateness };
    }
    case 'input ended':
      return { kind };
  }
}

function keyOf(run: TracedRun, { operator, key }: { operator: number; key: number }): NamedValue[] {
  const state = run.engine.operators[operator - 1]?.operator.state;
  return state && key >= 0 ? namedValues(state.keys.schema, readRow(state.keys, key)) : [];
}

const placeOf = (run: TracedRun, step: { operator: number; key: number; start: number; end: number }) => ({
  key: keyOf(run, step),
  start: step.start,
  end: step.end,
});
