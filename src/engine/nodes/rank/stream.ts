import { changelogOf } from '../../stream/changes';
import { explainNode } from '..';
import { type StreamFamily } from '../kind';
import { DeduplicateOperator } from './deduplicate';
import { TopNOperator } from './topN';

export const stream = {
  deduplicate: (node, options, context, whole) =>
    new DeduplicateOperator(node, explainNode(node), changelogOf(node, options, whole), context),
  'top n': (node, options, context, whole) =>
    new TopNOperator(node, explainNode(node), changelogOf(node, options, whole), context),
} satisfies StreamFamily;
