import fc from 'fast-check';
import { expect, test } from 'vitest';
import { snapshotOf } from '../../../src/engine/snapshot/snapshot';
import { whole } from '../../../src/engine/pieces';
import { STEP_KINDS, type PartRequest, type Snapshot } from '../../../src/model';
import { type TracedRun } from '../../../src/engine/run/tracedRun';
import { DEFINITIONS, definition, payments, paymentStreams, trace } from '../../support/stream';

const runs = process.env.LONG ? 1_000 : 40;

const everything: Record<string, PartRequest> = {
  events: { part: 'events' },
  watermarks: { part: 'watermarks' },
  windows: { part: 'windows' },
  state: { part: 'state' },
  result: { part: 'result' },
  panes: { part: 'panes' },
  dropped: { part: 'dropped' },
};

const canonical = (snapshot: Snapshot): string =>
  JSON.stringify(snapshot, (_, value: unknown) => {
    if (ArrayBuffer.isView(value)) return [...(value as unknown as Iterable<number>)];
    if (value && typeof value === 'object' && 'columns' in value && 'length' in value) {
      const { columns, length, schema } = value as {
        columns: { data: Float64Array; valid: Uint8Array | null }[];
        length: number;
        schema: unknown;
      };
      return {
        schema,
        rows: columns.map(({ data, valid }) =>
          Array.from({ length }, (__, i) => (valid && !valid[i] ? null : data[i])),
        ),
      };
    }
    return value;
  });

const look = (run: TracedRun, step: number): string => canonical(snapshotOf(run, step, everything));

test('state(k) is the same forwards, backwards and by random seeks', () => {
  fc.assert(
    fc.property(
      definition,
      paymentStreams(120, 25),
      fc.nat(60),
      fc.nat(150),
      fc.array(fc.nat(), { maxLength: 30 }),
      (name, { events, partitions }, wait, lateness, jumps) => {
        const run = trace(DEFINITIONS[name], events, { partitions, wait, lateness });
        const forward: string[] = [];
        for (let step = -1; step < run.steps; step += 1) forward.push(look(run, step));
        for (let step = run.steps - 1; step >= -1; step -= 1) expect(look(run, step)).toBe(forward[step + 1]);
        for (const jump of jumps) {
          const step = (jump % (run.steps + 1)) - 1;
          expect(look(run, step)).toBe(forward[step + 1]);
        }
      },
    ),
    { numRuns: runs },
  );
});

test('state(k) after a fork is that of the original up to the fork, and the fork is replayed the same', () => {
  fc.assert(
    fc.property(
      definition,
      paymentStreams(120, 25),
      fc.nat(60),
      fc.nat(100),
      fc.nat(),
      (name, { events, partitions }, wait, newWait, where) => {
        const options = { partitions, wait, lateness: 20 };
        const original = trace(DEFINITIONS[name], events, options);
        const at = where % (events.length + 1);
        const forked = (): TracedRun =>
          trace(DEFINITIONS[name], events, {
            ...options,
            changes: [{ wait: newWait, lateness: 50 }],
            extras: { actions: [{ at, index: 0 }] },
          });
        const fork = forked();
        expect(forked().trace.hash).toBe(fork.trace.hash);
        let shared = 0;
        while (shared < original.steps && original.trace.log.input[shared] < at) shared += 1;
        // Parts may frame what is still to come; all that has happened is equal.
        const past = { events: everything.events, state: everything.state, result: everything.result };
        for (let step = -1; step < shared; step += 1) {
          const [a, b] = [original, fork].map((run) => {
            const { parts, ...rest } = snapshotOf(run, step, past);
            return canonical({
              ...rest,
              parts: Object.fromEntries(
                Object.entries(parts).map(([part, { table }]) => [
                  part,
                  { table, extent: { time: [0, 0], processing: [0, 0] } },
                ]),
              ),
            });
          });
          expect(b).toBe(a);
        }
        for (let step = fork.steps - 1; step > 0; step -= 3) expect(look(fork, step)).toBe(look(forked(), step));
      },
    ),
    { numRuns: Math.ceil(runs / 4) },
  );
});

test('the state of a window aggregate follows from its steps alone', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('tumble', 'hop'),
      paymentStreams(120, 30),
      fc.nat(60),
      fc.nat(150),
      (name, { events, partitions }, wait, lateness) => {
        const run = trace(DEFINITIONS[name], events, { partitions, wait, lateness });
        const { log } = run.trace;
        const folded = new Map<string, number[]>();
        for (let step = 0; step < run.steps; step += 1) {
          const id = `${log.a[step]} ${log.b[step]} ${log.key[step]}`;
          if (STEP_KINDS[log.kind[step]] === 'state written') folded.set(id, log.values(step));
          if (STEP_KINDS[log.kind[step]] === 'window purged') folded.delete(id);
          const state = new Map<string, number[]>();
          run.at(step, () => {
            run.engine.operators
              .find((one) => one.operator.state)!
              .operator.state!.each((key, start, end, values) => state.set(`${start} ${end} ${key}`, values));
          });
          expect(state).toEqual(folded);
        }
      },
    ),
    { numRuns: runs },
  );
});

test('steps come in the order of input, operator and ordinal, whatever the ranges were', () => {
  fc.assert(
    fc.property(definition, paymentStreams(100, 40), (name, { events, partitions }) => {
      const { log } = trace(DEFINITIONS[name], events, { partitions, wait: 30, lateness: 30 }).trace;
      for (let step = 1; step < log.length; step += 1) {
        expect(log.input[step] * 100 + log.operator[step]).toBeGreaterThanOrEqual(
          log.input[step - 1] * 100 + log.operator[step - 1],
        );
      }
    }),
    { numRuns: runs },
  );
});

test('a look that fails leaves the run whole', () => {
  const events = Array.from({ length: 40 }, (_, i) => ({ time: 7 * i, card: i % 3, amount: i }));
  const run = trace(DEFINITIONS.tumble, events, { wait: 20, lateness: 30 });
  const untouched = trace(DEFINITIONS.tumble, events, { wait: 20, lateness: 30 });
  for (let step = 0; step + 1 < run.steps; step += 1) {
    expect(() => snapshotOf(run, step, { state: { part: 'state', where: { nobody: 1 } } })).toThrow('no column nobody');
    expect(look(run, step + 1)).toBe(look(untouched, step + 1));
  }
});

test('a request stream enters the run by its own append time', () => {
  const run = trace(
    DEFINITIONS.range,
    [
      { time: 0, card: 1, amount: 100 },
      { time: 50, card: 1, amount: 300 },
    ],
    {
      requests: payments([{ time: 60, card: 1, amount: null }], 1, 'requests'),
    },
  );
  expect(run.engine.inputs.length).toBe(4);
});

test('a look that is left before its end begins again behind whoever looks meanwhile', () => {
  const run = trace(
    DEFINITIONS.hop,
    Array.from({ length: 200 }, (_, i) => ({ time: i, card: i % 3, amount: i })),
    {
      wait: 20,
    },
  );
  const step = run.steps >> 1;
  const seen = (): string => `${run.engine.next} ${run.engine.results.length}`;
  const expected = [run.at(step, seen), run.at(5, seen)];
  const first = run.seeing(step, seen);
  run.at(run.steps - 1, seen);
  run.at(0, seen);
  for (let i = 0; i < 3; i += 1) expect(first.next().done).toBe(false);
  expect(run.at(5, seen)).toBe(expected[1]);
  expect(whole(first)).toBe(expected[0]);
  expect(run.trace.keep).toBe(true);
});
