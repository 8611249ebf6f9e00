import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { openRun } from '../../../src/engine/run/openRun';
import { type Run } from '../../../src/engine/run/run';
import { SlicedWindowAggregateOperator } from '../../../src/engine/nodes/aggregate/slicedWindowAggregate';
import { Agenda, type AgendaSetup } from '../../../src/engine/run/agenda';
import { TopicQueue } from '../../../src/engine/run/eventQueue';
import { EVENT, InputLog } from '../../../src/engine/run/inputLog';
import { COUNTS, pay } from '../../support/graph';
import { emitted, given, paymentStreams, payments, trace } from '../../support/stream';

const runs = process.env.LONG ? 3_000 : 200;

/** The inputs that an agenda without timers gives, taken `most` at a time: kind, topic, row, processing time. */
function inputsOf(topics: ReturnType<typeof payments>[], setup: AgendaSetup, most: number): number[][] {
  const agenda = new Agenda(topics, setup, new TopicQueue(topics), null);
  const log = new InputLog(topics);
  while (agenda.peek(log.length)) {
    const { kind, topic, row, logged } = agenda;
    const count = kind === EVENT ? agenda.ahead(log.length, most) : 1;
    log.add(log.length, kind, topic, row, count, logged);
    agenda.take(count);
  }
  return Array.from({ length: log.length }, (_, input) => [
    log.kind(input),
    log.topic(input),
    log.kind(input) === EVENT ? log.row(input) : 0,
    log.processing(input),
  ]);
}

test('S19 inputs have the same numbers however many events are taken at a time', () => {
  fc.assert(
    fc.property(
      paymentStreams(80, 20),
      paymentStreams(80, 20),
      fc.array(fc.integer({ min: -50, max: 500 }), { maxLength: 5 }),
      fc.array(fc.nat(50), { maxLength: 3 }),
      fc.boolean(),
      (a, b, ticks, actions, end) => {
        const topics = [payments(a.events, a.partitions, 'a'), payments(b.events, b.partitions, 'b')];
        const setup = {
          end,
          ticks: ticks.sort((one, two) => one - two),
          actions: actions.map((at, index) => ({ at, index })),
        };
        const one = inputsOf(topics, setup, 1);
        expect(one.filter(([kind]) => kind === EVENT)).toHaveLength(a.events.length + b.events.length);
        for (const most of [2, 7, 1_000]) expect(inputsOf(topics, setup, most)).toEqual(one);
      },
    ),
    { numRuns: runs },
  );
});

test('a run with processing-time timers executes the plan once, in ranges between two timers', () => {
  const spy = vi.spyOn(SlicedWindowAggregateOperator.prototype, 'process');
  try {
    const events = Array.from({ length: 200 }, (_, i) => pay(10 * i));
    const { engine } = trace(COUNTS, events, { idle: 50, extras: { end: false } });
    expect(engine.inputs.length).toBeGreaterThan(events.length);
    expect(spy.mock.calls.length).toBeLessThanOrEqual(events.length / 4);
    expect(spy.mock.calls.reduce((sum, [, from, to]) => sum + to - from, 0)).toBe(events.length);
  } finally {
    spy.mockRestore();
  }
});

test('a row can be read again from its offset, under a new input number', () => {
  const events = [pay(10), pay(20), pay(60, 61, 0, 5)];
  const { setup } = given(COUNTS, events, { wait: 100, extras: { end: false } });
  const run = openRun(setup);
  run.advance(() => true);
  const again = openRun({
    ...setup,
    end: true,
    continues: {
      inputs: run.inputs.prefix(run.next, setup.topics),
      events: [1, 2].map((row) => ({ topic: 0, row, partition: 0, arrives: 200 + row })),
    },
  });
  again.restore(run.save());
  again.advance(() => true);
  expect(emitted(again)).toEqual([
    ['+I', 0, 3, 3],
    ['+I', 50, 2, 10],
  ]);
  const { inputs } = again;
  expect(Array.from(inputs.readOf(0).rows)).toEqual([0, 1, 2, 1, 2]);
  expect(Array.from(inputs.readOf(0).inputs)).toEqual([0, 1, 2, 3, 4]);
  expect([2, 3, 4].map((input) => inputs.processing(input))).toEqual([61, 201, 202]);
});

test('the offsets of a source are those after the rows read, the sink is where it was, in ranges, in a trace and after a restore', () => {
  fc.assert(
    fc.property(paymentStreams(80, 30), fc.nat(30), ({ events, partitions }, at) => {
      const how = { partitions, wait: 20, lateness: 10, extras: { end: false } };
      const next = ({ inputs }: Run, until: number): number[] =>
        Array.from({ length: partitions }, (_, partition) => {
          const [topic] = inputs.topics;
          return inputs.readOf(0, until - 1).rows.filter((row) => topic.partition[row] === partition).length;
        });
      const offsets = ({ sources }: Run): number[] => [...sources.list[0].watermarks.counts];
      const { engine } = trace(COUNTS, events, how);
      expect(offsets(engine)).toEqual(next(engine, engine.next));
      const run = openRun(given(COUNTS, events, how).setup);
      run.advance(() => true, at);
      const past = run.save();
      const before = offsets(run);
      expect(before).toEqual(next(run, run.next));
      const written = run.sink.committed;
      run.advance(() => true);
      run.restore(past);
      expect(run.sink.committed).toBe(written);
      expect(offsets(run)).toEqual(before);
    }),
    { numRuns: runs },
  );
});
