import {
  deepest,
  adds,
  appendRow,
  MAX_TIME,
  MIN_TIME,
  readRow,
  type Extent,
  type SnapshotPart,
  type Where,
} from '../../model';
import { type KeyedState } from '../stream/operator';
import { type TracedRun } from '../run/tracedRun';
import { matcher } from '../where';
import { batchWindows } from './batchWindows';
import { batchWindowsPart } from './batchWindowsPart';
import { emptyExtent, widen } from './extent';
import { KeyWindows, windowsIn, type KeyWindow, type WindowStep } from './keyWindows';
import { type Moment } from './moment';
import { emitsWindows } from './resultOf';
import { emptyTable, lanesOf, valueColumn } from './windowTable';

/** The windows that have been seen by step `step`, with what became of each. */
export function windowsPart(moment: Moment, where: Where | undefined, value: string | undefined): SnapshotPart {
  const { engine } = moment.run;
  const batch = batchWindows(moment.run);
  if (batch) return batchWindowsPart(moment, batch, where, value);
  const number = engine.windowOperator;
  const state = number < 0 ? null : engine.operators[number - 1].operator.state;
  const result = engine.results.rows;
  const valueIndex = valueColumn(result, value);
  const table = emptyTable(state ? state.keys.schema : [], result.schema[Math.max(0, valueIndex)]);
  const extent = emptyExtent();
  if (!state) return { table, extent };
  const windows = new Map<number, KeyWindows>();
  for (const key of keysOf(moment, state, where)) windows.set(key, windowsOf(moment, key, extent));
  extent.lanes = lanesOf([...windows.keys()].map((key) => depthOf(moment.run, key)));
  const values = emitsWindows(moment.run) ? valuesOf(moment.run, windows) : new Map<KeyWindow, number>();
  const rows = [...windows]
    .flatMap(([key, { live, gone }]) => [...gone, ...live].map((window) => ({ key, window })))
    .sort((a, b) => byStart(a.window, b.window) || a.key - b.key || a.window.since - b.window.since);
  const byClock = isByClock(moment.run);
  for (const { key, window } of rows) {
    const { start, end, merged, fired } = window;
    const until = merged ? merged.input : moment.input;
    const passed = byClock ? clockPassed(moment.run, end, until) : engine.purgedAt(end, until, 0);
    const purged = merged ? MAX_TIME : byClock ? passed : engine.purgedAt(end, until);
    const value = values.get(window);
    appendRow(table, [
      ...readRow(state.keys, key),
      start,
      end,
      window.opened,
      window.since,
      fired.length > 0 ? fired[0].processingTime : MAX_TIME,
      passed,
      purged,
      merged ? merged.processingTime : MAX_TIME,
      fired.length,
      fired.filter(({ timing }) => timing === 'late').length,
      window.counted,
      byClock,
      value === undefined || valueIndex < 0 ? null : readRow(result, value)[valueIndex],
      purged === MAX_TIME && !merged,
    ]);
  }
  return { table, extent };
}

const byStart = (a: KeyWindow, b: KeyWindow): number => a.start - b.start || a.end - b.end;

const depths = new WeakMap<TracedRun, Map<number, number>>();

function depthOf(run: TracedRun, key: number): number {
  let known = depths.get(run);
  if (!known) depths.set(run, (known = new Map<number, number>()));
  let found = known.get(key);
  if (found === undefined) {
    const { live } = windowsOf({ run, step: run.steps - 1 }, key, emptyExtent());
    known.set(key, (found = deepest(live)));
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
function windowsOf({ run, step }: Pick<Moment, 'run' | 'step'>, key: number, extent: Extent): KeyWindows {
  const byClock = isByClock(run);
  const shape = run.engine.windows!;
  const seen = new KeyWindows();
  for (const at of run.stepsByKey(run.engine.windowOperator)[key]) {
    const now = run.step(at) as WindowStep;
    const { windows } = windowsIn(run.engine, shape, now);
    if (windows.length === 0) continue;
    const [first, last] = [windows[0][0], windows[windows.length - 1][1]];
    // The global window has no edges to frame a picture with.
    if (byClock) {
      widen(extent, MIN_TIME, first > MIN_TIME ? first : now.processingTime);
      if (last < MAX_TIME) widen(extent, MIN_TIME, last);
    } else if (first > MIN_TIME) {
      widen(extent, first, now.processingTime);
      widen(extent, last, MIN_TIME);
    }
    if (now.step <= step) seen.read(now, windows);
  }
  return seen;
}

/** The last row of the result about each window. */
function valuesOf(run: TracedRun, windows: Map<number, KeyWindows>): Map<KeyWindow, number> {
  const { id0, id1, id2, kind, length, input } = run.engine.results.rows;
  const found = new Map<KeyWindow, number>();
  for (let row = 0; row < length; row += 1) {
    const ofKey = adds(kind[row]) ? windows.get(id0[row]) : undefined;
    if (!ofKey) continue;
    const [start, end] = id1[row] === id2[row] ? [MIN_TIME, MAX_TIME] : [id1[row], id2[row]];
    const gone = ofKey.gone.find((one) => one.start === start && one.end === end && input[row] < one.merged!.input);
    const window = gone ?? ofKey.find(start, end);
    if (window) found.set(window, row);
  }
  return found;
}
