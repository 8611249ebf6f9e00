import { expect, test } from 'vitest';
import { BIGINT, DOUBLE, field, INT, runStream, streamChanges, STRING, TIMESTAMP, type StreamInput } from '../../src';

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

test('changes are given before the run is through: what goes wrong later does so after them', () => {
  const schema = [field('n', BIGINT), field('ts', TIMESTAMP)];
  const columns = [new Float64Array(5_000).fill(1), Float64Array.from({ length: 5_000 }, (_, at) => at)];
  columns[0].fill(Number.MAX_SAFE_INTEGER, 4_990);
  const definition = { sql: 'SELECT SUM(n) AS s FROM t', streams: { t: { schema, columns } } };
  expect(() => runStream(definition)).toThrow();
  const given: unknown[] = [];
  expect(() => {
    for (const { row } of streamChanges(definition)) given.push(row.s);
  }).toThrow();
  expect(given.slice(0, 3)).toEqual([1, 1, 2]);
  expect(given.length).toBeGreaterThan(4_000);
});

test('changes can be left early, read by two in turn, and ended once', () => {
  const definition = { sql: SUM, streams: { keyed } };
  const { changes } = runStream(definition);
  const one = streamChanges(definition);
  const other = streamChanges(definition);
  for (const change of changes) expect([one.next().value, other.next().value]).toEqual([change, change]);
  expect([one.next().done, [...other]]).toEqual([true, []]);
  const left = streamChanges(definition);
  left.next();
  left.return(undefined);
  expect([...left]).toEqual([]);
  for (const change of streamChanges(definition)) expect(runStream(definition).changes).toContainEqual(change);
});

test('a wrong definition is refused when the first change is asked for', () => {
  const changes = streamChanges({ sql: 'SELECT nothing FROM keyed', streams: { keyed } });
  expect(() => changes.next()).toThrow('there is no column nothing here');
});
