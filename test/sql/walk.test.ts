import { expect, test } from 'vitest';
import { BIGINT, BOOLEAN, STRING } from '../../src/model';
import { type Expression } from '../../src/sql/plan';
import { isNullable } from '../../src/sql/walk';

const column = (index: number, type: Expression['type'] = BIGINT): Expression => ({
  op: 'column',
  index,
  name: `c${index}`,
  type,
});
const never = (one: Expression): boolean => isNullable(one, () => false);

test('what can be null is known before a row is seen', () => {
  const [n, s] = [column(0), column(1, STRING)];
  const arithmetic = (operator: '+' | '%'): Expression => ({
    op: 'arithmetic',
    operator,
    left: n,
    right: n,
    type: BIGINT,
  });
  expect(never(arithmetic('+'))).toBe(false);
  expect(never(arithmetic('%'))).toBe(true);
  expect(never({ op: 'cast', input: s, type: BIGINT })).toBe(true);
  expect(never({ op: 'cast', input: n, type: STRING })).toBe(false);
  expect(never({ op: 'case', branches: [], otherwise: null, type: BIGINT })).toBe(true);
});

test('COALESCE is null only where its last value is', () => {
  const [first, last] = [column(0), column(1)];
  const when: Expression = { op: 'is null', input: first, negated: true, type: BOOLEAN };
  const coalesce: Expression = { op: 'case', branches: [{ when, then: first }], otherwise: last, type: BIGINT };
  expect(isNullable(coalesce, (index) => index === 0)).toBe(false);
  expect(isNullable(coalesce, (index) => index === 1)).toBe(true);
});
