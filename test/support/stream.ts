import fc from 'fast-check';
import { openRun, openTracedRun } from '../../src/engine/run/openRun';
import { type Run, type RunSetup } from '../../src/engine/run/run';
import { batchPieces, runBatch } from '../../src/engine/batch';
import { topicOf, type Topic } from '../../src/engine/log/topic';
import { type AgendaSetup } from '../../src/engine/run/agenda';
import { DEFAULTS, type LocalOptions } from '../../src/engine/stream/options';
import { type TracedRun } from '../../src/engine/run/tracedRun';
import { adds, field, INT, MONEY, readRow, tableOf, TIMESTAMP, type Schema, type Value } from '../../src/model';
import { plan, type Catalog } from '../../src/sql';
import { type Plan } from '../../src/sql/plan';

/** An event as tests write it: times in ms, money in cents. */
export interface Payment {
  time: number;
  /** Append time; default: the event time. */
  append?: number;
  card: number;
  amount: number | null;
  partition?: number;
}

export const PAYMENTS: Schema = [field('card', INT), field('amount', MONEY, true), field('ts', TIMESTAMP)];

export const catalog: Catalog = {
  payments: {
    node: 'scan',
    table: 'payments',
    schema: PAYMENTS,
    timeColumn: 2,
    watermark: null,
    primaryKey: [],
    options: {},
  },
};

/** A topic with these events, in arrival order. */
export function payments(events: Payment[], partitions = 1, name = 'payments'): Topic {
  const arrived = events
    .map((event, at) => ({ ...event, append: event.append ?? event.time, at }))
    .sort((a, b) => a.append - b.append || (a.partition ?? 0) - (b.partition ?? 0) || a.at - b.at);
  return topicOf(
    {
      name,
      table: tableOf(
        PAYMENTS,
        arrived.map(({ card, amount, time }) => [card, amount, time]),
      ),
      time: Float64Array.from(arrived, ({ time }) => time),
      append: Float64Array.from(arrived, ({ append }) => append),
      partition: Int32Array.from(arrived, ({ partition }) => partition ?? 0),
    },
    partitions,
  );
}

export interface Drive extends Partial<Omit<LocalOptions, 'job'>> {
  /** Run as a batch job at the end of the input. */
  job?: boolean;
  partitions?: number;
  extras?: Partial<AgendaSetup>;
  requests?: Topic;
  /** More streams that the plan may read, by name, with the columns and partitions of `payments`. */
  others?: Record<string, Payment[]>;
}

function settle({
  partitions: _partitions,
  extras: _extras,
  requests: _requests,
  others: _others,
  job = false,
  ...options
}: Drive): LocalOptions {
  return {
    ...DEFAULTS,
    wait: 0,
    lookup: null,
    recompute: runBatch,
    changes: [],
    rangeRows: 256,
    ...options,
    job: job ? batchPieces : null,
  };
}

/** A definition: SQL over `payments`, or a plan. */
type Definable = string | Plan;

interface Given {
  query: Plan;
  options: LocalOptions;
  setup: RunSetup;
}

/** What a run is made of. */
export function given(definition: Definable, events: Payment[], drive: Drive = {}): Given {
  const { partitions, requests, others = {}, extras } = drive;
  const topics = [
    payments(events, partitions),
    ...Object.entries(others).map(([name, rows]) => payments(rows, partitions, name)),
    ...(requests ? [requests] : []),
  ];
  const query = typeof definition === 'string' ? plan(definition, catalog).query : definition;
  const options = settle(drive);
  return { query, options, setup: { plan: query, topics, options, end: true, ...extras } };
}

/** Runs a definition over events without a trace. */
export function drive(definition: Definable, events: Payment[], how: Drive = {}): Run {
  const run = openRun(given(definition, events, how).setup);
  run.advance(() => true);
  return run;
}

/** The same, with a trace. */
export function trace(definition: Definable, events: Payment[], how: Drive = {}): TracedRun {
  const run = openTracedRun(given(definition, events, how).setup);
  run.advance(() => true);
  return run;
}

/** Every emission, in order: the change's sign and the row. */
export function emitted(run: Run): [kind: string, ...row: Value[]][] {
  const { rows } = run.results;
  return Array.from({ length: rows.length }, (_, row) => [
    ['+I', '-U', '+U', '-D'][rows.kind[row]],
    ...readRow(rows, row),
  ]);
}

/** The rows that stand at the end, as sorted text. */
export function finalRows(run: Run): string[] {
  const { rows } = run.results;
  const counts = new Map<string, number>();
  for (let row = 0; row < rows.length; row += 1) {
    const text = JSON.stringify(readRow(rows, row));
    counts.set(text, (counts.get(text) ?? 0) + (adds(rows.kind[row]) ? 1 : -1));
  }
  return [...counts].flatMap(([text, count]) => Array.from({ length: count }, () => text)).sort();
}

/** Random streams: bursts, ties, disorder up to `disorder` ms, several cards and partitions, a few nulls. */
export function paymentStreams(
  disorder: number,
  longest = 60,
): fc.Arbitrary<{ events: Payment[]; partitions: number }> {
  return fc.integer({ min: 1, max: 3 }).chain((partitions) =>
    fc.record({
      partitions: fc.constant(partitions),
      events: fc.array(
        fc
          .record({
            time: fc.oneof(fc.integer({ min: -50, max: 400 }), fc.constantFrom(0, 10, 20, 100, 300)),
            delay: fc.integer({ min: 0, max: disorder }),
            card: fc.integer({ min: 0, max: 4 }),
            amount: fc.oneof(
              { weight: 9, arbitrary: fc.integer({ min: -500, max: 100_000 }) },
              { weight: 1, arbitrary: fc.constant(null) },
            ),
            partition: fc.integer({ min: 0, max: partitions - 1 }),
          })
          .map(({ delay, ...event }) => ({ ...event, append: event.time + delay })),
        { maxLength: longest },
      ),
    }),
  );
}

/** Definitions that together use every operator. */
export const DEFINITIONS = {
  tumble: `SELECT card, window_start, window_end, COUNT(*) AS n, SUM(amount) AS total, AVG(amount) AS mean
           FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.050' SECOND)) GROUP BY card, window_start, window_end`,
  hop: `SELECT card, window_start, COUNT(amount) AS n, MIN(amount) AS least, MAX(amount) AS most, STDDEV(amount) AS spread
        FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.020' SECOND, INTERVAL '0.070' SECOND)) GROUP BY card, window_start, window_end`,
  gaps: `SELECT window_start, SUM(amount) AS total
         FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.050' SECOND, INTERVAL '0.030' SECOND)) GROUP BY window_start, window_end`,
  having: `SELECT card, window_end, SUM(amount) * 2 AS twice FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.100' SECOND))
           WHERE amount > 0 GROUP BY card, window_start, window_end HAVING COUNT(*) > 1`,
  range: `SELECT card, ts, amount, COUNT(*) OVER w AS n, SUM(amount) OVER w AS total, AVG(amount) OVER w AS mean FROM payments
          WINDOW w AS (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL '0.060' SECOND PRECEDING AND CURRENT ROW)`,
  extremes: `SELECT card, ts, MAX(amount) OVER (PARTITION BY card ORDER BY ts RANGE BETWEEN INTERVAL '0.100' SECOND PRECEDING AND CURRENT ROW) AS most FROM payments`,
  rows: `SELECT card, ts, SUM(amount) OVER (PARTITION BY card ORDER BY ts ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) AS total FROM payments`,
  ever: `SELECT card, ts, COUNT(*) OVER (PARTITION BY card ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS n FROM payments`,
} as const;

export type Definition = keyof typeof DEFINITIONS;
export const definition = fc.constantFrom(...(Object.keys(DEFINITIONS) as Definition[]));
