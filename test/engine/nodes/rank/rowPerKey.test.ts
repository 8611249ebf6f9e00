import { describe, expect, test } from 'vitest';
import { changelogTests, changesOf, dedup, driving } from '../../../support/changelog';
import { type OperatorDrive } from '../../../support/operatorDrive';
import fc from 'fast-check';
import { field, plan, runBatch, runStream, STRING, TIMESTAMP, type Value } from '../../../../src';

describe.each(['first', 'last'] as const)('keep %s', (keep) => changelogTests(dedup(keep), 0));

const put = (drive: OperatorDrive, name: string, ts: number) =>
  changesOf(drive.row(['Bonn', name, 1, ts], { time: ts })).map(([change, , who]) => [change, who]);

test('S13.4 keep last: a row of the same or a later time replaces', () => {
  const drive = driving(dedup('last'));
  expect(put(drive, 'a', 5)).toEqual([['+I', 'a']]);
  expect(put(drive, 'b', 4)).toEqual([]);
  expect(put(drive, 'c', 5)).toEqual([
    ['−U', 'a'],
    ['+U', 'c'],
  ]);
});

test('S13.4 keep first: only an earlier row replaces', () => {
  const drive = driving(dedup('first'));
  put(drive, 'a', 5);
  expect(put(drive, 'b', 5)).toEqual([]);
  expect(put(drive, 'c', 4)).toEqual([
    ['−U', 'a'],
    ['+U', 'c'],
  ]);
});

test('S13.2 a row equal to the one kept is not emitted', () => {
  const drive = driving(dedup('last'));
  put(drive, 'a', 5);
  expect(put(drive, 'a', 5)).toEqual([]);
});

test('S11.3 a key whose time to live has passed starts again', () => {
  const drive = driving(dedup('first'), { ttl: 10 });
  drive.clock(0);
  put(drive, 'a', 5);
  drive.clock(9);
  expect(put(drive, 'b', 7)).toEqual([]);
  drive.clock(10);
  expect(put(drive, 'b', 7)).toEqual([['+I', 'b']]);
  expect(drive.counters.stateRows).toBe(1);
});

const runs = process.env.LONG ? 1_000 : 60;

const schema = [field('id', STRING), field('city', STRING, true), field('ts', TIMESTAMP)];
const declared = `CREATE TABLE addresses (id STRING NOT NULL, city STRING, ts TIMESTAMP(3) NOT NULL, WATERMARK FOR ts AS ts,
  PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'tidemark', 'changelog' = 'upsert');`;
const CITIES = 'SELECT city, COUNT(*) AS n FROM addresses GROUP BY city';

const given = (rows: Value[][]) => ({ addresses: { schema, rows } });
const query = (sql: string) => plan(declared + sql, {}).query;
const changes = (sql: string, rows: Value[][]): Value[][] =>
  runStream({ plan: query(sql), streams: given(rows) }).changes.map(({ change, row }) => [
    change,
    ...Object.values(row),
  ]);

test('S13.1 a row takes back the one with its key: −U +U, and −D for one without values', () => {
  const rows = [
    ['a', 'Bonn', 1],
    ['b', 'Köln', 2],
    ['a', 'Ulm', 3],
    ['a', null, 4],
    ['a', null, 5],
    ['a', 'Bonn', 6],
  ];
  expect(changes('SELECT id, city FROM addresses', rows)).toEqual([
    ['+I', 'a', 'Bonn'],
    ['+I', 'b', 'Köln'],
    ['−U', 'a', 'Bonn'],
    ['+U', 'a', 'Ulm'],
    ['−D', 'a', 'Ulm'],
    ['+I', 'a', 'Bonn'],
  ]);
});

test('S13.6 a row that moves to another group is subtracted from the old one, then added to the new one', () => {
  const rows = [
    ['a', 'Bonn', 1],
    ['b', 'Bonn', 2],
    ['a', 'Ulm', 3],
  ];
  expect(changes(CITIES, rows).slice(3)).toEqual([
    ['−U', 'Bonn', 2],
    ['+U', 'Bonn', 1],
    ['+I', 'Ulm', 1],
  ]);
});

const SESSIONS = `SELECT city, window_start, COUNT(*) AS n
  FROM TABLE(SESSION(TABLE addresses PARTITION BY city, DESCRIPTOR(ts), INTERVAL '0.005' SECOND))
  GROUP BY city, window_start, window_end`;
const ROLLING = `SELECT id, COUNT(*) OVER (PARTITION BY city ORDER BY ts RANGE BETWEEN INTERVAL '0.010' SECOND PRECEDING
  AND CURRENT ROW) AS n FROM addresses`;

test.each(['SELECT id, city FROM addresses', CITIES, SESSIONS, ROLLING])(
  'what remains at the end of the stream is what the batch answers: %s',
  (sql) => {
    const row = fc.tuple(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.constantFrom('Bonn', 'Köln', null),
      fc.integer({ min: 1, max: 4 }),
    );
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (drawn) => {
        let now = 0;
        const rows = drawn.map(([id, city, after]) => [id, city, (now += after)]);
        const text = (found: Record<string, Value>[]): string[] => found.map((one) => JSON.stringify(one)).toSorted();
        const stream = runStream({ plan: query(sql), streams: given(rows) });
        expect(text(stream.rows)).toEqual(text(runBatch({ plan: query(sql), tables: given(rows) }).rows));
      }),
      { numRuns: runs },
    );
  },
);

test('rows that replace one another need a key', () => {
  const open = declared.replace(/,\s+PRIMARY KEY \(id\) NOT ENFORCED/, '');
  expect(() => plan(open + CITIES, {})).toThrow(/need a key.*PRIMARY KEY/s);
  expect(() => plan(declared.replace("'upsert'", "'full'") + CITIES, {})).toThrow(/no such changelog.*upsert/s);
});
