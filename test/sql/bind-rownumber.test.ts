import { describe, expect, test } from 'vitest';
import { explainPlan } from '../../src';
import { type Plan } from '../../src/sql';
import { columns, query } from './joined';

describe('the first rows of each key', () => {
  const first = (order: string, where: string, list = 'id, amount'): Plan =>
    query(
      `SELECT ${list} FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY card ORDER BY ${order}) AS rn, amount FROM payments) AS x WHERE ${where}`,
    );

  test.each<[string, 'first' | 'last']>([
    ['ts', 'first'],
    ['ts ASC', 'first'],
    ['ts DESC', 'last'],
  ])('S13.4 ORDER BY %s and rn = 1 keeps the %s row', (order, keep) => {
    const bound = first(order, 'rn = 1');
    expect(bound).toMatchObject({
      input: { node: 'project', input: { node: 'deduplicate', keep, keys: [{ name: 'card' }], timeColumn: -1 } },
    });
    expect(columns(bound)).toBe('id amount');
  });

  test.each<[string, number]>([
    ['rn <= 3', 3],
    ['rn < 3', 2],
    ['3 >= x.rn', 3],
    ['3 > rn', 2],
    ['rn BETWEEN 1 AND 4', 4],
    ['rn = 1', 1],
    ['rn <= 5 AND rn <= 2', 2],
  ])('%s keeps %i', (where, limit) => {
    expect(first('amount DESC, id', where)).toMatchObject({
      input: { input: { node: 'top n', limit, rank: null, orderBy: [{ descending: true }, { descending: false }] } },
    });
  });

  test('more than one row by time is a top n', () => {
    expect(first('ts', 'rn <= 2')).toMatchObject({
      input: { input: { node: 'top n', orderBy: [{ descending: false }] } },
    });
  });

  test('the place is kept where it is read, and only there', () => {
    expect(first('amount', 'rn <= 2', 'rn, id')).toMatchObject({ input: { input: { rank: 'rn' } } });
    expect(columns(first('amount', 'rn <= 2', '*'))).toBe('id rn amount');
    expect(first('amount', 'rn <= 2 AND rn * amount > 3')).toMatchObject({
      input: { node: 'filter', input: { input: { rank: 'rn' } } },
    });
    expect(first('ts', 'rn = 1', 'rn, id')).toMatchObject({
      input: { expressions: [{}, {}, { op: 'literal', value: 1 }], input: { node: 'deduplicate' } },
    });
  });

  test('other conditions pick among the rows that were kept', () => {
    expect(first('amount', 'amount > 3 AND rn <= 2')).toMatchObject({
      input: { node: 'filter', input: { input: { limit: 2 } } },
    });
  });

  test('the best groups: ROW_NUMBER over what GROUP BY gives', () => {
    expect(
      explainPlan(
        query(
          'SELECT card, n FROM (SELECT card, n, ROW_NUMBER() OVER (ORDER BY n DESC) AS rn FROM (SELECT card, COUNT(*) AS n FROM payments GROUP BY card)) WHERE rn <= 3',
        ),
      ),
    ).toBe(
      [
        'project card, n',
        '  project card, n',
        '    top n first 3 by n DESC',
        '      project card, COUNT(*) AS n',
        '        aggregate COUNT(*) per card',
        '          scan payments',
      ].join('\n'),
    );
  });
});
