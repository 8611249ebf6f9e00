import { inputsOf, type Plan } from '../../../sql/plan';
import { changelogOf, changes } from '../../stream/changes';
import { type StreamOptions } from '../../stream/options';
import { explainNode } from '..';
import { type StreamFamily } from '../kind';
import { triggeredAggregate } from '../window/stream';
import { GroupAggregateOperator } from './groupAggregate';

export const stream = {
  aggregate: (node, options, context, whole) =>
    options.trigger && !readsPanes(node.input, options)
      ? triggeredAggregate(node, options, context)
      : new GroupAggregateOperator(node, explainNode(node), changelogOf(node, options, whole), context),
} satisfies StreamFamily;

/**
 * A trigger applies to the first windowed aggregate only. Aggregates downstream of it, or of any input with
 * retractions, emit on every row: a window of all time could only count the row, also where it is taken back (S6.2).
 */
const readsPanes = (input: Plan, options: StreamOptions): boolean => changes(input, options) || isOnPanes(input);

const isOnPanes = (plan: Plan): boolean =>
  plan.node === 'aggregate' || plan.node === 'window aggregate' || inputsOf(plan).some(isOnPanes);
