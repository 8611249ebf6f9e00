import { describe, expect, test } from 'vitest';
import { columns, query, under } from './joined';

describe('rows before, and different values', () => {
  test('LAG follows any frame, and its own arguments tell it from another', () => {
    const over = '(PARTITION BY card ORDER BY ts';
    const bound = under(
      `SELECT LAG(amount) OVER ${over}), LAG(amount, 2, 0) OVER ${over}), SUM(amount) OVER ${over} ROWS 5 PRECEDING), LAG(amount, 1) OVER ${over}) FROM payments`,
    );
    expect(bound).toMatchObject({
      node: 'over',
      frame: { unit: 'rows', preceding: 5 },
      aggregates: [
        { name: 'LAG', lag: { rows: 1, otherwise: null } },
        { name: 'LAG', lag: { rows: 2, otherwise: 0 } },
        { name: 'SUM' },
      ],
    });
    expect(columns(bound)).toContain('ts! LAG(amount)? LAG(amount, 2, 0) SUM(amount)');
    expect(under(`SELECT LAG(score, 1, 2) OVER ${over}) FROM payments`)).toMatchObject({
      aggregates: [{ lag: { otherwise: 2 } }],
    });
    expect(under(`SELECT LAG(amount, 1, 2.5) OVER ${over}) FROM payments`)).toMatchObject({
      aggregates: [{ lag: { otherwise: 250 } }],
    });
  });

  test('each value once, and the first and last of a group', () => {
    const bound = query(
      'SELECT COUNT(DISTINCT city), COUNT(city), APPROX_COUNT_DISTINCT(city), FIRST_VALUE(amount), LAST_VALUE(city), MAX(DISTINCT card) FROM payments GROUP BY card',
    );
    expect(bound).toMatchObject({
      input: {
        node: 'aggregate',
        aggregates: [
          { name: 'COUNT', distinct: true },
          { name: 'COUNT', distinct: false },
          { name: 'APPROX_COUNT_DISTINCT', type: { name: 'BIGINT' } },
          { name: 'FIRST_VALUE', type: { name: 'DECIMAL' } },
          { name: 'LAST_VALUE' },
          { name: 'MAX', distinct: true },
        ],
      },
    });
    expect(bound.schema.map((one) => one.nullable)).toEqual([false, false, false, false, true, false]);
  });
});
