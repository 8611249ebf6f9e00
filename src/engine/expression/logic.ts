import { BOOLEAN, type Column, type ColumnType } from '../../model';
import { CodeMemo, mapCodes } from '../../model/codeMemo';
import { OutputColumn, type Evaluator } from './evaluator';

/** AND and OR with three values: a false side decides AND, a true side decides OR, even beside a null. */
export function connective(op: 'and' | 'or', left: Evaluator, right: Evaluator): Evaluator {
  const out = new OutputColumn(BOOLEAN);
  const decisive = op === 'and' ? 0 : 1;
  return (batch, from, to) => {
    const a = left(batch, from, to);
    const b = right(batch, from, to);
    const data = out.booleans(to);
    out.valid = null;
    if (a.valid === null && b.valid === null) {
      if (op === 'and') for (let i = from; i < to; i += 1) data[i] = a.data[i] & b.data[i];
      else for (let i = from; i < to; i += 1) data[i] = a.data[i] | b.data[i];
      return out;
    }
    const valid = out.nulls(to);
    for (let i = from; i < to; i += 1) {
      const knownA = a.valid === null || a.valid[i] === 1;
      const knownB = b.valid === null || b.valid[i] === 1;
      const decided = (knownA && a.data[i] === decisive) || (knownB && b.data[i] === decisive);
      valid[i] = decided || (knownA && knownB) ? 1 : 0;
      data[i] = decided ? decisive : valid[i] & (1 - decisive);
    }
    return out;
  };
}

export function negation(input: Evaluator): Evaluator {
  const out = new OutputColumn(BOOLEAN);
  return (batch, from, to) => {
    const column = input(batch, from, to);
    const data = out.booleans(to);
    out.nullWhere(column, null, from, to);
    for (let i = from; i < to; i += 1) data[i] = 1 - column.data[i];
    return out;
  };
}

export function nullTest(input: Evaluator, negated: boolean): Evaluator {
  const out = new OutputColumn(BOOLEAN);
  const whenNull = negated ? 0 : 1;
  return (batch, from, to) => {
    const column = input(batch, from, to);
    const data = out.booleans(to);
    if (column.valid === null) data.fill(1 - whenNull, from, to);
    else for (let i = from; i < to; i += 1) data[i] = column.valid[i] === 0 ? whenNull : 1 - whenNull;
    return out;
  };
}

interface Branch {
  when: Evaluator;
  then: Evaluator;
}

/**
 * CASE. A branch is evaluated only over runs of rows that come to it, so that a guarded cast or product cannot fail for
 * rows that another branch takes.
 */
export function caseOf(branches: Branch[], otherwise: Evaluator | null, type: ColumnType): Evaluator {
  const out = new OutputColumn(type);
  const undecided = branches.length;
  const recode = new CodeMemo((text) => out.dictionary!.code(text));
  let chosen = new Int32Array(0);

  const copy = (column: Column, from: number, to: number): void => {
    if (type.name === 'STRING') mapCodes(recode, column, out.data, from, to);
    else for (let i = from; i < to; i += 1) out.data[i] = column.data[i];
    const valid = out.valid!;
    if (column.valid === null) valid.fill(1, from, to);
    else for (let i = from; i < to; i += 1) valid[i] = column.valid[i];
  };

  return (batch, from, to) => {
    if (chosen.length < to) chosen = new Int32Array(Math.max(to, chosen.length * 2));
    chosen.fill(undecided, from, to);
    out.reserve(to);
    out.nulls(to);
    branches.forEach(({ when }, branch) => {
      forEachRun(chosen, undecided, from, to, (start, end) => {
        const { data, valid } = when(batch, start, end);
        for (let i = start; i < end; i += 1) {
          if (data[i] === 1 && (valid === null || valid[i] === 1)) chosen[i] = branch;
        }
      });
    });
    branches.forEach(({ then }, branch) => {
      forEachRun(chosen, branch, from, to, (start, end) => copy(then(batch, start, end), start, end));
    });
    forEachRun(chosen, undecided, from, to, (start, end) => {
      if (otherwise) copy(otherwise(batch, start, end), start, end);
      else {
        out.data.fill(0, start, end);
        out.valid!.fill(0, start, end);
      }
    });
    return out;
  };
}

/** Calls `visit` for every longest run of rows that hold `wanted`; `visit` may change what the run's rows hold. */
function forEachRun(
  chosen: Int32Array,
  wanted: number,
  from: number,
  to: number,
  visit: (start: number, end: number) => void,
): void {
  for (let start = from; start < to;) {
    if (chosen[start] !== wanted) {
      start += 1;
      continue;
    }
    let end = start + 1;
    while (end < to && chosen[end] === wanted) end += 1;
    visit(start, end);
    start = end;
  }
}
