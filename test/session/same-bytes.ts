import { readRow } from '../../src/model';
import { type Fork, type Outcome, type RunSpec, type SessionApi } from '../../src/session/protocol';
import { specOf } from './fake-session';

/** Runs and data that must come out the same, to the last bit, wherever a session runs. */

const SUMS = `SELECT card, window_start, window_end, SUM(amount) AS spend, COUNT(*) AS n, STDDEV(amount) AS spread
FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' HOUR))
GROUP BY card, window_start, window_end;`;

const HOPS = `SELECT card, window_start, window_end, AVG(amount) AS mean, MAX(amount) AS most
FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '10' MINUTE, INTERVAL '1' HOUR))
GROUP BY card, window_start, window_end;`;

const ROLLING = `SELECT card, ts, AVG(amount) OVER (PARTITION BY card ORDER BY ts
  RANGE BETWEEN INTERVAL '30' MINUTE PRECEDING AND CURRENT ROW) AS mean
FROM payments;`;

export const HOUR = 3_600_000;

export function paymentsSpec(sql = SUMS, seed = 7, forks: Fork[] = []): RunSpec {
  const spec = specOf(sql, seed);
  return {
    ...spec,
    forks,
    scenario: {
      data: { preset: 'page', seed, mode: 'realistic' },
      streams: {
        payments: {
          table: 'credit_card_transactions',
          declared: {},
          columns: ['card', 'amount', 'ts'],
          time: 'ts',
          key: 'card',
          partitions: 2,
          from: null,
          until: null,
          only: {},
          fraud: true,
          limit: 400,
          delay: { model: 'realistic' },
          rate: 0.05,
          burst: null,
          duplicates: 0.05,
          dropped: 0,
          planted: [],
          watermarks: {},
        },
      },
    },
    options: { ...spec.options, wait: 120_000, lateness: HOUR },
  };
}

export const RUNS: Record<string, RunSpec> = {
  tumbling: paymentsSpec(),
  'another seed': paymentsSpec(SUMS, 8),
  hopping: paymentsSpec(HOPS),
  rolling: paymentsSpec(ROLLING),
  forked: paymentsSpec(SUMS, 7, [{ at: 150, action: { do: 'set', wait: 0, lateness: 0 } }]),
  batch: { ...paymentsSpec(), options: { ...paymentsSpec().options, mode: 'batch' } },
};

function must<T>(outcome: Outcome<T>): T {
  if ('ok' in outcome) return outcome.ok;
  throw new Error(JSON.stringify(outcome));
}

/** Hash of the steps, and the whole result at the end, of every run; the hash of three marts in both modes. */
export async function sameBytes(session: SessionApi): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(RUNS)) {
    const { id, hash, steps, metrics } = must(await session.run(spec));
    const { parts } = must(await session.state(id, steps - 1, { result: { part: 'result' } }));
    const { table } = parts.result;
    answers[name] = {
      id,
      hash,
      steps,
      metrics,
      rows: Array.from({ length: table.length }, (_, row) => readRow(table, row)),
    };
  }
  for (const seed of [1, 2, 3]) {
    for (const mode of ['realistic', 'book'])
      answers[`${mode} ${seed}`] = must(await session.generate('page', seed, mode)).hash;
  }
  return answers;
}
