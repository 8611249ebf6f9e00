export { collect, report, type CaseSource, type Work } from './folder';
export { readCase, resolve, type RawCase } from './format';
export { isItem, isList, type Item, type Json } from './kind';
export { pipelineDriver } from './pipelineDriver';
export { arrivalsOf, pipelineOf, type ColumnName, type Pipeline } from './pipeline';
export { failed, runCase, type Kinds, type CaseVerdict } from './run';
