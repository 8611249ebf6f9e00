import { expect, test } from 'vitest';
import { bytesOfRows, bytesOfTexts, checkBytes, MOST_BYTES } from '../../../src/engine/run/budget';
import { openTracedRun } from '../../../src/engine/run/openRun';
import { BIGINT, field, makeBatch, STRING, writeValue } from '../../../src/model';
import { largestOf } from '../../../src/engine/run/largest';
import { given, type Payment } from '../../support/stream';

test('a run that holds too much is refused, with where most of it comes from, how much it is and what to do', () => {
  const where = (most: string): string => `the ${most} of a join`;
  expect(() => checkBytes({ steps: MOST_BYTES / 2, rows: MOST_BYTES / 2, texts: 0 }, where)).not.toThrow();
  expect(() => checkBytes({ steps: MOST_BYTES / 2, rows: MOST_BYTES, texts: 0 }, where)).toThrow(
    /^the rows of a join: the run needs more memory than a page should take; expected at most 400 MB, found 600 MB, of which 400 MB are rows\. Filter before it/,
  );
  const long = { steps: 0, rows: 0, texts: 2 * MOST_BYTES };
  expect(() => checkBytes(long, () => 'c'.repeat(1_000))).toThrow(/^c{120}…: .* texts\. Make these texts shorter/);
});

test('the bytes of rows are those of all their columns, and texts count once however many columns show them', () => {
  const batch = makeBatch([field('c', STRING), field('n', BIGINT)], 100);
  expect(bytesOfRows(batch)).toBe(100 * (4 + 8 + 48));
  writeValue(batch.columns[0], 0, 'four');
  expect(bytesOfTexts([batch, batch])).toBe(2 * 4 + 64);
});

const events = Array.from({ length: 57 }, (_, i): Payment => ({ time: i * 60_000, card: 1, amount: i }));
const hop = `TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE, INTERVAL '30' DAY))`;
const side = `(SELECT card, amount, window_start, window_end FROM ${hop})`;

test('a window join of a stream with itself that would fill the page is refused inside its one input', () => {
  const join = `SELECT l.card, r.amount FROM ${side} l JOIN ${side} r
    ON l.card = r.card AND l.window_start = r.window_start AND l.window_end = r.window_end`;
  const run = openTracedRun(given(join, events).setup);
  const everywhere = (): boolean => false;
  let pauses = 0;
  expect(() => {
    while (!run.advance(everywhere)) pauses += 1;
  }).toThrow(/^inner: card = card, the same window .*: the run needs more memory than a page should take/);
  // It can be stopped in between.
  expect(pauses).toBeGreaterThan(60);
});

test('sums of every five minutes over thirty days look at the slices that have events', () => {
  const sql = `SELECT window_start, SUM(amount) AS total FROM ${hop} GROUP BY window_start, window_end`;
  const run = openTracedRun(given(sql, events).setup);
  run.advance(() => true);
  // 57 minutes are in 12 slices, which are in 8,640 windows each and share all but 11.
  expect(run.engine.counters.rowsOut).toBe(8_640 + 11);
});

test('a run that is wanted back after each range handles few events at a time, else as many as it may', () => {
  const sql = 'SELECT card, amount FROM payments';
  const { setup } = given(
    sql,
    Array.from({ length: 1_000 }, (_, i): Payment => ({ time: i, card: 1, amount: i })),
  );
  const calls = (mayContinue: () => boolean): number => {
    const run = openTracedRun(setup);
    let count = 1;
    while (!run.advance(mayContinue)) count += 1;
    return count;
  };
  expect(calls(() => true)).toBe(1);
  expect(calls(() => false)).toBeGreaterThan(1_000);
});

test('a row that would be added to too many sums at once is refused before the run begins', () => {
  const medians = Array.from({ length: 30 }, (_, i) => `MEDIAN(amount + ${i}) AS x${i}`).join(', ');
  const sql = `SELECT window_start, ${medians} FROM ${hop} GROUP BY window_start, window_end`;
  expect(() => openTracedRun(given(sql, events).setup)).toThrow(
    /every row would be in too many windows for so many aggregates; found 8640 windows of \d+ numbers and collections each/,
  );
});

test('a window in which too many rows of one key meet is refused before it fires', () => {
  const crowd = Array.from({ length: 1_100 }, (_, i): Payment => ({ time: i, card: 1, amount: i }));
  const sql = `SELECT l.amount FROM ${side} l JOIN ${side} r
    ON l.card = r.card AND l.window_start = r.window_start AND l.window_end = r.window_end`;
  const run = openTracedRun(given(sql, crowd).setup);
  expect(() => run.advance(() => true)).toThrow(
    /a window has too many pairs of one key; expected at most 1000000, found 1100 rows and 1100 partners in a window of 30 d/,
  );
});

test('what most of a run comes from is the operator that writes the most, and the expression that makes a text', () => {
  const sql = `SELECT a.card, CONCAT(CAST(a.amount AS STRING), 'euros and cents') AS said, b.short
    FROM payments a JOIN (SELECT card, CAST(card AS STRING) AS short FROM payments) b ON a.card = b.card`;
  const run = openTracedRun(given(sql, events).setup);
  run.advance(() => true);
  const { operators, graph, results } = run.engine;
  const where = (most: 'steps' | 'rows' | 'texts'): string =>
    largestOf(most, operators, graph, results.rows, run.trace);
  expect(where('steps')).toMatch(/^inner: card = card/);
  expect(where('rows')).toMatch(/^inner: card = card/);
  expect(where('texts')).toMatch(/^CONCAT\(CAST\(.*amount AS STRING\), 'euros and cents'\)$/);
});
