import { expect, test } from 'vitest';
import { BIGINT, field, INT, runBatch, runStream, STRING, TIMESTAMP, type StreamInput } from '../../src';

const keyed: StreamInput = {
  schema: [field('k', STRING), field('n', INT), field('ts', TIMESTAMP)],
  rows: [
    ['a', 1, 1],
    ['a', 5, 2],
    ['b', 2, 3],
    ['a', 3, 4],
  ],
};

test('names that differ only by case are refused', () => {
  const two = { orders: keyed, Orders: keyed };
  const message =
    'two inputs have one name for SQL, where upper and lower case are the same; expected names that differ';
  expect(() => runStream({ sql: 'SELECT * FROM orders', streams: two })).toThrow(message);
  expect(() => runBatch({ sql: 'SELECT * FROM orders', tables: two })).toThrow(message);
  const schema = [field('Ts', TIMESTAMP), field('ts', TIMESTAMP)];
  expect(() => runStream({ sql: 'SELECT * FROM t', streams: { t: { schema, rows: [] } } })).toThrow(
    't: two columns have one name for SQL, where upper and lower case are the same',
  );
});

const DECLARED = `CREATE TABLE T (
  k STRING, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
) WITH ('connector' = 'tidemark');`;

test('CREATE TABLE declares an input: its columns and its watermark', () => {
  const { rows, schema } = runStream({ sql: `${DECLARED} SELECT k, n FROM t`, streams: { t: keyed } });
  expect(rows).toHaveLength(4);
  // A column of SQL may be null where NOT NULL is not written.
  expect(schema.map(({ nullable }) => nullable)).toEqual([true, true]);
  const counted = `${DECLARED} SELECT window_start, COUNT(*) AS n
    FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY window_start, window_end`;
  const late = { ...keyed, rows: [2_000, 1_500, 900].map((ts) => ['a', 1, ts]) };
  const { counters } = runStream({ sql: counted, streams: { t: late } });
  // 1500 is within the second that the clause waits; without the clause it would be late, as 900 is.
  expect(counters.dropped).toBe(1);
  expect(runBatch({ sql: `${DECLARED} SELECT k FROM T`, tables: { t: keyed } }).rows).toHaveLength(4);
});

test('CREATE TABLE of a topic by another name, and of an upsert changelog', () => {
  const sql = `CREATE TABLE latest (k STRING, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (k) NOT ENFORCED)
    WITH ('connector' = 'tidemark', 'topic' = 't', 'changelog' = 'upsert'); SELECT SUM(n) AS total FROM latest`;
  expect(runStream({ sql, streams: { t: keyed } }).rows).toEqual([{ total: 5 }]);
});

test('CREATE TABLE that does not fit the input is refused', () => {
  const streams = { t: { ...keyed, schema: [field('k', STRING), field('n', BIGINT), field('ts', TIMESTAMP)] } };
  expect(() => runStream({ sql: `${DECLARED} SELECT k FROM T`, streams })).toThrow(
    'T: CREATE TABLE declares other columns than the input has; expected k STRING, n BIGINT, ts TIMESTAMP(3), found k STRING, n INT, ts TIMESTAMP(3)',
  );
});
