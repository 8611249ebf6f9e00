import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSession } from '../../src/session/session';
import { type RunSpec } from '../../src/session/protocol';
import { hostileRuns } from '../support/hostile';

const runs = process.env.LONG ? 2_000 : 40;
/** A reader who has waited for so many slices presses Cancel. */
const PATIENCE = 40;

/** What becomes of a run: `ended`, `cancelled`, or why it was refused. */
async function fate(spec: RunSpec): Promise<string> {
  let slices = 0;
  const session = createSession({
    now: () => performance.now(),
    pause: async () => {
      slices += 1;
      if (slices > PATIENCE) await session.cancel();
    },
  });
  const outcome = await session.run(spec);
  if ('cancelled' in outcome) return 'cancelled';
  if ('failed' in outcome) {
    // What nobody has thought of is said to be a fault of the product.
    expect(outcome.failed.hint ?? '').not.toMatch(/fault of Tidemark/);
    return outcome.failed.what;
  }
  const { id, steps } = outcome.ok;
  expect(await session.state(id, steps >> 1, { result: { part: 'result', where: {} } })).toHaveProperty('ok');
  return 'ended';
}

test(
  'a hostile definition ends, is cancelled, or is refused with a reason',
  async () => {
    const fates = new Set<string>();
    await fc.assert(
      fc.asyncProperty(hostileRuns, async (spec) => {
        fates.add(await fate(spec));
      }),
      { numRuns: runs },
    );
    expect(fates).toContain('ended');
    expect(fates.size).toBeGreaterThan(1);
  },
  60_000 + runs * 2_000,
);
