import { TidemarkError } from '../../model';
import { inputsOf, type Aggregate, type Deduplicate, type Plan, type TopN } from '../../sql/plan';
import { POLICIES } from '../profiles';
import { type Context, type Operator } from '../stream/operator';
import { type StreamOptions } from '../stream/options';
import { changes } from '../stream/changes';
import { DeduplicateOperator } from './rank/deduplicate';
import { filter } from './rows/filter';
import { GroupAggregateOperator, type ChangelogOptions } from './aggregate/groupAggregate';
import { IntervalJoinOperator } from './join/intervalJoin';
import { LookupOperator } from './over/lookup';
import { LookupJoinOperator } from './join/lookupJoin';
import { frameText, OverOperator } from './over/over';
import { project } from './rows/project';
import { RegularJoinOperator } from './join/regularJoin';
import { TemporalJoinOperator } from './join/temporalJoin';
import { StreamTableJoinOperator } from './join/temporalJoinStreamTime';
import { TopNOperator } from './rank/topN';
import { union } from './rows/union';
import { triggeredAggregate, windowAggregate } from './window/windowed';
import { WindowJoinOperator } from './join/windowJoin';

export type Make<N extends Plan['node']> = (
  node: Extract<Plan, { node: N }>,
  options: StreamOptions,
  context: Context,
  whole: Plan,
) => Operator;

/**
 * The stream operators, by the plan node that each runs. What a stream cannot do is refused here, with the reason and
 * what to write instead.
 */
export const OPERATORS: { [N in Exclude<Plan['node'], 'scan'>]: Make<N> } = {
  filter: (node, { explain }) => filter(node, explain(node)),
  project: (node, { explain }) => project(node, explain(node)),
  'union all': (node, { explain }) => union(node, explain(node)),
  'window aggregate': (node, options, context) => windowAggregate(node, options, context),
  'interval join': (node, options, context) => new IntervalJoinOperator(node, options.explain(node), options, context),
  'window join': (node, { explain }, context) => new WindowJoinOperator(node, explain(node), context),
  join: (node, { explain, ttl }, context) =>
    new RegularJoinOperator(node, explain(node), { left: ttl, right: ttl }, context),
  'temporal join': (node, options, context) => {
    const { explain, profile, lateness } = options;
    const changing = changes(node.left, options);
    if (node.time === 'processing') return new LookupJoinOperator(node, explain(node), changing, context);
    return POLICIES[profile].versions.is === 'stream time'
      ? new StreamTableJoinOperator(node, explain(node), changing, lateness, context)
      : new TemporalJoinOperator(node, explain(node), changing, context);
  },
  'asof join': () => {
    throw new TidemarkError({
      what: 'an ASOF JOIN would need everything that is still to come on a stream',
      expected: 'JOIN … FOR SYSTEM_TIME AS OF the time of the left row',
      hint: 'Join the version that is valid at the time of each row, or run the cell as a batch.',
    });
  },
  over: (node, options, context, whole) => {
    const { edge, lookup, explain } = options;
    // SQL says every frame is closed; where the cell says otherwise the title does too.
    const asWritten = edge === 'closed' || node.frame.unit === 'rows';
    const title = asWritten ? explain(node) : `${explain(node)}, ${frameText(node.frame, edge)}`;
    if (!lookup) return new OverOperator(node, title, options, context);
    const { answer, requests } = lookup;
    const how = { edge, answer, requests: requests.table.schema, names: namesOf(whole, node) };
    return new LookupOperator(node, `${title}, at each request`, how, context);
  },
  aggregate: (node, options, context, whole) =>
    options.trigger && !readsPanes(node.input, options)
      ? triggeredAggregate(node, options, context)
      : new GroupAggregateOperator(node, options.explain(node), changelog(node, options, whole), context),
  deduplicate: (node, options, context, whole) =>
    new DeduplicateOperator(node, options.explain(node), changelog(node, options, whole), context),
  'top n': (node, options, context, whole) =>
    new TopNOperator(node, options.explain(node), changelog(node, options, whole), context),
};

/**
 * A trigger is about the first windows of a plan. What stands on their panes, or on anything else that takes rows back,
 * answers each row at once: a window of all time could only count it, also where it is taken back (S6.2).
 */
const readsPanes = (input: Plan, options: StreamOptions): boolean => changes(input, options) || isOnPanes(input);

const isOnPanes = (plan: Plan): boolean =>
  plan.node === 'aggregate' || plan.node === 'window aggregate' || inputsOf(plan).some(isOnPanes);

/** Only the result itself may be an upsert stream: operators above take a row back by its −U. */
function changelog(node: Aggregate | Deduplicate | TopN, options: StreamOptions, whole: Plan): ChangelogOptions {
  let last = whole;
  while (last.node === 'project') last = last.input;
  return { retracting: changes(node.input, options), upsert: options.upsert && last === node, ttl: options.ttl };
}

/** What the SELECT list of the whole plan calls the aggregates of an `over` node. */
function namesOf(whole: Plan, over: Extract<Plan, { node: 'over' }>): string[] {
  const first = over.input.schema.length;
  const names = over.schema.slice(first).map((one) => one.name);
  if (whole.node !== 'project' || whole.input !== over) return names;
  whole.expressions.forEach((expression, i) => {
    if (expression.op === 'column' && expression.index >= first) names[expression.index - first] = whole.schema[i].name;
  });
  return names;
}
