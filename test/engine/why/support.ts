import fc from 'fast-check';
import { clockedFeed } from '../../../src/engine/stream/clock';
import { EVENT, type Feed } from '../../../src/engine/stream/feed';
import { LocalRun } from '../../../src/engine/stream/local';
import { type Trigger } from '../../../src/engine/stream/options';
import { type Subject } from '../../../src/engine/why/subject';
import { type Offer } from '../../../src/engine/why/whyNot';
import { adds, BIGINT, MAX_TIME, readValue, TIMESTAMP, type Value } from '../../../src/model';
import { type Plan, type Scan, type WindowShape } from '../../../src/sql/plan';
import { catalog, given, payments, PAYMENTS, trace, type Drive, type Payment } from '../../support/stream';
import { call, column, overWindow } from '../batch/plans';

const declared = (wait: number): Scan => ({
  ...catalog.payments,
  watermark: {
    op: 'arithmetic',
    operator: '-',
    left: column(PAYMENTS, 'ts'),
    right: { op: 'literal', value: wait, type: BIGINT },
    type: TIMESTAMP,
  },
});

/** `clause`: the stream has a WATERMARK clause with this wait. */
export const planOf = (window: WindowShape, clause: number | null = null): Plan =>
  overWindow(
    clause === null ? catalog.payments : declared(clause),
    window,
    ['card'],
    [call('COUNT', null), call('SUM', column(PAYMENTS, 'amount'))],
  );

/** A world small enough to try everything. */
export interface World {
  window: WindowShape;
  events: Payment[];
  clause: number | null;
  how: Drive;
}

const span = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const shapes: fc.Arbitrary<WindowShape> = fc.oneof(
  span(20).map((size) => ({ kind: 'tumble' as const, size, offset: 0 })),
  fc
    .record({ size: span(20), slide: fc.integer({ min: 8, max: 14 }) })
    .map((one) => ({ kind: 'hop' as const, ...one, offset: 0 })),
  span(12).map((gap) => ({ kind: 'session' as const, gap })),
  fc
    .record({ step: fc.integer({ min: 6, max: 9 }), steps: span(3) })
    .map(({ step, steps }) => ({ kind: 'cumulate' as const, size: step * steps, step, offset: 0 })),
);

const count: fc.Arbitrary<Trigger> = span(3).map((n) => ({ type: 'count', n }));
const delay: fc.Arbitrary<Trigger> = span(15).map((one) => ({ type: 'processing-delay', delay: one }));
const simple = fc.oneof(count, delay);
const maybe = fc.option(simple, { nil: null });
const afterWatermark: fc.Arbitrary<Trigger> = fc
  .record({ early: maybe, late: maybe })
  .map((parts) => ({ type: 'after-watermark', ...parts }));
const any: fc.Arbitrary<Trigger> = fc
  .tuple(simple, fc.constant<Trigger>({ type: 'window-end' }))
  .map((of) => ({ type: 'any', of }));
const trigger: fc.Arbitrary<Trigger | null> = fc.oneof(
  fc.constant(null),
  fc.constant<Trigger>({ type: 'window-end' }),
  simple,
  afterWatermark,
  any,
  fc.oneof(simple, afterWatermark, any).map((of): Trigger => ({ type: 'repeat', of })),
);

const late = (one: Trigger | null): boolean =>
  one !== null && (one.type === 'repeat' ? late(one.of) : one.type === 'after-watermark' && one.late !== null);

export const world: fc.Arbitrary<World> = fc.integer({ min: 1, max: 3 }).chain((partitions) =>
  fc
    .record({
      window: shapes,
      events: fc.array(
        fc.record({
          time: fc.integer({ min: 0, max: 40 }),
          after: fc.integer({ min: 0, max: 15 }),
          card: fc.integer({ min: 0, max: 1 }),
          amount: fc.integer({ min: 1, max: 9 }),
          partition: fc.integer({ min: 0, max: partitions - 1 }),
        }),
        { minLength: 1, maxLength: 12 },
      ),
      strategy: fc.constantFrom('bounded', 'monotonous', 'declared'),
      wait: fc.integer({ min: 0, max: 8 }),
      lateness: fc.constantFrom(0, 0, 5, 20),
      trigger,
      profile: fc.constantFrom('flink', 'flink', 'beam'),
      accumulation: fc.constantFrom('retracting', 'accumulating', 'discarding', null),
      idle: fc.option(fc.integer({ min: 3, max: 12 }), { nil: null }),
    })
    .map(({ window, events, strategy, wait, lateness, trigger: one, profile, accumulation, idle }): World => ({
      window,
      events: events.map(({ after, ...event }) => ({ ...event, append: event.time + after })),
      clause: strategy === 'declared' ? wait : null,
      how: {
        partitions,
        wait: strategy === 'bounded' ? wait : null,
        watermark: strategy === 'monotonous' ? { type: 'monotonous' } : null,
        lateness: late(one) ? Math.max(lateness, 5) : lateness,
        trigger: one,
        profile: profile,
        accumulation: accumulation,
        idle,
        extras: { end: false },
      },
    })),
);

export function subjectOf({ window, events, clause, how }: World): Subject {
  const plan = planOf(window, clause);
  const { options } = given(plan, events, how);
  return { run: trace(plan, events, how), plan, options };
}

export interface Planted {
  events: Pick<Offer['events'][number], 'partition' | 'eventTime' | 'arrives' | 'values'>[];
  until: number | null;
}

/**
 * Whether a window speaks behind input `input` when the rest of the log is `planted` instead. The log is written anew, and
 * run from its beginning by the runtime's own clock: nothing of what found the change is used.
 */
export function fires(
  { plan, options, run }: Subject,
  input: number,
  target: { card: Value; start: number; end: number },
  planted: Planted,
): boolean {
  const before = run.engine.feed;
  const { topic, batch } = before.topics[0];
  const rows: (Payment & { append: number })[] = [];
  for (let row = 0; row < batch.length && batch.input[row] <= input; row += 1) {
    rows.push({
      time: batch.time[row],
      append: topic.append[row],
      card: Number(readValue(batch.columns[0], row)),
      amount: Number(readValue(batch.columns[1], row)),
      partition: topic.partition[row],
    });
  }
  const kept = rows.length;
  // Rows of one append time stand by partition: what is planted must come behind what has come.
  for (const { partition, eventTime, arrives, values } of planted.events)
    rows.push({
      time: eventTime,
      append: arrives,
      card: Number(values.card),
      amount: Number(values.amount),
      partition,
    });
  const log = payments(rows.slice(0, kept), topic.partitions);
  const all = appended(log, rows.slice(kept));
  const feed: Feed = clockedFeed(plan, [all], { end: false }, options);
  const again = new LocalRun(plan, feed, { ...options, rangeRows: 1 }, null);
  again.advance(() => true, input + 1);
  let left = planted.events.length;
  while (!again.finished) {
    const at = again.next;
    const isEvent = feed.kind[at] === EVENT;
    // Behind the last event the clock goes on only as long as it is waited for.
    if (left === 0 && !isEvent && feed.processing[at] > (planted.until ?? -MAX_TIME)) break;
    if (isEvent) left -= 1;
    again.advance(() => true, at + 1);
    const wire = again.wiring.wires.at(-1)!.operator;
    for (let row = wire.begin ?? 0; row < wire.out.length; row += 1) {
      const { out } = wire;
      const mine = out.id1[row] === target.start && out.id2[row] === target.end;
      if (mine && adds(out.kind[row]) && readValue(out.columns[0], row) === target.card) return true;
    }
  }
  return false;
}

function appended(log: ReturnType<typeof payments>, events: (Payment & { append: number })[]): typeof log {
  const added = events.map((event) => payments([{ ...event, append: event.append }], log.partitions));
  const heads = new Int32Array(log.partitions);
  log.partition.forEach((partition, row) => {
    heads[partition] = log.offset[row] + 1;
  });
  const rows = log.table.length;
  const all = payments(
    Array.from({ length: rows + events.length }, (_, row) => ({ time: 0, append: row, card: 0, amount: 0 })),
    1,
  );
  const put = (to: number, from: ReturnType<typeof payments>, row: number): void => {
    log.table.columns.forEach((_, i) => {
      all.table.columns[i].data[to] = from.table.columns[i].data[row];
    });
    all.time[to] = from.time[row];
    all.append[to] = from.append[row];
    all.partition[to] = from.partition[row];
    all.offset[to] = from.offset[row];
  };
  for (let row = 0; row < rows; row += 1) put(row, log, row);
  added.forEach((one, i) => {
    put(rows + i, one, 0);
    const partition = one.partition[0];
    all.offset[rows + i] = heads[partition];
    heads[partition] += 1;
  });
  return { ...all, partitions: log.partitions, name: log.name };
}
