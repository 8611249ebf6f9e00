import { describe, expect, test } from 'vitest';
import { field, runBatch, runStream, STRING, TIMESTAMP, type StreamInput, type Value } from '../../../src';

const at = (text: string): number => Date.parse(`${text}Z`);
const t: StreamInput = {
  schema: [field('k', STRING), field('ts', TIMESTAMP), field('other', TIMESTAMP, true)],
  rows: [
    ['a', at('2026-11-02T10:15:00.250'), at('2026-11-01T08:13:59.999')],
    ['a', at('2026-11-02T10:15:30.000'), at('2026-11-02T10:17:00.001')],
    ['a', at('2026-11-02T10:16:45.000'), null],
  ],
};

/** One value a row, from the batch and, equal to it, from the stream. */
function values(expression: string): (Value | undefined)[] {
  const sql = `SELECT ${expression} AS v FROM t`;
  const read = (rows: readonly Readonly<Record<string, Value>>[]) => rows.map(({ v }) => v);
  const batch = read(runBatch({ sql, tables: { t } }).rows);
  expect(read(runStream({ sql, streams: { t } }).rows)).toEqual(batch);
  return batch;
}

describe('whole units from one time to another', () => {
  test.each([
    ['DAY', [-1, 0, null]],
    ['HOUR', [-26, 0, null]],
    ['MINUTES', [-1561, 1, null]],
    ['second', [-93660, 90, null]],
    ['MILLISECOND', [-93660251, 90001, null]],
  ])('TIMESTAMPDIFF(%s, …) is cut towards zero', (unit, wanted) => {
    expect(values(`TIMESTAMPDIFF(${unit}, ts, other)`)).toEqual(wanted);
  });

  test('a day counts as its midnight', () => {
    expect(values("TIMESTAMPDIFF(HOUR, DATE '2026-11-02', ts)")).toEqual([10, 10, 10]);
  });
});

describe('fields', () => {
  test.each([
    ['YEAR', 2026],
    ['MONTH', 11],
    ['DAY', 2],
    ['DOW', 2], // a Monday
    ['HOUR', 10],
    ['MINUTE', 15],
    ['SECOND', 0],
    ['MILLISECOND', 250],
    ['EPOCH', 1793614500],
  ])('EXTRACT(%s FROM a time)', (unit, wanted) => {
    expect(values(`EXTRACT(${unit} FROM ts)`)[0]).toBe(wanted);
  });

  test('of a span: what a clock shows, days counted, with its sign', () => {
    const fields = ['DAY', 'HOUR', 'MINUTE', 'SECOND', 'MILLISECOND'].map(
      (unit) => values(`EXTRACT(${unit} FROM other - ts)`)[0],
    );
    expect(fields).toEqual([-1, -2, -1, 0, -251]);
    expect(values('EXTRACT(SECOND FROM other - ts)')).toEqual([0, 30, null]);
  });

  test('before 1970 fields go on, and EPOCH is below zero', () => {
    expect(values("EXTRACT(HOUR FROM TIMESTAMP '1969-12-31 23:59:59.5')")[0]).toBe(23);
    expect(values("EXTRACT(DOW FROM TIMESTAMP '1969-12-20 23:59:59.5')")[0]).toBe(7); // a Saturday
    expect(values("EXTRACT(EPOCH FROM TIMESTAMP '1969-12-31 23:59:59.5')")[0]).toBe(-1);
  });
});

describe('a span is its milliseconds where a number is asked for', () => {
  const gap = '(ts - LAG(ts) OVER (PARTITION BY k ORDER BY ts))';
  test.each([
    [gap, [null, 29750, 75000]],
    [`CAST(${gap} AS BIGINT)`, [null, 29750, 75000]],
    [`CAST(${gap} AS DOUBLE)`, [null, 29750, 75000]],
    [`${gap} / 1000`, [null, 29.75, 75]],
    [`${gap} / INTERVAL '1' SECOND`, [null, 29.75, 75]],
    [`ABS(ts - other)`, [93660251, 90001, null]],
    [`SQRT(INTERVAL '9' SECOND / 1000)`, [3, 3, 3]],
    [`CAST(INTERVAL '1.5' SECOND AS INT)`, [1500, 1500, 1500]],
  ])('%s', (expression, wanted) => {
    expect(values(expression)).toEqual(wanted);
  });

  test('so aggregates of it are numbers, and its MIN and MAX still spans', () => {
    const sql = `SELECT k, AVG(gap) AS mean, SUM(gap) AS total, STDDEV(gap) AS spread, MAX(gap) AS most, COUNT(*) FILTER (WHERE gap > INTERVAL '1' MINUTE) AS long
      FROM (SELECT k, ts - LAG(ts) OVER (PARTITION BY k ORDER BY ts) AS gap FROM t) GROUP BY k`;
    const [row] = runBatch({ sql, tables: { t } }).rows;
    expect(row).toMatchObject({ mean: 52375, total: 104750, most: 75000, long: 1 });
    expect(row.spread).toBeCloseTo((75_000 - 29_750) / Math.SQRT2, 6);
    expect(runStream({ sql, streams: { t } }).rows).toEqual([row]);
  });
});
