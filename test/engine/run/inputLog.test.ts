import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openRun } from '../../../src/engine/run/openRun';
import { type Run } from '../../../src/engine/run/run';
import { topicOf } from '../../../src/engine/log/topic';
import { TICK } from '../../../src/engine/run/inputLog';
import { DEFAULTS, type LocalOptions } from '../../../src/engine/stream/options';
import { BIGINT, field, makeColumn, TIMESTAMP, type Schema } from '../../../src/model';
import { plan, type Catalog } from '../../../src/sql';
import { type Plan } from '../../../src/sql/plan';
import { DEFINITIONS, drive, emitted, paymentStreams, type Drive } from '../../support/stream';

const schema: Schema = [field('user', BIGINT), field('ts', TIMESTAMP)];
const catalog: Catalog = Object.fromEntries(
  ['orders', 'refunds'].map((table) => [
    table,
    { node: 'scan', table, schema, timeColumn: 1, watermark: null, primaryKey: [], options: {} },
  ]),
);

const topics = ['orders', 'refunds'].map((name) => {
  const time = Float64Array.of(1, 2, 30);
  const columns = schema.map(({ type }) => ({ ...makeColumn(type, 0), data: time }));
  return topicOf(
    { name, table: { schema, columns, length: 3 }, time, append: time.slice(), partition: new Int32Array(3) },
    1,
  );
});

const optionsOf = (ttl: number | null): LocalOptions => ({
  ...DEFAULTS,
  ttl,
  lookup: null,
  job: null,
  changes: [],
  rangeRows: 256,
});

function toEnd(run: Run): Run {
  run.advance(() => true);
  return run;
}

const RANKED = 'SELECT user, ts, ROW_NUMBER() OVER (PARTITION BY user ORDER BY ts DESC) AS n FROM orders';

test.each<[string, string]>([
  ['groups', 'SELECT user, COUNT(*) AS n FROM orders GROUP BY user'],
  ['first rows', `SELECT user, ts, n FROM (${RANKED.replace(' DESC', '')}) WHERE n = 1`],
  ['best rows', `SELECT user, ts, n FROM (${RANKED}) WHERE n <= 2`],
  ['joins', 'SELECT l.user, r.ts FROM orders AS l JOIN refunds AS r ON l.user = r.user'],
])('S11.3 state of %s asks for the time if it can expire, and only then', (_, sql) => {
  const { query }: { query: Plan } = plan(sql, catalog);
  const run = (ttl: number | null): Run => openRun({ plan: query, topics, end: false, options: optionsOf(ttl) });
  const ticks = (ttl: number | null): number => {
    const { inputs } = toEnd(run(ttl));
    return Array.from({ length: inputs.length }, (_, input) => inputs.kind(input)).filter((kind) => kind === TICK)
      .length;
  };
  expect(ticks(null)).toBe(0);
  expect(ticks(10)).toBeGreaterThan(0);
});

test('S2.9 a row at the last millisecond of its processing-time window fires it immediately', () => {
  const tumble = `SELECT window_end, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.007' SECOND)) GROUP BY window_start, window_end`;
  const events = [10, 13, 15].map((append) => ({ time: 0, append, card: 0, amount: 1 }));
  const run = drive(tumble, events, { time: 'processing', extras: { end: false } });
  expect(emitted(run)).toEqual([
    ['+I', 14, 1],
    ['+I', 14, 1],
    ['+I', 21, 1],
  ]);
  expect(Array.from({ length: run.inputs.length }, (_, input) => run.inputs.processing(input))).toEqual([
    10, 13, 13, 13, 15, 20,
  ]);
});

const CLOCKED: [name: string, sql: string, how: Drive][] = [
  ['time to live', 'SELECT card, COUNT(*) AS n, SUM(amount) AS s FROM payments GROUP BY card', { ttl: 40 }],
  ['idleness', DEFINITIONS.tumble, { idle: 30 }],
  ['watermarks at intervals', DEFINITIONS.range, { emitEvery: 25 }],
  ['both', DEFINITIONS.hop, { idle: 30, emitEvery: 20, lateness: 15 }],
  ['micro-batches', DEFINITIONS.tumble, { watermark: { type: 'micro-batch', batch: 25 } }],
  ['a trigger by the clock', DEFINITIONS.tumble, { trigger: { type: 'processing-delay', delay: 20 } }],
];

test.each(CLOCKED)('S11.2 ranges between two timers give what rows give one by one: %s', (_, sql, how) => {
  fc.assert(
    fc.property(paymentStreams(60, 40), fc.boolean(), ({ events, partitions }, end) => {
      const results = [1, 3, 256].map((rangeRows) => {
        const run = drive(sql, events, { ...how, partitions, rangeRows, extras: { end } });
        const { inputs, counters } = run;
        const kinds = Array.from({ length: inputs.length }, (_, input) => [
          inputs.kind(input),
          inputs.processing(input),
        ]);
        return [emitted(run), kinds, counters.late, counters.dropped, counters.stateRows, run.watermark];
      });
      expect(results[1]).toEqual(results[0]);
      expect(results[2]).toEqual(results[0]);
    }),
    { numRuns: process.env.LONG ? 2_000 : 100 },
  );
});
