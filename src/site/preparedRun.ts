import { FIGURES } from '../figures';
import { namedParts } from '../figures/figure';
import { MARKS, type Snapshot, type TidemarkError, type TidemarkErrorFacts } from '../model';
import { type Cell, type FigureCell, type Lesson, type Show, type SqlCell, type TableCell } from '../notebook/document';
import { type RunSpec } from '../notebook/run';
import { cellsOf } from '../notebook/settle';
import { type Outcome, type PartRequests, type RunSummary, type SessionApi } from '../session/protocol';
import { stepText } from '../words/steps';
import { type PreparedCell, type PreparedRun } from './pages';
import { SharedParts } from './parts';
import { isWide } from './scenes';

/** Steps in words that are written around the one that a figure opens at. */
const AROUND = 8;

/** The error that says what is wrong, and with which cell. */
export type ErrorAt = (facts: TidemarkErrorFacts, cell?: Cell) => TidemarkError;

export function must<T>(outcome: Outcome<T>, errorAt: ErrorAt, cell?: Cell): T {
  if ('ok' in outcome) return outcome.ok;
  const cancelled = { what: 'the run was cancelled', hint: 'Press the button again.' };
  throw errorAt('failed' in outcome ? outcome.failed : cancelled, cell);
}

type Drawn = FigureCell | TableCell;

/** The cells that draw a run, in the order of the document. */
const drawnCells = (lesson: Lesson, run: string): Drawn[] =>
  cellsOf(lesson).filter(
    (cell): cell is Drawn =>
      (cell.kind === 'figure' || (cell.kind === 'table' && cell.stream === null)) && cell.reads === run,
  );

const requestsOf = (cell: Drawn): PartRequests =>
  cell.kind === 'figure'
    ? namedParts(cell.id, FIGURES[cell.figure].parts(cell.options))
    : { result: { part: 'result', where: cell.where } };

/**
 * Opens the run that a cell defines, and with it what each cell that draws it shows at its moment. Throws what `errorAt`
 * makes of a failure.
 */
export async function prepareRun(
  lesson: Lesson,
  cell: SqlCell,
  spec: RunSpec,
  session: SessionApi,
  errorAt: ErrorAt,
): Promise<PreparedRun> {
  const summary = must(await session.run(spec), errorAt, cell);
  const cells = drawnCells(lesson, cell.id);
  const first = cells.find((one) => one.kind === 'figure');
  const drawn: PreparedRun['drawn'] = {};
  for (const one of cells) {
    const show: Show = one.kind === 'figure' ? one.show : (first?.show ?? { at: 'end' });
    const step = stepOf(show, summary, (facts) => errorAt(facts, one));
    const requests = requestsOf(one);
    const shared = new SharedParts();
    shared.add(one.id, requests);
    const stateAt = async (at: number): Promise<Snapshot> =>
      must(await session.state(summary.id, at, shared.requests), errorAt, one);
    const snapshot = shared.viewOf(one.id, await stateAt(step));
    let figure: PreparedCell['figure'] = null;
    if (one.kind === 'figure') {
      const { title, describe } = FIGURES[one.figure];
      const around = await session.steps(summary.id, Math.max(0, step - AROUND), step + AROUND + 1);
      figure = {
        title,
        most: isWide(one) ? null : await mostRows(summary, stateAt),
        facts: describe(snapshot, one.options, one.id),
        steps: must(around, errorAt, one).map(stepText),
      };
    }
    drawn[one.id] = { requests, snapshot, figure };
  }
  return { summary, drawn };
}

/** Steps at which the rows of a table are counted: evenly spread, the moments and the end. */
const LOOKS = 48;

/** The most rows that a table has in the run, so that its figure can leave room for them and not for more. */
async function mostRows(summary: RunSummary, stateAt: (step: number) => Promise<Snapshot>): Promise<number> {
  const { marks, steps } = summary;
  const spread = Array.from({ length: LOOKS }, (_, i) => Math.floor((i * (steps - 1)) / (LOOKS - 1)));
  const every = Math.max(1, Math.ceil(marks.length / LOOKS));
  const moments = Array.from({ length: marks.length }, (_, i) => i).flatMap((i) =>
    i % every === 0 ? [marks.columns[0].data[i]] : [],
  );
  let most = 0;
  for (const step of new Set([...spread, ...moments])) {
    const { parts } = await stateAt(step);
    for (const part of Object.values(parts)) most = Math.max(most, 'table' in part ? part.table.length : 0);
  }
  return most;
}

/** The step that a figure shows when the page opens. */
export function stepOf(show: Show, summary: RunSummary, error: (facts: TidemarkErrorFacts) => TidemarkError): number {
  if (show.at === 'end') return summary.steps - 1;
  if (show.at === 'step') {
    if (show.step < summary.steps) return show.step;
    throw error({
      what: 'a figure shows a step that the run does not have',
      expected: `at most ${summary.steps - 1}`,
      found: String(show.step),
    });
  }
  const { marks } = summary;
  const kinds = Array.from({ length: marks.length }, (_, i) => MARKS[marks.columns[1].data[i]]);
  const steps = kinds.flatMap((kind, i) => (kind === show.mark ? [marks.columns[0].data[i]] : []));
  if (steps.length >= show.n) return steps[show.n - 1];
  const counts = MARKS.map((mark) => ({ mark, count: kinds.filter((kind) => kind === mark).length }));
  const words = counts.flatMap(({ mark, count }) => (count > 0 ? [`${mark}: ${count}`] : []));
  throw error({
    what: 'a figure shows a moment that the run does not have',
    expected: `moment ${show.n} of kind ${show.mark}`,
    found: `${steps.length} of them`,
    hint: `The run has ${words.join(', ') || 'no moments'}.`,
  });
}
