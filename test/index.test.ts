import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as library from '../src';
import {
  field,
  INT,
  MAX_TIME,
  plan,
  explainStream,
  runBatch,
  runStream,
  STRING,
  TidemarkError,
  TIMESTAMP,
  type StreamInput,
} from '../src';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

const clicks: StreamInput = {
  schema: [field('page', STRING), field('n', INT), field('ts', TIMESTAMP)],
  rows: [
    ['home', 1, 1_000],
    ['help', 2, 12_000],
    ['home', 4, 3_000],
    ['home', 8, 21_000],
  ],
};

const PER_WINDOW = `SELECT page, window_start, SUM(n) AS total
  FROM TABLE(TUMBLE(TABLE clicks, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY page, window_start, window_end`;

const totals = (rows: Record<string, unknown>[]) => rows.map(({ page, total }) => `${String(page)} ${String(total)}`);

test('the example in the README prints what it says', () => {
  const code = /```js library\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const names =
    /import \{([^}]+)\} from/
      .exec(code)?.[1]
      .split(',')
      .map((name) => name.trim()) ?? [];
  const body = code.replace(/^import .*$/m, '');
  const printed: unknown[] = [];
  const values = names.map((name) => (library as Record<string, unknown>)[name]);
  // eslint-disable-next-line no-new-func, @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- our own README
  new Function(...names, 'console', body)(...values, { log: (value: unknown) => printed.push(value) });
  const written = [...code.matchAll(/^\/\/ (.*)$/gm)].map(([, line]) => line);
  expect(printed.map((value) => JSON.stringify(value))).toEqual(written);
  expect(written.length).toBeGreaterThan(0);
});

test('a stream gives each change with its time, and drops a late row', () => {
  const { changes, counters, rows, watermark } = runStream({ sql: PER_WINDOW, streams: { clicks } });
  expect(totals(rows)).toEqual(['home 1', 'help 2', 'home 8']);
  expect(changes[0]).toEqual({ change: '+I', row: expect.anything() as object, time: 9_999, at: 12_000 });
  expect(counters).toMatchObject({ rowsIn: 4, late: 1, dropped: 1, rowsOut: 3 });
  expect(watermark).toBe(MAX_TIME);
});

test('a stream is explained under the numbers of its steps, or refused as when it runs', () => {
  const definition = { sql: PER_WINDOW, streams: { clicks }, options: { lateness: 1_000, trace: true } };
  expect(explainStream(definition).split('\n')).toEqual([
    '1 window aggregate TUMBLE 10 s, SUM(n) per page [clicks hash(page); incremental; retract]',
    '2 project page, window_start, SUM(n) AS total [1 forward; pass; retract]',
  ]);
  expect(new Set(runStream(definition).steps!.map(({ operator }) => operator))).toEqual(new Set([0, 1, 3]));
  expect(() => explainStream({ ...definition, sql: 'SELECT * FROM clicks LIMIT 1' })).toThrow(/no order/);
});

test('with and without a trace a row comes out at the same time', () => {
  const sql = `SELECT page, SUM(n) OVER (PARTITION BY page ORDER BY ts RANGE BETWEEN INTERVAL '30' SECOND PRECEDING AND CURRENT ROW) AS total
    FROM clicks`;
  const rows = [1_000, 12_000, 21_000, 22_000].map((ts) => ['home', 1, ts]);
  const at = (trace: boolean) =>
    runStream({ sql, streams: { clicks: { ...clicks, rows } }, options: { trace } }).changes.map((one) => one.at);
  expect(at(false)).toEqual([12_000, 21_000, 22_000, 22_000]);
  expect(at(true)).toEqual(at(false));
});

test('a watermark that waits counts it, as the batch does', () => {
  const waited = runStream({ sql: PER_WINDOW, streams: { clicks }, options: { wait: 10_000 } });
  const batch = runBatch({ sql: PER_WINDOW, tables: { clicks } });
  expect(totals(waited.rows)).toEqual(['home 5', 'help 2', 'home 8']);
  expect(totals(batch.rows)).toEqual(totals(waited.rows));
  expect(waited.counters.dropped).toBe(0);
});

test('a plan runs as its text does', () => {
  const { query } = plan(PER_WINDOW, library.catalogOf({ clicks }));
  expect(runStream({ plan: query, streams: { clicks } })).toEqual(runStream({ sql: PER_WINDOW, streams: { clicks } }));
});

test('without an end, what is not due does not come out', () => {
  const { rows, steps } = runStream({ sql: PER_WINDOW, streams: { clicks }, options: { end: false } });
  expect(totals(rows)).toEqual(['home 1', 'help 2']);
  expect(steps).toBeNull();
});

test('a trace has every step, and changes nothing', () => {
  const plain = runStream({ sql: PER_WINDOW, streams: { clicks } });
  const { steps, ...traced } = runStream({ sql: PER_WINDOW, streams: { clicks }, options: { trace: true } });
  expect({ ...traced, steps: null }).toEqual(plain);
  const kinds = new Set(steps?.map(({ kind }) => kind));
  expect([...kinds]).toEqual(expect.arrayContaining(['row in', 'window fired', 'row dropped', 'watermark advanced']));
});

test('arrival decides the order, partitions their own watermarks', () => {
  const early = { ...clicks, arrival: [1, 3, 2, 4] };
  expect(runStream({ sql: PER_WINDOW, streams: { clicks: early } }).counters.dropped).toBe(0);
  const apart = { ...clicks, partition: [0, 1, 0, 0] };
  expect(runStream({ sql: PER_WINDOW, streams: { clicks: apart } }).counters.dropped).toBe(0);
});

test('a late row within the allowed lateness updates the result', () => {
  const { changes, rows } = runStream({ sql: PER_WINDOW, streams: { clicks }, options: { lateness: 20_000 } });
  expect(totals(rows)).toEqual(['home 5', 'help 2', 'home 8']);
  expect(changes.map(({ change }) => change)).toEqual(expect.arrayContaining(['−U', '+U']));
});

test('what is wrong with rows is said before anything runs', () => {
  const broken = (change: Partial<StreamInput>) => () =>
    runStream({ sql: PER_WINDOW, streams: { clicks: { ...clicks, ...change } } });
  expect(broken({ rows: [['home', 1]] })).toThrow(/row 0 does not fit the schema; expected 3 values/);
  expect(broken({ rows: [['home', 1, null]] })).toThrow(/row 0/);
  expect(broken({ rows: [['home', 1, NaN]] })).toThrow(/row 0/);
  expect(broken({ rows: [['home', '1', 0]] })).toThrow(/a value that its column cannot hold/);
  expect(broken({ time: 'n' })).toThrow(/no column of type TIMESTAMP; expected ts, found n/);
  expect(broken({ arrival: [1] })).toThrow(/arrival does not fit the rows/);
  expect(broken({ partition: [0, 0, -1, 0] })).toThrow(/partition does not fit/);
  expect(broken({ partition: [0, 0, 1e9, 0] })).toThrow(/partition does not fit/);
  expect(broken({ schema: [field('a', INT), field('b', INT), field('c', INT)] })).toThrow(TidemarkError);
  expect(() => runBatch({ sql: PER_WINDOW, tables: {} })).toThrow(TidemarkError);
});
