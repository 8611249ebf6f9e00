/** What a session needs to look at runs and to answer questions about them; loaded with the first look. */
export { sentenceOf } from '../engine/snapshot/sentence';
export { baseDay, snapshotOf } from '../engine/snapshot/snapshot';
export { answerQuery } from './answer';
export { asStream, comparisonOf } from './compare';
