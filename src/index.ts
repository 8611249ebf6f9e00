export { runBatch } from './engine/batch';
