import { TidemarkError } from '../../model';
import { type Plan } from '../../sql/plan';
import { POLICIES } from '../profiles';
import { changelogOptions, refusal } from '../stream/changes';
import { kindOf } from '.';
import { GroupAggregateOperator } from './aggregate/groupAggregate';
import { isTriggered } from './aggregate/kinds';
import { entryOf } from './entry';
import { IntervalJoinOperator } from './join/intervalJoin';
import { RegularJoinOperator } from './join/regularJoin';
import { LookupJoinOperator, StreamTableJoinOperator, TemporalJoinOperator } from './join/temporalJoin';
import { WindowJoinOperator } from './join/windowJoin';
import { takesBack, type MakeOperator } from './kind';
import { LookupOperator } from './over/lookup';
import { OverOperator } from './over/over';
import { RowPerKeyOperator } from './rank/rowPerKey';
import { TopNOperator } from './rank/topN';
import { RecomputeOperator } from './recompute';
import { filter } from './rows/filter';
import { project } from './rows/project';
import { union } from './rows/union';
import { windowAggregate, windowOperator } from './aggregate/windowAggregate';

/**
 * The stream operators, by the plan node that each runs. What a stream cannot do is refused here, with the reason and
 * what to write instead. Sources run the scans.
 */
export const OPERATORS: { readonly [N in Exclude<Plan['node'], 'scan'>]: MakeOperator<N> } = {
  filter,
  project,
  'union all': union,
  aggregate: (node, options, context, mode) =>
    isTriggered(node, options, mode.reads)
      ? windowOperator(node, options, context)
      : new GroupAggregateOperator(node, changelogOptions(mode, options), context),
  'window aggregate': windowAggregate,
  over(node, options, context) {
    const { edge, lookup } = options;
    if (!lookup) return new OverOperator(node, options, context);
    const { answer, requests } = lookup;
    return new LookupOperator(node, { edge, answer, requests: requests.table.schema }, context);
  },
  deduplicate: (node, options, context, mode) => new RowPerKeyOperator(node, changelogOptions(mode, options), context),
  normalize: (node, options, context, mode) => new RowPerKeyOperator(node, changelogOptions(mode, options), context),
  'top n': (node, options, context, mode) => new TopNOperator(node, changelogOptions(mode, options), context),
  limit() {
    throw new TidemarkError({
      what: 'a stream has no order in which it could be cut off',
      expected: 'ROW_NUMBER() OVER (PARTITION BY … ORDER BY …) AS rn in a subquery, and WHERE rn <= n',
      found: 'LIMIT',
      hint: 'Rank the rows, or run the cell as a batch.',
    });
  },
  join: (node, { ttl }, context) => new RegularJoinOperator(node, { left: ttl, right: ttl }, context),
  'interval join': (node, options, context) => new IntervalJoinOperator(node, options, context),
  'window join': (node, _, context) => new WindowJoinOperator(node, context),
  'temporal join': (node, { profile, lateness }, context, { reads }) => {
    const changing = takesBack(reads[0]);
    if (node.time === 'processing') return new LookupJoinOperator(node, changing, context);
    return POLICIES[profile].versions.is === 'stream time'
      ? new StreamTableJoinOperator(node, changing, lateness, context)
      : new TemporalJoinOperator(node, changing, context);
  },
  'asof join'() {
    throw new TidemarkError({
      what: 'an ASOF JOIN would need everything that is still to come on a stream',
      expected: 'JOIN … FOR SYSTEM_TIME AS OF the time of the left row',
      hint: 'Join the version that is valid at the time of each row, or run the cell as a batch.',
    });
  },
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
