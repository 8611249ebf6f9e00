import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Agenda } from '../../../src/engine/run/agenda';
import { TopicQueue } from '../../../src/engine/run/eventQueue';
import { WatermarkPropagation } from '../../../src/engine/run/watermarkPropagation';
import { StateBackend } from '../../../src/engine/state/backend';
import { type RunOperator } from '../../../src/engine/run/runOperator';
import { type Source } from '../../../src/engine/run/source';
import { snapshotOf } from '../../../src/engine/snapshot/snapshot';
import { makeBatch, MAX_TIME, MIN_TIME, readRow, type Snapshot } from '../../../src/model';
import { type Plan } from '../../../src/sql/plan';
import { COUNTS, over, pay, scan, timing, unionAll } from '../../support/graph';
import { drive, emitted, paymentStreams, payments, finalRows, trace } from '../../support/stream';

const runs = process.env.LONG ? 2_000 : 150;
const both = unionAll(scan('payments'), scan('refunds'));

test('S1.4 a window over two streams fires when the slower watermark has reached its end', () => {
  const others = { refunds: [pay(10, 60), pay(49, 70), pay(51, 80)] };
  const run = drive(over(COUNTS, both), [pay(5), pay(52)], { others, extras: { end: false } });
  expect(emitted(run)).toEqual([['+I', 0, 3, 3]]);
  expect(run.inputs.processing(run.results.rows.input[0])).toBe(80);
});

test('S1.4 a row that is late on its own stream is not late where the other one is slower', () => {
  const others = { refunds: [pay(1, 1), pay(60, 130)] };
  const run = drive(over(COUNTS, both), [pay(90, 90), pay(20, 100)], { others, extras: { end: false } });
  expect(run.counters.late).toBe(1);
  expect(emitted(run)).toEqual([['+I', 0, 2, 2]]);
});

test('S1.10 what a watermark fires below leaves before the watermark reaches what stands above', () => {
  const sql = `CREATE VIEW small AS SELECT window_time AS at, COUNT(*) AS n
      FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.050' SECOND)) GROUP BY window_start, window_end, window_time;
    SELECT window_start, COUNT(*) AS windows, SUM(n) AS total
      FROM TABLE(TUMBLE(TABLE small, DESCRIPTOR(at), INTERVAL '0.100' SECOND)) GROUP BY window_start, window_end`;
  // One jump over everything: both inner windows are counted before the outer one fires.
  const others = { refunds: [pay(6), pay(950)] };
  const run = drive(over(sql, both), [pay(5), pay(60), pay(900)], { others, extras: { end: false } });
  expect(emitted(run)).toEqual([['+I', 0, 2, 3]]);
});

test('S17.6 with long enough a wait two streams in any order of arrival give the same windows', () => {
  fc.assert(
    fc.property(paymentStreams(120, 30), paymentStreams(120, 30), (a, b) => {
      const run = drive(over(COUNTS, both), a.events, { partitions: 3, wait: 1_000, others: { refunds: b.events } });
      const inOrder = (events: typeof a.events): typeof a.events => events.map((one) => ({ ...one, append: one.time }));
      const again = drive(over(COUNTS, both), inOrder(a.events), {
        partitions: 3,
        wait: 1_000,
        others: { refunds: inOrder(b.events) },
      });
      expect(finalRows(run)).toEqual(finalRows(again));
      expect(run.counters.late).toBe(0);
    }),
    { numRuns: runs },
  );
});

test('two streams and a clock give the same trace, whatever the ranges', () => {
  fc.assert(
    fc.property(paymentStreams(120, 25), paymentStreams(120, 25), timing, fc.boolean(), (a, b, options, end) => {
      const others = { refunds: b.events };
      const how = { ...options, partitions: 3, others, extras: { end } };
      const [first, ...more] = [1, 7, 256, 1_000_000].map((rangeRows) =>
        trace(over(COUNTS, both), a.events, { ...how, rangeRows }),
      );
      for (const run of more) {
        expect(run.trace.hash).toBe(first.trace.hash);
        expect(emitted(run.engine)).toEqual(emitted(first.engine));
      }
      for (const rangeRows of [1, 256]) {
        const run = drive(over(COUNTS, both), a.events, { ...how, rangeRows });
        expect(emitted(run)).toEqual(emitted(first.engine));
        const { stateRowsMax: _max, stateRows: _rows, ...counters } = run.counters;
        expect(first.engine.counters).toMatchObject(counters);
      }
    }),
    { numRuns: runs },
  );
});

const canonical = (snapshot: Snapshot): string =>
  JSON.stringify(snapshot, (_, value: unknown) =>
    value && typeof value === 'object' && 'columns' in value
      ? Array.from({ length: (value as unknown as { length: number }).length }, (__, row) =>
          readRow(value as never, row),
        )
      : value,
  );

test('two streams and a clock: state(k) is the same forwards, backwards and by random seeks', () => {
  fc.assert(
    fc.property(
      paymentStreams(120, 12),
      paymentStreams(120, 12),
      timing,
      fc.array(fc.nat(), { maxLength: 20 }),
      (a, b, options, jumps) => {
        const how = { ...options, partitions: 3, others: { refunds: b.events }, extras: { end: false } };
        const run = trace(over(COUNTS, both), a.events, how);
        const look = (step: number): string =>
          canonical(
            snapshotOf(run, step, {
              events: { part: 'events', stream: 'refunds' },
              line: { part: 'watermarks' },
              own: { part: 'watermarks', stream: 'payments' },
              state: { part: 'state' },
              result: { part: 'result' },
            }),
          );
        const forward: string[] = [];
        for (let step = -1; step < run.steps; step += 1) forward.push(look(step));
        for (let step = run.steps - 1; step >= -1; step -= 1) expect(look(step)).toBe(forward[step + 1]);
        for (const jump of jumps) {
          const step = (jump % (run.steps + 1)) - 1;
          expect(look(step)).toBe(forward[step + 1]);
        }
      },
    ),
    { numRuns: Math.ceil(runs / 5) },
  );
});

test('the union of a stream with itself has each row twice, in order, with identities of their own', () => {
  const { engine: run } = trace(unionAll(scan('payments'), scan('payments')), [pay(1), pay(2)]);
  expect(emitted(run).map((row) => row[3])).toEqual([1, 1, 2, 2]);
  const { rows } = run.results;
  const ids = Array.from({ length: 4 }, (_, row) => `${rows.id0[row]} ${rows.id1[row]} ${rows.id2[row]}`);
  expect(new Set(ids).size).toBe(4);
  expect(run.counters.rowsIn).toBe(2);
});

test('S19.1 inputs are in order of the clock, then stream, then arrival inside it', () => {
  const a = payments([pay(9, 10, 1), pay(8, 10, 0), pay(7, 30)], 2, 'a');
  const b = payments([pay(6, 10), pay(5, 20)], 1, 'b');
  const topics = [a, b];
  for (const most of [1, 2, 9]) {
    const agenda = new Agenda(topics, { end: false }, new TopicQueue(topics), null);
    const order: number[] = [];
    while (agenda.peek(order.length)) {
      const { topic, row } = agenda;
      const count = agenda.ahead(order.length, most);
      order.push(...topics[topic].time.subarray(row, row + count));
      agenda.take(count);
    }
    expect(order).toEqual([8, 9, 6, 5, 7]);
  }
});

test('S8.4 the delay of an operator lowers its output watermark and that of its rows', () => {
  const operator = (hold: number | undefined, upstream: number[], due = MAX_TIME): RunOperator => ({
    operator: {
      name: 'test',
      out: makeBatch([], 4),
      watermarkDelay: hold,
      process() {},
      advance() {},
      due: () => due,
      state: null,
    },
    backend: new StateBackend({ stateRows: 0, stateRowsMax: 0 }),
    inputWatermark: MIN_TIME,
    isIdle: false,
    node: {
      number: 1,
      plan: scan('payments'),
      title: 'test',
      mode: { reads: [], writes: 'append', retractions: 'pass' },
      topics: new Set([0]),
      remembers: false,
      inputs: upstream.map((one) => ({
        nodeIndex: one,
        topic: one < 0 ? 0 : -1,
        timed: true,
        hasEvents: true,
        partitioning: { by: 'forward' },
        changelog: 'append',
      })),
    },
  });
  const watermarks = { current: 100, idle: false };
  const nodes = [operator(30, [-1]), operator(undefined, [0], 90)];
  const propagation = new WatermarkPropagation(nodes, [{ watermarks } as unknown as Source]);
  expect([propagation.advance(0), propagation.advance(1)]).toEqual([true, true]);
  expect(nodes.map(({ inputWatermark }) => inputWatermark)).toEqual([100, 70]);
  // What is due above at 90 is due at the source at 120.
  expect(propagation.due(0)).toBe(120);
  const { out } = nodes[0].operator;
  out.watermark[0] = 100;
  out.length = 1;
  propagation.delayOutput(0, 0);
  expect(out.watermark[0]).toBe(70);
  watermarks.current = MAX_TIME;
  propagation.advance(0);
  propagation.advance(1);
  expect(nodes[1].inputWatermark).toBe(MAX_TIME);
});

test('a part may be that of any stream, and of no other', () => {
  const run = trace(over(COUNTS, both), [pay(5)], { others: { refunds: [pay(7), pay(8)] } });
  const { parts, partitions } = snapshotOf(run, run.steps - 1, {
    first: { part: 'events' },
    refunds: { part: 'events', stream: 'Refunds' },
  });
  expect([parts.first.table.length, parts.refunds.table.length]).toEqual([1, 2]);
  expect(partitions.map(({ topic, head }) => [topic, head])).toEqual([
    ['payments', 1],
    ['refunds', 2],
  ]);
  expect(() => snapshotOf(run, 0, { none: { part: 'watermarks', stream: 'nothing' } })).toThrow(
    /does not read this stream.*payments, refunds/,
  );
});

test('what has no key to be recomputed by is refused above what takes rows back, with the reason', () => {
  const changing = over('SELECT card, MAX(ts) AS ts, COUNT(*) AS n FROM payments GROUP BY card', scan('payments'));
  const input = { ...changing, timeColumn: 1 };
  const nearest: Plan = {
    node: 'asof join',
    left: input,
    right: input,
    kind: 'inner',
    leftKeys: [],
    rightKeys: [],
    nullSafe: false,
    where: null,
    match: '<=',
    schema: [...input.schema, ...input.schema],
    timeColumn: 1,
  };
  expect(() => drive(nearest, [pay(1)])).toThrow(/cannot take rows back.*an input that only gains rows/);
});

test('one stream under two watermarks is refused', () => {
  const late = {
    ...scan('p2'),
    options: { topic: 'payments' },
    watermark: { op: 'literal', value: 1, type: scan('p').schema[2].type } as const,
  };
  expect(() => drive(unionAll(scan('payments'), late), [pay(1)])).toThrow(/two watermarks/);
});
