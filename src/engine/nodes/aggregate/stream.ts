import { changelogOptions } from '../../stream/changes';
import { explainNode } from '..';
import { type StreamFamily } from '../kind';
import { triggeredAggregate } from '../window/stream';
import { GroupAggregateOperator } from './groupAggregate';
import { isTriggered } from './kinds';

export const stream = {
  aggregate: (node, options, context, mode) =>
    isTriggered(node, options, mode.reads)
      ? triggeredAggregate(node, options, context)
      : new GroupAggregateOperator(node, explainNode(node), changelogOptions(mode, options), context),
} satisfies StreamFamily;
