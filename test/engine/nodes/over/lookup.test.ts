import { expect, test } from 'vitest';
import { drive, emitted, payments, trace, type Payment } from '../../../support/stream';

const feature = `SELECT card, AVG(amount) OVER w AS mean, COUNT(*) OVER w AS n FROM payments
  WINDOW w AS (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL '0.010' SECOND PRECEDING AND CURRENT ROW)`;
const pay = (time: number, amount: number, append = time): Payment => ({ time, amount, append, card: 1 });
const ask = (...times: number[]): ReturnType<typeof payments> =>
  payments(
    times.map((time) => ({ time, card: 1, amount: null })),
    1,
    'requests',
  );
const answers = (
  events: Payment[],
  requests: ReturnType<typeof payments>,
  options = {},
  answer: 'state' | 'rescan' = 'state',
): unknown[] =>
  emitted(drive(feature, events, { requests, lookup: { requests, answer }, ...options })).map(([, , , ts, mean, n]) => [
    ts,
    mean,
    n,
  ]);

test('a request is answered immediately from the state of its key, at its own time', () => {
  expect(answers([pay(1, 10_000), pay(5, 30_000)], ask(6, 12, 30))).toEqual([
    [6, 200, 2],
    [12, 300, 1],
    [30, null, 0],
  ]);
});

test('state and rescan give the same answers; a rescan reads the frame again for each request', () => {
  const events = Array.from({ length: 50 }, (_, i) => pay(i, i * 100));
  const requests = ask(20, 21, 22, 40, 49);
  for (const edge of ['closed', 'open-left', 'open-right'] as const) {
    expect(answers(events, requests, { edge }, 'rescan')).toEqual(answers(events, requests, { edge }));
  }
  const read = (answer: 'state' | 'rescan'): number =>
    drive(feature, events, { requests, lookup: { requests, answer } }).counters.rowsRead;
  // An event at 20 comes before a request at 20, so every closed frame of 10 ms holds 11 events.
  expect(read('rescan')).toBe(5 * 11);
  // Each event once when it comes, and once when it leaves: at 49, all before 39.
  expect(read('state')).toBe(50 + 39);
});

test('a request knows what has arrived, and nothing else', () => {
  expect(answers([pay(1, 10_000), pay(2, 30_000, 9)], ask(5, 10))).toEqual([
    [5, 100, 1],
    [10, 200, 2],
  ]);
});

test('the step of a request counts the rows it touched', () => {
  const requests = ask(5, 30);
  const run = trace(feature, [pay(1, 100), pay(2, 300)], { requests, lookup: { requests, answer: 'state' } });
  const { log } = run.trace;
  const touched = Array.from({ length: log.length }, (_, step) => step)
    .filter((step) => log.kind[step] === 3)
    .map((step) => log.values(step)[0]);
  expect(touched).toEqual([0, 2]);
});

test('a definition without a frame in time cannot answer requests', () => {
  const requests = ask(1);
  expect(() => drive('SELECT card FROM payments', [], { requests, lookup: { requests, answer: 'state' } })).toThrow(
    /rolling aggregate/,
  );
});
