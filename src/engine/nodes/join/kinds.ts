import { addTime, formatDuration, MIN_TIME } from '../../../model';
import { explainExpression, explainWindow } from '../../../sql/explain';
import { type Expression, type Plan } from '../../../sql/plan';
import { appends, asInputs, type KindFamily, type NodeOf, type Recomputation } from '../kind';

export const kinds = {
  join: {
    explain: (node) => explainJoin(node),
    keys: sides,
    resultKey,
    changelog: (node, options, reads) =>
      node.kind === 'inner' || node.kind === 'semi' ? asInputs(node, options, reads) : 'retract',
    keyed: true,
    retractions: 'incremental',
  },
  'interval join': {
    explain: (node) =>
      explainJoin(
        node,
        `right time from ${formatDuration(node.lower)} to ${formatDuration(node.upper)} of the left time`,
      ),
    keys: sides,
    resultKey,
    changelog: asInputs,
    keyed: true,
    retractions: 'recompute',
    recompute: (node) => ({ identity: 'pair', due: paddedAt(node) }),
    options: () => ['lateRows'],
  },
  'window join': {
    explain: (node) => explainJoin(node, `the same window (${explainWindow(node.window)})`),
    keys: sides,
    resultKey,
    changelog: asInputs,
    keyed: true,
    retractions: 'recompute',
    // Its third id is the window's end.
    recompute: () => ({
      identity: 'pair',
      due: ({ ids: [, , end] }) => end - 1,
    }),
  },
  'temporal join': {
    explain: (node) =>
      explainJoin(node, node.time === 'event' ? 'the version of the left time' : 'the version of the moment'),
    keys: sides,
    resultKey,
    changelog: (_, __, [left]) => left,
    keyed: true,
    retractions: 'incremental',
  },
  'asof join': {
    explain: (node) => explainJoin(node, `the nearest right time ${node.match} the left time`),
    keys: sides,
    changelog: appends,
    keyed: true,
    retractions: 'recompute',
  },
} satisfies KindFamily;

function sides({ leftKeys, rightKeys }: Extract<Plan, { leftKeys: unknown }>): Expression[][] {
  return [leftKeys, rightKeys];
}

/** Where rows of the right side stand alone, the keys of the left one are null. */
function resultKey({ kind, leftKeys }: Extract<Plan, { leftKeys: unknown }>): Expression[] | null {
  return kind === 'right' || kind === 'full' ? null : leftKeys;
}

/** A pair is published immediately, a row without a partner once the watermark rules one out (S8.4). */
function paddedAt({ kind, left, right, lower, upper }: NodeOf<'interval join'>): Recomputation['due'] {
  const leftTime = left.timeColumn;
  const rightTime = left.schema.length + right.timeColumn;
  return ({ values, ids: [leftRow, rightRow] }) => {
    if (leftRow < 0) return addTime(Number(values[rightTime]), Math.max(-lower, 0));
    if (rightRow < 0 && kind !== 'semi') return addTime(Number(values[leftTime]), Math.max(upper, 0));
    return MIN_TIME;
  };
}

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
