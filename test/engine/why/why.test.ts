import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { whole } from '../../../src/engine/pieces';
import { why } from '../../../src/engine/why/why';
import { adds, readRow, readValue, stepCode, type Because, type Value } from '../../../src/model';
import { plan } from '../../../src/sql';
import {
  catalog,
  DEFINITIONS,
  drive,
  given,
  paymentStreams,
  trace,
  type Drive,
  type Payment,
} from '../../support/stream';
import { becauseSentence } from '../../../src/words/because';

const runs = process.env.LONG ? 500 : 6;

const ALL = {
  ...DEFINITIONS,
  cumulate: `SELECT card, window_start, window_end, COUNT(*) AS n, SUM(amount) AS total
             FROM TABLE(CUMULATE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.020' SECOND, INTERVAL '0.060' SECOND)) GROUP BY card, window_start, window_end`,
  session: `SELECT card, window_start, window_end, COUNT(*) AS n, SUM(amount) AS total
            FROM TABLE(SESSION(TABLE payments PARTITION BY card, DESCRIPTOR(ts), INTERVAL '0.015' SECOND)) GROUP BY card, window_start, window_end`,
  groups:
    'SELECT card, COUNT(*) AS n, SUM(amount) AS total, MAX(amount) AS most FROM payments WHERE amount > 0 GROUP BY card',
  join: `SELECT p.card, p.amount, r.amount AS back, p.ts FROM payments p JOIN refunds r ON p.card = r.card
         AND r.ts BETWEEN p.ts - INTERVAL '0.020' SECOND AND p.ts + INTERVAL '0.030' SECOND`,
  semi: `SELECT card, amount, ts FROM payments p WHERE EXISTS (SELECT * FROM refunds r WHERE r.card = p.card
         AND r.ts BETWEEN p.ts - INTERVAL '0.020' SECOND AND p.ts + INTERVAL '0.030' SECOND)`,
  'semi, ever': `SELECT card, amount, ts FROM payments p WHERE card IN (SELECT card FROM refunds WHERE amount > 0)`,
  chain: `CREATE VIEW pairs AS SELECT p.card, r.amount AS back, p.ts FROM payments p JOIN refunds r ON p.card = r.card
          AND r.ts BETWEEN p.ts - INTERVAL '0.020' SECOND AND p.ts + INTERVAL '0.030' SECOND;
          SELECT card, window_start, SUM(back) AS total FROM TABLE(TUMBLE(TABLE pairs, DESCRIPTOR(ts), INTERVAL '0.100' SECOND))
          GROUP BY card, window_start, window_end`,
} as const;

const OUT = stepCode('row out');

/** The events that an answer names, as a log of their own. */
function only(answer: Because, stream: string): Payment[] {
  const table = answer.events.find((one) => one.stream === stream)?.table;
  if (!table) return [];
  return Array.from({ length: table.length }, (_, row) => {
    const [card, amount, time, , append, partition] = readRow(table, row);
    return {
      card: Number(card),
      amount: amount as number | null,
      time: Number(time),
      append: Number(append),
      partition: Number(partition),
    };
  });
}

function check(sql: string, events: Payment[], how: Drive): void {
  const definition = plan(sql, { ...catalog, refunds: { ...catalog.payments, table: 'refunds' } }).query;
  const { query, options } = given(definition, events, how);
  const run = trace(definition, events, how);
  const subject = { run, plan: query, options };
  const { rows } = run.engine.results;
  const { log } = run.trace;
  for (let step = 0; step < log.length; step += 1) {
    if (log.kind[step] !== OUT || !adds(rows.kind[log.row[step]])) continue;
    const row = Object.fromEntries(
      rows.schema.map(({ name }, i): [string, Value] => [name, readValue(rows.columns[i], log.row[step])]),
    );
    const answer = whole(why(subject, step, { of: 'row', row }));
    expect(answer.step).toBe(step);
    const others = how.others && Object.fromEntries(Object.keys(how.others).map((name) => [name, only(answer, name)]));
    const again = drive(definition, only(answer, 'payments'), { ...how, job: true, others });
    const made = Array.from({ length: again.results.length }, (_, at) =>
      JSON.stringify(readRow(again.results.rows, at)),
    );
    expect(made, `${JSON.stringify(row)}: ${becauseSentence(answer)}`).toContain(JSON.stringify(Object.values(row)));
  }
}

describe('the batch executor computes the same value from exactly the events that an answer names', () => {
  for (const name of Object.keys(ALL) as (keyof typeof ALL)[]) {
    test(name, () => {
      fc.assert(
        fc.property(paymentStreams(60, 14), paymentStreams(60, 10), fc.nat(60), (one, other, wait) => {
          const two = ALL[name].includes('refunds');
          check(ALL[name], one.events, {
            partitions: one.partitions,
            wait,
            others: two ? { refunds: other.events.map((event) => ({ ...event, partition: 0 })) } : undefined,
          });
        }),
        { numRuns: runs },
      );
    });
  }
});

test('texts in the state that made a row are shown as texts', () => {
  const sql = `SELECT card, MIN(CASE WHEN amount > 5 THEN 'rome' ELSE 'kyiv' END) AS city FROM payments GROUP BY card`;
  const events = [
    { time: 1, card: 1, amount: 900 },
    { time: 2, card: 1, amount: 100 },
  ];
  const { query, options } = given(sql, events);
  const run = trace(sql, events);
  const { state } = whole(why({ run, plan: query, options }, run.steps - 1, { of: 'row', row: { city: 'kyiv' } }));
  expect(readRow(state!, 0)).toContain('rome');
  expect(readRow(state!, 1)).toContain('kyiv');
});
