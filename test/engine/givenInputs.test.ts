import { expect, test } from 'vitest';
import {
  BIGINT,
  catalogOf,
  field,
  INT,
  plan,
  runBatch,
  runStream,
  STRING,
  TidemarkError,
  TIMESTAMP,
  type StreamInput,
} from '../../src';

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

test('CREATE TABLE of a topic by another name is a table for a batch, too, also under two names', () => {
  const declare = (name: string) => `CREATE TABLE ${name} (k STRING, n INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
    WITH ('connector' = 'tidemark', 'topic' = 'T');`;
  const sql = `${declare('one')} ${declare('two')} SELECT SUM(n) AS s FROM (SELECT n FROM one UNION ALL SELECT n FROM two)`;
  expect(runBatch({ sql, tables: { t: keyed } }).rows).toEqual([{ s: 22 }]);
  expect(runStream({ sql, streams: { t: keyed } }).rows).toEqual([{ s: 22 }]);
});

test('a plan reads inputs as its text does: in whatever case, and only with the columns that it was made for', () => {
  const { query } = plan('SELECT n + 1 AS m FROM t', catalogOf({ t: keyed }));
  const rows = [2, 6, 3, 4].map((m) => ({ m }));
  expect(runStream({ plan: query, streams: { T: keyed } }).rows).toEqual(rows);
  expect(runBatch({ plan: query, tables: { T: keyed } }).rows).toEqual(rows);
  const others = [
    [field('x', STRING), field('ts', TIMESTAMP)],
    [field('k', STRING), field('n', STRING), field('ts', TIMESTAMP)],
  ];
  for (const schema of others) {
    const t = { schema, rows: [] };
    expect(() => runStream({ plan: query, streams: { t } })).toThrow(
      't: the plan reads other columns than the input has',
    );
    expect(() => runBatch({ plan: query, tables: { t } })).toThrow(
      't: the plan reads other columns than the input has',
    );
  }
});

test('a plan has the event time that it was made with', () => {
  const two = { schema: [field('a', TIMESTAMP), field('b', TIMESTAMP)], rows: [[1_000, 70_000]] };
  const sql = `SELECT window_start FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(b), INTERVAL '1' MINUTE))
    GROUP BY window_start, window_end`;
  const { query } = plan(sql, catalogOf({ t: { ...two, time: 'b' } }));
  expect(runStream({ plan: query, streams: { t: two } }).changes[0].time).toBe(119_999);
});

test.each([
  [
    { arrival: [undefined, 1, 2, 3] },
    'arrival does not fit the rows; expected 4 whole numbers, one for each row, found undefined',
  ],
  [{ arrival: [, 1, 2, 3] }, 'found undefined'],
  [{ arrival: [1, 2, 3] }, 'found 3'],
  [{ arrival: '1234' }, "found '1234'"],
  [{ arrival: false }, 'found false'],
  [{ arrival: [1n, 2n, 3n, 4n] }, 'found 1n'],
  [{ arrival: [0, 1, 2, Infinity] }, 'found Infinity'],
  [{ arrival: [0, 1, 2, 8.65e15] }, 'found 8650000000000000'],
  [
    { partition: [undefined, 0, 0, 0] },
    'partition does not fit the rows; expected 4 whole numbers, one for each row, found undefined',
  ],
  [{ partition: 5 }, 'found 5'],
  [{ time: 5 }, 'the time column is no column of type TIMESTAMP; expected ts, found 5'],
  [{ time: null }, 'found null'],
])('when and where rows arrive is refused where it is none: %o', (change, message) => {
  const t = { ...keyed, ...change } as StreamInput;
  expect(() => runStream({ sql: 'SELECT k FROM t', streams: { t } })).toThrow(TidemarkError);
  expect(() => runStream({ sql: 'SELECT k FROM t', streams: { t } })).toThrow(message);
});

test('without arrival a row arrives in the given order, and not before its own time', () => {
  const t = { ...keyed, rows: [5, 2, 9].map((ts, n) => ['a', n, ts]) };
  const { changes } = runStream({ sql: 'SELECT n FROM t', streams: { t } });
  expect(changes.map(({ at, time, row }) => [row.n, time, at])).toEqual([
    [0, 5, 5],
    [1, 2, 5],
    [2, 9, 9],
  ]);
});

test('rows of one arrival come by partition, then as given', () => {
  const t = { ...keyed, arrival: [7, 7, 7, 6], partition: Int32Array.of(1, 0, 1, 1) };
  expect(runStream({ sql: 'SELECT n FROM t', streams: { t } }).rows.map(({ n }) => n)).toEqual([3, 5, 1, 2]);
});
