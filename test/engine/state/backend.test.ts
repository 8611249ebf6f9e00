import { expect, test } from 'vitest';
import { BIGINT, field, INT, runStream, TIMESTAMP } from '../../../src';

test('stateRows is the sum over all operators, and stateRowsMax the most that it has been', () => {
  const sql = `
    SELECT n, COUNT(*) AS c FROM (SELECT k, SUM(v) AS n FROM s GROUP BY k) AS t GROUP BY n`;
  const rows = Array.from({ length: 200 }, (_, i) => [i, i % 100, i]);
  const stream = { schema: [field('k', INT), field('v', BIGINT), field('at', TIMESTAMP)], rows };
  const { counters } = runStream({ sql, streams: { s: stream } });
  expect([counters.stateRows, counters.stateRowsMax]).toEqual([300, 300]);
});
