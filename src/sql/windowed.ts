import { fail } from './fail';
import { explainExpression } from './explain';
import { type Expression } from './plan';
import { type Item, projectOf } from './project';
import { type Relation, relationOf, type Windows } from './relation';
import { type Origins, type ScopeColumn, uniqueNames } from './scope';
import { columnAt, inputsOf, readsColumn, sameExpression } from './walk';

/**
 * `SELECT … FROM TABLE(TUMBLE(…))` without GROUP BY: still rows in windows, for a GROUP BY or a join around it. What the
 * windows need stays in the plan, whether or not it is selected: the event time, and the keys of sessions.
 */
export function windowed(
  { plan: input }: Relation,
  windows: Windows,
  items: readonly Item[],
  origins: Origins,
): Relation {
  const width = input.schema.length;
  const isEdge = ({ expression }: Item): boolean => expression.op === 'column' && expression.index >= width;
  for (const item of items) {
    const { expression } = item;
    if (isEdge(item) || !readsColumn(expression, (index) => index >= width)) continue;
    fail(origins.get(firstEdge(expression, width)!) ?? windows.place, {
      what: 'rows in windows know their windows only once these are grouped or joined',
      expected: 'window_start, window_end or window_time as they are',
      found: explainExpression(expression),
      hint: 'Compute with the edges of windows in the outer SELECT.',
    });
  }
  const kept = items.filter((one) => !isEdge(one));
  const time = columnAt(input.schema[input.timeColumn], input.timeColumn);
  const needed = [time, ...windows.partitionBy];
  const hidden = needed.filter((one) => !kept.some(({ expression }) => sameExpression(expression, one)));
  const all = [...kept, ...hidden.map((expression) => ({ expression, name: explainExpression(expression) }))];
  const plan = projectOf(input, all);
  const names = uniqueNames(items.map((one) => one.name));
  const scope = items.map((item, i): ScopeColumn => {
    const { expression } = item;
    const edge = isEdge(item) ? (expression as { index: number }).index - width : -1;
    const index = edge < 0 ? kept.indexOf(item) : all.length + edge;
    const nullable = edge < 0 && plan.schema[index].nullable;
    return { table: null, name: names[i], type: expression.type, nullable, index };
  });
  const partitionBy = windows.partitionBy.map((one): Expression => {
    const index = all.findIndex(({ expression }) => sameExpression(expression, one));
    return columnAt(plan.schema[index], index);
  });
  return { ...relationOf(plan), scope, windows: { ...windows, partitionBy } };
}

function firstEdge(one: Expression, width: number): Expression | null {
  if (one.op === 'column') return one.index >= width ? one : null;
  for (const input of inputsOf(one)) {
    const found = firstEdge(input, width);
    if (found) return found;
  }
  return null;
}
