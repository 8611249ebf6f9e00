import { expect, test } from 'vitest';
import { STEP_KINDS } from '../../../../src/model';
import { drive, emitted, finalRows, trace, type Drive, type Payment } from '../../../support/stream';

const sql = `SELECT window_start, window_end, SUM(amount) AS total FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.010' SECOND))
             GROUP BY window_start, window_end`;
const pay = (time: number, amount: number, append = time): Payment => ({ time, amount, append, card: 1 });
const hopBy = (slide: number, size: number): string =>
  `SELECT window_start, window_end, COUNT(*) AS n FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '${slide / 1000}' SECOND, INTERVAL '${size / 1000}' SECOND))
   GROUP BY window_start, window_end`;
/** Emissions, without those that the end of the input forces out. */
const quiet = (sql: string, events: Payment[], options: Drive = {}): unknown[] =>
  emitted(drive(sql, events, { ...options, extras: { end: false } }));

test('S4.1 a window fires when the watermark reaches its last millisecond, not before', () => {
  expect(quiet(sql, [pay(3, 100), pay(9, 200)])).toEqual([]);
  // With no wait, an event at 10 takes the watermark to 9, the last millisecond of [0, 10).
  expect(quiet(sql, [pay(3, 100), pay(10, 200)])).toEqual([['+I', 0, 10, 100]]);
});

test('S1.2 the watermark is the newest event time minus the wait minus one', () => {
  expect(quiet(sql, [pay(3, 100), pay(14, 1)], { wait: 5 })).toEqual([]);
  expect(quiet(sql, [pay(3, 100), pay(15, 1)], { wait: 5 })).toEqual([['+I', 0, 10, 100]]);
});

test('S1.9 a partition without events holds every window back', () => {
  const events = [pay(3, 100), pay(50, 1)].map((event) => ({ ...event, partition: 0 }));
  expect(quiet(sql, events, { partitions: 2 })).toEqual([]);
  expect(quiet(sql, [...events, { ...pay(12, 1, 60), partition: 1 }], { partitions: 2 })).toEqual([['+I', 0, 10, 100]]);
});

test('S2.2 windows of negative times are floored, not cut towards zero', () => {
  expect(emitted(drive(sql, [pay(-1, 700)]))).toEqual([['+I', -10, 0, 700]]);
});

test('S4.2 a window without events does not exist', () => {
  expect(emitted(drive(sql, [pay(3, 1), pay(95, 2)])).map(([, start]) => start)).toEqual([0, 90]);
});

test('S4.3 one jump of the watermark fires windows in order of their ends', () => {
  const events = [pay(25, 3), pay(3, 1), pay(14, 2), pay(200, 4)];
  expect(quiet(sql, events, { wait: 50 })).toEqual([
    ['+I', 0, 10, 1],
    ['+I', 10, 20, 2],
    ['+I', 20, 30, 3],
  ]);
});

test('S4.4 an event within the allowed lateness fires its window immediately, −U before +U', () => {
  expect(quiet(sql, [pay(3, 100), pay(12, 1), pay(4, 20, 13), pay(5, 3, 14)], { lateness: 5 })).toEqual([
    ['+I', 0, 10, 100],
    ['-U', 0, 10, 100],
    ['+U', 0, 10, 120],
    ['-U', 0, 10, 120],
    ['+U', 0, 10, 123],
  ]);
});

test('S4.4 a late event for a window that never had one fires it for the first time', () => {
  expect(quiet(sql, [pay(12, 1), pay(3, 100, 13)], { lateness: 5 })).toEqual([['+I', 0, 10, 100]]);
});

test('S5.1 equality means expired: end - 1 + lateness at the watermark is too late', () => {
  // The watermark stands at 13, then at 14; the window's last millisecond plus the lateness is 14.
  const late = (newest: number): Payment[] => [pay(3, 100), pay(newest, 1), pay(4, 20, newest + 1)];
  expect(drive(sql, late(14), { lateness: 5 }).counters.dropped).toBe(0);
  expect(drive(sql, late(15), { lateness: 5 }).counters.dropped).toBe(1);
});

test('S5.3 state goes when the lateness is over, and purging emits nothing', () => {
  const run = drive(sql, [pay(3, 100), pay(12, 1), pay(40, 1)], { lateness: 5, extras: { end: false } });
  expect(run.counters.stateRows).toBe(1);
  expect(emitted(run)).toHaveLength(2);
});

test('S5.4 S5.7 of hopping windows an event enters those that still live', () => {
  // [-5, 5) has expired when the event of 4 comes; [0, 10) is still open.
  expect(quiet(hopBy(5, 10), [pay(9, 1), pay(4, 1, 10), pay(12, 1)])).toEqual([['+I', 0, 10, 2]]);
});

test('S5.5 an event is set aside only when all its windows have expired', () => {
  const run = trace(hopBy(5, 10), [pay(9, 1), pay(4, 1, 10), pay(30, 1), pay(4, 1, 31)], { extras: { end: false } });
  expect(run.engine.counters.dropped).toBe(1);
  expect([...run.engine.reader.fate]).toEqual([0, 1, 0, 2]);
});

test('S5.6 without allowed lateness a window has expired as soon as it has fired', () => {
  const run = drive(sql, [pay(3, 100), pay(10, 1), pay(4, 20, 11)], { extras: { end: false } });
  expect(run.counters.dropped).toBe(1);
  expect(emitted(run)).toEqual([['+I', 0, 10, 100]]);
});

test('S2.3 where windows leave gaps, an event may belong to none', () => {
  expect(emitted(drive(hopBy(10, 4), [pay(3, 1), pay(5, 1), pay(12, 1)]))).toEqual([
    ['+I', 0, 4, 1],
    ['+I', 10, 14, 1],
  ]);
});

test('S2.3 S2.4 a size that is no multiple of the slide still gives every window', () => {
  expect(emitted(drive(hopBy(3, 7), [pay(6, 1)])).map(([, start, end]) => [start, end])).toEqual([
    [0, 7],
    [3, 10],
    [6, 13],
  ]);
});

test('hourly windows hopping every ten minutes hold an event six times', () => {
  const minute = 60_000;
  const sql = `SELECT window_end FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '10' MINUTE, INTERVAL '1' HOUR)) GROUP BY window_start, window_end`;
  const at = (10 * 60 + 15) * minute;
  expect(emitted(drive(sql, [pay(at, 1)])).map(([, end]) => (end as number) / minute - 600)).toEqual([
    20, 30, 40, 50, 60, 70,
  ]);
});

test('an event that is late but whose window has not fired is counted like any other', () => {
  const run = drive(sql, [pay(8, 1), pay(3, 2, 9), pay(10, 1)], { extras: { end: false } });
  expect(run.counters.late).toBe(1);
  expect(emitted(run)).toEqual([['+I', 0, 10, 3]]);
});

test('windows of zero length and lateness below zero are refused', () => {
  expect(() => drive(sql.replace("'0.010'", "'0'"), [])).toThrow();
  expect(() => drive(sql, [pay(1, 1)], { lateness: -1 })).toThrow(/allowed lateness is below zero/);
});

test('windows that are open at the same time may be as far apart as they like', () => {
  const far = [pay(0, 1), pay(1e12, 2), pay(8e15, 3)];
  expect(emitted(drive(sql, far, { wait: 1e13 })).map(([, start, , total]) => [start, total])).toEqual([
    [0, 1],
    [1e12, 2],
    [8e15, 3],
  ]);
});

test('nothing is counted twice when new keys make the state move', () => {
  const events = Array.from({ length: 400 }, (_, i): Payment => ({ time: i % 20, card: i, amount: 1 }));
  for (const rangeRows of [3, 64, 1_000]) {
    const rows = emitted(drive(sql.replace('GROUP BY', 'GROUP BY card,'), events, { wait: 100, rangeRows }));
    expect(rows).toHaveLength(400);
    expect(rows.every(([, , , total]) => total === 1)).toBe(true);
  }
});

test('a window over the results of windows counts each of them once', () => {
  const nested = `SELECT window_start, SUM(n) AS total FROM TABLE(TUMBLE(TABLE small, DESCRIPTOR(at), INTERVAL '0.050' SECOND))
    GROUP BY window_start, window_end`;
  const view = `CREATE VIEW small AS SELECT window_time AS at, COUNT(*) AS n
    FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.010' SECOND)) GROUP BY window_start, window_end, window_time;`;
  const events = Array.from({ length: 40 }, (_, i) => pay(i * 3, 1));
  const rows = emitted(drive(view + nested, events));
  expect(rows.map(([, , total]) => total).reduce((sum, n) => Number(sum) + Number(n))).toBe(40);
  expect(rows).toEqual(emitted(drive(view + nested, events, { job: true })));
});

test('S13.2 a late pane of the inner window corrects the outer one, by recomputing it', () => {
  const text = `CREATE VIEW small AS SELECT window_time AS at, COUNT(*) AS n
      FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.010' SECOND)) GROUP BY window_start, window_end, window_time;
    SELECT window_start, SUM(n) AS total FROM TABLE(TUMBLE(TABLE small, DESCRIPTOR(at), INTERVAL '0.050' SECOND))
    GROUP BY window_start, window_end`;
  const events = [pay(5, 1), pay(45, 2), { ...pay(52, 3), append: 60 }, { ...pay(7, 4), append: 70 }, pay(120, 5)];
  const run = drive(text, events, { lateness: 100 });
  expect(emitted(run)).toEqual([
    ['+I', 0, 2],
    // The inner −U and +U are two changes, as they are for a GROUP BY.
    ['-U', 0, 2],
    ['+U', 0, 1],
    ['-U', 0, 1],
    ['+U', 0, 3],
    ['+I', 50, 1],
    ['+I', 100, 1],
  ]);
  expect(finalRows(run)).toEqual(finalRows(drive(text, events, { job: true })));
});

test('a watermark that fires many windows into the next windows shows their state one row after the other', () => {
  const view = `CREATE VIEW small AS SELECT card, window_time AS at, COUNT(*) AS n
    FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.010' SECOND)) GROUP BY card, window_start, window_end, window_time;
    SELECT card, window_start, SUM(n) AS total FROM TABLE(TUMBLE(TABLE small, DESCRIPTOR(at), INTERVAL '0.050' SECOND))
    GROUP BY card, window_start, window_end`;
  const events = Array.from({ length: 30 }, (_, i): Payment => ({ time: i * 4, card: i % 5, amount: 1 }));
  const run = trace(view, events, { wait: 60 });
  const { node, operator } = run.engine.operators.filter((one) => one.operator.state)[1];
  const { number } = node;
  const { log } = run.trace;
  const folded = new Map<string, number[]>();
  let most = 0;
  for (let step = 0; step < run.steps; step += 1) {
    if (log.operator[step] === number) {
      const id = `${log.a[step]} ${log.key[step]}`;
      if (STEP_KINDS[log.kind[step]] === 'state written') folded.set(id, log.values(step));
      if (STEP_KINDS[log.kind[step]] === 'window purged') folded.delete(id);
    }
    const state = new Map<string, number[]>();
    run.at(step, () => operator.state!.each((key, start, _end, values) => state.set(`${start} ${key}`, values)));
    expect(state).toEqual(folded);
    most = Math.max(most, state.size);
  }
  expect(most).toBeGreaterThan(5);
});

test('S5.5 a row in a gap between windows is dropped if late, ignored if not', () => {
  const gaps = `SELECT window_start, COUNT(*) AS n
    FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.020' SECOND, INTERVAL '0.010' SECOND)) GROUP BY window_start, window_end`;
  // [0, 10), [20, 30), [40, 50) …: 15, 35 and 55 are in none.
  const rows = [pay(5, 1), pay(35, 1), pay(15, 1, 36), pay(55, 1, 56), pay(35, 1, 57)];
  expect(drive(gaps, rows, { lateness: 0 }).counters.dropped).toBe(2);
  expect(drive(gaps, rows, { lateness: 20 }).counters.dropped).toBe(0);
  expect(emitted(drive(gaps, rows, { lateness: 0 }))).toEqual([['+I', 0, 1]]);
});
