export { type Statement } from './ast';
export { bind, type Mode, plan } from './bind';
export { complete, type Completion } from './complete';
export { createTable } from './create-table';
export { explainExpression } from './explain';
export { format } from './format';
export { parse } from './parse';
export * from './plan';
export { setOptions, SETTINGS, type SetOptions } from './settings';
