import { END } from '../run/inputLog';
import { INSERT } from '../../model';
import { type Run } from '../run/run';

/** Costs and results of a finished run. Times in ms, shares from 0 to 1; NaN where there is nothing to measure. */
interface RunMetrics {
  /** Share of events that were not late. */
  completeness: number;
  /** From the end of a window (or an event's own time) to the first result about it. */
  latencyP50: number;
  latencyP99: number;
  dropped: number;
  late: number;
  rowsIn: number;
  rowsOut: number;
  rowsRead: number;
  stateRowsMax: number;
}

export function metricsOf(run: Run): RunMetrics {
  const { counters, results, inputs } = run;
  const waits: number[] = [];
  for (let row = 0; row < results.length; row += 1) {
    const input = results.rows.input[row];
    // Results that only the end of the input caused do not count for latency.
    if (results.rows.kind[row] !== INSERT || inputs.kind(input) === END) continue;
    const wait = inputs.processing(input) - results.rows.time[row] - (run.windowOperator > 0 ? 1 : 0);
    if (wait >= 0) waits.push(wait);
  }
  waits.sort((a, b) => a - b);
  return {
    completeness: counters.rowsIn === 0 ? NaN : (counters.rowsIn - counters.late) / counters.rowsIn,
    latencyP50: quantile(waits, 0.5),
    latencyP99: quantile(waits, 0.99),
    dropped: counters.dropped,
    late: counters.late,
    rowsIn: counters.rowsIn,
    rowsOut: counters.rowsOut,
    rowsRead: counters.rowsRead,
    stateRowsMax: counters.stateRowsMax,
  };
}

/** Nearest rank: the smallest value that at least `share` of all are not above. */
function quantile(sorted: number[], share: number): number {
  return sorted.length === 0 ? NaN : sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
