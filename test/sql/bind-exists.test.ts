import { describe, expect, test } from 'vitest';
import { explainPlan } from '../../src';
import { type Plan } from '../../src/sql';
import { columns, MINUTE, query, under } from './joined';

describe('EXISTS and IN', () => {
  test('S8.5 EXISTS is a semi join, NOT EXISTS an anti join; times bound them as they do others', () => {
    const exists = (not: string): Plan =>
      under(
        `SELECT id FROM payments AS l WHERE online AND ${not} EXISTS (SELECT 1 FROM refunds WHERE payment = l.id AND ts BETWEEN l.ts AND l.ts + INTERVAL '5' MINUTE AND amount > 3) AND card > 2`,
      );
    const inputs = {
      left: { node: 'filter', predicate: { op: 'and' } },
      right: { node: 'filter', predicate: { op: 'compare', left: { index: 2 } } },
    };
    expect(exists('')).toMatchObject({
      node: 'interval join',
      kind: 'semi',
      lower: 0,
      upper: 5 * MINUTE,
      where: null,
      ...inputs,
    });
    expect(exists('NOT')).toMatchObject({ node: 'interval join', kind: 'anti', ...inputs });
    expect(columns(exists(''))).toBe('id card amount city? score? online day ts');
  });

  test('names are looked for inside first: id = l.id', () => {
    expect(
      under('SELECT id FROM payments AS l WHERE EXISTS (SELECT * FROM refunds AS r WHERE id = l.id AND online)'),
    ).toMatchObject({
      kind: 'semi',
      leftKeys: [{ name: 'id', index: 0 }],
      rightKeys: [{ name: 'id', index: 0 }],
      where: { name: 'online' },
    });
  });

  test('IN is a semi join with the column of the subquery, whatever it is made of', () => {
    expect(under('SELECT id FROM payments WHERE card IN (SELECT card FROM cards WHERE holder = city)')).toMatchObject({
      node: 'join',
      kind: 'semi',
      leftKeys: [{ name: 'city' }, { name: 'card' }],
      rightKeys: [{ name: 'holder' }, { name: 'card' }],
    });
    expect(
      under(
        'SELECT id FROM payments WHERE card + 1 NOT IN (SELECT card FROM cards UNION ALL SELECT MAX(card) + 1 FROM cards GROUP BY holder)',
      ),
    ).toMatchObject({ kind: 'anti', leftKeys: [{ op: 'arithmetic' }], right: { node: 'union all' } });
  });

  test('a subquery may have one of its own, about its own rows', () => {
    const text =
      'SELECT id FROM payments AS p WHERE EXISTS (SELECT * FROM refunds AS r WHERE r.payment = p.id AND amount > 2 AND NOT EXISTS (SELECT * FROM cards AS c WHERE c.holder = r.city) AND id IN (SELECT id FROM payments WHERE card IN (SELECT card FROM cards)))';
    expect(explainPlan(query(text))).toBe(
      [
        'project id',
        '  join semi: id = payment',
        '    scan payments',
        '    join semi: id = id',
        '      join anti: city = holder',
        '        filter amount > 2.00',
        '          scan refunds',
        '        scan cards',
        '      join semi: card = card',
        '        scan payments',
        '        scan cards',
      ].join('\n'),
    );
  });

  test('several of them stand on each other', () => {
    expect(
      under(
        'SELECT id FROM payments AS p WHERE card IN (SELECT card FROM cards) AND NOT (EXISTS (SELECT * FROM refunds WHERE payment = p.id))',
      ),
    ).toMatchObject({ kind: 'anti', left: { kind: 'semi', left: { node: 'scan' } } });
  });
});
