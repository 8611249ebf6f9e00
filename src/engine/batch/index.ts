export { batchPieces, runBatch } from './run';
export { type BatchTable } from './operator';
