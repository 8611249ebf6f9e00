import { expect, test } from 'vitest';
import { field, MONEY, STRING, TIMESTAMP } from '../../../src/model';
import { readField, showField } from '../../../src/site/player/field';

test('a field is shown as it may be typed again', () => {
  for (const [value, type] of [
    [-4050, MONEY],
    [1_793_613_600_250, TIMESTAMP],
    ['x', STRING],
  ] as const) {
    expect(readField(showField(value, type), field('f', type))).toBe(value);
  }
  expect(() => readField('1.234', field('amount', MONEY))).toThrow('column amount');
});
