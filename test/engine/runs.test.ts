import { expect, test } from 'vitest';
import { DOUBLE, field, INT, runStream, streamChanges, STRING, TIMESTAMP, type StreamInput } from '../../src';

const keyed: StreamInput = {
  schema: [field('k', STRING), field('n', INT), field('ts', TIMESTAMP)],
  rows: [
    ['a', 1, 1],
    ['a', 5, 2],
    ['b', 2, 3],
    ['a', 3, 4],
  ],
};

const LAST = `SELECT k, n FROM (SELECT k, n, ts, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM keyed) WHERE rn = 1`;
const BEST = `SELECT k, n FROM (SELECT k, n, ROW_NUMBER() OVER (PARTITION BY k ORDER BY n DESC) AS rn FROM keyed) WHERE rn <= 2`;
const SUM = 'SELECT k, SUM(n) AS s FROM keyed GROUP BY k';

const sorted = (rows: object[]) => rows.map((row) => JSON.stringify(row)).sort();

test.each([SUM, LAST, BEST, `${SUM} HAVING SUM(n) > 2`])('an upsert changelog comes to the same rows: %s', (sql) => {
  const upsert = runStream({ sql, streams: { keyed }, options: { upsert: true } });
  const retract = runStream({ sql, streams: { keyed } });
  expect(sorted(upsert.rows)).toEqual(sorted(retract.rows));
});

test('SET holds, before an option', () => {
  const far = {
    ...keyed,
    rows: [
      ['a', 1, 0],
      ['a', 1, 10_000_000],
    ],
  };
  const counts = (sql: string, options = {}) =>
    runStream({
      sql: `${sql} SELECT k, COUNT(*) AS c FROM keyed GROUP BY k`,
      streams: { keyed: far },
      options,
    }).changes.map(({ change, row }) => `${change}${String(row.c)}`);
  expect(counts('')).toEqual(['+I1', '−U1', '+U2']);
  expect(counts(`SET 'table.exec.state.ttl' = '1 s';`)).toEqual(['+I1', '+I1']);
  expect(counts(`SET 'table.exec.state.ttl' = '1 s';`, { ttl: null })).toEqual(['+I1', '+I1']);
  expect(counts(`SET 'table.exec.state.ttl' = '0 s';`, { ttl: 1_000 })).toEqual(['+I1', '−U1', '+U2']);
});

test('−0 and Infinity are rows of their own', () => {
  const values = [0, -0, Infinity, -Infinity, null];
  const schema = [field('x', DOUBLE, true), field('ts', TIMESTAMP)];
  const { rows } = runStream({
    sql: 'SELECT x FROM t',
    streams: { t: { schema, rows: values.map((x) => [x, 0]) } },
  });
  expect(rows.map(({ x }) => x)).toEqual(values);
});

test('a column may have any name, also one that JavaScript knows', () => {
  const sql = 'SELECT k AS `__proto__`, n AS `constructor` FROM keyed';
  const { rows, changes } = runStream({ sql, streams: { keyed } });
  expect(rows.map(Object.entries)).toEqual(
    keyed.rows!.map(([k, n]) => [
      ['__proto__', k],
      ['constructor', n],
    ]),
  );
  expect(changes.map(({ row }) => row)).toEqual(rows);
});

test('an upsert changelog has no row that takes back', () => {
  const kinds = (upsert: boolean) =>
    runStream({ sql: SUM, streams: { keyed }, options: { upsert } }).changes.map(({ change }) => change);
  expect(kinds(true)).toEqual(['+I', '+U', '+I', '+U']);
  expect(kinds(false)).toEqual(['+I', '−U', '+U', '+I', '−U', '+U']);
});

test('changes come one after the other while the run goes on, the same as at its end', () => {
  const definition = { sql: SUM, streams: { keyed } };
  const { changes } = runStream(definition);
  expect([...streamChanges(definition)]).toEqual(changes);
  const first = streamChanges(definition).next();
  expect(first.value).toEqual(changes[0]);
});
