import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runBatch } from '../../../src/engine/batch';
import { readRow, type Table } from '../../../src/model';
import { JOIN_KINDS, type Plan } from '../../../src/sql/plan';
import { plan } from '../../../src/sql';
import { pay, scan } from '../../support/graph';
import { compared, regular, temporal } from '../../support/joins';
import { catalog, drive, emitted, paymentStreams, finalRows, trace, type Drive } from '../../support/stream';

const runs = process.env.LONG ? 2_000 : 150;

const left = scan('payments');
const right = scan('refunds');
const keys: [string, string][] = [['card', 'card']];
const dearer = compared(left, right, 'amount', '>', 10_000);

/** Joins of two streams, through the whole runtime. */
const PLANS: Record<string, Plan> = {
  ...Object.fromEntries(JOIN_KINDS.map((kind) => [kind, regular(left, right, { kind, keys })])),
  conditional: regular(left, right, { kind: 'full', keys, where: dearer }),
  versions: temporal(left, right, { kind: 'left', keys }),
  'chosen versions': temporal(left, right, { keys, where: dearer }),
  now: temporal(left, right, { kind: 'left', keys }, 'processing'),
  // A left side that takes rows back.
  changing: temporal(regular(left, right, { kind: 'left', keys }), right, { kind: 'left', keys }, 'processing'),
};
const name = fc.constantFrom(...Object.keys(PLANS));
const ttl = fc.option(fc.integer({ min: 1, max: 100 }));
const how: fc.Arbitrary<Drive> = fc.oneof(
  fc.record({ wait: fc.nat(80), ttl }),
  fc.record({ profile: fc.constant('kafka' as const), wait: fc.constant(null), lateness: fc.nat(60), ttl }),
);

describe('joins in a run', () => {
  test('S9.2 the watermark is the least of both inputs', () => {
    const others = { refunds: [pay(10, 10), pay(30, 100)] };
    const run = drive(PLANS.versions, [pay(20, 20), pay(25, 25)], { others, extras: { end: false } });
    // Behind input 3, at 100, both sides have reached 24.
    expect(emitted(run).map(([kind, , , ts]) => [kind, ts])).toEqual([['+I', 20]]);
    expect(run.inputs.processing(run.results.rows.input[0])).toBe(100);
  });

  test('S11.3 a row is forgotten when its time to live has passed, without another row', () => {
    const others = { refunds: [{ ...pay(1, 40), card: 9 }, pay(2, 61)] };
    const run = drive(PLANS.inner, [pay(1, 1)], { others, ttl: 60 });
    expect(emitted(run)).toEqual([]);
    expect(emitted(drive(PLANS.inner, [pay(1, 1)], { others, ttl: 61 }))).toHaveLength(1);
  });

  test('S9.8 an ASOF JOIN is refused on a stream, with what to write', () => {
    const sql = `SELECT a.ts FROM payments AS a ASOF JOIN payments AS b ON a.card = b.card AND b.ts <= a.ts`;
    const query = plan(sql, catalog).query;
    expect(() => drive(query, [], {})).toThrow(/FOR SYSTEM_TIME AS OF/);
  });

  test('the same run cut into ranges of 1, 7, 256 and all rows gives the same trace and results', () => {
    fc.assert(
      fc.property(name, paymentStreams(60, 25), paymentStreams(60, 25), how, (which, a, b, options) => {
        const given = { ...options, partitions: 3, others: { refunds: b.events } };
        const cuts = [1, 7, 256, 1_000_000];
        const [first, ...more] = cuts.map((rangeRows) => trace(PLANS[which], a.events, { ...given, rangeRows }));
        for (const run of more) {
          expect(run.trace.hash).toBe(first.trace.hash);
          expect(emitted(run.engine)).toEqual(emitted(first.engine));
        }
        for (const rangeRows of [1, 256])
          expect(emitted(drive(PLANS[which], a.events, { ...given, rangeRows }))).toEqual(emitted(first.engine));
      }),
      { numRuns: runs },
    );
  });

  test('state(k) is the same forwards and by seeks', () => {
    fc.assert(
      fc.property(
        name,
        paymentStreams(60, 12),
        paymentStreams(60, 12),
        how,
        fc.array(fc.nat(), { maxLength: 12 }),
        (which, a, b, options, jumps) => {
          const run = trace(PLANS[which], a.events, { ...options, partitions: 3, others: { refunds: b.events } });
          const states: string[] = [];
          const rows = (): string => {
            const seen: string[] = [];
            for (const { operator } of run.engine.operators)
              operator.state?.each((key, start, end, values) => seen.push([key, start, end, ...values].join()));
            return `${seen.join(' ')} ${run.engine.results.length}`;
          };
          for (let step = -1; step < run.steps; step += 1) states.push(run.at(step, rows));
          for (const jump of jumps) {
            const step = (jump % (run.steps + 1)) - 1;
            expect(run.at(step, rows)).toBe(states[step + 1]);
          }
        },
      ),
      { numRuns: Math.ceil(runs / 5) },
    );
  });

  test('S17.6 regular and temporal joins end with what the batch gives', () => {
    const perfect = fc.constantFrom(
      'inner',
      'left',
      'full',
      'semi',
      'anti',
      'conditional',
      'versions',
      'chosen versions',
    );
    fc.assert(
      fc.property(perfect, paymentStreams(60, 30), paymentStreams(60, 30), (which, a, b) => {
        const run = drive(PLANS[which], a.events, { partitions: 3, wait: 60, others: { refunds: b.events } });
        const tables: Record<string, Table> = {};
        for (const topic of run.inputs.topics)
          tables[topic.name] = {
            ...topic.table,
            append: topic.append,
            partition: topic.partition,
            offset: topic.offset,
          } as Table;
        const { table } = runBatch(PLANS[which], (one) => tables[one]);
        const whole = Array.from({ length: table.length }, (_, row) => JSON.stringify(readRow(table, row)));
        expect(finalRows(run)).toEqual(whole.sort());
      }),
      { numRuns: runs },
    );
  });
});
