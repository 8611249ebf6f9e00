export { type Fact, factsOf, measuring } from './facts';
export { FIXTURE_NAMES, FIXTURE_SCHEMAS, makeFixture, type FixtureName } from './fixtures';
export { hashMart, hashTable } from './hash';
export {
  makeMart,
  makeMartNow,
  SCHEMAS,
  SIZES,
  START,
  TABLE_NAMES,
  type MakingProgress,
  type Mart,
  type TableName,
} from './mart';
export { partitionOfValue, partitioner } from './partitions';
export * from './scenario';
export { fieldsOf, LABELLED, SOURCES } from './sourceColumns';
export { streamOf, streamSchema } from './stream';
export { droppable } from './streamSchema';
export { martSummary, type MartSummary } from './summary';
export { makeWorld, makeWorldNow, type World } from './world';
