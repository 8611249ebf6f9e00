import { type ColumnBatch } from '../../model';
import { explainExpression } from '../../sql/explain';
import { resultNode, type Graph } from './graph';
import { bytesOfRows, type Held } from './budget';
import { type RunOperator } from './runOperator';
import { type Trace } from './trace';

/** An operator's rows, or those of the result, and what they are called. */
interface Holder {
  where: string;
  operator: RunOperator | null;
  batch: ColumnBatch;
}

/** What most of the steps, rows or texts of a run come from: an operator, or the expression that makes a text. */
export function largestOf(
  most: Held,
  operators: readonly RunOperator[],
  graph: Graph,
  result: ColumnBatch,
  trace: Trace | null,
): string {
  const titleOf = (place: number): string =>
    operators[place]?.node.title || operators[place]?.node.plan.node || 'result';
  if (most === 'steps') return titleOf((trace?.busiest ?? 0) - 1);
  const holders: Holder[] = operators.map((operator, place) => ({
    where: titleOf(place),
    operator,
    batch: operator.operator.out,
  }));
  holders.push({ where: titleOf(resultNode(graph)), operator: null, batch: result });
  if (most === 'texts') return longestText(holders);
  return holders.reduce((one, other) => (bytesOfRows(other.batch) > bytesOfRows(one.batch) ? other : one)).where;
}

/** The first that holds the largest texts has made them: what is above it only hands them on. */
function longestText(holders: readonly Holder[]): string {
  let where = 'result';
  let characters = -1;
  for (const { where: title, operator, batch } of holders) {
    batch.columns.forEach(({ dictionary }, i) => {
      if (dictionary === null || dictionary.characters <= characters) return;
      characters = dictionary.characters;
      const plan = operator?.node.plan;
      where = plan?.node === 'project' ? explainExpression(plan.expressions[i]) : `${batch.schema[i].name} of ${title}`;
    });
  }
  return where;
}
