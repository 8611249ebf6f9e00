import { firstWhere, TidemarkError, type TextPlace, type TidemarkErrorFacts } from '../model';

/** Characters [from, to) of a document. */
export interface Span {
  from: number;
  to: number;
}

/** The text of a document, its file, and where its lines begin. Every error of the parser is made here. */
export class Source {
  private readonly starts: number[] = [0];

  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  /** Offset of the first character of a line, counted from 1; past the end: the end. */
  offset(line: number): number {
    return line > this.starts.length ? this.text.length : this.starts[Math.max(1, line) - 1];
  }

  line(number: number): string {
    return this.text.slice(this.offset(number), this.offset(number + 1)).replace(/\n$/, '');
  }

  place({ from, to }: Span): TextPlace {
    const at = Math.min(Math.max(from, 0), this.text.length);
    const line = firstWhere(1, this.starts.length, (next) => this.starts[next] > at);
    return {
      line,
      column: at - this.starts[line - 1] + 1,
      from: at,
      to: Math.min(Math.max(to, at), this.text.length),
    };
  }

  error(span: Span, facts: Omit<TidemarkErrorFacts, 'where' | 'place'>): TidemarkError {
    return new TidemarkError({ ...facts, where: this.file, place: this.place(span) });
  }
}
