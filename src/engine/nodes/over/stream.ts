import { type StreamFamily } from '../kind';
import { LookupOperator } from './lookup';
import { OverOperator } from './over';

export const stream = {
  over(node, options, context) {
    const { edge, lookup } = options;
    if (!lookup) return new OverOperator(node, options, context);
    const { answer, requests } = lookup;
    const names = node.schema.slice(node.input.schema.length).map(({ name }) => name);
    const how = { edge, answer, requests: requests.table.schema, names };
    return new LookupOperator(node, how, context);
  },
} satisfies StreamFamily;
