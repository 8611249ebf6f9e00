import { RESERVED } from '../sql/reserved';

/** What a piece of SQL is, for its colour. Every character is in exactly one piece. */
export type Piece = { kind: 'word' | 'keyword' | 'literal' | 'comment'; text: string };

/** Words that are keywords where they stand, although a column may have the name. */
const KEYWORDS = new Set(
  (
    'MATERIALIZED VIEW PRIMARY KEY ENFORCED WATERMARK OUTER SYSTEM_TIME OF FILTER RANGE ROWS ROW PRECEDING FOLLOWING ' +
    'SECOND SECONDS MINUTE MINUTES HOUR HOURS DAY DAYS ASC DESC'
  ).split(' '),
);

/** A word that is written right before `(` is a function; before `(` and a digit it is a type with its length. */
const TOKEN = /(--[^\n]*)|('(?:[^']|'')*'?)|(\d+(?:\.\d+)?)|([A-Za-z_][\w$]*)(?=(\((?!\d))?)|(\s+|.)/gsy;

const isKeyword = (word: string): boolean => RESERVED.has(word) || KEYWORDS.has(word);

/** SQL in coloured pieces, line by line. It colours what it knows and never fails; errors are the parser's business. */
export function highlight(sql: string): Piece[][] {
  const lines: Piece[][] = [[]];
  const add = (kind: Piece['kind'], text: string): void => {
    text.split('\n').forEach((part, i) => {
      if (i > 0) lines.push([]);
      const line = lines[lines.length - 1];
      const before = line[line.length - 1];
      if (before?.kind === kind) before.text += part;
      else if (part) line.push({ kind, text: part });
    });
  };
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(sql); match; match = TOKEN.exec(sql)) {
    const [text, comment, string, number, word, call] = match;
    if (comment) add('comment', text);
    else if (string || number) add('literal', text);
    else add(word && (call || isKeyword(word.toUpperCase())) ? 'keyword' : 'word', text);
  }
  return lines;
}
