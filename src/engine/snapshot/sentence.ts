import {
  CHANGE_SIGNS,
  DELETE,
  formatClock,
  formatDuration,
  formatValue,
  MAX_TIME,
  MIN_TIME,
  readStep,
  readValue,
  UPDATE_AFTER,
  UPDATE_BEFORE,
  type Purge,
  type Schema,
  type Step,
  type Table,
  type Timing,
} from '../../model';
import { type TracedRun } from '../stream/tracedRun';

/** One step in words: one sentence (two at most), every name and number taken from the run. */
export function sentenceOf(run: TracedRun, at: number): string {
  const { engine, trace } = run;
  if (at < 0) return 'Nothing has happened yet.';
  return inWords(
    run,
    readStep(trace.log, at, (input) => engine.inputLog.processing[input]),
  );
}

function inWords(run: TracedRun, step: Step): string {
  const { engine } = run;
  switch (step.kind) {
    case 'row in': {
      const { topic, batch } = engine.inputLog.topics[engine.inputLog.topic[step.input]];
      const what = rowText(batch.schema, batch, step.row, step.eventTime);
      const when =
        step.processingTime === step.eventTime
          ? `at ${clock(step.eventTime)}`
          : `at ${clock(step.processingTime)}, ${formatDuration(step.processingTime - step.eventTime)} after it happened at ${clock(step.eventTime)}`;
      const where = topic.partitions > 1 ? ` on partition ${topic.partition[step.row]}` : '';
      const late = step.late ? ` It is late: the watermark already stands at ${clock(batch.watermark[step.row])}.` : '';
      return `An event of ${topic.name} arrives${where} ${when}: ${what}.${late}`;
    }
    case 'watermark advanced': {
      const of = engine.sources.length > 1 ? ` of ${engine.sources[step.source].table.topic.name}` : '';
      if (step.to === MAX_TIME) return `The watermark${of} goes to the end of time: nothing can come any more.`;
      return step.from === MIN_TIME
        ? `The watermark${of} starts at ${clock(step.to)}: nothing from then or before is expected any more.`
        : `The watermark${of} moves from ${clock(step.from)} to ${clock(step.to)}.`;
    }
    case 'status changed': {
      const { topic } = engine.sources[step.source].table;
      const who = topic.partitions > 1 ? `Partition ${step.partition} of ${topic.name}` : topic.name;
      return step.idle
        ? `${who} has been silent for too long: the watermark does not wait for it any more.`
        : `${who} speaks again: the watermark waits for it from now on.`;
    }
    case 'state written':
      return `State of ${subject(run, step)} is now ${stateText(run, step.operator, step.values)}.`;
    case 'state read':
      return `To answer the request, ${counted(step.touched)} ${step.touched === 1 ? 'is' : 'are'} ${engine.dataflow.lookup > 0 && engine.answersByRescan ? 'read again from the log' : 'taken out of the state, because they have left the frame'}.`;
    case 'window fired':
      return `The window ${span(step)}${ofKey(run, step)} ${FIRES[step.timing]}`;
    case 'window emptied':
      return `The contents of ${subject(run, step)} are let go: its next pane starts empty.`;
    case 'windows merged':
      return `The session ${span(step)}${ofKey(run, step)} becomes part of ${span(step.into)}.`;
    case 'window purged':
      return `The state of ${subject(run, step)} is thrown away: no event can reach it any more.`;
    case 'pair joined':
      return `The left row of ${clock(step.leftTime)} and the right row of ${clock(step.rightTime)}${ofKey(run, step)} make a pair.`;
    case 'row padded':
      return `No partner can come any more for the ${step.side} row of ${clock(step.start)}${ofKey(run, step)}: it is put out alone.`;
    case 'row purged':
      return `The ${step.side} row of ${clock(step.start)}${ofKey(run, step)} ${PURGED[step.because]}`;
    case 'row dropped':
      return step.start === step.end
        ? `The event is too late: ${keyText(run, step.operator, step.key) || 'its key'} was already answered up to a later time. It is set aside.`
        : `The event is too late: its last window, ${span(step)}, has been closed. It is set aside.`;
    case 'row out':
      return resultText(run, step.row);
    case 'job ended':
      return `The batch job has read ${counted(step.rowsRead)} that had arrived by ${clock(step.processingTime)}, and publishes ${counted(step.published)}.`;
    case 'action applied':
      return `From here on things are different: ${engine.changeText(step.action)}.`;
    case 'input ended':
      return 'The input has ended.';
  }
}

const FIRES: Record<Timing, string> = {
  early: 'fires early: more may come.',
  'on time': 'fires: the watermark has reached its end.',
  late: 'fires again, at once, for the event that came late.',
};

const PURGED: Record<Purge, string> = {
  passed: 'is forgotten: nothing that is still to come could meet it.',
  expired: 'is forgotten: its time to live is over.',
  'taken back': 'is taken back, and its pairs with it.',
};

const clock = (time: number): string => formatClock(time, 'seconds');

const counted = (rows: number): string => `${rows} ${rows === 1 ? 'row' : 'rows'}`;

const span = ({ start, end }: { start: number; end: number }): string => `[${formatClock(start)}, ${formatClock(end)})`;

function rowText(schema: Schema, table: Table, row: number, eventTime: number): string {
  return schema
    .map((one, i) => ({ one, value: readValue(table.columns[i], row) }))
    .filter(({ one, value }) => !(one.type.name === 'TIMESTAMP' && value === eventTime))
    .map(({ one, value }) => `${one.name} ${formatValue(value, one.type)}`)
    .join(', ');
}

function keyText(run: TracedRun, operator: number, key: number): string {
  const state = run.engine.dataflow.nodes[operator - 1]?.operator.state;
  if (!state || key < 0 || state.keys.schema.length === 0) return '';
  return state.keys.schema
    .map((one, i) => `${one.name} ${formatValue(readValue(state.keys.columns[i], key), one.type)}`)
    .join(', ');
}

function ofKey(run: TracedRun, { operator, key }: { operator: number; key: number }): string {
  const text = keyText(run, operator, key);
  return text ? ` of ${text}` : '';
}

function subject(run: TracedRun, step: { operator: number; key: number; start: number; end: number }): string {
  const key = keyText(run, step.operator, step.key);
  if (step.start === step.end) return key || 'the aggregate';
  return key ? `${key} in ${span(step)}` : span(step);
}

function stateText(run: TracedRun, operator: number, values: number[]): string {
  const schema = run.engine.dataflow.nodes[operator - 1].operator.state!.schema;
  return schema
    .map((one, i) => `${one.name} ${formatValue(values[i] !== values[i] ? null : values[i], one.type)}`)
    .join(', ');
}

function resultText(run: TracedRun, row: number): string {
  const { rows } = run.engine.results;
  const text = rows.schema
    .map((one, i) => `${one.name} ${formatValue(readValue(rows.columns[i], row), one.type)}`)
    .join(', ');
  switch (rows.kind[row]) {
    case UPDATE_BEFORE:
      return `The result takes back (${CHANGE_SIGNS[UPDATE_BEFORE]}): ${text}.`;
    case UPDATE_AFTER:
      return `In its place the result says (${CHANGE_SIGNS[UPDATE_AFTER]}): ${text}.`;
    case DELETE:
      return `The result drops (${CHANGE_SIGNS[DELETE]}): ${text}.`;
    default:
      return `The result gains a row: ${text}.`;
  }
}
