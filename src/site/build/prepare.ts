import { FIGURES } from '../../figures';
import { namedParts } from '../../figures/figure';
import { TidemarkError, type Snapshot, type Table } from '../../model';
import { type Cell, type CompareCell, type Lesson, type Show, type SqlCell } from '../../notebook/document';
import { fillValues } from '../../notebook/fill';
import { applySetting, cellsOf, runSpecs } from '../../notebook/settle';
import { MARKS } from '../../model';
import { type ClaimAnswer, type Outcome, type RunSummary, type SessionApi } from '../../session/protocol';
import { type LessonData, type PreparedCompare, type PreparedRun } from '../pages';
import { SharedParts } from '../parts';
import { stepText, type StepText } from '../../words/steps';
import { isWide } from '../scenes';
import { drawnCells, requestsOf } from './drawn';
import { ddlOf } from './ddl';

/** Steps in words that are written around the one that a figure opens at. */
const AROUND = 8;

/**
 * Runs a lesson as its author wrote it: every run to its end, every figure's snapshot at its moment, every number in
 * the prose. Throws a TidemarkError that names the file and the cell.
 */
export async function prepareLesson(lesson: Lesson, file: string, session: SessionApi): Promise<LessonData> {
  const specs = runSpecs(lesson);
  const runs: Record<string, PreparedRun> = {};
  for (const cell of cellsOf(lesson)) {
    if (cell.kind === 'sql') runs[cell.id] = await prepareRun(lesson, cell, specs[cell.id], session, file);
  }
  const filled = await fillValues(lesson, async (query) => must(await session.ask(query, specs), { file }));
  const events: Record<string, Table> = {};
  const ddl: Record<string, string> = {};
  for (const cell of cellsOf(lesson)) {
    if (cell.kind === 'scenario') ddl[cell.id] = ddlOf(cell);
    if (cell.kind !== 'table' || cell.stream === null) continue;
    const from = cellsOf(lesson).find((one) => one.kind === 'scenario' && one.id === cell.reads);
    if (from?.kind === 'scenario')
      events[cell.id] = must(await session.events(from.scenario, cell.stream, cell.limit || 50), { file, cell });
  }
  const compares: Record<string, PreparedCompare> = {};
  for (const cell of cellsOf(lesson)) {
    if (cell.kind === 'compare') compares[cell.id] = await prepareCompare(cell, specs, session, file);
  }
  const claims: Record<string, ClaimAnswer> = {};
  for (const cell of cellsOf(lesson)) {
    if (cell.kind !== 'claim') continue;
    const { holds, against, free, grid, most, seed } = cell;
    const ask = { spec: cell.spec ?? specs[cell.reads!], holds, against, free, grid, most, seed };
    claims[cell.id] = must(await session.search(ask), { file, cell });
  }
  return { lesson: filled, runs, events, ddl, compares, claims };
}

async function prepareCompare(
  cell: CompareCell,
  specs: ReturnType<typeof runSpecs>,
  session: SessionApi,
  file: string,
): Promise<PreparedCompare> {
  const where = { file, cell };
  const sides = cell.sides.map(({ of, set }) => applySetting(specs[of], set));
  const comparison = must(await session.compare(sides, cell.by), where);
  const { clock, runs } = comparison;
  const [, ...steps] = clock.columns.map(({ data }) => data);
  const step = stepOf(cell.show, runs[0], where);
  const found = Array.from(steps[0]).findIndex((one) => one >= step);
  const at = found < 0 ? clock.length - 1 : found;
  const requests = cell.figure ? namedParts(cell.id, FIGURES[cell.figure].parts(cell.options)) : {};
  const snapshots: Snapshot[] = [];
  for (const [i, { id }] of runs.entries()) {
    if (cell.figure) snapshots.push(must(await session.state(id, steps[i][at] ?? -1, requests), where));
  }
  return { comparison, at, requests, snapshots };
}

async function prepareRun(
  lesson: Lesson,
  cell: SqlCell,
  spec: ReturnType<typeof runSpecs>[string],
  session: SessionApi,
  file: string,
): Promise<PreparedRun> {
  const summary = must(await session.run(spec), { file, cell });
  const cells = drawnCells(lesson, cell.id);
  const first = cells.find((one) => one.kind === 'figure');
  const drawn: PreparedRun['drawn'] = {};
  for (const one of cells) {
    const where = { file, cell: one };
    const show: Show = one.kind === 'figure' ? one.show : (first?.show ?? { at: 'end' });
    const step = stepOf(show, summary, where);
    const requests = requestsOf(one);
    const shared = new SharedParts();
    shared.add(one.id, requests);
    const snapshot = shared.viewOf(one.id, must(await session.state(summary.id, step, shared.requests), where));
    const steps = async (): Promise<StepText[]> =>
      must(await session.steps(summary.id, Math.max(0, step - AROUND), step + AROUND + 1), where).map(stepText);
    const figure =
      one.kind === 'figure'
        ? {
            title: FIGURES[one.figure].title,
            most: isWide(one)
              ? null
              : await mostRows(summary, async (at) =>
                  must(await session.state(summary.id, at, shared.requests), where),
                ),
            facts: FIGURES[one.figure].describe(snapshot, one.options, one.id),
            steps: await steps(),
          }
        : null;
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
function stepOf(show: Show, summary: RunSummary, where: Where): number {
  if (show.at === 'end') return summary.steps - 1;
  if (show.at === 'step') {
    if (show.step < summary.steps) return show.step;
    throw place(
      {
        what: 'a figure shows a step that the run does not have',
        expected: `at most ${summary.steps - 1}`,
        found: String(show.step),
      },
      where,
    );
  }
  const { marks } = summary;
  const steps = Array.from({ length: marks.length }, (_, i) => i)
    .filter((i) => MARKS[marks.columns[1].data[i]] === show.mark)
    .map((i) => marks.columns[0].data[i]);
  if (steps.length >= show.n) return steps[show.n - 1];
  const counts = MARKS.map((mark, code) => ({ mark, count: countOf(marks, code) })).filter(({ count }) => count > 0);
  throw place(
    {
      what: 'a figure shows a moment that the run does not have',
      expected: `moment ${show.n} of kind ${show.mark}`,
      found: `${steps.length} of them`,
      hint: `The run has ${counts.map(({ mark, count }) => `${mark}: ${count}`).join(', ') || 'no moments'}.`,
    },
    where,
  );
}

function countOf(marks: Table, code: number): number {
  let count = 0;
  for (let row = 0; row < marks.length; row += 1) if (marks.columns[1].data[row] === code) count += 1;
  return count;
}

interface Where {
  file: string;
  cell?: Cell;
}

function must<T>(outcome: Outcome<T>, where: Where): T {
  if ('ok' in outcome) return outcome.ok;
  throw place('failed' in outcome ? outcome.failed : { what: 'cancelled' }, where);
}

/** A place in the SQL of a cell becomes a place in the file. */
function place(facts: ConstructorParameters<typeof TidemarkError>[0], { file, cell }: Where): TidemarkError {
  const inner = facts.where && facts.where !== 'run' ? `, ${facts.where}` : '';
  const where = `${file}${cell ? `, line ${cell.line + (facts.place?.line ?? 0)}, cell ${cell.id}` : ''}${inner}`;
  return new TidemarkError({ ...facts, where, place: undefined });
}
