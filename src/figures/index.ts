import * as changelog from './changelog';
import Changelog from './Changelog.svelte';
import * as eventTimePlane from './event-time-plane';
import EventTimePlane from './EventTimePlane.svelte';
import type { FigureName } from '../notebook/figures';
import type { Figure } from './figure';
import * as joinLanes from './join-lanes';
import JoinLanes from './JoinLanes.svelte';
import * as logTape from './log-tape';
import LogTape from './LogTape.svelte';
import * as partitions from './partitions';
import Partitions from './Partitions.svelte';
import * as resultTable from './result-table';
import ResultTable from './ResultTable.svelte';
import * as stateTable from './state-table';
import StateTable from './StateTable.svelte';
import * as tradeoff from './tradeoff';
import Tradeoff from './Tradeoff.svelte';
import * as windowLanes from './window-lanes';
import WindowLanes from './WindowLanes.svelte';

export * from './figure';
export { default as Legend } from './Legend.svelte';
export { default as Rows } from './Rows.svelte';
export { rowsText, tableView } from './rows';

/** The figure of a sweep: it draws a table of runs, not a snapshot. */
export const TRADEOFF = { title: 'What it costs, what it buys', component: Tradeoff, describe: tradeoff.describe };

const pick = ({ parts, describe }: Pick<Figure, 'parts' | 'describe'>) => ({ parts, describe });

/** Every figure of a run, by the name that lessons use. */
export const FIGURES: Record<FigureName, Figure> = {
  'event-time-plane': { title: 'Event-time plane', component: EventTimePlane, ...pick(eventTimePlane) },
  'log-tape': { title: 'The log', component: LogTape, ...pick(logTape) },
  'window-lanes': { title: 'Windows', component: WindowLanes, ...pick(windowLanes) },
  'state-table': { title: 'State', component: StateTable, ...pick(stateTable) },
  'join-lanes': { title: 'The join', component: JoinLanes, ...pick(joinLanes) },
  partitions: { title: 'Partitions', component: Partitions, ...pick(partitions) },
  changelog: { title: 'Changelog', component: Changelog, ...pick(changelog) },
  'result-table': { title: 'Result', component: ResultTable, ...pick(resultTable) },
};
