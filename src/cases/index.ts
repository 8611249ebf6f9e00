import { type Json } from './kind';
import { KNOWN } from './known';
import { runCase, type Kinds, type Verdict } from './run';

export { collect, report, type CaseSource, type Work } from './folder';
export { readCase, resolve, type RawCase } from './format';
export { isItem, isList, type Item, type Json } from './kind';
export { pipelineDriver } from './pipelineDriver';
export { arrivalsOf, pipelineOf, type ColumnName, type Pipeline } from './pipeline';
export { type Kinds, type Verdict } from './run';

/** Runs one case, as its file has it, with the adapter of its kind. A kind without one is skipped. */
export const runOne = (value: Json, kinds: Kinds): Verdict => runCase(value, kinds, KNOWN);
