export { runBatch } from './run';
export { type BatchTable } from './operator';
