import { FIGURES } from '../../figures';
import { namedParts } from '../../figures/figure';
import { TidemarkError, type Snapshot, type Table } from '../../model';
import { type CompareCell, type Lesson } from '../../notebook/document';
import { fillValues } from '../../notebook/fill';
import { applySetting, cellsOf, runSpecs } from '../../notebook/settle';
import { type ClaimAnswer, type SessionApi } from '../../session/protocol';
import { type LessonData, type PreparedCompare, type PreparedRun } from '../pages';
import { must, prepareRun, stepOf, type ErrorAt } from '../preparedRun';
import { ddlOf } from './ddl';

/**
 * Runs a lesson as its author wrote it: every run to its end, every figure's snapshot at its moment, every number in
 * the prose. Throws a TidemarkError that names the file and the cell.
 */
export async function prepareLesson(lesson: Lesson, file: string, session: SessionApi): Promise<LessonData> {
  const errorAt = errorIn(file);
  const specs = runSpecs(lesson);
  const runs: Record<string, PreparedRun> = {};
  const events: Record<string, Table> = {};
  const ddl: Record<string, string> = {};
  const compares: Record<string, PreparedCompare> = {};
  const claims: Record<string, ClaimAnswer> = {};
  const cells = cellsOf(lesson);
  for (const cell of cells) {
    if (cell.kind === 'sql') runs[cell.id] = await prepareRun(lesson, cell, specs[cell.id], session, errorAt);
    if (cell.kind === 'scenario') ddl[cell.id] = ddlOf(cell);
    if (cell.kind === 'table' && cell.stream !== null) {
      const from = cells.find((one) => one.kind === 'scenario' && one.id === cell.reads);
      if (from?.kind === 'scenario')
        events[cell.id] = must(await session.events(from.scenario, cell.stream, cell.limit || 50), errorAt, cell);
    }
    if (cell.kind === 'compare') compares[cell.id] = await prepareCompare(cell, specs, session, errorAt);
    if (cell.kind === 'claim') {
      const { holds, against, free, grid, most, seed } = cell;
      const ask = { spec: cell.spec ?? specs[cell.reads!], holds, against, free, grid, most, seed };
      claims[cell.id] = must(await session.search(ask), errorAt, cell);
    }
  }
  const filled = await fillValues(lesson, async (query) => must(await session.ask(query, specs), errorAt));
  return { lesson: filled, runs, events, ddl, compares, claims };
}

async function prepareCompare(
  cell: CompareCell,
  specs: ReturnType<typeof runSpecs>,
  session: SessionApi,
  errorAt: ErrorAt,
): Promise<PreparedCompare> {
  const sides = cell.sides.map(({ of, set }) => applySetting(specs[of], set));
  const comparison = must(await session.compare(sides, cell.by), errorAt, cell);
  const { clock, runs } = comparison;
  const [, ...steps] = clock.columns.map(({ data }) => data);
  const step = stepOf(cell.show, runs[0], (facts) => errorAt(facts, cell));
  const found = Array.from(steps[0]).findIndex((one) => one >= step);
  const at = found < 0 ? clock.length - 1 : found;
  const requests = cell.figure ? namedParts(cell.id, FIGURES[cell.figure].parts(cell.options)) : {};
  const snapshots: Snapshot[] = [];
  for (const [i, { id }] of runs.entries()) {
    if (cell.figure) snapshots.push(must(await session.state(id, steps[i][at] ?? -1, requests), errorAt, cell));
  }
  return { comparison, at, requests, snapshots };
}

/** A place in the SQL of a cell becomes a place in the file. */
const errorIn =
  (file: string): ErrorAt =>
  (facts, cell) => {
    const inner = facts.where && facts.where !== 'run' ? `, ${facts.where}` : '';
    const where = `${file}${cell ? `, line ${cell.line + (facts.place?.line ?? 0)}, cell ${cell.id}` : ''}${inner}`;
    return new TidemarkError({ ...facts, where, place: undefined });
  };
