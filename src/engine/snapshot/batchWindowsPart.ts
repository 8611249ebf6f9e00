import { deepest, adds, appendRow, MAX_TIME, MIN_TIME, readRow, type SnapshotPart, type Where } from '../../model';
import { matcher } from '../where';
import { nameOf, type BatchWindows } from './batchWindows';
import { emptyExtent, widen } from './extent';
import { type Moment } from './moment';
import { emptyTable, lanesOf, valueColumn } from './windowTable';

/** Windows of a batch job: they all emit, and end, when it does; one that has rows since then is open again. */
export function batchWindowsPart(
  { run, step, input, base }: Moment,
  batch: BatchWindows,
  where?: Where,
  value?: string,
): SnapshotPart {
  const { inputs, results } = run.engine;
  const valueIndex = valueColumn(results.rows, value);
  const { keys } = batch;
  const table = emptyTable(keys.schema, results.rows.schema[Math.max(0, valueIndex)]);
  const extent = emptyExtent();
  const matches = matcher(keys.schema, where, base);
  const all = batch.by(inputs.length).filter(({ key }) => matches(keys, key));
  for (const { start, end, first } of all) {
    if (start === MIN_TIME) continue;
    widen(extent, start, inputs.processing(first));
    widen(extent, end, MIN_TIME);
  }
  const ofKeys = Array.from({ length: keys.length }, (_, key) => all.filter((window) => window.key === key));
  extent.lanes = lanesOf(ofKeys.map(deepest));
  const jobs = [...run.stepsOf(['job ended'], { until: step })].map((job) => job.input);
  const values = new Map<string, { row: number; panes: number }>();
  for (let row = 0; row < results.rows.length; row += 1) {
    const name = adds(results.rows.kind[row]) ? batch.nameOf(row) : null;
    if (name !== null) values.set(name, { row, panes: (values.get(name)?.panes ?? 0) + 1 });
  }
  const seen = batch.by(input).filter(({ key }) => matches(keys, key));
  seen.sort((a, b) => a.start - b.start || a.end - b.end || a.key - b.key);
  for (const { key, start, end, first, last, rows } of seen) {
    const opened = inputs.processing(first);
    const job = jobs.find((one) => one >= first);
    const lastJob = jobs[jobs.length - 1] ?? -1;
    const done = lastJob >= last ? inputs.processing(lastJob) : MAX_TIME;
    const value = values.get(nameOf(key, [start, end]));
    appendRow(table, [
      ...readRow(keys, key),
      start,
      end,
      opened,
      opened,
      job === undefined ? MAX_TIME : inputs.processing(job),
      done,
      done,
      MAX_TIME,
      value?.panes ?? 0,
      0,
      rows,
      false,
      value === undefined || valueIndex < 0 ? null : readRow(results.rows, value.row)[valueIndex],
      done === MAX_TIME,
    ]);
  }
  return { table, extent };
}
