// Operators and runtime parts one by one, for whoever wants them without a plan: a plain list, sorted by file.

export { runBatch as runBatchPlan } from './engine/batch/run';
export { KeyTable } from './engine/state/keys';
export { OperatorDrive, type Drop, type Emission, type Given } from './engine/stream/drive';
export { driveNode } from './engine/stream/driveNode';
export { findNode } from './engine/stream/findNode';
export { type Context, type KeyedState, type Operator, type WindowView } from './engine/stream/operator';
export { OPERATORS } from './engine/nodes';
export { LookupOperator } from './engine/nodes/over/lookup';
export { LookupJoinOperator } from './engine/nodes/join/lookupJoin';
export { type PanedWindowOperator } from './engine/nodes/window/panedWindow';
export { panedWindowsOver, windowsOver, type PanedOver } from './engine/nodes/window/panedWindowOver';
export { type OutputTimestamp } from './engine/nodes/window/panedWindowRows';
export { PANED_DEFAULTS, type Empty, type PanedSettings } from './engine/nodes/window/panedWindowSettings';
export { RegularJoinOperator, type JoinTtl } from './engine/nodes/join/regularJoin';
export { TemporalJoinOperator } from './engine/nodes/join/temporalJoin';
export { StreamTableJoinOperator } from './engine/nodes/join/temporalJoinStreamTime';
export {
  ACCUMULATIONS,
  DEFAULTS,
  PROFILES,
  type Accumulation,
  type Profile,
  type StreamOptions,
  type Trigger,
  type WatermarkStrategy,
} from './engine/stream/options';
export { RegroupedTableOperator, type RegroupSettings } from './engine/nodes/aggregate/regroupedTable';
export { type Suppress } from './engine/nodes/aggregate/regroupedTableBuffer';
export { updatingWindowsOver, type UpdatingSettings, type UpdatingShape } from './engine/nodes/window/updatingWindows';
export { Timers, type Fire } from './engine/state/timers';
export { Ttl, type TtlOptions } from './engine/state/ttl';
export {
  bounded,
  Given as GivenWatermarks,
  MicroBatch,
  monotonous,
  Percentile,
  perfect,
  punctuated,
  type Generator,
} from './engine/stream/watermarks/generators';
export { IdlenessTimer } from './engine/stream/watermarks/idleness';
export { WatermarkMux } from './engine/stream/watermarks/mux';
export { WatermarkValve } from './engine/stream/watermarks/valve';
export { Watermarks, type WatermarkSetup } from './engine/stream/watermarks/watermarks';
export {
  assignerOf,
  sessions,
  validityWindows,
  windowsOf,
  type Assigner,
  type Span,
} from './engine/nodes/window/windowing/assign';
export { type Evictor } from './engine/nodes/window/windowing/kept';
export { MergingSet, type Touching } from './engine/nodes/window/windowing/mergingSet';
export { type PaneInfo, type PaneLog } from './engine/nodes/window/windowing/pane';
export { readRow, tableOf } from './model';
export { StateReader, StateWriter } from './sim/bytes';
export { murmur2, partitionOf } from './sim/murmur';
export { utf8 } from './sim/utf8';
