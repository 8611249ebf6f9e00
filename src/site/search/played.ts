import { TidemarkError, type Snapshot } from '../../model';
import type { FigureCell, ScenarioCell, SqlCell } from '../../notebook/document';
import type { FigureName } from '../../notebook/figures';
import { USUAL } from '../../notebook/options';
import type { RunSpec } from '../../notebook/run';
import type { SessionClient } from '../../session/client';
import type { Outcome } from '../../session/protocol';
import { stepText } from '../../words/steps';
import { Notebook } from '../notebook.svelte';
import type { LessonData, PreparedCell, PreparedRun } from '../pages';
import { isWide } from '../scenes';

/** Steps in words that are kept before the end. */
const AROUND = 8;

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
  const { FIGURES, namedParts } = await import('../pictures');
  const summary = must(await client.run(spec));
  const step = summary.steps - 1;
  const figures = figuresOf(name, spec);
  const drawn: PreparedRun['drawn'] = {};
  for (const cell of figures) {
    const { title, parts, describe } = FIGURES[cell.figure];
    const requests = namedParts(cell.id, parts(cell.options));
    const snapshot = must(await client.state(summary.id, step, requests));
    const steps = must(await client.steps(summary.id, Math.max(0, step - AROUND), step + 1)).map(stepText);
    const figure: PreparedCell['figure'] = {
      title,
      most: isWide(cell) ? null : mostRows(snapshot),
      facts: describe(snapshot, cell.options, cell.id),
      steps,
    };
    drawn[cell.id] = { requests, snapshot, figure };
  }
  const [scenario, sql] = definitionOf(name, spec);
  const notebook = new PlayedNotebook(
    {
      lesson: {
        slug: name,
        part: '',
        partTitle: '',
        title: '',
        summary: '',
        minutes: 0,
        concepts: [],
        misconceptions: [],
        facts: [],
        blocks: [scenario, sql, ...figures].map((cell) => ({ block: 'cell', cell })),
      },
      runs: { [sql.id]: { summary, drawn } },
      events: {},
      ddl: {},
      compares: {},
      claims: {},
    },
    spec,
  );
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

const mostRows = ({ parts }: Snapshot): number =>
  Math.max(1, ...Object.values(parts).map((part) => ('table' in part ? part.table.length : 0)));

function must<T>(outcome: Outcome<T>): T {
  if ('ok' in outcome) return outcome.ok;
  throw new TidemarkError(
    'failed' in outcome ? outcome.failed : { what: 'the run was cancelled', hint: 'Press the button again.' },
  );
}
