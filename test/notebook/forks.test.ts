import { expect, test } from 'vitest';
import { checkForks, MOST_FORKS } from '../../src/notebook/forks';
import { type Fork } from '../../src/notebook/run';

const set = (action: Omit<Extract<Fork['action'], { do: 'set' }>, 'do'>): Fork => ({
  at: 3,
  action: { do: 'set', ...action },
});

const planted = (partition?: number): Fork => ({
  at: 0,
  action: { do: 'inject', stream: 'payments', eventTime: -1, values: {}, partition },
});

test('what the page makes is accepted', () => {
  checkForks([set({ wait: 0, lateness: 60_000 }), set({}), planted(), planted(2)]);
  checkForks([{ at: -1, action: { do: 'wait', from: 1, until: 1 } }]);
});

test.each<[string, Fork, string]>([
  ['lateness of -1 min', set({ lateness: -60_000 }), 'Allowed lateness is out of range'],
  ['wait below zero', set({ wait: -1 }), 'Wait is out of range'],
  ['wait that is no number', set({ wait: Number.NaN }), 'Wait is out of range'],
  ['lateness without an end', set({ lateness: Infinity }), 'Allowed lateness is out of range'],
  ['lateness of half a millisecond', set({ lateness: 0.5 }), 'Allowed lateness is out of range'],
  ['lateness of a year', set({ lateness: 365 * 86_400_000 }), 'Allowed lateness is out of range'],
  ['wait that ends before it starts', { at: 0, action: { do: 'wait', from: 2, until: 1 } }, 'ends before'],
  ['partition below zero', planted(-1), 'no such partition'],
  ['half an input', { ...set({}), at: 0.5 }, 'at no input'],
])('attack 8: a %s is refused', (_, fork, message) => {
  expect(() => checkForks([fork])).toThrow(message);
});

test('attack 8: more forks of a run than open at once are refused', () => {
  const forks = Array.from({ length: MOST_FORKS }, () => planted());
  checkForks(forks);
  expect(() => checkForks([...forks, planted()])).toThrow('too many forks');
});
