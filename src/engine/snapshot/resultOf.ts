import { type Operator } from '../stream/operator';
import { type TracedRun } from '../stream/tracedRun';

/** Number of the operator that gives the result's rows their identities: what stands above it only filters and projects. */
export function resultOperator({ engine }: TracedRun): number {
  const { nodes, root } = engine.dataflow;
  let at = root.nodeIndex;
  while (at >= 0 && handsOn(nodes[at].operator) && nodes[at].inputs.length === 1) at = nodes[at].inputs[0].nodeIndex;
  return at + 1;
}

/** Whether windows say the result: an operator above them says rows of its own. */
export const emitsWindows = (run: TracedRun): boolean =>
  run.engine.windowOperator > 0 && resultOperator(run) === run.engine.windowOperator;

const handsOn = ({ state, pairing }: Operator): boolean => state === null && pairing === undefined;
