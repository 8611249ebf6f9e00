import { expect, test } from 'vitest';
import { MONEY } from '../../src/model';
import { readUnit } from '../../src/site/unit';

test('answers are read in the unit that is asked for', () => {
  expect(readUnit('€36', MONEY)).toBe(3600);
  expect(readUnit('1,036.50', MONEY)).toBe(103_650);
  expect(readUnit('90 s', 'duration')).toBe(90_000);
  expect(readUnit('98 %', 'share')).toBe(0.98);
  expect(readUnit('180,000', 'number')).toBe(180_000);
  expect(() => readUnit('soon', 'number')).toThrow('a number');
  expect(() => readUnit('', MONEY)).toThrow('DECIMAL(10,2)');
});
