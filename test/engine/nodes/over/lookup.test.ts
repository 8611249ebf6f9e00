import { expect, test } from 'vitest';
import { drive, emitted, payments, trace, type Payment } from '../../../support/stream';
import fc from 'fast-check';
import { field, INT, runBatch, TIMESTAMP, type Value } from '../../../../src';
import { LookupOperator } from '../../../../src/engine/nodes/over/lookup';
import { OperatorDrive } from '../../../support/operatorDrive';
import { call, scan } from '../../../support/plans';

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

test('requests are answered from the result itself, not from what stands below a filter', () => {
  const filtered = `SELECT * FROM (${feature}) AS t WHERE mean > 100`;
  const requests = ask(6);
  expect(() => drive(filtered, [pay(1, 1)], { requests, lookup: { requests, answer: 'state' } })).toThrow(
    'requests need a rolling aggregate to be answered from',
  );
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

/** How long a row is to be seen, ms. */
const KEPT = 5_000;

const SCHEMA = [field('id', INT), field('since', TIMESTAMP, true)];

/** The rows that a table shows at the time `now`, when each is to be seen for KEPT from its time on. */
function visible(rows: Value[][], now: number): unknown[] {
  const at = new Date(now).toISOString().slice(0, 23).replace('T', ' ');
  const sql = `SELECT id FROM t WHERE TIMESTAMP '${at}' BETWEEN since AND since + INTERVAL '5' SECOND`;
  return runBatch({ sql, tables: { t: { schema: SCHEMA, rows } } }).rows.map(({ id }) => id);
}

test('S7.6 a temporal filter shows a row at its time and at the end of its life, and one without a time never', () => {
  const rows = [
    [1, 10_000],
    [2, 15_000],
    [3, null],
  ];
  expect([9_999, 10_000, 14_999, 15_000, 15_001, 20_000, 20_001].map((now) => visible(rows, now))).toEqual([
    [],
    [1],
    [1],
    [1, 2],
    [2],
    [2],
    [],
  ]);
});

test('S7.6 a stream that is asked at any time sees the same rows', () => {
  const runs = process.env.LONG ? 5000 : 300;
  const times = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(times, fc.integer({ min: 0, max: 25_000 }), (since, now) => {
      const plan = {
        node: 'over' as const,
        input: scan('t', SCHEMA, 'since'),
        partitionBy: [],
        frame: { unit: 'range' as const, preceding: KEPT },
        aggregates: [call('COUNT', null)],
        schema: [...SCHEMA, field('count', INT)],
        timeColumn: 1,
      };
      const requests = [field('now', TIMESTAMP)];
      const asked = { edge: 'closed' as const, answer: 'rescan' as const, requests };
      const drive = new OperatorDrive((context) => new LookupOperator(plan, asked, context), [SCHEMA, requests]);
      since.forEach((time, id) => drive.row([id, time], { time }));
      const [{ row }] = drive.row([now], { port: 1, time: now });
      expect(row.count).toBe(
        visible(
          since.map((time, id) => [id, time]),
          now,
        ).length,
      );
    }),
    { numRuns: runs },
  );
});
