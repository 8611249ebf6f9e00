import { expect, test } from 'vitest';
import { field, runBatch, runStream, STRING, TIMESTAMP, type Value } from '../../../src/index';

const schema = [field('c', STRING), field('ts', TIMESTAMP)];
const inputs = (...texts: string[]): { t: { schema: typeof schema; rows: Value[][] } } => ({
  t: { schema, rows: texts.map((text, i) => [text, i]) },
});
/** Views of which each puts its text behind itself. */
const doubled = (views: number): string =>
  Array.from(
    { length: views },
    (_, i) => `CREATE VIEW v${i} AS SELECT c || c AS c FROM ${i === 0 ? 't' : `v${i - 1}`};\n`,
  ).join('') + `SELECT c FROM v${views - 1}`;

test('a text that has grown too long is refused, with the expression and the row that made it', () => {
  const wanted = /the text is too long; expected at most 100000 characters, found 131072 characters in the row .*aaa/;
  expect(() => runStream({ sql: doubled(30), streams: inputs('aa') })).toThrow(wanted);
  expect(() => runBatch({ sql: doubled(30), tables: inputs('aa') })).toThrow(/c \|\| c: .*too long|CONCAT.*too long/i);
});

test('a text of the most characters is made', () => {
  const { rows } = runBatch({ sql: 'SELECT c || c AS c FROM t', tables: inputs('a'.repeat(50_000)) });
  expect((rows[0].c as string).length).toBe(100_000);
});

test('a text that changes its length with its case is held to the same', () => {
  expect(() => runBatch({ sql: 'SELECT UPPER(c) AS c FROM t', tables: inputs('ß'.repeat(60_000)) })).toThrow(
    /UPPER\(c\): the text is too long/,
  );
});

test('texts that are too many together are refused', () => {
  const texts = Array.from({ length: 700 }, (_, i) => `${i}`.padEnd(50_000, 'a'));
  expect(() => runBatch({ sql: 'SELECT c || c AS c FROM t', tables: inputs(...texts) })).toThrow(
    /texts need more memory than a page should take; expected at most 32000000 characters in all rows/,
  );
});
