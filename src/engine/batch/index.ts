export { runBatch, type BatchOptions, type BatchResult, type BatchTable } from './run';
