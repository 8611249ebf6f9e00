import * as changelog from './changelog';
import Changelog from './Changelog.svelte';
import * as eventTimePlane from './event-time-plane';
import EventTimePlane from './EventTimePlane.svelte';
import type { FigureName } from '../notebook/figures';
import { PICTURES } from '../words/figures';
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
import * as windowLanes from './window-lanes';
import WindowLanes from './WindowLanes.svelte';

export * from './figure';

type Leaf = Pick<Figure, 'parts' | 'describe'>;

function figure(name: FigureName, component: Figure['component'], { parts, describe }: Leaf): Figure {
  return { title: PICTURES[name].title, component, parts, describe };
}

/** Every figure of a run, by the name that lessons use. */
export const FIGURES: Record<FigureName, Figure> = {
  'event-time-plane': figure('event-time-plane', EventTimePlane, eventTimePlane),
  'log-tape': figure('log-tape', LogTape, logTape),
  'window-lanes': figure('window-lanes', WindowLanes, windowLanes),
  'state-table': figure('state-table', StateTable, stateTable),
  'join-lanes': figure('join-lanes', JoinLanes, joinLanes),
  partitions: figure('partitions', Partitions, partitions),
  changelog: figure('changelog', Changelog, changelog),
  'result-table': figure('result-table', ResultTable, resultTable),
};
