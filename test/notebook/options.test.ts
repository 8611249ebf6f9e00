import { expect, test } from 'vitest';
import { parseTime, readRow, type TidemarkErrorFacts, type Value } from '../../src/model';
import { type Query } from '../../src/notebook/document';
import { setOption, usually } from '../../src/notebook/options';
import { type OptionName } from '../../src/notebook/runOptions';
import { type RunSpec } from '../../src/session/protocol';
import { createSession } from '../../src/session/session';
import { plantedPayments } from '../support/plantedPayments';

const at = (clock: string): number => parseTime(clock);
const pay = (clock: string, amount: number, arrives = clock) => ({
  at: at(clock),
  arrives: at(arrives),
  partition: null,
  values: { card: 1, amount },
});

const scenario: RunSpec['scenario'] = {
  data: { preset: 'none', seed: 1, mode: 'realistic' },
  streams: {
    payments: plantedPayments([pay('10:01', 1), pay('10:02', 10), pay('10:04', 100), pay('10:06', 1_000)], {
      declared: { card: { name: 'INT' }, amount: { name: 'INT' }, ts: { name: 'TIMESTAMP' } },
    }),
  },
};

const WINDOWS = `SELECT window_start, window_end, SUM(amount) AS total
  FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE)) GROUP BY window_start, window_end`;
const KEYED = 'SELECT card, SUM(amount) AS total FROM payments GROUP BY card';
const ROLLING = `SELECT card, SUM(amount) OVER (PARTITION BY card ORDER BY ts
  RANGE BETWEEN INTERVAL '5' MINUTE PRECEDING AND CURRENT ROW) AS total FROM payments`;

const session = createSession({
  now: () => performance.now(),
  pause: () => new Promise<void>((resolve) => setImmediate(resolve)),
});

/** A run under options as a cell writes them. */
const specOf = (sql: string, written: Partial<Record<OptionName, string>>): RunSpec => ({
  scenario,
  sql,
  options: Object.entries(written).reduce(
    (options, [name, value]) => setOption(options, name as OptionName, value, scenario),
    usually(),
  ),
  forks: [],
});

/** Every row emitted: its sign, and its total. */
async function emitted(sql: string, written: Partial<Record<OptionName, string>>): Promise<Value[][]> {
  const run = await session.run(specOf(sql, written));
  if (!('ok' in run)) throw new Error(JSON.stringify(run));
  const state = await session.state(run.ok.id, run.ok.steps - 1, { panes: { part: 'panes' } });
  if (!('ok' in state)) throw new Error(JSON.stringify(state));
  const { table } = state.ok.parts.panes;
  const [kind, total] = ['#kind', 'total'].map((name) => table.schema.findIndex((one) => one.name === name));
  return Array.from({ length: table.length }, (_, row) => {
    const all = readRow(table, row);
    return [['+I', '−U', '+U', '−D'][Number(all[kind])], all[total]];
  });
}

async function refused(sql: string, written: Partial<Record<OptionName, string>>): Promise<TidemarkErrorFacts> {
  const outcome = await session.run(specOf(sql, written));
  if (!('failed' in outcome)) throw new Error('it ran');
  return outcome.failed;
}

test('S20.3 an evictor of a cell leaves the last n rows of a pane, or the newest span of it', async () => {
  expect(await emitted(WINDOWS, {})).toEqual([
    ['+I', 111],
    ['+I', 1_000],
  ]);
  expect(await emitted(WINDOWS, { evictor: 'count(2)' })).toEqual([
    ['+I', 110],
    ['+I', 1_000],
  ]);
  expect(await emitted(WINDOWS, { evictor: 'time(2 min)' })).toEqual([
    ['+I', 100],
    ['+I', 1_000],
  ]);
  expect(await emitted(WINDOWS, { evictor: 'count(2, after)' })).toEqual([
    ['+I', 111],
    ['+I', 1_000],
  ]);
});

test('S13.1 an upsert changelog of a cell replaces by key, and takes nothing back', async () => {
  expect((await emitted(KEYED, {})).slice(0, 3)).toEqual([
    ['+I', 1],
    ['−U', 1],
    ['+U', 11],
  ]);
  expect(await emitted(KEYED, { changelog: 'upsert' })).toEqual([
    ['+I', 1],
    ['+U', 11],
    ['+U', 111],
    ['+U', 1_111],
  ]);
});

test('S4.11 the empty pane on time is said, unless the cell leaves it out; the one at expiry if the cell asks', async () => {
  const trigger = 'after-watermark(early: repeat(count(1)), late: repeat(count(1)))';
  const empty = async (written: Partial<Record<OptionName, string>>) =>
    (await emitted(WINDOWS, { profile: 'beam', trigger, lateness: '3 min', ...written })).filter(
      ([, total]) => total === null,
    ).length;
  // Each event has been said early: nothing is new on time. The second window ends with the input, at its expiry.
  expect(await empty({})).toBe(2);
  expect(await empty({ 'on-time': 'fire-if-non-empty' })).toBe(0);
  expect(await empty({ closing: 'fire-always' })).toBe(3);
});

test('S4.11 panes are counted, also the empty ones', async () => {
  const spec = specOf(WINDOWS, {
    profile: 'beam',
    trigger: 'after-watermark(early: repeat(count(1)), late: repeat(count(1)))',
    lateness: '3 min',
  });
  const where = { window_start: at('10:00') };
  const ask = (query: Query) => session.ask(query, { spec });
  const pane = (n: number) => ask({ ask: 'pane', of: 'spec', where, n, column: 'total', set: {} });
  expect(await ask({ ask: 'panes', of: 'spec', where, set: {} })).toEqual({ ok: 4 });
  expect(await Promise.all([0, 1, 2, 3].map(pane))).toEqual([{ ok: 1 }, { ok: 10 }, { ok: 100 }, { ok: null }]);
});

test('S18 result timestamp: windows downstream are assigned by the one that the cell chose', async () => {
  const sums = `WITH sums AS (SELECT window_time AS at, SUM(amount) AS total
      FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE))
      GROUP BY window_start, window_end, window_time)`;
  const behind = `${sums} SELECT window_start AS total, COUNT(*) AS panes
    FROM TABLE(TUMBLE(TABLE sums, DESCRIPTOR(at), INTERVAL '30' SECOND)) GROUP BY window_start, window_end`;
  const starts = async (written: Partial<Record<OptionName, string>>) =>
    (await emitted(behind, { profile: 'beam', ...written })).map(([, start]) => start);
  expect(await starts({})).toEqual([at('10:04:30'), at('10:09:30')]);
  expect(await starts({ 'output-time': 'latest' })).toEqual([at('10:04'), at('10:06')]);
  expect(await refused(behind, { profile: 'beam', 'output-time': 'earliest' })).toMatchObject({
    what: 'the watermark is not held back for the earliest event',
    where: 'output-time',
  });
});

test.each<[string, Partial<Record<OptionName, string>>, Partial<Record<'what' | 'where' | 'expected', RegExp>>]>([
  [WINDOWS, { evictor: 'count(2)', profile: 'beam' }, { what: /Beam has no evictors/, expected: /S20\.3/ }],
  [WINDOWS, { 'output-time': 'latest' }, { what: /Flink gives results a time of its own/, expected: /S2\.1/ }],
  [WINDOWS, { 'output-time': 'latest', profile: 'kafka' }, { what: /Kafka/, expected: /S13\.6/ }],
  [WINDOWS, { 'on-time': 'fire-if-non-empty' }, { what: /Flink has no empty panes/, expected: /S4\.2/ }],
  [WINDOWS, { closing: 'fire-always', profile: 'spark' }, { what: /Spark.* has no empty panes/ }],
  [WINDOWS, { changelog: 'upsert' }, { what: /no key/, where: /changelog/ }],
  [KEYED, { evictor: 'count(2)' }, { what: /no panes/, where: /evictor/ }],
  [KEYED, { 'output-time': 'latest', profile: 'beam' }, { what: /no panes/, where: /output-time/ }],
  [KEYED, { 'late-rows': 'drop' }, { what: /no interval join/, where: /late-rows/ }],
  [KEYED, { 'late-rule': 'watermark' }, { what: /no rolling aggregate/, where: /late-rule/ }],
  [ROLLING, { hop: '1 min' }, { what: /the edge closed is not rounded/, where: /hop/ }],
])('%s under %j is refused with the reason', async (sql, written, expected) => {
  const facts = await refused(sql, written);
  for (const [name, pattern] of Object.entries(expected)) expect(facts[name as 'what']).toMatch(pattern);
});

test('S7.7 a hop rounds the edges of a rolling aggregate', async () => {
  const last = async (written: Partial<Record<OptionName, string>>) => (await emitted(ROLLING, written)).at(-1)?.[1];
  expect(await last({})).toBe(1_111);
  // 10:06 is rounded down to 10:05, or to 10:04: what the five minutes before that hold.
  expect(await last({ edge: 'hop-aligned' })).toBe(111);
  expect(await last({ edge: 'hop-aligned', hop: '4 min' })).toBe(11);
});

test('a definition that only a batch job can run is an error in a stream, and none in a batch job', async () => {
  const nearest = 'SELECT p.card FROM payments AS p ASOF JOIN payments AS q ON p.card = q.card AND p.ts >= q.ts';
  const options = usually();
  expect((await session.diagnose(nearest, scenario, options)).errors).toHaveLength(1);
  expect((await session.diagnose(nearest, scenario, { ...options, mode: 'batch' })).errors).toEqual([]);
});
