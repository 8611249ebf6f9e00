import { BOOLEAN, type Column, type ColumnType } from '../../model';
import { CodeMemo, mapCodes } from '../../model/codeMemo';
import { OutputColumn, type Evaluator } from './evaluator';
import { compareTexts } from '../../model/textOrder';
import { type Comparison } from '../../sql/plan';

type Values = Column['data'];
type Kernel = (a: Values, b: Values, out: Uint8Array, from: number, to: number) => void;

const KERNELS: Record<Comparison, Kernel> = {
  '='(a, b, out, from, to) {
    for (let i = from; i < to; i += 1) out[i] = a[i] === b[i] ? 1 : 0;
  },
  '<>'(a, b, out, from, to) {
    for (let i = from; i < to; i += 1) out[i] = a[i] !== b[i] ? 1 : 0;
  },
  '<'(a, b, out, from, to) {
    for (let i = from; i < to; i += 1) out[i] = a[i] < b[i] ? 1 : 0;
  },
  '<='(a, b, out, from, to) {
    for (let i = from; i < to; i += 1) out[i] = a[i] <= b[i] ? 1 : 0;
  },
  '>'(a, b, out, from, to) {
    for (let i = from; i < to; i += 1) out[i] = a[i] > b[i] ? 1 : 0;
  },
  '>='(a, b, out, from, to) {
    for (let i = from; i < to; i += 1) out[i] = a[i] >= b[i] ? 1 : 0;
  },
};

const HOLDS: Record<Comparison, (order: number) => boolean> = {
  '=': (order) => order === 0,
  '<>': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Both sides of one type (decimals of one scale). */
export function comparison(operator: Comparison, left: Evaluator, right: Evaluator, type: ColumnType): Evaluator {
  const out = new OutputColumn(BOOLEAN);
  return (batch, from, to) => {
    const a = left(batch, from, to);
    const b = right(batch, from, to);
    const data = out.booleans(to);
    out.nullWhere(a, b, from, to);
    const onCodes = a.dictionary === b.dictionary && (operator === '=' || operator === '<>');
    if (type.name !== 'STRING' || onCodes) KERNELS[operator](a.data, b.data, data, from, to);
    else compareRows(operator, a, b, out, from, to);
    return out;
  };
}

/** A null has no text: its code may be of another text, or of none. */
function compareRows(operator: Comparison, a: Column, b: Column, out: OutputColumn, from: number, to: number): void {
  const { data, valid } = out;
  const holds = HOLDS[operator];
  const left = a.dictionary!.strings;
  const right = b.dictionary!.strings;
  for (let i = from; i < to; i += 1) {
    const known = valid === null || valid[i] === 1;
    data[i] = known && holds(compareTexts(left[a.data[i]], right[b.data[i]])) ? 1 : 0;
  }
}

/** A string column against a literal: worked out once for each text of the dictionary, then on codes alone. */
export function comparisonWithText(operator: Comparison, input: Evaluator, literal: string): Evaluator {
  const out = new OutputColumn(BOOLEAN);
  const holds = HOLDS[operator];
  const memo = new CodeMemo((text) => (holds(compareTexts(text, literal)) ? 1 : 0));
  return (batch, from, to) => {
    const column = input(batch, from, to);
    const data = out.booleans(to);
    out.nullWhere(column, null, from, to);
    mapCodes(memo, column, data, from, to);
    return out;
  };
}
