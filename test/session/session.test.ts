import { expect, test } from 'vitest';
import { usually } from '../../src/notebook/options';
import { createSession } from '../../src/session/session';
import { type Outcome, type RunSpec } from '../../src/session/protocol';
import { readRow, seconds, minutes, parseTime, days } from '../../src/model';
import { stepSentence } from '../../src/words/steps';
import { plantedPayments } from '../support/plantedPayments';

const day = days(20_759);
const at = (clock: string): number => day + parseTime(clock);
const base: RunSpec = {
  scenario: {
    data: { preset: 'none', seed: 7, mode: 'realistic' },
    streams: {
      payments: plantedPayments([
        { at: at('10:01'), arrives: at('10:01'), partition: null, values: { card: 4417, amount: 6200 } },
        { at: at('10:07:36'), arrives: at('10:07:36'), partition: null, values: { card: 4417, amount: 8700 } },
        { at: at('10:04:10'), arrives: at('10:13'), partition: null, values: { card: 4417, amount: 4000 } },
      ]),
    },
  },
  sql: `SELECT card, window_start, SUM(amount) AS spend FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '5' MINUTE))
        GROUP BY card, window_start, window_end`,
  options: {
    ...usually(),
    mode: 'stream',
    wait: minutes(2),
    lateness: minutes(10),
    edge: 'closed',
    lookup: null,
    answer: 'state',
    every: null,
    end: 'flush',
  },
  forks: [],
};

const host = { now: () => performance.now(), pause: () => new Promise<void>((resolve) => setImmediate(resolve)) };

function ok<T>(outcome: Outcome<T>): T {
  if (!('ok' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.ok;
}

test('a run is opened, read after any step, and asked about its end', async () => {
  const session = createSession(host);
  const summary = ok(await session.run(base));
  expect(summary.metrics).toMatchObject({ rowsIn: 3, late: 1, dropped: 0 });
  const { parts, stepFacts, clocks } = ok(
    await session.state(summary.id, summary.steps - 1, {
      result: { part: 'result', where: { card: 4417, window_start: '10:00' } },
    }),
  );
  expect(readRow(parts.result.table, 0).slice(0, 3)).toEqual([4417, at('10:00'), 10_200]);
  expect(stepSentence(stepFacts)).toMatch(/\.$/);
  expect(clocks.processingTime).toBe(at('10:13'));
  const ask = { ask: 'final', of: 'spend', where: { card: 4417, window_start: '10:00' }, column: 'spend' } as const;
  expect(ok(await session.ask({ ...ask, set: {} }, { spend: base }))).toBe(10_200);
  expect(ok(await session.ask({ ...ask, set: { lateness: '0 s' } }, { spend: base }))).toBe(6_200);
  expect(ok(await session.ask({ ask: 'agrees', of: 'spend', set: {} }, { spend: base }))).toBe(true);
  expect(ok(await session.ask({ ask: 'agrees', of: 'spend', set: { lateness: '0 s' } }, { spend: base }))).toBe(false);
});

test('a metric is that of the whole run, whatever step it is at', async () => {
  const session = createSession(host);
  const { id, metrics } = ok(await session.run(base));
  ok(await session.state(id, 0, {}));
  for (const metric of ['rowsIn', 'late', 'rowsOut', 'stateRowsMax'] as const)
    expect(ok(await session.ask({ ask: 'metric', of: 'spend', metric, set: {} }, { spend: base }))).toBe(
      metrics[metric],
    );
});

test('each step has a sentence', async () => {
  const session = createSession(host);
  const summary = ok(await session.run(base));
  const told = ok(await session.steps(summary.id, 0, summary.steps)).map(({ facts }) => stepSentence(facts));
  expect(told).toHaveLength(summary.steps);
  expect(told[0]).toBe('An event of payments arrives at 10:01:00: card 4417, amount €62.00.');
  expect(told.some((text) => text.includes('fires again immediately for the late event'))).toBe(true);
  expect(told.every((text) => /^[A-Z].*\.$/.test(text))).toBe(true);
});

test('a fork plants an event where it is put, and leaves what was before alone', async () => {
  const session = createSession(host);
  const forked: RunSpec = {
    ...base,
    forks: [
      {
        at: 2,
        action: { do: 'inject', stream: 'payments', eventTime: at('10:06'), values: { card: 4417, amount: 100 } },
      },
    ],
  };
  const summary = ok(await session.run(forked));
  expect(summary.inputs).toBe(5);
  expect(
    ok(
      await session.ask(
        { ask: 'final', of: 'spend', where: { window_start: '10:05' }, column: 'spend', set: {} },
        { spend: forked },
      ),
    ),
  ).toBe(8_800);
});

test('a fork that sets the wait moves the watermark from there on', async () => {
  const session = createSession(host);
  const quiet: RunSpec = { ...base, options: { ...base.options, end: 'quiet' } };
  const watermarkOf = async (spec: RunSpec): Promise<number> => {
    const { id, steps } = ok(await session.run(spec));
    return ok(await session.state(id, steps - 1, {})).clocks.watermark;
  };
  expect(await watermarkOf(quiet)).toBe(at('10:07:36') - minutes(2) - 1);
  expect(await watermarkOf({ ...quiet, forks: [{ at: 1, action: { do: 'set', wait: 0 } }] })).toBe(at('10:07:36') - 1);
});

test('a sweep gives one row of metrics per value', async () => {
  const session = createSession(host);
  const table = ok(await session.sweep(base, [{ lateness: 0 }, { lateness: minutes(10) }]));
  expect(table.schema.map(({ name }) => name).slice(0, 3)).toEqual(['point', 'completeness', 'latencyP50']);
  const dropped = table.schema.findIndex(({ name }) => name === 'dropped');
  expect([0, 1].map((row) => readRow(table, row)[dropped])).toEqual([1, 0]);
});

test('invalid SQL is reported with its position, and the session continues', async () => {
  const session = createSession(host);
  const outcome = await session.run({ ...base, sql: base.sql.replace('amount', 'amout') });
  expect(outcome).toMatchObject({ failed: { place: { line: 1 } } });
  expect('ok' in (await session.run(base))).toBe(true);
});

test('a long run can be cancelled, and the session goes on', async () => {
  const session = createSession(host);
  const running = session.generate('lab', 1, 'realistic', () => void session.cancel());
  expect(await running).toEqual({ cancelled: true });
  expect('ok' in (await session.run(base))).toBe(true);
});

test('seeking by event time finds the step at which the watermark got there', async () => {
  const session = createSession(host);
  const summary = ok(await session.run(base));
  const step = ok(await session.seekTime(summary.id, 'event', at('10:05')));
  expect(ok(await session.state(summary.id, step, {})).clocks.watermark).toBeGreaterThanOrEqual(at('10:05'));
  expect(ok(await session.state(summary.id, step - 1, {})).clocks.watermark).toBeLessThan(at('10:05'));
});

test('a moment is found again by its input and its place among the input’s steps', async () => {
  const session = createSession(host);
  const { id, steps } = ok(await session.run(base));
  for (let step = -1; step < steps; step += 1) {
    const { input, ordinal } = ok(await session.state(id, step, {}));
    expect(ok(await session.stepAt(id, input, ordinal))).toBe(step);
    // An input that has fewer steps shows its last.
    if (input >= 0) expect(ok(await session.stepAt(id, input, 1_000))).toBeGreaterThanOrEqual(step);
  }
});

test('a batch job on a schedule publishes what had landed by then', async () => {
  const session = createSession(host);
  const spec: RunSpec = {
    ...base,
    sql: 'SELECT card, COUNT(*) AS n FROM payments GROUP BY card',
    options: { ...base.options, mode: 'batch', every: minutes(5) },
  };
  const summary = ok(await session.run(spec));
  const { table } = ok(await session.state(summary.id, summary.steps - 1, { panes: { part: 'panes' } })).parts.panes;
  const emitted = table.schema.findIndex(({ name }) => name === '#emitted');
  const rows = Array.from({ length: table.length }, (_, row) => readRow(table, row));
  expect(rows.map((row) => [row[1], row[emitted]])).toEqual([
    [1, at('10:05')],
    [1, at('10:10')],
    [2, at('10:10')],
    [2, at('10:15')],
    [3, at('10:15')],
  ]);
  expect(summary.metrics.rowsRead).toBe(1 + 2 + 3);
});

test('seconds and a clock that are not the same give the same run', async () => {
  const slow = createSession({ now: () => 0, pause: host.pause });
  const fast = createSession({
    now: (() => {
      let now = 0;
      return () => (now += seconds(1));
    })(),
    pause: host.pause,
  });
  expect(ok(await slow.run(base)).hash).toBe(ok(await fast.run(base)).hash);
});

test('runs are kept by what they weigh: many small ones, and of large ones the last', async () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => ({
    ...base,
    scenario: { ...base.scenario, data: { ...base.scenario.data, seed } },
  }));
  const roomy = createSession(host);
  const tight = createSession(host, 1);
  const ids: string[] = [];
  for (const spec of seeds) {
    ids.push(ok(await roomy.run(spec)).id);
    ok(await tight.run(spec));
  }
  for (const id of ids) ok(await roomy.state(id, 0, {}));
  const open = await Promise.all(ids.map((id) => tight.state(id, 0, {})));
  expect(open.map((one) => 'ok' in one)).toEqual(ids.map((_, i) => i === ids.length - 1));
});

test('on the way to a step, which may be far from the last keyframe, messages get through', async () => {
  let clock = 0;
  let pauses = 0;
  const hurried = createSession({
    // Each slice is over as soon as it has begun.
    now: () => (clock += 100),
    pause: async () => {
      pauses += 1;
    },
  });
  const events = Array.from({ length: 300 }, (_, i) => ({
    at: at('10:00') + i * seconds(1),
    arrives: at('10:00') + i * seconds(1),
    partition: null,
    values: { card: i, amount: 100 },
  }));
  const spec = { ...base, scenario: { ...base.scenario, streams: { payments: plantedPayments(events) } } };
  const { id, steps } = ok(await hurried.run(spec));
  const calm = createSession(host);
  ok(await calm.run(spec));
  pauses = 0;
  const parts = { result: { part: 'result', where: {} } } as const;
  const seen = ok(await hurried.state(id, steps >> 1, parts));
  expect(pauses).toBeGreaterThan(5);
  expect(seen).toEqual(ok(await calm.state(id, steps >> 1, parts)));
  // Neither of two looks sends the other back for ever.
  const both = await Promise.all([10, steps - 1, 20].map((step) => hurried.state(id, step, parts)));
  expect(both.map((one) => ok(one).step)).toEqual([10, steps - 1, 20]);
});
