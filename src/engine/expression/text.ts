import { STRING, TidemarkError, type Column, type ColumnType, type Dictionary } from '../../model';
import { CodeMemo, mapCodes } from '../../model/codeMemo';
import { OutputColumn, type Evaluator } from './evaluator';

/** Characters of one text, and of all that an expression makes: texts that grow from view to view must not fill a page. */
const MOST_CHARACTERS = 100_000;
const MOST_TOGETHER = 32_000_000;

/** A text for each text: UPPER, LOWER. */
export function mapTexts(input: Evaluator, map: (text: string) => string): Evaluator {
  const out = new OutputColumn(STRING);
  return throughMemo(input, out, (text) => newCode(out.dictionary!, map(text)));
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
      codes[i] = present ? newCode(dictionary, joined(columns, i)) : 0;
    }
    return out;
  };
}

function joined(columns: Column[], row: number): string {
  let text = '';
  for (const column of columns) text += column.dictionary!.strings[column.data[row]];
  return text;
}

/** The code of a text that has been made here. Throws a TidemarkError where it is too long, or all of them are. */
function newCode(dictionary: Dictionary, text: string): number {
  const { length } = text;
  if (length > MOST_CHARACTERS) {
    throw new TidemarkError({
      what: 'the text is too long',
      expected: `at most ${MOST_CHARACTERS} characters`,
      found: `${length} characters`,
      hint: 'Join fewer or shorter texts.',
    });
  }
  if (dictionary.characters + length > MOST_TOGETHER) {
    throw new TidemarkError({
      what: 'the texts need more memory than a page should take',
      expected: `at most ${MOST_TOGETHER} characters in all rows`,
      found: `${dictionary.characters + length} characters`,
      hint: 'Join shorter texts, or fewer rows.',
    });
  }
  return dictionary.code(text);
}

/** Code points, not code units: one emoji counts as one. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const point of text) length += point ? 1 : 0;
  return length;
}
