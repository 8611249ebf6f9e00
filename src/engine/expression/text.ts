import { STRING, type Column, type ColumnType } from '../../model';
import { CodeMemo, mapCodes } from '../../model/codeMemo';
import { OutputColumn, type Evaluator } from './evaluator';

/** A text for each text: UPPER, LOWER. */
export function mapTexts(input: Evaluator, map: (text: string) => string): Evaluator {
  const out = new OutputColumn(STRING);
  return throughMemo(input, out, (text) => out.dictionary!.code(map(text)));
}

/** A number for each text: CHAR_LENGTH. */
export function measureTexts(input: Evaluator, type: ColumnType, measure: (text: string) => number): Evaluator {
  return throughMemo(input, new OutputColumn(type), measure);
}

function throughMemo(input: Evaluator, out: OutputColumn, compute: (text: string) => number): Evaluator {
  const memo = new CodeMemo(compute);
  return (batch, from, to) => {
    const column = input(batch, from, to);
    out.reserve(to);
    out.nullWhere(column, null, from, to);
    mapCodes(memo, column, out.data, from, to);
    return out;
  };
}

/** CONCAT is null where any part is (Flink; DuckDB's `||`). */
export function concatenation(inputs: Evaluator[]): Evaluator {
  const out = new OutputColumn(STRING);
  const dictionary = out.dictionary!;
  return (batch, from, to) => {
    const columns = inputs.map((input) => input(batch, from, to));
    const codes = out.codes(to);
    const valid = out.nulls(to);
    for (let i = from; i < to; i += 1) {
      const present = columns.every((column) => column.valid === null || column.valid[i] === 1);
      valid[i] = present ? 1 : 0;
      codes[i] = present ? dictionary.code(joined(columns, i)) : 0;
    }
    return out;
  };
}

function joined(columns: Column[], row: number): string {
  let text = '';
  for (const column of columns) text += column.dictionary!.strings[column.data[row]];
  return text;
}

/** Code points, not code units: one emoji counts as one. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const point of text) length += point ? 1 : 0;
  return length;
}
