import { explainNode } from '../../sql';
import { inputsOf, type Plan } from '../../sql/plan';
import { OperatorDrive } from './drive';
import { OPERATORS, type Make } from '../nodes';
import { entryOf } from '../nodes/entry';
import { DEFAULTS, type StreamOptions } from './options';

/**
 * Drives the operator that runs one node of a plan by hand. Its ports take rows of the node's inputs, in order. Throws
 * the operator's own TidemarkError for options that it refuses.
 */
export function driveNode(node: Plan, options: Partial<StreamOptions> = {}, whole = node): OperatorDrive {
  const make = entryOf<Make<Plan['node']>>(OPERATORS, node, 'stream operator');
  const settled: StreamOptions = { ...DEFAULTS, explain: explainNode, job: null, lookup: null, ...options };
  return new OperatorDrive(
    (context) => make(node, settled, context, whole),
    inputsOf(node).map(({ schema }) => schema),
  );
}
