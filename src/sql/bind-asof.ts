import { type Ast } from './ast';
import { bindExpression, contextOf } from './bind-expression';
import { joined, joinSchema, keyColumns, type Sides } from './bind-join';
import { explainExpression } from './explain';
import { fail, shorten } from './fail';
import { formatExpression } from './format';
import { type Condition, type JoinKey, sortCondition } from './join-condition';
import { type AsOfJoin, type Expression, type Plan } from './plan';
import { plainRows, type Relation, type Relations } from './relation';
import { notOnStreams } from './streaming';
import { carry, times, whyNoTime } from './time-column';

/** ASOF JOIN: with each left row the nearest right row before it (or behind it), by event time. */
export function bindNearest(sides: Sides, on: Expression, relations: Relations): Relation {
  notOnStreams('asof', relations, sides.place);
  const { left, right, place } = sides;
  const kind = innerOrLeft(sides, 'ASOF JOIN');
  const [leftPlan, rightPlan] = [plainRows(left, 'ASOF JOIN'), plainRows(right, 'ASOF JOIN')];
  for (const plan of [leftPlan, rightPlan]) {
    if (times(plan).length) continue;
    fail(place, {
      what: 'ASOF JOIN compares the event times of both sides',
      expected: 'event time on both sides',
      found: `${plan === leftPlan ? 'a left' : 'a right'} side without`,
      hint: whyNoTime(plan),
    });
  }
  const condition = sortCondition(on, left, right);
  const match = matchOf(condition);
  const other = condition.rest[0];
  if (!match || other) {
    const [l, r] = [leftPlan, rightPlan].map((plan) => plan.schema[times(plan)[0]].name);
    fail(place, {
      what: 'the ON of ASOF JOIN says which rows belong together, and on which side in time the right one lies',
      expected: `equalities, and one of l.${l} >= r.${r}, l.${l} > r.${r}, l.${l} <= r.${r}, l.${l} < r.${r}`,
      found: shorten(explainExpression(on)),
      hint: other
        ? 'Put other conditions into WHERE, or into a subquery in front of the join.'
        : `Write ON l.id = r.id AND l.${l} >= r.${r}.`,
    });
  }
  const bounds = condition.bounds!;
  const input = { left: carry(leftPlan, bounds.left)!, right: carry(rightPlan, bounds.right)! };
  const schema = joinSchema(kind, leftPlan.schema, rightPlan.schema);
  const keys = keyColumns(condition.keys, []);
  return joined(sides, { node: 'asof join', ...input, kind, ...keys, match, schema, timeColumn: bounds.left });
}

/** The one comparison of right time with left time that the bounds stand for, or null. */
function matchOf({ bounds, bounding }: Condition): AsOfJoin['match'] | null {
  if (!bounds || bounding.length !== 1) return null;
  const { lower, upper } = bounds;
  if (lower === null) return upper === 0 ? '<=' : upper === -1 ? '<' : null;
  return upper !== null ? null : lower === 0 ? '>=' : lower === 1 ? '>' : null;
}

/** JOIN … FOR SYSTEM_TIME AS OF: each left row sees the version of its key that holds at its own time (S9.1). */
export function bindVersions(sides: Sides, on: Expression, asOf: Ast): Relation {
  const { left, right, place } = sides;
  const kind = innerOrLeft(sides, 'a join FOR SYSTEM_TIME AS OF');
  const leftPlan = plainRows(left, 'FOR SYSTEM_TIME AS OF');
  const rightPlan = plainRows(right, 'FOR SYSTEM_TIME AS OF');
  const time = asOf.ast === 'call' && asOf.name.text === 'PROCTIME' ? 'processing' : 'event';
  const input = time === 'event' ? followTime(left, leftPlan, asOf) : leftPlan;
  const versions = versionsOf(rightPlan);
  if (!versions) {
    return fail(place, {
      what: 'FOR SYSTEM_TIME AS OF needs versions: rows of which the newest with a key replaces the one before',
      expected: 'a table with a PRIMARY KEY, or a view that keeps the last row of each key',
      found: rightPlan.node === 'scan' ? `${rightPlan.table}, which has no PRIMARY KEY` : 'rows without a key',
      hint: 'Write CREATE VIEW v AS SELECT … FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY ts DESC) AS rn FROM r) WHERE rn = 1.',
    });
  }
  if (time === 'event' && versions.plan.timeColumn < 0) {
    fail(place, {
      what: 'a version holds from its event time on, and the right side has none',
      expected: 'event time on the right side',
      found: 'a right side without',
      hint: whyNoTime(versions.plan),
    });
  }
  const condition = sortCondition(on, left, right);
  const isVersion = ({ right: key }: JoinKey): boolean => key.op === 'column' && versions.key.includes(key.index);
  const keys = condition.keys.filter(isVersion);
  const missing = versions.key.filter(
    (one) => !keys.some(({ right: key }) => (key as { index: number }).index === one),
  );
  if (missing.length) {
    const names = missing.map((one) => rightPlan.schema[one].name);
    fail(place, {
      what: 'without its whole key a row would see many versions at once',
      expected: `an equality for ${names.join(' and ')} in ON`,
      found: shorten(explainExpression(on)),
      hint: `Write ON ${names.map((name) => `l.${name} = r.${name}`).join(' AND ')}.`,
    });
  }
  // A condition on the version is looked at once it is chosen; it does not fall back to an older one (S9.4).
  const others = condition.keys.filter((key) => !keys.includes(key)).map(({ whole }) => whole);
  const bounding = condition.bounding.filter((one) => !condition.keys.some(({ whole }) => whole === one));
  const columns = keyColumns(keys, [...condition.rest, ...bounding, ...others]);
  const schema = joinSchema(kind, input.schema, rightPlan.schema);
  const { timeColumn } = input;
  return joined(sides, {
    node: 'temporal join',
    left: input,
    right: versions.plan,
    kind,
    ...columns,
    time,
    schema,
    timeColumn,
  });
}

function followTime(left: Relation, plan: Plan, asOf: Ast): Plan {
  const context = contextOf(left.scope, 'AS OF', 'Write the event-time column of the left side.');
  const column = bindExpression(asOf, context);
  const carried = column.op === 'column' ? carry(plan, column.index) : null;
  if (carried) return carried;
  const [time] = times(plan).map((one) => plan.schema[one].name);
  return fail(asOf.place, {
    what: 'a row sees what holds at its own event time',
    expected: time ? `FOR SYSTEM_TIME AS OF l.${time}` : 'a left side with event time',
    found: shorten(formatExpression(asOf)),
    hint: time
      ? `Write FOR SYSTEM_TIME AS OF l.${time}, or PROCTIME() for what holds when it is asked.`
      : whyNoTime(plan),
  });
}

/** The rows that are versions, and the columns that tell what they are versions of; null where there are none. */
function versionsOf(plan: Plan): { plan: Plan; key: number[] } | null {
  switch (plan.node) {
    case 'scan':
      return plan.primaryKey.length ? { plan, key: plan.primaryKey } : null;
    case 'normalize':
      return versionsOf(plan.input);
    case 'deduplicate': {
      // What it would show as updates of one row are the versions themselves.
      const key = plan.keys.flatMap((one) => (one.op === 'column' ? [one.index] : []));
      return plan.keep === 'last' && key.length && key.length === plan.keys.length ? { plan: plan.input, key } : null;
    }
    case 'project': {
      const inner = versionsOf(plan.input);
      if (!inner) return null;
      const at = (column: number): number =>
        plan.expressions.findIndex((one) => one.op === 'column' && one.index === column);
      const key = inner.key.map(at);
      if (key.includes(-1)) return null;
      return { plan: { ...plan, input: inner.plan, timeColumn: at(inner.plan.timeColumn) }, key };
    }
    default:
      return null;
  }
}

function innerOrLeft({ kind, place }: Sides, what: string): 'inner' | 'left' {
  if (kind === 'inner' || kind === 'left') return kind;
  return fail(place, {
    what: `${what} keeps rows of its left side, never of its right one alone`,
    expected: 'JOIN or LEFT JOIN',
    found: `${kind.toUpperCase()} JOIN`,
    hint: 'Write LEFT JOIN to keep rows that find nothing.',
  });
}
