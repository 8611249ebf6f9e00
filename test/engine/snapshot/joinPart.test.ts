import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openTracedRun } from '../../../src/engine/run/openRun';
import { topicOf, type Topic } from '../../../src/engine/log/topic';
import { DEFAULTS, type StreamOptions } from '../../../src/engine/stream/options';
import { type TracedRun } from '../../../src/engine/run/tracedRun';
import { stepFactsOf } from '../../../src/engine/snapshot/stepFacts';
import { readRow, readStep, tableOf } from '../../../src/model';
import { JOIN_KINDS, type IntervalJoin, type WindowJoin } from '../../../src/sql/plan';
import { arrivals, intervalJoin, SIDES, valuesOf, windowJoin, type SideRow } from '../../support/join';
import { stepSentence } from '../../../src/words/steps';

const runs = process.env.LONG ? 1000 : 60;

/** One topic per side; rows come one ms apart. */
function topics(rows: SideRow[]): Topic[] {
  return ([0, 1] as const).map((side) => {
    const own = rows.map((row, at) => ({ row, at })).filter(({ row }) => row.side === side);
    return topicOf(
      {
        name: side === 0 ? 'lefts' : 'rights',
        table: tableOf(
          SIDES[side],
          own.map(({ row }) => valuesOf(row)),
        ),
        time: Float64Array.from(own, ({ row }) => row.time),
        append: Float64Array.from(own, ({ at }) => at),
        partition: new Int32Array(own.length),
      },
      1,
    );
  });
}

function run(rows: SideRow[], node: IntervalJoin | WindowJoin, options: Partial<StreamOptions>, rangeRows = 256) {
  const settled = { ...DEFAULTS, wait: 10, lookup: null, job: null, changes: [], rangeRows };
  const traced = openTracedRun({ plan: node, topics: topics(rows), end: true, options: { ...settled, ...options } });
  traced.advance(() => true);
  return traced;
}

const ROWS: SideRow[] = [
  { side: 0, id: 1, key: 'a', time: 1_000 },
  { side: 1, id: 2, key: 'a', time: 2_000 },
  { side: 0, id: 3, key: 'b', time: 30_000 },
];

test('the steps of an interval join: rows stored, paired, padded and purged, with their times', () => {
  const traced = run(ROWS, intervalJoin(-5_000, 10_000, 'left'), {});
  const { log } = traced.trace;
  const kinds = Array.from({ length: log.length }, (_, at) => ({ at, step: readStep(log, at, () => 0) }))
    .filter(({ step }) => step.operator === 1)
    .map(({ at, step }) => ({ kind: step.kind, input: step.input, sentence: stepSentence(stepFactsOf(traced, at)) }));
  expect(kinds.map(({ kind, input }) => [kind, input])).toEqual([
    ['state written', 0],
    ['pair joined', 1],
    ['state written', 1],
    ['state written', 2],
    ['row purged', 3],
    ['row purged', 3],
    ['row padded', 3],
    ['row purged', 3],
  ]);
  expect(kinds[1].sentence).toContain('make a pair');
  expect(kinds[6].sentence).toMatch(/00:00:30 left row of l_key b/);
});

test('after a step the state shows the rows that are kept', () => {
  const traced = run(ROWS, intervalJoin(-5_000, 10_000, 'left'), {});
  const { log } = traced.trace;
  const { state } = traced.engine.operators[0].operator;
  const heldAt = (step: number): number[][] =>
    traced.at(step, () => {
      const held: number[][] = [];
      state!.each((key, time, _end, values) => held.push([key, time, ...values]));
      return held;
    });
  const steps = Array.from({ length: log.length }, (_, at) => at);
  const pair = steps.find((at) => readStep(log, at, () => 0).kind === 'pair joined')!;
  expect(heldAt(pair)).toEqual([[0, 1_000, 1_000, NaN, 1]]);
  expect(heldAt(pair + 1)).toEqual([
    [0, 1_000, 1_000, NaN, 1],
    [0, 2_000, NaN, 2_000, 1],
  ]);
  expect(heldAt(log.length - 1)).toEqual([]);
});

const plans = fc.oneof(
  fc.constantFrom(...JOIN_KINDS).map((kind) => intervalJoin(-20, 15, kind)),
  fc.constantFrom(...JOIN_KINDS).map((kind) => windowJoin({ kind: 'hop', size: 20, slide: 10, offset: 0 }, kind)),
);

test('ranges of any length give the same rows and the same trace, and every moment can be gone back to', () => {
  const options = fc.constantFrom<Partial<StreamOptions>>(
    {},
    { lateRows: 'drop' },
    { profile: 'kafka', lateness: 5, wait: null },
  );
  fc.assert(
    fc.property(arrivals(60, true), plans, options, fc.nat(), ({ rows }, node, chosen, place) => {
      const [one, ...others] = [1, 7, 256].map((rangeRows) => run(rows, node, chosen, rangeRows));
      const resultOf = ({ engine }: TracedRun): unknown[] =>
        Array.from({ length: engine.results.length }, (_, row) => readRow(engine.results.rows, row));
      for (const other of others) {
        expect(other.trace.hash).toBe(one.trace.hash);
        expect(resultOf(other)).toEqual(resultOf(one));
      }
      if (one.steps === 0) return;
      const held = (traced: TracedRun): unknown =>
        traced.at(place % traced.steps, () => {
          const rowsHeld: unknown[] = [];
          traced.engine.operators[0].operator.state!.each((...row) => rowsHeld.push(row));
          return [rowsHeld, traced.engine.results.length];
        });
      expect(held(others[1])).toEqual(held(one));
    }),
    { numRuns: runs },
  );
});
