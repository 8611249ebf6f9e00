/** What a session needs to look at runs and to answer questions about them; loaded with the first look. */
export { sentenceOf } from '../engine/view/sentence';
export { baseDay, snapshotOf } from '../engine/view/snapshot';
export { answerQuery } from './answer';
export { asStream, comparisonOf } from './compare';
