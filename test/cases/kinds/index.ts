import { type Kinds } from '../../../src/cases';
import { type Kind } from '../../../src/cases/kind';
import { asofJoin } from './asofJoin';
import { assignWindows } from './assignWindows';
import { changelogJoin } from './changelogJoin';
import { deduplicate } from './deduplicate';
import { groupAggregateChangelog } from './groupAggregateChangelog';
import { difference } from './difference';
import { idlenessTimer } from './idlenessTimer';
import { intervalJoin, intervalJoinState } from './intervalJoin';
import { keyHash } from './keyHash';
import { overAggregate } from './overAggregate';
import { panes, panesRunningTotals } from './panes';
import { partitionedSource } from './partitionedSource';
import { sqlWindow, sqlWindowColumns } from './sqlWindow';
import { sessionWindows } from './sessionWindows';
import { sqlWindowOp } from './sqlWindowOp';
import { stateTtl } from './stateTtl';
import { streamJoin } from './streamJoin';
import { streamTableJoin } from './streamTableJoin';
import { tableGroupCount, tableGroupLog } from './tableGroup';
import { temporalJoin } from './temporalJoin';
import { timers } from './timers';
import { topN } from './topN';
import { validityWindows } from './validityWindows';
import { watermarkGenerator } from './watermarkGenerator';
import { watermarkMerge } from './watermarkMerge';
import { watermarkMux } from './watermarkMux';
import { window } from './window';
import { windowUpdates } from './windowUpdates';

/** The kinds that can be run. To add one: its file in this folder, and one line here. */
const ALL: readonly Kind[] = [
  asofJoin,
  assignWindows,
  changelogJoin,
  deduplicate,
  groupAggregateChangelog,
  difference,
  idlenessTimer,
  intervalJoin,
  intervalJoinState,
  keyHash,
  overAggregate,
  panes,
  panesRunningTotals,
  partitionedSource,
  sessionWindows,
  sqlWindowOp,
  validityWindows,
  window,
  sqlWindow,
  sqlWindowColumns,
  stateTtl,
  streamTableJoin,
  tableGroupCount,
  tableGroupLog,
  streamJoin,
  temporalJoin,
  timers,
  topN,
  watermarkGenerator,
  watermarkMerge,
  watermarkMux,
  windowUpdates,
];

/** The other kinds of the format: their cases are skipped. */
const WITHOUT_ADAPTER: readonly string[] = [
  'windowed-feature',
  'pit-join',
  'mutation-feature',
  'tail-hop',
  'barriers-aligned',
  'barriers-blocked',
  'barriers-tracker',
  'barriers-unaligned',
  'recovery',
  'global-snapshot',
  'upsert-materialize',
  'ivm',
  'temporal-filter',
  'view-refresh',
  'expectation',
  'sketch-hll',
  'sketch-hll-register',
  'variance-merge',
  'ks-two-sample',
  'distribution-distance',
  'fisher-exact',
  't-test',
  'drift-stream',
  'log',
  'group-assignment',
  'consumer-commit',
  'log-partitions',
  'change-capture',
  'backfill',
];

export const KINDS: Kinds = new Map<string, Kind | null>([
  ...ALL.map((kind) => [kind.kind, kind] as const),
  ...WITHOUT_ADAPTER.map((name) => [name, null] as const),
]);
