import { field, MIN_TIME, runStream, TIMESTAMP, type Schema, type Step, type StreamInput, type Value } from '../index';
import { isItem, type Case, type Driver, type Item, type Json } from './kind';
import { arrivalsOf, COLUMN_TYPES, pipelineOf, textIn, UNIT, type Pipeline } from './pipeline';

/**
 * A case as a run of its SQL: event `i` arrives at time `i` of the clock, where watermarks move too. null for a case
 * that is no pipeline, or that asks for something which the result of a query does not have.
 */
export function pipelineDriver(theCase: Case): Driver | null {
  const { kind, profile, config, events, asked, top } = theCase;
  // Elements of a batch arrive one by one.
  if (top.requires !== undefined) return null;
  const pipeline = pipelineOf({ kind, profile, config: config.raw, events, top });
  const states = (name: string): boolean => name === 'after' || pipeline?.states.includes(name) === true;
  if (!pipeline || !asked.every(states)) return null;
  const inputs = inputsOf(pipeline, events);
  if (!inputs) return null;
  const { outputs, dropped } = outputsOf(pipeline, inputs, events);
  const skipped = events.filter((event) => 'ts' in event && pipeline.streamOf(event) === null).length;
  return {
    handle: (_, index) => outputs.get(index) ?? [],
    top: () => ({ droppedRecords: dropped + skipped }),
  };
}

interface Inputs {
  streams: Record<string, StreamInput & { rows: Value[][]; arrival: number[] }>;
  moves: [processing: number, watermark: number][];
}

/** The rows and the moves of the watermark, or null where an event is neither. */
function inputsOf({ streams, streamOf }: Pipeline, events: readonly Item[]): Inputs | null {
  const inputs: Inputs = { streams: {}, moves: [] };
  for (const [name, columns] of Object.entries(streams)) {
    const fields = Object.entries(columns).map(([column, type]) => field(column, COLUMN_TYPES[type], true));
    inputs.streams[name] = { schema: [...fields, field('ts', TIMESTAMP)], rows: [], arrival: [], time: 'ts' };
  }
  let watermark = MIN_TIME;
  for (const { event, after } of arrivalsOf(events)) {
    if (!isItem(event)) return null;
    if (typeof event.watermark === 'number') {
      if (event.watermark > watermark) inputs.moves.push([after, (watermark = event.watermark)]);
      continue;
    }
    if (typeof event.ts !== 'number' || Object.keys(event).some((name) => CLOCKS.includes(name))) return null;
    const name = streamOf(event);
    if (name === null) continue;
    const { schema, rows, arrival } = inputs.streams[name];
    rows.push(rowOf(schema, { event: after, ...event }));
    arrival.push(after);
  }
  return inputs;
}

/** Events that carry one of these need the clock of the case itself. */
const CLOCKS = ['processingTime', 'arrives', 'now'];

const rowOf = (schema: Schema, event: Item): Value[] =>
  schema.map(({ name, type }) => {
    const value: Json = event[name] ?? null;
    if (type.name === 'DECIMAL' && typeof value === 'number') return Math.round(value * UNIT);
    return type.name === 'STRING' ? textIn(value) : (value as number | null);
  });

interface Played {
  /** By number of the event at which they come out. */
  outputs: Map<number, Item[]>;
  /** Rows dropped as late, once for each window. */
  dropped: number;
}

function outputsOf(pipeline: Pipeline, { streams, moves }: Inputs, events: readonly Item[]): Played {
  const { sql, options, outputOf, lateOf, panes = false, streamTime = false } = pipeline;
  // Without a move nothing is ever late.
  const watermark = streamTime ? null : { type: 'given' as const, moves };
  const trace = panes || lateOf !== undefined;
  const run = runStream({ sql, streams, options: { ...options, watermark, end: false, trace } });
  const outputs = new Map<number, Item[]>();
  const add = (at: number, output: Item): void => void outputs.set(at, [...(outputs.get(at) ?? []), output]);
  for (const change of run.changes) {
    const output = outputOf(change);
    if (output) add(change.at, output);
  }
  const steps = run.steps ?? [];
  if (panes) for (const [at, list] of outputs) outputs.set(at, withPanes(list, firedAt(steps, at)));
  for (const { kind, processingTime } of lateOf ? steps : []) {
    if (kind === 'row dropped') add(processingTime, lateOf!(events[processingTime]));
  }
  return { outputs, dropped: run.counters.dropped };
}

type FiredPane = Extract<Step, { kind: 'window fired' }> & { nonSpeculative: number };

/** Firings at a time, each with its number among those of its window that were not early. */
function firedAt(steps: readonly Step[], at: number): FiredPane[] {
  const numbers = new Map<string, number>();
  return steps.flatMap((step): FiredPane[] => {
    if (step.kind !== 'window fired') return [];
    const name = [step.key, step.start, step.end].join();
    const number = step.pane === 0 ? 0 : (numbers.get(name) ?? 0);
    numbers.set(name, step.timing === 'early' ? number : number + 1);
    return step.processingTime === at ? [{ ...step, nonSpeculative: step.timing === 'early' ? -1 : number }] : [];
  });
}

const TIMINGS = { early: 'EARLY', 'on time': 'ON_TIME', late: 'LATE' };

/** Outputs with the pane that each is: firings of one window are in the order of its outputs. */
function withPanes(outputs: readonly Item[], fired: readonly FiredPane[]): Item[] {
  const left = [...fired];
  let pane: Item = {};
  // From the last one on: the row that a pane takes back comes before its own.
  return outputs
    .toReversed()
    .map((output) => {
      if (output.retraction !== true) pane = paneOf(output, left);
      return { ...output, ...pane };
    })
    .reverse();
}

function paneOf({ window }: Item, left: FiredPane[]): Item {
  const [start, end] = window as readonly number[];
  const at = left.findLastIndex((one) => one.start === start && one.end === end);
  if (at < 0) return {};
  const [{ timing, pane, nonSpeculative }] = left.splice(at, 1);
  return { timing: TIMINGS[timing], paneIndex: pane, nonSpeculativeIndex: nonSpeculative, first: pane === 0 };
}
