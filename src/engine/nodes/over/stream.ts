import { explainNode } from '..';
import { type StreamFamily } from '../kind';
import { LookupOperator } from './lookup';
import { frameText, OverOperator } from './over';

export const stream = {
  over(node, options, context) {
    const { edge, lookup } = options;
    // SQL says every frame is closed; where the cell says otherwise the title does too.
    const asWritten = edge === 'closed' || node.frame.unit === 'rows';
    const title = asWritten ? explainNode(node) : `${explainNode(node)}, ${frameText(node.frame, edge)}`;
    if (!lookup) return new OverOperator(node, title, options, context);
    const { answer, requests } = lookup;
    const names = node.schema.slice(node.input.schema.length).map(({ name }) => name);
    const how = { edge, answer, requests: requests.table.schema, names };
    return new LookupOperator(node, `${title}, at each request`, how, context);
  },
} satisfies StreamFamily;
