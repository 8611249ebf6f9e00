import { type Plan } from '../../../sql/plan';
import { explainNode } from '..';
import { type NodeOf, type StreamFamily } from '../kind';
import { LookupOperator } from './lookup';
import { frameText, OverOperator } from './over';

export const stream = {
  over(node, options, context, whole) {
    const { edge, lookup } = options;
    // SQL says every frame is closed; where the cell says otherwise the title does too.
    const asWritten = edge === 'closed' || node.frame.unit === 'rows';
    const title = asWritten ? explainNode(node) : `${explainNode(node)}, ${frameText(node.frame, edge)}`;
    if (!lookup) return new OverOperator(node, title, options, context);
    const { answer, requests } = lookup;
    const how = { edge, answer, requests: requests.table.schema, names: namesOf(whole, node) };
    return new LookupOperator(node, `${title}, at each request`, how, context);
  },
} satisfies StreamFamily;

/** What the SELECT list of the whole plan calls the aggregates of an `over` node. */
function namesOf(whole: Plan, over: NodeOf<'over'>): string[] {
  const first = over.input.schema.length;
  const names = over.schema.slice(first).map((one) => one.name);
  if (whole.node !== 'project' || whole.input !== over) return names;
  whole.expressions.forEach((expression, i) => {
    if (expression.op === 'column' && expression.index >= first) names[expression.index - first] = whole.schema[i].name;
  });
  return names;
}
