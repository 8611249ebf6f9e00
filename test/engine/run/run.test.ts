import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plan, type Catalog } from '../../../src/sql';
import { type Plan } from '../../../src/sql/plan';
import { pay, scan, timing } from '../../support/graph';
import { drive, emitted, paymentStreams, trace } from '../../support/stream';

const runs = process.env.LONG ? 2_000 : 150;

const catalog: Catalog = {
  payments: scan('payments'),
  refunds: scan('refunds'),
  prices: { ...scan('prices'), primaryKey: [0] },
};
const query = (sql: string): Plan => plan(sql, catalog).query;

const BOTH = `(SELECT card, amount, ts FROM payments WHERE amount > 100 UNION ALL SELECT card, amount, ts FROM refunds)`;
const NEAR = `a.card = b.card AND b.ts BETWEEN a.ts - INTERVAL '0.050' SECOND AND a.ts + INTERVAL '0.020' SECOND`;
const tumbled = (table: string): string => `TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '0.050' SECOND))`;

/** Plans in which rows of two streams or three meet; below the place some are filtered, or have met already. */
const PLANS: Record<string, Plan> = {
  union: query(`SELECT card, amount FROM ${BOTH} AS u`),
  near: query(`SELECT a.ts, a.amount, b.amount AS other FROM payments AS a JOIN refunds AS b ON ${NEAR}`),
  'near or alone': query(`SELECT a.ts, b.ts AS other FROM payments AS a FULL JOIN refunds AS b ON ${NEAR}`),
  'near, filtered': query(
    `SELECT a.ts, b.ts AS other FROM (SELECT card, ts FROM payments WHERE amount > 20000) AS a LEFT JOIN refunds AS b ON ${NEAR}`,
  ),
  versions: query(
    `SELECT a.ts, a.amount, p.amount AS price FROM payments AS a JOIN prices FOR SYSTEM_TIME AS OF a.ts AS p ON a.card = p.card`,
  ),
  'versions for both': query(
    `SELECT a.ts, a.amount, p.amount AS price FROM ${BOTH} AS a LEFT JOIN prices FOR SYSTEM_TIME AS OF a.ts AS p ON a.card = p.card`,
  ),
  windows: query(
    `SELECT a.ts, b.ts AS other FROM ${tumbled('payments')} AS a JOIN ${tumbled('refunds')} AS b
     ON a.card = b.card AND a.window_start = b.window_start AND a.window_end = b.window_end`,
  ),
  ever: query(`SELECT a.ts, b.ts AS other FROM payments AS a FULL JOIN refunds AS b ON a.card = b.card`),
  'counts of pairs': query(
    `SELECT a.card, COUNT(*) AS n FROM payments AS a JOIN refunds AS b ON a.card = b.card GROUP BY a.card`,
  ),
};
const name = fc.constantFrom(...Object.keys(PLANS));
const streams = paymentStreams(60, 25);
/** With a clock, or idle partitions, events are taken stream by stream. */
const how = fc.oneof({ weight: 3, arbitrary: fc.record({ wait: fc.nat(20) }) }, { weight: 1, arbitrary: timing });

describe('events of several streams in one range', () => {
  test('S1.4 ranges of 2, 7, 256 and all rows give what rows give one by one, also with a trace', () => {
    fc.assert(
      fc.property(name, streams, streams, streams, how, (which, a, b, c, options) => {
        const given = {
          ...options,
          partitions: Math.max(a.partitions, b.partitions, c.partitions),
          others: { refunds: b.events, prices: c.events },
        };
        const one = drive(PLANS[which], a.events, { ...given, rangeRows: 1 });
        for (const rangeRows of [2, 7, 256, 1_000_000]) {
          const run = drive(PLANS[which], a.events, { ...given, rangeRows });
          expect(emitted(run)).toEqual(emitted(one));
          const { stateRowsMax: _max, ...counters } = run.counters;
          expect(one.counters).toMatchObject(counters);
          expect(run.watermark).toBe(one.watermark);
        }
        expect(emitted(trace(PLANS[which], a.events, given).engine)).toEqual(emitted(one));
      }),
      { numRuns: runs },
    );
  });

  test('S1.4 a row meets the watermark that stood when it came, not what a later row of the other side moves', () => {
    // The payment of 10 is late only behind the refund of 200, which comes after it.
    const others = { refunds: [pay(12, 1), pay(200, 4)] };
    const run = drive(PLANS.near, [pay(100, 2), pay(10, 3)], { others, rangeRows: 256 });
    expect(emitted(run)).toHaveLength(1);
    expect(run.counters.late).toBe(1);
    expect(run.counters.dropped).toBe(0);
  });
});
