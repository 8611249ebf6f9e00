import { expect, test } from 'vitest';
import {
  civilDate,
  dayNumber,
  floorTime,
  formatClock,
  formatDuration,
  formatTime,
  minutes,
  parseDuration,
  parseTime,
} from '../../src/model';

test('the civil calendar agrees with the platform for every seventh day of five centuries', () => {
  for (let day = -90_000; day < 90_000; day += 7) {
    const date = new Date(day * 86_400_000);
    const { year, month, day: dayOfMonth } = civilDate(day);
    expect([year, month, dayOfMonth]).toEqual([date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]);
    expect(dayNumber(year, month, dayOfMonth)).toBe(day);
  }
});

test('S2.2 floorTime is a mathematical floor, for negative times and offsets too', () => {
  expect(floorTime(-1, 5000)).toBe(-5000);
  expect(floorTime(0, 5000)).toBe(0);
  expect(floorTime(7, 5, 3)).toBe(3);
  expect(floorTime(-3, 5, 3)).toBe(-7);
});

test('times are written with as many parts as they have', () => {
  expect(formatClock(parseTime('10:15'))).toBe('10:15');
  expect(formatClock(parseTime('10:15:30.250'))).toBe('10:15:30.250');
  expect(formatTime(parseTime('2026-11-02 10:15'))).toBe('2026-11-02 10:15:00');
});

test('durations are read as people write them', () => {
  expect(parseDuration('2 min')).toBe(minutes(2));
  expect(parseDuration('1h30m')).toBe(minutes(90));
  expect(parseDuration('6.5 s')).toBe(6500);
  expect(parseDuration(0)).toBe(0);
  expect(formatDuration(minutes(90))).toBe('1 h 30 min');
});

test.each(['', '2', 'two minutes', '5 parsecs', '1 min ago', '0.0001 ms'])('%j is not a duration', (text) => {
  expect(() => parseDuration(text)).toThrow(/not a duration/);
});

test.each(['', '25:00', '10:60', '2026-02-30', 'noon'])('%j is not a time', (text) => {
  expect(() => parseTime(text)).toThrow(/not a time/);
});
