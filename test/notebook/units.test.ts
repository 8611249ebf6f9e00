import { expect, test } from 'vitest';
import { BIGINT, DOUBLE, hours, minutes, MONEY, seconds, TIMESTAMP } from '../../src/model';
import { formatUnit } from '../../src/notebook/units';

test.each([
  [null, MONEY, '–'],
  [4_000, MONEY, '€40.00'],
  [hours(10) + minutes(15), TIMESTAMP, '10:15'],
  [41.25, DOUBLE, '41.25'],
  [4_417, BIGINT, '4417'],
  [180_000, 'number', '180,000'],
  [1_325.5, 'number', '1,325.5'],
  [-1_325, 'number', '-1,325'],
  [999, 'number', '999'],
  [0.9912, 'share', '99.1 %'],
  [1, 'share', '100 %'],
  [true, 'boolean', 'yes'],
  [false, 'boolean', 'no'],
  ['word', 'text', 'word'],
  [0, 'duration', '0 s'],
  [223, 'duration', '223 ms'],
  [2_244, 'duration', '2 s 244 ms'],
  [seconds(60) + 223, 'duration', '1 min'],
  [167_191, 'duration', '2 min 47 s'],
  [minutes(239), 'duration', '3 h 59 min'],
  [hours(25) + 1, 'duration', '1 d 1 h'],
] as const)('%s as %j is %s', (value, unit, text) => {
  expect(formatUnit(value, unit)).toBe(text);
});
