import { TidemarkError } from '../../../model';
import { type Plan } from '../../../sql/plan';
import { type Context, type Operator } from '../operator';
import { type StreamOptions } from '../options';
import { filter } from './filter';
import { LookupOperator } from './lookup';
import { frameText, OverOperator } from './over';
import { project } from './project';
import { union } from './union';
import { WindowAggregateOperator } from './windowAggregate';

type Make<N extends Plan['node']> = (
  node: Extract<Plan, { node: N }>,
  options: StreamOptions,
  context: Context,
  whole: Plan,
) => Operator;

/**
 * The stream operators, by the plan node that each runs. To add one: its file, and one line here. What a stream
 * cannot do is refused here, with the reason and what to write instead.
 */
export const OPERATORS: { [N in Exclude<Plan['node'], 'scan'>]?: Make<N> } = {
  filter: (node, { explain }) => filter(node, explain(node)),
  project: (node, { explain }) => project(node, explain(node)),
  'union all': (node, { explain }) => union(node, explain(node)),
  'window aggregate': (node, { explain, lateness }, context) =>
    new WindowAggregateOperator(node, explain(node), lateness, context),
  over: (node, options, context, whole) => {
    const { edge, lookup, explain } = options;
    // SQL says every frame is closed; where the cell says otherwise the title does too.
    const asSaid = edge === 'closed' || node.frame.unit === 'rows';
    const title = asSaid ? explain(node) : `${explain(node)}, ${frameText(node.frame, edge)}`;
    if (!lookup) return new OverOperator(node, title, edge, context);
    const { answer, requests } = lookup;
    const how = { edge, answer, requests: requests.table.schema, names: namesOf(whole, node) };
    return new LookupOperator(node, `${title}, at each request`, how, context);
  },
  aggregate: () => {
    throw new TidemarkError({
      what: 'this GROUP BY would never be finished on a stream',
      expected:
        'a window: FROM TABLE(TUMBLE(TABLE …, DESCRIPTOR(ts), INTERVAL …)) and GROUP BY window_start, window_end',
      hint: 'Group by a window, or run the cell as a batch.',
    });
  },
};

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
