import { describe, expect, test } from 'vitest';
import { explainPlan } from '../../src';
import { plan } from '../../src/sql';
import { catalog, columns, query } from './joined';

describe('unions and names', () => {
  test('UNION ALL unifies types, takes the first names, and keeps a time that all have in one place', () => {
    const bound = query(
      'SELECT id, amount AS a, ts FROM payments UNION ALL SELECT 1, 2.125, ts FROM refunds UNION ALL SELECT id, amount, ts FROM refunds',
    );
    expect(bound).toMatchObject({ node: 'union all', timeColumn: 2, inputs: [{}, {}, {}] });
    expect(bound.schema).toMatchObject([
      { type: { name: 'BIGINT' } },
      { type: { name: 'DECIMAL', precision: 11, scale: 3 } },
      {},
    ]);
    expect(columns(bound)).toBe('id a ts!');
    expect(columns(query('SELECT ts, city FROM payments UNION ALL SELECT day, city FROM payments'))).toBe('ts city?');
  });

  test('a name of WITH hides a table, and is visible to the names after it', () => {
    const text =
      'WITH cards AS (SELECT id AS n FROM payments), twice AS (SELECT n FROM cards UNION ALL SELECT n FROM cards) SELECT n FROM twice';
    expect(explainPlan(query(text))).toBe(
      [
        'project n',
        '  union all',
        ...Array(2).fill(['    project n', '      project id AS n', '        scan payments']).flat(),
      ].join('\n'),
    );
  });

  test('WITH stands in views, subqueries and INSERT as well', () => {
    const text =
      'CREATE VIEW v AS WITH a AS (SELECT card, holder FROM cards) SELECT * FROM a; INSERT INTO cards WITH b AS (SELECT * FROM v) SELECT card, holder FROM (WITH c AS (SELECT * FROM b) SELECT * FROM c) AS d';
    expect(plan(text, catalog).sink).toBe('cards');
  });
});
