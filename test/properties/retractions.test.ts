import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adds, readRow } from '../../src/model';
import { plan } from '../../src/sql';
import { catalog, paymentStreams, trace, type Drive } from '../support/stream';

const runs = process.env.LONG ? 500 : 20;

const windows = `CREATE VIEW small AS SELECT card, window_time AS at, COUNT(*) AS n, SUM(amount) AS total
  FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.010' SECOND))
  GROUP BY card, window_start, window_end, window_time;`;
const late = { lateness: 40 };
const QUERIES: [string, Drive?][] = [
  ['SELECT card, COUNT(*) AS n, SUM(amount) AS total FROM payments GROUP BY card'],
  ['SELECT n, COUNT(*) AS cards FROM (SELECT card, COUNT(*) AS n FROM payments GROUP BY card) AS counts GROUP BY n'],
  [
    `SELECT card, amount, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY card ORDER BY ts DESC) AS place FROM payments)
     WHERE place = 1`,
  ],
  [
    `SELECT card, amount, place FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY card ORDER BY amount DESC) AS place
     FROM payments) WHERE place <= 2`,
  ],
  [`SELECT a.card, a.amount, b.amount AS other FROM payments AS a LEFT JOIN refunds AS b ON a.card = b.card`],
  [
    `SELECT a.card, a.n, b.amount FROM (SELECT card, COUNT(*) AS n FROM payments GROUP BY card) AS a
     FULL JOIN refunds AS b ON a.card = b.card`,
  ],
  [`${windows} SELECT * FROM small`, late],
  [
    `${windows} SELECT card, window_start, SUM(n) AS n FROM TABLE(HOP(TABLE small, DESCRIPTOR(at), INTERVAL '0.020' SECOND,
     INTERVAL '0.040' SECOND)) GROUP BY card, window_start, window_end`,
    late,
  ],
  [
    `${windows} SELECT card, at, SUM(n) OVER (PARTITION BY card ORDER BY at RANGE BETWEEN INTERVAL '0.030' SECOND PRECEDING
     AND CURRENT ROW) AS n FROM small`,
    late,
  ],
  [
    `${windows} SELECT card, at, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY card ORDER BY at DESC) AS place
     FROM small) WHERE place = 1`,
    late,
  ],
];

const both = { ...catalog, refunds: { ...catalog.payments, table: 'refunds' } };

test.each(QUERIES)('S13.1 a retraction carries the identity and the values of a row that is there: %s', (sql, how) => {
  fc.assert(
    fc.property(paymentStreams(30, 40), paymentStreams(30, 20), ({ events, partitions }, refunds) => {
      const others = { refunds: refunds.events.map((one) => ({ ...one, partition: 0 })) };
      const { rows } = trace(plan(sql, both).query, events, { partitions, others, ...how }).engine.results;
      const standing = new Map<string, string>();
      for (let row = 0; row < rows.length; row += 1) {
        const id = [rows.id0[row], rows.id1[row], rows.id2[row]].join(' ');
        const text = JSON.stringify(readRow(rows, row));
        if (adds(rows.kind[row])) {
          expect(standing.has(id)).toBe(false);
          standing.set(id, text);
        } else {
          expect(standing.get(id)).toBe(text);
          standing.delete(id);
        }
      }
    }),
    { numRuns: runs },
  );
});
