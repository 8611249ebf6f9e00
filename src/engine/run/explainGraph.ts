import { explainExpression } from '../../sql/explain';
import { type Topic } from '../log/topic';
import { type Channel, type Graph } from './graph';

/**
 * A graph as text: one operator per line under its number, what it reads and how those rows are spread, how it treats
 * rows that are taken back, and what its own result does about them.
 */
export const explainGraph = ({ operators }: Graph, topics: readonly Topic[]): string =>
  operators
    .map(({ number, plan: { node }, title, mode, inputs }) => {
      const reads = inputs.map((input) => explainChannel(input, topics)).join(', ');
      return `${`${number} ${node} ${title}`.trimEnd()} [${reads}; ${mode.retractions}; ${mode.writes}]`;
    })
    .join('\n');

function explainChannel({ nodeIndex, topic, partitioning }: Channel, topics: readonly Topic[]): string {
  const from = nodeIndex < 0 ? topics[topic].name : String(nodeIndex + 1);
  if (partitioning.by === 'forward') return `${from} forward`;
  return `${from} hash(${partitioning.keys.map(explainExpression).join(', ')})`;
}
