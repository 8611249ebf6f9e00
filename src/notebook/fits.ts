import { kindOf } from '../engine/nodes';
import { TidemarkError } from '../model';
import { ALL_OPTIONS } from './options';
import { type ExactOptions, type Need } from './runOptions';
import { nodesOf, type Plan } from '../sql/plan';

/** The node whose rows are the result, under the SELECT list. */
function lastOf(plan: Plan): Plan {
  return plan.node === 'project' ? lastOf(plan.input) : plan;
}

/** Throws a TidemarkError for an option of the cell that no node of the plan takes, or that others rule out. */
export function checkFits(plan: Plan, options: ExactOptions): void {
  const nodes = nodesOf(plan);
  const last = lastOf(plan);
  const taken = new Set<string>(nodes.flatMap((node) => kindOf(node).options?.(node, options, node === last) ?? []));
  for (const { name, field, usual, needs, clash } of ALL_OPTIONS) {
    if (options[field] === usual) continue;
    if (needs && !taken.has(field)) refuse(name, needs);
    const found = clash?.(options);
    if (found) refuse(name, found);
  }
  // Rows as early as that are late for the windows after these, whose watermark has gone on.
  if (options.outputTimestamp === 'earliest' && nodes.filter(({ node }) => node === 'window aggregate').length > 1) {
    refuse('output-time', {
      what: 'the watermark is not held back for the earliest event',
      expected: 'end-of-window or latest',
    });
  }
}

function refuse(name: string, { what, expected }: Need): never {
  throw new TidemarkError({ what, where: name, expected, hint: `Leave ${name} out.` });
}
