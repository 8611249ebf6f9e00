/** What a session needs to look at runs and to answer questions about them; loaded with the first look. */
export { baseDay, snapshotPieces } from '../engine/snapshot/snapshot';
export { stepFactsOf } from '../engine/snapshot/stepFacts';
export { answerQuery } from './answer';
export { asStream, comparisonOf } from './compare';
