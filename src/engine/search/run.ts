import { adds, columnNamed, isNull, MIN_TIME, readValue, type Timestamp } from '../../model';
import { type Plan } from '../../sql/plan';
import { type Topic } from '../log/topic';
import { type AgendaSetup } from '../run/agenda';
import { END } from '../run/inputLog';
import { openRun } from '../run/openRun';
import { type LocalOptions } from '../stream/options';
import { ResultLog } from '../stream/results';

/** A definition that is run over many logs. */
export interface Definition {
  plan: Plan;
  options: LocalOptions;
  /** What enters a run besides the events of its topics. */
  extras: (topics: Topic[]) => AgendaSetup;
}

/** What is known of a run after its last input. */
export interface Ended {
  late: number;
  dropped: number;
  /** Rows emitted, and the retractions (−U, −D) among them. */
  rows: number;
  updates: number;
  /** The sum of the last column over all rows, retracted ones subtracted; null if it is not a number. */
  total: number | null;
  /** No event before this is expected after the last one; null: there is no watermark yet. */
  watermark: Timestamp | null;
  /** The final rows as text: equal texts for equal rows. */
  result: string;
  /** The values of `window_end` in the emitted rows; null if there is no such column. */
  ends: Set<Timestamp> | null;
}

/** Runs a definition over one small log after another: to its end, without a trace, one event at a time. */
export class Runner {
  /** Written into again by each run. */
  private readonly results: ResultLog;

  constructor(private readonly definition: Definition) {
    this.results = new ResultLog(definition.plan.schema);
  }

  run(topics: Topic[]): Ended {
    const { plan, options, extras } = this.definition;
    const settled = { ...options, rangeRows: 1, results: this.results };
    const run = openRun({ ...extras(topics), plan, topics, options: settled });
    while (run.nextInput && run.nextInput.kind !== END) run.advance(() => false);
    const watermark = run.watermark === MIN_TIME ? null : run.watermark + 1;
    run.advance(() => true);
    return { ...run.counters, watermark, ...read(run.results) };
  }
}

function read({ rows }: ResultLog): Pick<Ended, 'rows' | 'updates' | 'total' | 'result' | 'ends'> {
  const counts = new Map<string, number>();
  const last = rows.columns.at(-1);
  const isNumber = last !== undefined && last.dictionary === null && last.type.name !== 'TIMESTAMP';
  const end = columnNamed(rows.schema, 'window_end');
  const ends = new Set<Timestamp>();
  let updates = 0;
  let total = 0;
  for (let row = 0; row < rows.length; row += 1) {
    const sign = adds(rows.kind[row]) ? 1 : -1;
    const text = JSON.stringify(rows.columns.map((column) => shown(readValue(column, row))));
    counts.set(text, (counts.get(text) ?? 0) + sign);
    if (sign < 0) updates += 1;
    if (isNumber && !isNull(last, row)) total += sign * last.data[row];
    if (end >= 0 && !isNull(rows.columns[end], row)) ends.add(rows.columns[end].data[row]);
  }
  const result = [...counts].flatMap(([text, count]) => Array.from({ length: Math.max(0, count) }, () => text));
  return {
    rows: rows.length,
    updates,
    total: isNumber ? total : null,
    result: result.sort().join('\n'),
    ends: end >= 0 ? ends : null,
  };
}

/** Doubles to twelve digits: sums of the same values in another order are the same answer. */
const shown = (value: ReturnType<typeof readValue>): ReturnType<typeof readValue> =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(12)) : value;
