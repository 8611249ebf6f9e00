import { formatDuration } from '../../../model';
import { explainExpression, explainWindow } from '../../../sql/explain';
import { type Plan } from '../../../sql/plan';
import { never, type KindFamily } from '../kind';

export const kinds = {
  join: {
    explain: (node) => explainJoin(node),
    changes: ({ kind }, _, inputs) => (kind !== 'inner' && kind !== 'semi') || inputs.includes(true),
    retractions: 'incremental',
  },
  'interval join': {
    explain: (node) =>
      explainJoin(
        node,
        `right time from ${formatDuration(node.lower)} to ${formatDuration(node.upper)} of the left time`,
      ),
    changes: never,
    retractions: 'refused',
    options: () => ['lateRows'],
  },
  'window join': {
    explain: (node) => explainJoin(node, `the same window (${explainWindow(node.window)})`),
    changes: never,
    retractions: 'refused',
  },
  'temporal join': {
    explain: (node) =>
      explainJoin(node, node.time === 'event' ? 'the version of the left time' : 'the version of the moment'),
    changes: (_, __, [left]) => left,
    retractions: 'incremental',
  },
  'asof join': {
    explain: (node) => explainJoin(node, `the nearest right time ${node.match} the left time`),
    changes: never,
    retractions: 'refused',
  },
} satisfies KindFamily;

/** The kind of join, its equalities, what it says of time, and the rest of its condition. */
function explainJoin(
  { kind, leftKeys, rightKeys, nullSafe, where }: Extract<Plan, { leftKeys: unknown }>,
  time?: string,
): string {
  const equal = nullSafe ? 'IS NOT DISTINCT FROM' : '=';
  const on = leftKeys.map((key, i) => `${explainExpression(key)} ${equal} ${explainExpression(rightKeys[i])}`);
  if (time) on.push(time);
  if (where) on.push(explainExpression(where));
  return `${kind}: ${on.join(', ')}`;
}
