import { TidemarkError } from '../../model';
import { explainNode } from '../../sql';
import { inputsOf, type Plan } from '../../sql/plan';
import { OperatorDrive } from './drive';
import { type Context, type Operator } from './operator';
import { OPERATORS } from '../nodes';
import { DEFAULTS, type StreamOptions } from './options';

/**
 * Drives the operator that runs one node of a plan by hand. Its ports take rows of the node's inputs, in order. Throws
 * the operator's own TidemarkError for options that it refuses.
 */
export function driveNode(node: Plan, options: Partial<StreamOptions> = {}, whole = node): OperatorDrive {
  const make = (OPERATORS as Partial<Record<Plan['node'], unknown>>)[node.node] as
    ((node: Plan, options: StreamOptions, context: Context, whole: Plan) => Operator) | undefined;
  if (!make) throw new TidemarkError({ what: `a stream has no operator for ${node.node}` });
  const settled: StreamOptions = { ...DEFAULTS, explain: explainNode, job: null, lookup: null, ...options };
  return new OperatorDrive(
    (context) => make(node, settled, context, whole),
    inputsOf(node).map(({ schema }) => schema),
  );
}
