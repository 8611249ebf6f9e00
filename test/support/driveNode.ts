import { type MakeOperator } from '../../src/engine/nodes/kind';
import { OPERATORS } from '../../src/engine/nodes/stream';
import { entryOf } from '../../src/engine/nodes/entry';
import { DEFAULTS, type StreamOptions } from '../../src/engine/stream/options';
import { inputsOf, type Plan } from '../../src/sql/plan';
import { OperatorDrive } from './operatorDrive';

/**
 * Drives the operator that runs one node of a plan by hand. Its ports take rows of the node's inputs, in order. Throws
 * the operator's own TidemarkError for options that it refuses.
 */
export function driveNode(node: Plan, options: Partial<StreamOptions> = {}, whole = node): OperatorDrive {
  const make = entryOf<MakeOperator<Plan['node']>>(OPERATORS, node, 'stream operator');
  const settled: StreamOptions = { ...DEFAULTS, job: null, lookup: null, ...options };
  return new OperatorDrive(
    (context) => make(node, settled, context, whole),
    inputsOf(node).map(({ schema }) => schema),
  );
}
