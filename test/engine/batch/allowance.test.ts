import { expect, test } from 'vitest';
import { mostSlots, spend, within } from '../../../src/engine/batch/allowance';
import { whole, type Pieces } from '../../../src/engine/pieces';
import { field, INT, runBatch } from '../../../src/index';
import { drive, type Payment } from '../../support/stream';

function* query(): Pieces {
  for (let i = 0; i < 4; i += 1) {
    spend(30, 'JOIN');
    yield;
  }
}

test('a query may do so much, and then is refused with what it was doing', () => {
  const run = (work: number): void => whole(within({ slots: 1, work, chunk: 1 }, query()));
  expect(() => run(120)).not.toThrow();
  expect(() => run(119)).toThrow(/^JOIN: the query is too much work for a page\./);
});

test('one query has no less because of another that was refused or that runs inside it', () => {
  const seen: number[] = [];
  function* outer(): Pieces {
    expect(() => whole(within({ slots: 3, work: 1, chunk: 1 }, query()))).toThrow();
    seen.push(mostSlots());
    spend(10, 'JOIN');
  }
  whole(within({ slots: 7, work: 10, chunk: 1 }, outer()));
  expect(seen).toEqual([7]);
  expect(() => spend(1e12, 'JOIN')).not.toThrow();
});

test('queries that are left and gone on with in turn have their own allowance each', () => {
  const [first, second] = [90, 120].map((work) => within({ slots: 1, work, chunk: 1 }, query()));
  for (let i = 0; i < 3; i += 1) for (const one of [first, second]) expect(one.next().done).toBe(false);
  expect(mostSlots()).toBeGreaterThan(1);
  expect(() => first.next()).toThrow(/too much work/);
  expect(second.next().done).toBe(false);
  expect(second.next().done).toBe(true);
});

const events = Array.from({ length: 60 }, (_, i): Payment => ({ time: i * 86_400_000, card: 1, amount: i }));
const tooMuch: [string, RegExp, string][] = [
  [
    'a chain of joins',
    /^JOIN: too many pairs to hold at once/,
    `SELECT COUNT(*) AS n FROM payments a JOIN payments b ON a.card = b.card JOIN payments c ON a.card = c.card
     JOIN payments d ON a.card = d.card JOIN payments e ON a.card = e.card`,
  ],
  [
    'hundreds of sums in thousands of windows',
    /^GROUP BY: the query is too much work for a page/,
    `SELECT window_start, ${Array.from({ length: 300 }, (_, i) => `SUM(amount + ${i}) AS x${i}`).join(', ')}
     FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE, INTERVAL '30' DAY)) GROUP BY window_start, window_end`,
  ],
];

test('collections of many groups are too much for a page sooner than sums are', () => {
  const many = Array.from({ length: 2_000 }, (_, i): Payment => ({ time: i, card: i, amount: i }));
  const each = (call: string): string =>
    `SELECT card, ${Array.from({ length: 300 }, (_, i) => `${call}(amount + ${i}) AS x${i}`).join(', ')} FROM payments GROUP BY card`;
  expect(() => drive(each('MEDIAN'), many, { job: true })).toThrow(/^GROUP BY: the query is too much work for a page/);
  expect(drive(each('SUM'), many, { job: true }).results.length).toBe(2_000);
});

test.each(tooMuch)('a batch job of a page is refused before it takes long: %s', (_, why, sql) => {
  expect(() => drive(sql, events, { job: true })).toThrow(why);
});

test('what is too much for a page is not for a library', () => {
  const rows = Array.from({ length: 60 }, (_, i) => [1, i]);
  const t = { schema: [field('k', INT), field('n', INT)], rows };
  const sql = 'SELECT COUNT(*) AS n FROM t a JOIN t b ON a.k = b.k JOIN t c ON a.k = c.k JOIN t d ON a.k = d.k';
  expect(runBatch({ sql, tables: { t } }).rows).toEqual([{ n: 60 * 60 * 60 * 60 }]);
});
