import { changelogOptions } from '../../stream/changes';
import { type StreamFamily } from '../kind';
import { triggeredAggregate } from '../window/stream';
import { GroupAggregateOperator } from './groupAggregate';
import { isTriggered } from './kinds';

export const stream = {
  aggregate: (node, options, context, mode) =>
    isTriggered(node, options, mode.reads)
      ? triggeredAggregate(node, options, context)
      : new GroupAggregateOperator(node, changelogOptions(mode, options), context),
} satisfies StreamFamily;
