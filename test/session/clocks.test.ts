import { expect, test } from 'vitest';
import { usually } from '../../src/notebook/options';
import { createSession } from '../../src/session/session';
import { type Outcome, type RunSpec } from '../../src/session/protocol';
import { type StreamSpec } from '../../src/data/scenario';
import { readRow, seconds } from '../../src/model';
import { stepSentence } from '../../src/words/steps';
import { plantedPayments } from '../support/plantedPayments';

const planted = (at: number, arrives: number, partition: number): StreamSpec['planted'][number] => ({
  at: seconds(at),
  arrives: seconds(arrives),
  partition,
  values: { card: 1, amount: 100 },
});

/** Partition 1 has one event, partition 0 has them all the time. */
const spec: RunSpec = {
  scenario: {
    data: { preset: 'none', seed: 7, mode: 'realistic' },
    streams: {
      payments: plantedPayments(
        [planted(1, 1, 1), planted(2, 2, 0), planted(70, 70, 0), planted(90, 90, 0), planted(150, 150, 0)],
        { partitions: 2 },
      ),
    },
  },
  sql: `SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
        GROUP BY window_start, window_end`,
  options: {
    ...usually(),
    mode: 'stream',
    wait: 0,
    lookup: null,
    answer: 'state',
    every: null,
    end: 'quiet',
    idle: seconds(60),
  },
  forks: [],
};

const session = createSession({ now: () => performance.now(), pause: () => Promise.resolve() });

function ok<T>(outcome: Outcome<T>): T {
  if (!('ok' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.ok;
}

async function panes(of: RunSpec): Promise<{ inputs: number; rows: unknown[][]; idle: boolean[]; last: string }> {
  const { id, steps, inputs } = ok(await session.run(of));
  const { parts, partitions, stepFacts } = ok(await session.state(id, steps - 1, { panes: { part: 'panes' } }));
  const { table } = parts.panes;
  const rows = Array.from({ length: table.length }, (_, row) => readRow(table, row).slice(0, 3));
  return { inputs, rows, idle: partitions.map((one) => one.idle), last: stepSentence(stepFacts) };
}

test('S1.8 a cell with an idle timeout gets its timers, also after the last event', async () => {
  const { inputs, rows, idle, last } = await panes(spec);
  // Partition 1 is idle at 61.001 s; partition 0 at 62.001 s, and again 60 s after its last event, while the clock still advances.
  expect(inputs).toBe(8);
  expect(rows).toEqual([
    [0, 2, seconds(70)],
    [seconds(60), 2, seconds(150)],
  ]);
  expect(idle).toEqual([true, true]);
  expect(last).toBe('Partition 0 of payments becomes idle: the watermark does not wait for it any more.');
  const flushed = await panes({ ...spec, options: { ...spec.options, end: 'flush' } });
  expect(flushed.rows).toHaveLength(3);
});

test('an event that is planted before an input arrives with it, ticks counted', async () => {
  const inject = (at: number): RunSpec => ({
    ...spec,
    forks: [
      { at, action: { do: 'inject', stream: 'payments', eventTime: seconds(3), values: { card: 1, amount: 1 } } },
    ],
  });
  // Inputs: 1 s, 2 s, tick, tick, 70 s, 90 s, 150 s, tick. The third is at 61.001 s: with the event partition 1 is not idle
  // then, but 60 s and a moment later.
  const early = await panes(inject(2));
  expect(early.rows[0]).toEqual([0, 3, seconds(121) + 2]);
  const late = await panes(inject(5));
  expect(late.rows[0]).toEqual([0, 2, seconds(70)]);
});

test('an action takes effect before its input, ticks counted', async () => {
  const waits = await panes({ ...spec, forks: [{ at: 5, action: { do: 'set', wait: seconds(3_600) } }] });
  expect(waits.rows).toEqual([[0, 2, seconds(70)]]);
  const before = await panes({ ...spec, forks: [{ at: 4, action: { do: 'set', wait: seconds(3_600) } }] });
  expect(before.rows).toEqual([]);
});

const minute = (n: number): number => seconds(60 * n);

/** Two minutes of events; the last one is of the first minute and arrives after its window has fired. */
const three: RunSpec = {
  ...spec,
  scenario: {
    ...spec.scenario,
    streams: {
      payments: {
        ...spec.scenario.streams.payments,
        partitions: 1,
        planted: [
          planted(1, 1, 0),
          planted(70, 80, 0),
          planted(130, 140, 0),
          planted(50, 200, 0),
          planted(190, 210, 0),
        ],
      },
    },
  },
  options: { ...spec.options, idle: null, lateness: minute(10) },
};

test('a run can be sought by three clocks', async () => {
  const { id, steps } = ok(await session.run(three));
  const stateAt = async (clock: 'processing' | 'event' | 'known', time: number) => {
    const step = ok(await session.seekTime(id, clock, time));
    const { clocks, parts } = ok(await session.state(id, step, { result: { part: 'result' } }));
    const { table } = parts.result;
    return { step, ...clocks, rows: Array.from({ length: table.length }, (_, row) => readRow(table, row).slice(0, 2)) };
  };
  // Processing time: the last step then. Event time: the first step after which the watermark is there.
  const processing = await stateAt('processing', seconds(139));
  expect([processing.processingTime, processing.rows]).toEqual([seconds(80), [[0, 1]]]);
  const event = await stateAt('event', minute(1));
  expect(event.watermark).toBeGreaterThanOrEqual(minute(1));
  const before = ok(await session.state(id, event.step - 1, {}));
  expect(before.clocks.watermark).toBeLessThan(minute(1));
  // Known at: what was last published, whatever else came since.
  const known = await stateAt('known', seconds(199));
  expect([known.knownAt, known.rows]).toEqual([
    seconds(140),
    [
      [0, 1],
      [minute(1), 1],
    ],
  ]);
  expect((await stateAt('known', seconds(200))).rows).toEqual([
    [0, 2],
    [minute(1), 1],
  ]);
  expect(ok(await session.seekTime(id, 'known', seconds(79)))).toBe(-1);
  expect((await stateAt('known', minute(99))).step).toBeLessThan(steps);
});

test('the moments of a clock are what seeking by it finds', async () => {
  const { id } = ok(await session.run(three));
  for (const clock of ['event', 'known'] as const) {
    const table = ok(await session.moments(id, clock));
    const moments = Array.from({ length: table.length }, (_, row) => readRow(table, row).map(Number));
    expect(moments.length).toBeGreaterThan(2);
    const times = moments.map(([time]) => time);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    for (const [time, step] of moments) expect(ok(await session.seekTime(id, clock, time))).toBe(step);
  }
  expect(await session.moments('nothing', 'event')).toMatchObject({ failed: { what: /not open/ } });
});
