import {
  adds,
  BIGINT,
  BOOLEAN,
  field,
  INSERT,
  MIN_TIME,
  takeRows,
  TIMESTAMP,
  TIMINGS,
  type SnapshotPart,
  type Where,
} from '../../model';
import { ACCUMULATIONS } from '../stream/options';
import { identityOf } from '../stream/rows';
import { settle } from '../profiles/settle';
import { type TracedRun } from '../run/tracedRun';
import { matcher } from '../where';
import { batchWindows, type BatchWindows } from './batchWindows';
import { resultExtent } from './extent';
import { type Moment } from './moment';
import { emitsWindows } from './resultOf';
import { withColumns } from './tables';

const ON_TIME = TIMINGS.indexOf('on time');

interface Emission {
  pane: number;
  timing: number;
  start: number;
  end: number;
}

/** A firing, from its step. */
interface Fired extends Emission {
  input: number;
}

/** Every emission by step `step`, with its pane and when it was emitted; a retraction has the pane of the row it takes back. */
export function panesPart({ run, input, base }: Moment, where: Where | undefined): SnapshotPart {
  const { rows } = run.engine.results;
  const matches = matcher(rows.schema, where, base);
  const batch = batchWindows(run);
  const firings = firingsOf(run);
  const last = new Map<string, Emission>();
  const shown: number[] = [];
  const emissions: Emission[] = [];
  for (let row = 0; row < rows.length; row += 1) {
    const id = batch?.nameOf(row) ?? identityOf(rows, row);
    const before = last.get(id);
    let one = before;
    if (adds(rows.kind[row]) || !one) {
      const fired = batch
        ? ofJob(batch, row, before)
        : firings(rows.id0[row], rows.id1[row], rows.id2[row], rows.input[row]);
      one = fired ?? { pane: (before?.pane ?? -1) + 1, timing: -1, start: rows.id1[row], end: rows.id2[row] };
      last.set(id, one);
    }
    if (!matches(rows, row)) continue;
    shown.push(row);
    emissions.push(batch && !adds(rows.kind[row]) ? { ...one, ...NOWHERE } : one);
  }
  const mode = modeOf(run);
  return {
    table: withColumns(takeRows(rows, shown), [
      [field('#emitted', TIMESTAMP), shown.map((row) => run.engine.inputs.processing(rows.input[row]))],
      [field('#kind', BIGINT), shown.map((row) => rows.kind[row] ?? INSERT)],
      [field('#pane', BIGINT), emissions.map(({ pane }) => pane)],
      [field('#start', TIMESTAMP), emissions.map(({ start }) => start)],
      [field('#end', TIMESTAMP), emissions.map(({ end }) => end)],
      [field('#timing', BIGINT), emissions.map(({ timing }) => timing)],
      [field('#mode', BIGINT), shown.map(() => mode)],
      [field('#changed', BOOLEAN), shown.map((row) => (rows.input[row] === input ? 1 : 0))],
    ]),
    extent: resultExtent(run),
  };
}

/** A batch job replaces its previous result as a whole: that is not a pane. */
const NOWHERE = { start: 0, end: 0 };

function ofJob({ boundsOf }: BatchWindows, row: number, before: Emission | undefined): Emission | null {
  const bounds = boundsOf(row);
  return bounds && { pane: (before?.pane ?? -1) + 1, timing: ON_TIME, start: bounds[0], end: bounds[1] };
}

/** What the panes of the run hold (S6.1), as a place in `ACCUMULATIONS`; -1 where they are not of windows. */
function modeOf(run: TracedRun): number {
  const { accumulation } = settle(run.engine.options);
  if (!emitsWindows(run)) return -1;
  return ACCUMULATIONS.indexOf(accumulation ?? 'accumulating');
}

/** Finds the firing that a row with this identity, emitted at this input, comes from; each firing is found once. */
function firingsOf(run: TracedRun): (key: number, start: number, end: number, input: number) => Fired | null {
  const operator = run.engine.windowOperator;
  if (!emitsWindows(run)) return () => null;
  const queues = new Map<string, { fired: Fired[]; next: number }>();
  const { rows, length } = run.engine.results;
  const until = length === 0 ? -1 : run.firstStepOf(rows.input[length - 1] + 1) - 1;
  for (const { key, start, end, input, pane, timing } of run.stepsOf(['window fired'], { operator, until })) {
    // Rows of the window without bounds are known by their key alone.
    const id = start === MIN_TIME ? `${key} 0 0` : `${key} ${start} ${end}`;
    const queue = queues.get(id) ?? { fired: [], next: 0 };
    queue.fired.push({ input, pane, timing: TIMINGS.indexOf(timing), start, end });
    queues.set(id, queue);
  }
  return (key, start, end, input) => {
    const queue = queues.get(`${key} ${start} ${end}`);
    if (!queue) return null;
    while (queue.next < queue.fired.length && queue.fired[queue.next].input < input) queue.next += 1;
    const found = queue.fired[queue.next];
    if (found?.input !== input) return null;
    queue.next += 1;
    return found;
  };
}
