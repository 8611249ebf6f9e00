import { expect, test } from 'vitest';
import { openRun } from '../../../src/engine/run/openRun';
import { type Run } from '../../../src/engine/run/run';
import { topicOf } from '../../../src/engine/log/topic';
import { TICK } from '../../../src/engine/run/inputLog';
import { DEFAULTS, type LocalOptions } from '../../../src/engine/stream/options';
import { BIGINT, field, makeColumn, TIMESTAMP, type Schema } from '../../../src/model';
import { plan, type Catalog } from '../../../src/sql';
import { type Plan } from '../../../src/sql/plan';
import { drive, emitted } from '../../support/stream';

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
