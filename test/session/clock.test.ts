import { expect, test } from 'vitest';
import { usually } from '../../src/notebook/options';
import { createSession } from '../../src/session/session';
import { type Outcome, type RunSpec } from '../../src/session/protocol';
import { type StreamSpec } from '../../src/data/scenario';
import { readRow, seconds } from '../../src/model';

const planted = (at: number, arrives: number, partition: number): StreamSpec['planted'][number] => ({
  at: seconds(at),
  arrives: seconds(arrives),
  partition,
  values: { card: 1, amount: 100 },
});

/** Partition 1 speaks once, partition 0 on and on. */
const spec: RunSpec = {
  scenario: {
    data: { preset: 'none', seed: 7, mode: 'realistic' },
    streams: {
      payments: {
        table: null,
        declared: {
          card: { name: 'INT' },
          amount: { name: 'DECIMAL', precision: 10, scale: 2 },
          ts: { name: 'TIMESTAMP' },
        },
        columns: [],
        time: 'ts',
        key: 'card',
        partitions: 2,
        from: null,
        until: null,
        only: {},
        fraud: true,
        limit: 0,
        delay: { model: 'none' },
        rate: 0,
        burst: null,
        duplicates: 0,
        dropped: 0,
        planted: [planted(1, 1, 1), planted(2, 2, 0), planted(70, 70, 0), planted(90, 90, 0), planted(150, 150, 0)],
        watermarks: {},
      },
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
  const { parts, partitions, sentence } = ok(await session.state(id, steps - 1, { panes: { part: 'panes' } }));
  const { table } = parts.panes;
  const rows = Array.from({ length: table.length }, (_, row) => readRow(table, row).slice(0, 3));
  return { inputs, rows, idle: partitions.map((one) => one.idle), last: sentence };
}

test('S1.8 a cell that says when a partition is idle gets the ticks for it, also behind the last event', async () => {
  const { inputs, rows, idle, last } = await panes(spec);
  // Partition 1 is idle at 61.001 s; partition 0 at 62.001 s, and again 60 s behind its last event, when the clock still goes.
  expect(inputs).toBe(8);
  expect(rows).toEqual([
    [0, 2, seconds(70)],
    [seconds(60), 2, seconds(150)],
  ]);
  expect(idle).toEqual([true, true]);
  expect(last).toBe(
    'Partition 0 of payments has been silent for too long: the watermark does not wait for it any more.',
  );
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
