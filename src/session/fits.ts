import { kindOf } from '../engine/nodes';
import { type NodeOption } from '../engine/nodes/kind';
import { TidemarkError } from '../model';
import { USUAL } from '../notebook/options';
import { type ExactOptions } from '../notebook/run';
import { inputsOf, type Plan } from '../sql/plan';

interface Need {
  /** The option as the cell writes it. */
  option: string;
  what: string;
  expected: string;
}

const PANES = {
  what: 'there are no panes',
  expected: 'a GROUP BY with window_start and window_end, or with a trigger',
};

/** What is missing where no node of the plan takes an option. */
const NEEDS: Record<NodeOption, Need> = {
  evictor: { option: 'evictor', ...PANES },
  outputTimestamp: { option: 'output-time', ...PANES },
  onTime: { option: 'on-time', ...PANES },
  closing: { option: 'closing', ...PANES },
  upsert: {
    option: 'changelog',
    what: 'the result has no key that a row could be replaced by',
    expected: 'a GROUP BY, ROW_NUMBER() = 1 or <= n',
  },
  lateRows: {
    option: 'late-rows',
    what: 'there is no interval join',
    expected: 'a JOIN with a time between two bounds',
  },
  lateRule: { option: 'late-rule', what: 'there is no rolling aggregate', expected: 'an aggregate with OVER' },
};

/** The node whose rows are the result, under the SELECT list. */
function lastOf(plan: Plan): Plan {
  return plan.node === 'project' ? lastOf(plan.input) : plan;
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...inputsOf(plan).flatMap(nodesOf)];

/**
 * Throws a TidemarkError for an option of the cell that no node of the plan takes: what is said of panes without windows
 * (S4.11, S20.3), an upsert changelog without a key (S13.1), late rows without an interval join (S8.2), what is too late
 * without rolling aggregates (S7.4), and a hop without edges that are rounded (S7.7).
 */
export function checkFits(plan: Plan, options: ExactOptions): void {
  const { outputTimestamp, hop, edge } = options;
  const refuse = ({ option, what, expected }: Need): never => {
    throw new TidemarkError({ what, where: option, expected, hint: `Leave ${option} out.` });
  };
  const nodes = nodesOf(plan);
  const last = lastOf(plan);
  const taken = new Set(nodes.flatMap((node) => kindOf(node).options?.(node, options, node === last) ?? []));
  for (const option of Object.keys(NEEDS) as NodeOption[])
    if (options[option] !== USUAL[option] && !taken.has(option)) refuse(NEEDS[option]);
  // Rows as early as that are late for windows behind these, whose watermark has gone on.
  if (outputTimestamp === 'earliest' && nodes.filter(({ node }) => node === 'window aggregate').length > 1)
    refuse({
      option: 'output-time',
      what: 'the watermark is not held back for the earliest event',
      expected: 'end-of-window or latest',
    });
  if (hop !== null && edge !== 'hop-aligned' && edge !== 'sawtooth')
    refuse({ option: 'hop', what: `the edge ${edge} is not rounded`, expected: 'edge=hop-aligned or edge=sawtooth' });
}
