import { TidemarkError } from '../model';
import { USUAL } from '../notebook/options';
import { type ExactOptions } from '../notebook/run';
import { inputsOf, type Plan } from '../sql/plan';

const holds = (plan: Plan, is: (node: Plan) => boolean): boolean =>
  is(plan) || inputsOf(plan).some((input) => holds(input, is));

const countOf = (plan: Plan, node: Plan['node']): number =>
  inputsOf(plan).reduce((sum, input) => sum + countOf(input, node), plan.node === node ? 1 : 0);

/** The node whose rows are the result, under the SELECT list. */
function lastOf(plan: Plan): Plan {
  return plan.node === 'project' ? lastOf(plan.input) : plan;
}

/**
 * Throws a TidemarkError for an option of the cell that nothing in the plan would listen to: what is said of panes
 * without windows (S4.11, S20.3), an upsert changelog without a key (S13.1), late rows without an interval join (S8.2),
 * what is too late without rolling aggregates (S7.4), and a hop without edges that are rounded (S7.7).
 */
export function checkFits(plan: Plan, options: ExactOptions): void {
  const { evictor, outputTimestamp, onTime, closing, upsert, lateRows, lateRule, hop, edge, trigger } = options;
  const refuse = (option: string, what: string, expected: string): never => {
    throw new TidemarkError({ what, where: option, expected, hint: `Leave ${option} out.` });
  };
  const hasPanes = holds(plan, ({ node }) => node === 'window aggregate' || (node === 'aggregate' && trigger !== null));
  if (!hasPanes) {
    const asked = [
      evictor !== null && 'evictor',
      outputTimestamp !== USUAL.outputTimestamp && 'output-time',
      onTime !== USUAL.onTime && 'on-time',
      closing !== USUAL.closing && 'closing',
    ].find((one) => one !== false);
    if (asked) refuse(asked, 'there are no panes', 'a GROUP BY with window_start and window_end, or with a trigger');
  }
  // Rows as early as that are late for windows behind these, whose watermark has gone on.
  if (outputTimestamp === 'earliest' && countOf(plan, 'window aggregate') > 1)
    refuse('output-time', 'the watermark is not held back for the earliest event', 'end-of-window or latest');
  const last = lastOf(plan).node;
  const hasKey = last === 'deduplicate' || last === 'top n' || (last === 'aggregate' && trigger === null);
  if (upsert && !hasKey)
    refuse(
      'changelog',
      'the result has no key that a row could be replaced by',
      'a GROUP BY, ROW_NUMBER() = 1 or <= n',
    );
  if (lateRows !== 'match' && !holds(plan, ({ node }) => node === 'interval join'))
    refuse('late-rows', 'there is no interval join', 'a JOIN with a time between two bounds');
  if (lateRule !== null && !holds(plan, ({ node }) => node === 'over'))
    refuse('late-rule', 'there is no rolling aggregate', 'an aggregate with OVER');
  if (hop !== null && edge !== 'hop-aligned' && edge !== 'sawtooth')
    refuse('hop', `the edge ${edge} is not rounded`, 'edge=hop-aligned or edge=sawtooth');
}
