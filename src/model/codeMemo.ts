import { type Column, type Dictionary } from './column';
import { withRoom } from './grown';

/**
 * A number worked out once for each text of a dictionary, when a row first shows it. Lazily, because a dictionary may
 * hold texts that no row here has, and those must neither cost anything nor fail.
 */
export class CodeMemo {
  private readonly answers = new WeakMap<Dictionary, Float64Array>();
  private dictionary: Dictionary | null = null;
  private current: Float64Array = new Float64Array(0);

  constructor(private readonly compute: (text: string) => number) {}

  /** Answers by code; NaN where `learn` has to be asked. */
  of(dictionary: Dictionary): Float64Array {
    if (dictionary !== this.dictionary || this.current.length < dictionary.strings.length) {
      const known: Float64Array = this.answers.get(dictionary) ?? new Float64Array(0);
      this.dictionary = dictionary;
      this.current = withRoom(known, dictionary.strings.length, NaN);
      this.answers.set(dictionary, this.current);
    }
    return this.current;
  }

  learn(dictionary: Dictionary, code: number): number {
    const answers = this.of(dictionary);
    answers[code] = this.compute(dictionary.strings[code]);
    return answers[code];
  }
}

/** Writes the memo's answer of each row of a string column into `out`; rows that are null get 0. */
export function mapCodes(memo: CodeMemo, column: Column, out: Column['data'], from: number, to: number): void {
  const codes = column.data as Int32Array;
  const dictionary = column.dictionary!;
  const answers = memo.of(dictionary);
  const valid = column.valid;
  for (let i = from; i < to; i += 1) {
    if (valid !== null && valid[i] === 0) {
      out[i] = 0;
      continue;
    }
    const known = answers[codes[i]];
    out[i] = known === known ? known : memo.learn(dictionary, codes[i]);
  }
}
