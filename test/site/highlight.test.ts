import { expect, test } from 'vitest';
import { highlight } from '../../src/site/highlight';

test('highlighting loses no character', () => {
  const sql = "SELECT a, 'it''s' -- why\nFROM t WHERE x >= 1.5 AND \"odd\" 'open";
  const text = highlight(sql).map((line) => line.map((piece) => piece.text).join(''));
  expect(text.join('\n')).toBe(sql);
  expect(highlight(sql)[0].find((piece) => piece.kind === 'comment')?.text).toBe('-- why');
});

test('highlighting knows keywords and functions by how they are written', () => {
  const sql = 'SELECT MEDIAN(amount) FROM payments WHERE CAST(x AS DECIMAL(10, 2)) > 1 GROUP BY card';
  const words = highlight(sql)[0].filter((piece) => piece.kind === 'keyword');
  expect(words.map((piece) => piece.text)).toEqual(['SELECT', 'MEDIAN', 'FROM', 'WHERE', 'CAST', 'AS', 'GROUP', 'BY']);
});
