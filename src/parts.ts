// Operators and runtime parts one by one, for whoever wants them without a plan: a plain list, sorted by file.

export { runBatch as runBatchPlan } from './engine/batch/run';
export { KeyTable } from './engine/keys';
export { OperatorDrive, type Drop, type Emission, type Given } from './engine/stream/drive';
export { driveNode } from './engine/stream/driveNode';
export { findNode } from './engine/stream/findNode';
export { type Context, type KeyedState, type Operator, type WindowView } from './engine/stream/operator';
export { OPERATORS } from './engine/stream/operators';
export { LookupOperator } from './engine/stream/operators/lookup';
export { LookupJoinOperator } from './engine/stream/operators/lookupJoin';
export { type PanedWindowOperator } from './engine/stream/operators/panedWindow';
export { panedWindowsOver, windowsOver, type PanedOver } from './engine/stream/operators/panedWindowOver';
export { type OutputTimestamp } from './engine/stream/operators/panedWindowRows';
export { PANED_DEFAULTS, type Empty, type PanedSettings } from './engine/stream/operators/panedWindowSettings';
export { RegularJoinOperator, type JoinTtl } from './engine/stream/operators/regularJoin';
export { TemporalJoinOperator } from './engine/stream/operators/temporalJoin';
export { StreamTableJoinOperator } from './engine/stream/operators/temporalJoinStreamTime';
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
export { RegroupedTableOperator, type RegroupSettings } from './engine/stream/operators/regroupedTable';
export { type Suppress } from './engine/stream/operators/regroupedTableBuffer';
export {
  updatingWindowsOver,
  type UpdatingSettings,
  type UpdatingShape,
} from './engine/stream/operators/updatingWindows';
export { Timers, type Fire } from './engine/stream/timers';
export { Ttl, type TtlOptions } from './engine/stream/ttl';
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
} from './engine/stream/windowing/assign';
export { type Evictor } from './engine/stream/windowing/kept';
export { MergingSet, type Touching } from './engine/stream/windowing/mergingSet';
export { type PaneInfo, type PaneLog } from './engine/stream/windowing/pane';
export { readRow, tableOf } from './model';
export { StateReader, StateWriter } from './sim/bytes';
export { murmur2, partitionOf } from './sim/murmur';
export { utf8 } from './sim/utf8';
