/** What a piece of SQL is, for its colour. Every character is in exactly one piece. */
export type Piece = { kind: 'word' | 'keyword' | 'literal' | 'comment'; text: string };

const KEYWORDS = new Set(
  (
    'SELECT FROM WHERE GROUP BY HAVING AS AND OR NOT IN IS NULL CASE WHEN THEN ELSE END BETWEEN CREATE TABLE VIEW MATERIALIZED ' +
    'JOIN INNER LEFT RIGHT FULL OUTER ASOF ON USING EXISTS SYSTEM_TIME OF CUMULATE SESSION ROW_NUMBER LAG FIRST_VALUE LAST_VALUE APPROX_COUNT_DISTINCT ' +
    'INSERT INTO SET WITH WATERMARK FOR INTERVAL DESCRIPTOR TUMBLE HOP OVER PARTITION ORDER RANGE ROWS PRECEDING FOLLOWING CURRENT ROW ' +
    'UNBOUNDED DISTINCT FILTER COUNT SUM AVG MIN MAX STDDEV STDDEV_SAMP STDDEV_POP CAST COALESCE TRUE FALSE ' +
    'SECOND SECONDS MINUTE MINUTES HOUR HOURS DAY DAYS VALUES ASC DESC LIMIT UNION ALL PRIMARY KEY ENFORCED'
  ).split(' '),
);

const TOKEN = /(--[^\n]*)|('(?:[^']|'')*'?)|(\d+(?:\.\d+)?)|([A-Za-z_][\w$]*)|(\s+|.)/gsy;

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
    const [text, comment, string, number, word] = match;
    if (comment) add('comment', text);
    else if (string || number) add('literal', text);
    else add(word && KEYWORDS.has(word.toUpperCase()) ? 'keyword' : 'word', text);
  }
  return lines;
}
