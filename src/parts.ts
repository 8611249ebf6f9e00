// Operators and runtime parts one by one, for whoever wants them without a plan: a plain list, sorted by file.

export { KeyTable } from './engine/keys';
export { OperatorDrive, type Drop, type Emission, type Given } from './engine/stream/drive';
export { driveNode, findNode } from './engine/stream/driveNode';
export { type Context, type KeyedState, type Operator, type WindowView } from './engine/stream/operator';
export { OPERATORS } from './engine/stream/operators';
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
export { StateReader, StateWriter } from './sim/bytes';
export { murmur2, partitionOf } from './sim/murmur';
export { utf8 } from './sim/utf8';
