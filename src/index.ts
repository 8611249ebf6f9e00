/**
 * The library: SQL in, rows out, without a page, a worker or a clock. `runBatch` answers a query over tables once;
 * `runStream` runs it continuously over rows that arrive one after the other.
 */
export { catalogOf, type StreamInput, type TableInput } from './engine/givenInputs';
export { type ColumnData, type ColumnInput } from './engine/givenTable';
export { type StreamRunOptions } from './engine/givenOptions';
export {
  explainStream,
  runBatch,
  runStream,
  streamChanges,
  type BatchDefinition,
  type Query,
  type StreamDefinition,
} from './engine/runs';
export { type BatchResult, type ChangeRow, type Row, type StreamResult } from './engine/runResults';
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
export {
  BIGINT,
  BOOLEAN,
  DATE,
  decimal,
  DOUBLE,
  field,
  INT,
  MAX_TIME,
  MIN_TIME,
  MONEY,
  STRING,
  TidemarkError,
  TIMESTAMP,
  type ColumnType,
  type Counters,
  type Field,
  type Schema,
  type Step,
  type Value,
} from './model';
export { explainPlan } from './engine/nodes';
export { format, parse, plan } from './sql';
export type * from './sql/plan';
