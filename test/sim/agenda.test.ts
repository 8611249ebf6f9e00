import { expect, test } from 'vitest';
import { Agenda } from '../../src/sim/agenda';
import { Random } from '../../src/sim/random';

test('the agenda gives entries by time', () => {
  const agenda = new Agenda();
  agenda.add(30, 3);
  agenda.add(10, 1);
  agenda.add(20, 2);
  expect(agenda.nextTime()).toBe(10);
  expect([agenda.take(), agenda.take(), agenda.take()]).toEqual([1, 2, 3]);
  expect(agenda.nextTime()).toBe(Infinity);
  expect(() => agenda.take()).toThrow('the agenda is empty');
});

test('entries of one time keep the order in which they were added', () => {
  const agenda = new Agenda();
  for (let i = 0; i < 200; i += 1) agenda.add(i % 3, i);
  const taken = Array.from({ length: 200 }, () => agenda.take());
  const expected = Array.from({ length: 200 }, (_, i) => i).toSorted((a, b) => (a % 3) - (b % 3) || a - b);
  expect(taken).toEqual(expected);
});

test('adding while taking gives the order of a stable sort', () => {
  const random = Random.of(8);
  const agenda = new Agenda();
  const waiting: { time: number; round: number }[] = [];
  for (let round = 0; round < 5_000; round += 1) {
    if (random.chance(0.6) || waiting.length === 0) {
      const time = random.below(50);
      agenda.add(time, round);
      waiting.push({ time, round });
    } else {
      waiting.sort((a, b) => a.time - b.time || a.round - b.round);
      expect(agenda.take()).toBe(waiting.shift()!.round);
    }
    expect(agenda.size).toBe(waiting.length);
  }
});
