export { runBatch, type BatchOptions, type BatchResult } from './run';
export { type BatchTable } from './operator';
