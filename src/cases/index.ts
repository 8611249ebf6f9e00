import { type Json } from './kind';
import { KINDS } from './kinds';
import { KNOWN } from './known';
import { runCase, type Verdict } from './run';

export { collect, report, type CaseSource, type Work } from './folder';
export { readCase, resolve, type RawCase } from './format';
export { isItem, isList, type Item, type Json } from './kind';
export { type Verdict } from './run';

/** Runs one case, as it stands in its file, on the engine. */
export const runOne = (value: Json): Verdict => runCase(value, KINDS, KNOWN);
