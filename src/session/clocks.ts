import { type TracedRun } from '../engine/run/tracedRun';
import { appendRow, BIGINT, field, makeTable, MIN_TIME, STEP_KINDS, stepCode, TIMESTAMP, type Table } from '../model';

const ROW_OUT = stepCode('row out');

/** Clocks that a run can be scrubbed by, besides the order of its steps (`DESIGN.md` §1.3). */
export type RunClock = 'event' | 'known';

/**
 * The moments of a clock and the step that shows each: columns `time`, `step`, both ascending. Event time: where the
 * run's watermark moved, and the first step after which it was there. Known at: when results were sent, and the last
 * step that sent one then.
 */
export function momentsOf(run: TracedRun, clock: RunClock): Table {
  const { log } = run.trace;
  const table = makeTable([field('time', TIMESTAMP), field('step', BIGINT)]);
  const { inputs } = run.engine;
  const line = run.engine.sources.watermarkHistory();
  let last = MIN_TIME;
  for (let at = 0; at < log.length; at += 1) {
    const input = log.input[at];
    if (clock === 'event') {
      const kind = STEP_KINDS[log.kind[at]];
      if ((kind !== 'watermark advanced' && kind !== 'status changed') || line[input] <= last) continue;
      last = line[input];
      appendRow(table, [last, at]);
    } else if (log.kind[at] === ROW_OUT) {
      const time = inputs.processing(input);
      // Of all results sent at one time, the last one counts.
      if (table.length > 0 && table.columns[0].data[table.length - 1] === time)
        table.columns[1].data[table.length - 1] = at;
      else appendRow(table, [time, at]);
    }
  }
  return table;
}

/** The last step that sent a result at or before a time; -1 where nothing was known yet. */
export function lastKnown(run: TracedRun, time: number): number {
  const { columns, length } = momentsOf(run, 'known');
  let step = -1;
  for (let row = 0; row < length && columns[0].data[row] <= time; row += 1) step = columns[1].data[row];
  return step;
}
