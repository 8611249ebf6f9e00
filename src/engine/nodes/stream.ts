import { TidemarkError } from '../../model';
import { type Plan } from '../../sql/plan';
import { stream as aggregate } from './aggregate/stream';
import { stream as join } from './join/stream';
import { kindOf } from '.';
import { refusal } from '../stream/changes';
import { entryOf } from './entry';
import { type MakeOperator } from './kind';
import { stream as over } from './over/stream';
import { RecomputeOperator } from './recompute';
import { stream as rank } from './rank/stream';
import { stream as rows } from './rows/stream';
import { stream as window } from './window/stream';

/**
 * The stream operators, by the plan node that each runs. What a stream cannot do is refused here, with the reason and
 * what to write instead. Sources run the scans.
 */
export const OPERATORS: { readonly [N in Exclude<Plan['node'], 'scan'>]: MakeOperator<N> } = {
  ...rows,
  ...aggregate,
  ...window,
  ...over,
  ...rank,
  ...join,
};

/** The operator of a node: its own, or one that recomputes where an input takes rows back and its own cannot. */
export const operatorOf: MakeOperator<Plan['node']> = (node, options, context, mode) => {
  if (mode.retractions !== 'recompute')
    return entryOf<MakeOperator<Plan['node']>>(OPERATORS, node, 'stream operator')(node, options, context, mode);
  if (!kindOf(node).recompute?.(node, options)) throw refusal(node, options);
  return recomputeOperator(node, options, context, mode);
};

/** A node by key, through the batch executor. */
export const recomputeOperator: MakeOperator<Plan['node']> = (node, options, context, { writes }) => {
  const { recompute: runBatch, edge, hop, ttl } = options;
  const kind = kindOf(node);
  const how = kind.recompute?.(node, options);
  const keys = kind.keys(node);
  if (!how || !keys || !runBatch)
    throw new TidemarkError({ what: `${node.node} cannot be recomputed without the batch executor` });
  return new RecomputeOperator(node, keys, how, { runBatch, edge, hop, ttl, upsert: writes === 'upsert' }, context);
};
