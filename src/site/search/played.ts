import { TidemarkError } from '../../model';
import type { FigureCell, Lesson, ScenarioCell, SqlCell } from '../../notebook/document';
import type { FigureName } from '../../notebook/figures';
import { USUAL } from '../../notebook/options';
import type { RunSpec } from '../../notebook/run';
import type { SessionClient } from '../../session/client';
import { Notebook } from '../notebook.svelte';
import type { LessonData } from '../pages';

/** The run is given whole: there are no knobs and no text that it would follow from. */
class PlayedNotebook extends Notebook {
  constructor(
    data: LessonData,
    private readonly spec: RunSpec,
  ) {
    super(data);
  }

  override specOf(id: string): RunSpec {
    return { ...this.spec, forks: [...(this.forks[id] ?? [])] };
  }
}

/**
 * Opens a run that no cell of the lesson defines, at its end, as a notebook of its own: its scenario, its definition and
 * pictures of it. So everything that draws and moves the runs of a lesson draws and moves this one. It stores nothing.
 * `name` begins the ids of its cells. Throws a TidemarkError where it cannot be run.
 */
export async function play(client: SessionClient, name: string, spec: RunSpec): Promise<Notebook> {
  const [scenario, sql] = definitionOf(name, spec);
  const lesson: Lesson = {
    slug: name,
    part: '',
    partTitle: '',
    title: '',
    summary: '',
    minutes: 0,
    concepts: [],
    misconceptions: [],
    facts: [],
    blocks: [scenario, sql, ...figuresOf(name, spec)].map((cell) => ({ block: 'cell', cell })),
  };
  const { prepareRun } = await import('../preparedRun');
  const run = await prepareRun(lesson, sql, spec, client, (facts) => new TidemarkError(facts));
  const data = { lesson, runs: { [sql.id]: run }, events: {}, ddl: {}, compares: {}, claims: {} };
  const notebook = new PlayedNotebook(data, spec);
  notebook.client = client;
  await notebook.rerun(sql.id);
  return notebook;
}

function definitionOf(name: string, { scenario, sql }: RunSpec): [ScenarioCell, SqlCell] {
  const [log, run] = [`${name}-log`, `${name}-run`];
  return [
    { kind: 'scenario', id: log, line: 0, title: 'The log', scenario, knobs: [] },
    { kind: 'sql', id: run, line: 0, title: 'The run', reads: log, text: sql, options: USUAL },
  ];
}

/** One stream is drawn over both times; of several the log is drawn. */
function figuresOf(name: string, { scenario }: RunSpec): FigureCell[] {
  const plane: FigureName = Object.keys(scenario.streams).length === 1 ? 'event-time-plane' : 'log-tape';
  return ([plane, 'result-table'] as const).map((figure) => ({
    kind: 'figure',
    id: `${name}-${figure}`,
    line: 0,
    title: '',
    reads: `${name}-run`,
    figure,
    options: { where: {}, color: null, value: null },
    show: { at: 'end' },
  }));
}
