import {
  deepest,
  adds,
  appendRow,
  MAX_TIME,
  MIN_TIME,
  readRow,
  type SnapshotPart,
  type Step,
  type Where,
} from '../../model';
import { type KeyedState } from '../stream/operator';
import { type TracedRun } from '../run/tracedRun';
import { matcher } from '../where';
import { batchWindows } from './batchWindows';
import { batchWindowsPart } from './batchWindowsPart';
import { emptyExtent, widen } from './extent';
import { type Moment } from './moment';
import { emitsWindows } from './resultOf';
import { emptyTable, lanesOf, valueColumn } from './windowTable';

type WindowStep = Extract<Step, { kind: 'state written' | 'windows merged' | 'window fired' }>;

interface Seen {
  key: number;
  start: number;
  end: number;
  opened: number;
  /** Since when it has had these bounds; `opened` of a merged session is that of its first part. */
  since: number;
  fired: number;
  /** When it became part of a longer session; and the input that did it. */
  merged: number;
  mergedBy: number;
  panes: number;
  late: number;
  rows: number;
  /** Row of the result log with the window's value, or -1. */
  value: number;
}

/** One key's windows. */
interface OfKey {
  /** By end, then start. */
  live: Map<number, Map<number, Seen>>;
  /** Sessions that are part of longer ones now. */
  gone: Seen[];
}

/** The windows that have been seen by step `step`, with what became of each. */
export function windowsPart(moment: Moment, where: Where | undefined, value: string | undefined): SnapshotPart {
  const { engine } = moment.run;
  const batch = batchWindows(moment.run);
  if (batch) return batchWindowsPart(moment, batch, where, value);
  const number = engine.windowOperator;
  const state = number < 0 ? null : engine.operators[number - 1].state;
  const result = engine.results.rows;
  const valueIndex = valueColumn(result, value);
  const table = emptyTable(state ? state.keys.schema : [], result.schema[Math.max(0, valueIndex)]);
  const extent = emptyExtent();
  if (!state) return { table, extent };
  const windows = new Map<number, OfKey>();
  for (const key of keysOf(moment, state, where)) windows.set(key, windowsOf(moment, key, extent));
  extent.lanes = lanesOf([...windows.keys()].map((key) => depthOf(moment.run, key)));
  if (emitsWindows(moment.run)) addValues(moment.run, windows);
  const rows = [...windows.values()]
    .flatMap(({ live, gone }) => [...gone, ...[...live.values()].flatMap((ofEnd) => [...ofEnd.values()])])
    .sort((a, b) => a.start - b.start || a.end - b.end || a.key - b.key || a.since - b.since);
  const byClock = isByClock(moment.run);
  for (const window of rows) {
    const isGone = window.merged < MAX_TIME;
    const until = isGone ? window.mergedBy : moment.input;
    const passed = byClock ? clockPassed(moment.run, window.end, until) : engine.purgedAt(window.end, until, 0);
    const purged = isGone ? MAX_TIME : byClock ? passed : engine.purgedAt(window.end, until);
    appendRow(table, [
      ...readRow(state.keys, window.key),
      window.start,
      window.end,
      window.opened,
      window.since,
      window.fired,
      passed,
      purged,
      window.merged,
      window.panes,
      window.late,
      window.rows,
      byClock,
      window.value < 0 || valueIndex < 0 ? null : readRow(result, window.value)[valueIndex],
      purged === MAX_TIME && !isGone,
    ]);
  }
  return { table, extent };
}

const depths = new WeakMap<TracedRun, Map<number, number>>();

function depthOf(run: TracedRun, key: number): number {
  let known = depths.get(run);
  if (!known) depths.set(run, (known = new Map<number, number>()));
  let found = known.get(key);
  if (found === undefined) {
    const { live } = windowsOf({ run, step: run.steps - 1 }, key, emptyExtent());
    known.set(key, (found = deepest([...live.values()].flatMap((ofEnd) => [...ofEnd.values()]))));
  }
  return found;
}

/** Whether windows are cut by the clock at arrival (S2.9). */
const isByClock = ({ engine }: TracedRun): boolean => engine.options.time === 'processing';

/** When the clock reached the last millisecond of a window, as far as input `until`; MAX_TIME for not yet. */
function clockPassed({ engine }: TracedRun, end: number, until: number): number {
  const { inputs } = engine;
  const now = until < 0 ? MIN_TIME : inputs.processing(Math.min(until, engine.inputs.length - 1));
  return end - 1 <= now ? end - 1 : MAX_TIME;
}

function keysOf({ base }: Moment, { keys }: KeyedState, where: Where | undefined): number[] {
  const matches = matcher(keys.schema, where, base);
  return Array.from({ length: Math.max(1, keys.length) }, (_, key) => key).filter((key) => matches(keys, key));
}

/** The picture is framed by the whole run, so that it does not move while it is played. */
function windowsOf({ run, step }: Pick<Moment, 'run' | 'step'>, key: number, extent: SnapshotPart['extent']): OfKey {
  const { engine } = run;
  const { inputs } = engine;
  const shape = engine.windows!;
  const { starts, steps } = run.stepsByKey(engine.windowOperator);
  const byClock = isByClock(run);
  const seen: OfKey = { live: new Map(), gone: [] };
  const windowOf = (start: number, end: number, input: number): Seen => {
    let ofEnd = seen.live.get(end);
    if (!ofEnd) seen.live.set(end, (ofEnd = new Map<number, Seen>()));
    let found = ofEnd.get(start);
    if (!found) {
      const at = inputs.processing(input);
      found = { ...FRESH, key, start, end, opened: at, since: at };
      ofEnd.set(start, found);
    }
    return found;
  };
  for (let i = starts[key]; i < starts[key + 1]; i += 1) {
    const now = run.step(steps[i]) as WindowStep;
    const { input, processingTime } = now;
    const isWrite = now.kind === 'state written';
    const windows: [number, number][] = isWrite
      ? livingOf(shape.windowsOf(now.start, now.end), run, input)
      : [[now.start, now.end]];
    if (windows.length === 0) continue;
    const [first, last] = [windows[0][0], windows[windows.length - 1][1]];
    // The global window has no edges to frame a picture with.
    if (byClock) {
      widen(extent, MIN_TIME, first > MIN_TIME ? first : processingTime);
      if (last < MAX_TIME) widen(extent, MIN_TIME, last);
    } else if (first > MIN_TIME) {
      widen(extent, first, processingTime);
      widen(extent, last, MIN_TIME);
    }
    if (now.step > step) continue;
    if (isWrite) {
      for (const [start, end] of windows) windowOf(start, end, input).rows += 1;
      continue;
    }
    const window = windowOf(now.start, now.end, input);
    if (now.kind === 'windows merged') {
      const into = windowOf(now.into.start, now.into.end, input);
      into.rows += window.rows;
      into.opened = Math.min(into.opened, window.opened);
      seen.live.get(window.end)!.delete(window.start);
      seen.gone.push(Object.assign(window, { merged: processingTime, mergedBy: input }));
    } else {
      if (window.panes === 0) window.fired = processingTime;
      window.panes += 1;
      if (now.timing === 'late') window.late += 1;
    }
  }
  return seen;
}

/** A late row enters a slice for the windows that are still kept; purged ones do not count it (S5.4). */
function livingOf(windows: [number, number][], { engine }: TracedRun, input: number): [number, number][] {
  if (windows.length < 2) return windows;
  const first = windows.findIndex(([, end]) => engine.purgedAt(end, input - 1) === MAX_TIME);
  return first < 0 ? [] : windows.slice(first);
}

const FRESH = { fired: MAX_TIME, merged: MAX_TIME, mergedBy: -1, panes: 0, late: 0, rows: 0, value: -1 };

/** Finds the last row of the result about each window. */
function addValues(run: TracedRun, windows: Map<number, OfKey>): void {
  const { id0, id1, id2, kind, length, input } = run.engine.results.rows;
  for (let row = 0; row < length; row += 1) {
    if (!adds(kind[row])) continue;
    const ofKey = windows.get(id0[row]);
    if (!ofKey) continue;
    const [start, end] = id1[row] === id2[row] ? [MIN_TIME, MAX_TIME] : [id1[row], id2[row]];
    const gone = ofKey.gone.find((one) => one.start === start && one.end === end && input[row] < one.mergedBy);
    const window = gone ?? ofKey.live.get(end)?.get(start);
    if (window) window.value = row;
  }
}
