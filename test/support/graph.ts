import fc from 'fast-check';
import { type StreamOptions, type WatermarkStrategy } from '../../src/engine/stream/options';
import { plan } from '../../src/sql';
import { inputsOf, type Plan, type Scan, type UnionAll } from '../../src/sql/plan';
import { catalog, type Payment } from './stream';

/** A scan of a stream with the columns of `payments`. */
export const scan = (table: string): Scan => ({ ...catalog.payments, table });

export const unionAll = (...inputs: Plan[]): UnionAll => ({
  node: 'union all',
  inputs,
  schema: inputs[0].schema,
  timeColumn: inputs[0].timeColumn,
});

/** The plan of a definition over `payments`, which is read from somewhere else. */
export function over(sql: string, source: Plan): Plan {
  const replaced = (node: Plan): Plan => {
    if (node.node === 'scan') return source;
    const [input] = inputsOf(node);
    return { ...node, input: replaced(input) } as Plan;
  };
  return replaced(plan(sql, catalog).query);
}

export const COUNTS = `SELECT window_start, COUNT(*) AS n, SUM(amount) AS total
  FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(ts), INTERVAL '0.050' SECOND)) GROUP BY window_start, window_end`;

/** A payment as short as it can be said. */
export const pay = (time: number, append = time, partition = 0, amount = 1): Payment => ({
  time,
  append,
  partition,
  amount,
  card: 1,
});

const strategies: fc.Arbitrary<WatermarkStrategy | null> = fc.oneof(
  fc.constantFrom(null, { type: 'bounded' } as const, { type: 'monotonous' } as const, { type: 'perfect' } as const),
  fc.record({ type: fc.constant('percentile' as const), share: fc.constantFrom(0.1, 0.5, 0.9, 1) }),
  fc.record({ type: fc.constant('micro-batch' as const), batch: fc.integer({ min: 1, max: 90 }) }),
  fc.constant({ type: 'punctuated' as const, column: 'amount' }),
  fc.constant({
    type: 'given' as const,
    moves: [
      [10, 5],
      [60, 40],
      [61, 30],
      [200, 150],
    ] as [number, number][],
  }),
);

/** Options that decide how watermarks move, with and without a clock. */
export const timing: fc.Arbitrary<Partial<Omit<StreamOptions, 'job'>>> = fc
  .record({
    watermark: strategies,
    wait: fc.nat(60),
    lateness: fc.constantFrom(0, 40),
    emitEvery: fc.constantFrom(0, 0, 20, 70),
    idle: fc.constantFrom(null, null, 15, 80),
    maxDrift: fc.constantFrom(null, null, 0, 50),
  })
  .map((one) => (one.watermark?.type === 'perfect' ? { ...one, maxDrift: null } : one));
