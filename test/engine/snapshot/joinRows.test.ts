import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinedBy } from '../../../src/engine/snapshot/joinRows';
import { snapshotOf } from '../../../src/engine/snapshot/snapshot';
import { JOIN_KINDS, type Plan } from '../../../src/sql/plan';
import { pay, scan } from '../../support/graph';
import { regular } from '../../support/joins';
import { paymentStreams, finalRows, trace } from '../../support/stream';
import { stepSentence } from '../../../src/words/steps';

const runs = process.env.LONG ? 2_000 : 150;

const left = scan('payments');
const right = scan('refunds');
const keys: [string, string][] = [['card', 'card']];
const joined = (kind: (typeof JOIN_KINDS)[number], under: Plan = left): Plan => regular(under, right, { kind, keys });
const PLANS: Record<string, Plan> = {
  ...Object.fromEntries(JOIN_KINDS.map((kind) => [kind, joined(kind)])),
  // Its left side takes rows back.
  changing: regular(joined('left'), right, { kind: 'left', keys: [['card', 'card']] }),
};
const name = fc.constantFrom(...Object.keys(PLANS));
const ttl = fc.option(fc.integer({ min: 1, max: 100 }));
const streams = [paymentStreams(60, 12), paymentStreams(60, 12)] as const;

test('S11.3 at every step the rows that the picture calls kept are those of the state', () => {
  fc.assert(
    fc.property(name, ...streams, ttl, fc.nat(), (which, a, b, ttl, place) => {
      const run = trace(PLANS[which], a.events, { ttl, partitions: 3, others: { refunds: b.events } });
      const step = place % run.steps;
      run.at(step, () => {
        const { number, rows } = joinedBy(run, step)!;
        const kept = new Map<number, number[]>();
        for (const { key, side } of rows.filter((row) => row.fate === 'kept')) {
          const counts = kept.get(key) ?? [0, 0];
          counts[side] += 1;
          kept.set(key, counts);
        }
        const held = new Map<number, number[]>();
        run.engine.operators[number - 1].operator.state!.each((key, _start, _end, counts) => held.set(key, counts));
        expect(kept).toEqual(held);
      });
    }),
    { numRuns: runs },
  );
});

test('S13.5 without a time to live, pairs and rows that stand alone are the result', () => {
  fc.assert(
    fc.property(fc.constantFrom('inner', 'left', 'right', 'full'), ...streams, (kind, a, b) => {
      const run = trace(PLANS[kind], a.events, { partitions: 3, others: { refunds: b.events } });
      const { rows, pairs } = joinedBy(run, run.steps - 1)!;
      expect(pairs.length + rows.filter((row) => row.padded).length).toBe(finalRows(run.engine).length);
      for (const row of rows)
        expect(row.partners).toBe(pairs.filter((pair) => row.place === (row.side ? pair.right : pair.left)).length);
    }),
    { numRuns: runs },
  );
});

test('S11.3 a purge by the time to live gives its reason in the step', () => {
  const run = trace(PLANS.inner, [pay(1), { ...pay(40), card: 9 }], { ttl: 10, others: { refunds: [pay(2)] } });
  const sentences = Array.from({ length: run.steps }, (_, step) => stepSentence(snapshotOf(run, step, {}).stepFacts));
  expect(sentences.filter((one) => one.endsWith('is forgotten: its time to live is over.'))).toHaveLength(2);
  expect(sentences.filter((one) => one.endsWith('make a pair.'))).toHaveLength(1);
});
