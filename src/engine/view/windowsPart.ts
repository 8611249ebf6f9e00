import {
  adds,
  appendRow,
  BIGINT,
  BOOLEAN,
  field,
  makeTable,
  MAX_TIME,
  MIN_TIME,
  readRow,
  stepCode,
  TIMESTAMP,
  type Part,
  type Schema,
  type Where,
} from '../../model';
import { type KeyedState } from '../stream/operator';
import { type TracedRun } from '../stream/tracedRun';
import { matcher } from '../where';
import { emptyExtent, widen } from './extent';
import { type Moment } from './moment';

const WINDOW_COLUMNS: Schema = [
  field('#start', TIMESTAMP),
  field('#end', TIMESTAMP),
  field('#opened', TIMESTAMP),
  field('#fired', TIMESTAMP),
  field('#purged', TIMESTAMP),
  field('#panes', BIGINT),
  field('#rows', BIGINT),
];

const WRITTEN = stepCode('state written');
const MERGED = stepCode('windows merged');

interface Seen {
  key: number;
  start: number;
  end: number;
  opened: number;
  fired: number;
  panes: number;
  rows: number;
  /** Row of the result log that says what the window's value is, or -1. */
  value: number;
}

/** One key's windows by end, then start: sessions that grew may share an end with what they grew from. */
type OfKey = Map<number, Map<number, Seen>>;

/** The windows that have been seen by step `step`, with what became of each. */
export function windowsPart(moment: Moment, where: Where | undefined, value: string | undefined): Part {
  const { engine } = moment.run;
  const number = engine.windowOperator;
  const state = number < 0 ? null : engine.wiring.wires[number - 1].operator.state;
  const result = engine.results.rows;
  const valueIndex = value
    ? result.schema.findIndex((one) => one.name.toLowerCase() === value.toLowerCase())
    : result.schema.length - 1;
  const valueField = result.schema[Math.max(0, valueIndex)];
  const keySchema = state ? state.keys.schema : [];
  const table = makeTable(
    [...keySchema, ...WINDOW_COLUMNS, { ...valueField, name: '#value', nullable: true }, field('#open', BOOLEAN)],
    64,
  );
  const extent = emptyExtent();
  if (!state) return { table, extent };
  const windows = new Map<number, OfKey>();
  for (const key of keysOf(moment, state, where)) windows.set(key, windowsOf(moment, key, extent));
  addValues(moment.run, windows);
  const rows = [...windows.values()]
    .flatMap((ofKey) => [...ofKey.values()].flatMap((ofEnd) => [...ofEnd.values()]))
    .sort((a, b) => a.start - b.start || a.end - b.end || a.key - b.key);
  for (const window of rows) {
    const purged = engine.purgedAt(window.end, moment.input);
    appendRow(table, [
      ...readRow(state.keys, window.key),
      window.start,
      window.end,
      window.opened,
      window.fired,
      purged,
      window.panes,
      window.rows,
      window.value < 0 || valueIndex < 0 ? null : readRow(result, window.value)[valueIndex],
      purged === MAX_TIME,
    ]);
  }
  return { table, extent };
}

function keysOf({ base }: Moment, { keys }: KeyedState, where: Where | undefined): number[] {
  const matches = matcher(keys.schema, where, base);
  return Array.from({ length: Math.max(1, keys.length) }, (_, key) => key).filter((key) => matches(keys, key));
}

/** The picture is framed by the whole run, so that it does not move while it is played. */
function windowsOf({ run, step }: Moment, key: number, extent: Part['extent']): OfKey {
  const { engine } = run;
  const { log } = run.trace;
  const { processing } = engine.feed;
  const shape = engine.windows!;
  const { starts, steps } = run.stepsByKey(engine.windowOperator);
  const seen: OfKey = new Map();
  const windowOf = (start: number, end: number, input: number): Seen => {
    let ofEnd = seen.get(end);
    if (!ofEnd) seen.set(end, (ofEnd = new Map<number, Seen>()));
    let found = ofEnd.get(start);
    if (!found) {
      found = { key, start, end, opened: processing[input], fired: MAX_TIME, panes: 0, rows: 0, value: -1 };
      ofEnd.set(start, found);
    }
    return found;
  };
  for (let i = starts[key]; i < starts[key + 1]; i += 1) {
    const at = steps[i];
    const kind = log.kind[at];
    const input = log.input[at];
    const windows: [number, number][] =
      kind === WRITTEN ? shape.windowsOf(log.a[at], log.b[at]) : [[log.a[at], log.b[at]]];
    if (windows.length === 0) continue;
    // The global window has no edges to frame a picture with.
    if (windows[0][0] > MIN_TIME) {
      widen(extent, windows[0][0], processing[input]);
      widen(extent, windows[windows.length - 1][1], MIN_TIME);
    }
    if (at > step) continue;
    if (kind === WRITTEN) for (const [start, end] of windows) windowOf(start, end, input).rows += 1;
    else if (kind === MERGED) {
      const from = windowOf(log.a[at], log.b[at], input);
      const [start, end] = log.values(at);
      const into = windowOf(start, end, input);
      into.rows += from.rows;
      into.opened = Math.min(into.opened, from.opened);
      seen.get(from.end)!.delete(from.start);
    } else {
      const window = windowOf(log.a[at], log.b[at], input);
      if (window.panes === 0) window.fired = processing[input];
      window.panes += 1;
    }
  }
  return seen;
}

/** Finds the last row of the result that speaks of each window. */
function addValues(run: TracedRun, windows: Map<number, OfKey>): void {
  const { id0, id1, id2, kind, length } = run.engine.results.rows;
  for (let row = 0; row < length; row += 1) {
    if (!adds(kind[row])) continue;
    const window = windows.get(id0[row])?.get(id2[row])?.get(id1[row]);
    if (window) window.value = row;
  }
}
