import fc from 'fast-check';
import { expect, test } from 'vitest';
import { field, INT, runBatch, TIMESTAMP, type Value } from '../../src';
import { LookupOperator } from '../../src/engine/nodes/over/lookup';
import { OperatorDrive } from '../support/operatorDrive';
import { call, scan } from './batch/plans';

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
      const asked = { edge: 'closed' as const, answer: 'rescan' as const, requests, names: ['count'] };
      const drive = new OperatorDrive(
        (context) => new LookupOperator(plan, 'visible', asked, context),
        [SCHEMA, requests],
      );
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
