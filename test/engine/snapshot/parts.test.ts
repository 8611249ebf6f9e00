import { expect, test } from 'vitest';
import { snapshotOf } from '../../../src/engine/snapshot/snapshot';
import { stepFactsOf } from '../../../src/engine/snapshot/stepFacts';
import { readRow } from '../../../src/model';
import { trace } from '../../support/stream';

const events = [
  { time: 1_000, card: 1, amount: 900 },
  { time: 2_000, card: 1, amount: 100 },
];
const CITY = `CASE WHEN amount > 5 THEN 'rome' ELSE 'kyiv' END`;

test.each([
  ['GROUP BY', `SELECT card, MIN(${CITY}) AS city, COUNT(*) AS n FROM payments GROUP BY card`],
  [
    'a window',
    `SELECT card, MIN(${CITY}) AS city FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
     GROUP BY card, window_start, window_end`,
  ],
  [
    'a session',
    `SELECT card, MIN(${CITY}) AS city
     FROM TABLE(SESSION(TABLE payments PARTITION BY card, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
     GROUP BY card, window_start, window_end`,
  ],
  [
    'OVER',
    `SELECT card, MIN(${CITY}) OVER (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW)
     AS city FROM payments`,
  ],
])('the least text in the state of %s is shown as a text', (_, sql) => {
  const run = trace(sql, events);
  const shown = new Set<unknown>();
  const written = new Set<unknown>();
  for (let step = 0; step < run.steps; step += 1) {
    const { table } = snapshotOf(run, step, { state: { part: 'state' } }).parts.state;
    const column = table.schema.findIndex(({ name }) => name.startsWith('MIN'));
    for (let row = 0; row < table.length; row += 1) shown.add(readRow(table, row)[column]);
    const facts = stepFactsOf(run, step);
    if (facts.kind === 'state written') written.add(facts.values.find(({ name }) => name.startsWith('MIN'))!.value);
  }
  expect([...shown]).toEqual(['rome', 'kyiv']);
  expect([...written]).toEqual(['rome', 'kyiv']);
});
