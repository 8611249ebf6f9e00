import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSession } from '../../src/session/session';
import { type RunSpec } from '../../src/session/protocol';
import { hostileRuns } from '../support/hostile';

const runs = process.env.LONG ? 2_000 : 40;
/** A reader who has waited for so many slices presses Cancel. */
const PATIENCE = 40;
/** Objects and numbers at any time, those that have not been collected yet included. */
const MOST_MEMORY = 1_024 * 1_048_576;

/** What becomes of a run (`ended`, `cancelled`, or why it was refused), and the most memory between two slices, in bytes. */
async function fate(spec: RunSpec): Promise<{ fate: string; memory: number }> {
  let slices = 0;
  let memory = 0;
  const session = createSession({
    now: () => performance.now(),
    pause: async () => {
      slices += 1;
      memory = Math.max(memory, used());
      if (slices > PATIENCE) await session.cancel();
    },
  });
  const outcome = await session.run(spec);
  memory = Math.max(memory, used());
  if ('cancelled' in outcome) return { fate: 'cancelled', memory };
  if ('failed' in outcome) {
    // What nobody has thought of is said to be a fault of the product.
    expect(outcome.failed.hint ?? '').not.toMatch(/fault of Tidemark/);
    return { fate: outcome.failed.what, memory };
  }
  const { id, steps } = outcome.ok;
  expect(await session.state(id, steps >> 1, { result: { part: 'result', where: {} } })).toHaveProperty('ok');
  return { fate: 'ended', memory };
}

/** Objects and arrays of numbers: what the process has beside them belongs to whatever runs it. */
function used(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test(
  'a hostile definition ends, is cancelled, or is refused with a reason',
  async () => {
    const fates = new Map<string, number>();
    let peak = 0;
    await fc.assert(
      fc.asyncProperty(hostileRuns, async (spec) => {
        const one = await fate(spec);
        fates.set(one.fate, (fates.get(one.fate) ?? 0) + 1);
        peak = Math.max(peak, one.memory);
        expect(one.memory).toBeLessThan(MOST_MEMORY);
      }),
      { numRuns: runs },
    );
    expect(fates.get('ended')).toBeGreaterThan(0);
    expect(fates.size).toBeGreaterThan(1);
    if (process.env.LONG)
      console.log(
        JSON.stringify({ peak: `${Math.round(peak / 1_048_576)} MB`, ...Object.fromEntries(fates) }, null, 2),
      );
  },
  60_000 + runs * 2_000,
);
