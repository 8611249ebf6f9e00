import { type Field, formatDuration, type TextPlace } from '../model';
import { fail } from './fail';
import { explainExpression, explainWindow } from './explain';
import { type Condition, type JoinKey, sortCondition } from './join-condition';
import { type Expression, type JoinKind, type Plan } from './plan';
import { plainRows, type Relation, relationOf, widthOf } from './relation';
import { behind, uniqueNames, WINDOW_FIELDS } from './scope';
import { carry } from './time-column';
import { allOf, conjuncts, readsColumn } from './walk';

export interface Sides {
  left: Relation;
  right: Relation;
  kind: JoinKind;
  /** Of the right side, for errors. */
  place: TextPlace;
}

/** What `on` makes of two inputs: a join of windows, in an interval of time, or of everything that has come. */
export function joinRelations(sides: Sides, on: Expression): Relation {
  const plan = joinPlan(sides, on);
  const relation = joined(sides, plan);
  if (plan.node === 'window join' || sides.kind !== 'inner') return relation;
  const width = widthOf(sides.left);
  const isBoth = (one: Expression): boolean =>
    [(i: number) => i < width, (i: number) => i >= width].every((side) => readsColumn(one, side));
  const narrow: Relation['narrow'] = (conditions) => {
    const both = conditions.filter(isBoth);
    const rest = conditions.filter((one) => !isBoth(one));
    return { plan: both.length ? joinPlan(sides, allOf([...conjuncts(on), ...both])!) : plan, rest };
  };
  return { ...relation, narrow };
}

/** The result under the names of its sides. */
export function joined({ left, right, kind }: Sides, plan: Plan): Relation {
  const scope = isHalf(kind) ? left.scope : [...left.scope, ...behind(right.scope, widthOf(left))];
  return { ...relationOf(plan), scope: scope.map((one) => ({ ...one, nullable: plan.schema[one.index].nullable })) };
}

/** Semi and anti joins give rows of the left side only. */
const isHalf = (kind: JoinKind): boolean => kind === 'semi' || kind === 'anti';

function joinPlan(sides: Sides, on: Expression): Plan {
  const { left, right, kind } = sides;
  const condition = sortCondition(on, left, right);
  if (left.windows || right.windows) return windowJoin(sides, condition);
  const { bounds } = condition;
  const [leftPlan, rightPlan] = [plainRows(left, 'a join'), plainRows(right, 'a join')];
  if (condition.keys.length === 0) noKeys(sides, condition);
  if (!bounds || bounds.lower === null || bounds.upper === null) {
    const where = [...condition.rest, ...condition.bounding.filter((one) => !isKey(condition, one))];
    const schema = joinSchema(kind, leftPlan.schema, rightPlan.schema);
    const keys = keyColumns(condition.keys, where);
    return { node: 'join', left: leftPlan, right: rightPlan, kind, ...keys, schema, timeColumn: -1 };
  }
  const { lower, upper } = bounds;
  if (lower > upper) {
    fail(sides.place, {
      what: 'no two rows can meet: the bounds in time exclude each other',
      expected: 'a lower bound at or before the upper one',
      found: `right time − left time from ${formatDuration(lower)} to ${formatDuration(upper)}`,
      hint: "Write r.ts BETWEEN l.ts - INTERVAL '5' MINUTE AND l.ts: the earlier end first.",
    });
  }
  const input = { left: carry(leftPlan, bounds.left)!, right: carry(rightPlan, bounds.right)! };
  const keys = keyColumns(condition.keys, condition.rest);
  const schema = joinSchema(kind, leftPlan.schema, rightPlan.schema);
  return { node: 'interval join', ...input, kind, ...keys, lower, upper, timeOf: 'latest', schema, timeColumn: -1 };
}

const isKey = ({ keys }: Condition, one: Expression): boolean => keys.some(({ whole }) => whole === one);

/** Keys in the form of the plan. Nulls meet only where all keys say so; then the others forbid it one by one. */
export function keyColumns(
  keys: readonly JoinKey[],
  rest: readonly Expression[],
): { leftKeys: Expression[]; rightKeys: Expression[]; nullSafe: boolean; where: Expression | null } {
  const nullSafe = keys.some((one) => one.nullSafe);
  const strict = nullSafe ? keys.filter((one) => !one.nullSafe).map(({ whole }) => whole) : [];
  return {
    leftKeys: keys.map((one) => one.left),
    rightKeys: keys.map((one) => one.right),
    nullSafe,
    where: allOf([...rest, ...strict]),
  };
}

/** The left columns, then the right ones; the columns of a side that may be missing can be null. */
export function joinSchema(kind: JoinKind, left: readonly Field[], right: readonly Field[]): Field[] {
  if (isHalf(kind)) return [...left];
  const all = [
    ...left.map((one) => ({ ...one, nullable: one.nullable || kind === 'right' || kind === 'full' })),
    ...right.map((one) => ({ ...one, nullable: one.nullable || kind === 'left' || kind === 'full' })),
  ];
  const names = uniqueNames(all.map((one) => one.name));
  return all.map((one, i) => ({ ...one, name: names[i] }));
}

function noKeys({ place }: Sides, { rest, bounding }: Condition): never {
  fail(place, {
    what: 'without an equality every row of one side would have to be kept and held against every row of the other',
    expected: 'at least one equality between both sides in ON',
    found: [...rest, ...bounding].map(explainExpression).join(' AND '),
    hint: 'Write ON l.id = r.id AND …; to give every row one and the same other row, compute it in the scenario.',
  });
}

/** Both sides in the same windows, and ON says so. */
function windowJoin(sides: Sides, condition: Condition): Plan {
  const { left, right, kind, place } = sides;
  if (!left.windows || !right.windows) {
    plainRows(left, 'the other side of this join');
    plainRows(right, 'the other side of this join');
  }
  const [one, other] = [left.windows!.shape, right.windows!.shape];
  if (JSON.stringify(one) !== JSON.stringify(other)) {
    fail(place, {
      what: 'both sides of a window join must be in the same windows',
      expected: explainWindow(one),
      found: explainWindow(other),
      hint: 'Give both the same window table function, with the same spans.',
    });
  }
  if (one.kind === 'session' || one.kind === 'global') {
    return fail(left.windows!.place, {
      what: 'the sessions of two inputs are not the same windows: each ends with a pause of its own',
      expected: 'TUMBLE, HOP or CUMULATE on both sides',
      found: explainWindow(one),
      hint: "Join in an interval: ON l.id = r.id AND r.ts BETWEEN l.ts - INTERVAL '5' MINUTE AND l.ts.",
    });
  }
  const [leftWidth, rightWidth] = [left.plan.schema.length, right.plan.schema.length];
  const edge = ({ left: a, right: b }: JoinKey, i: number): boolean =>
    a.op === 'column' && a.index === leftWidth + i && b.op === 'column' && b.index === rightWidth + i;
  if (![0, 1].every((i) => condition.keys.some((key) => edge(key, i)))) {
    fail(place, {
      what: 'rows in windows meet in the same window only',
      expected: 'ON … AND l.window_start = r.window_start AND l.window_end = r.window_end',
      found: condition.keys.map(({ whole }) => explainExpression(whole)).join(' AND ') || 'no equality of windows',
      hint: 'Add both equalities to ON.',
    });
  }
  // Keys are columns of the inputs; what else ON says of windows is a condition on the pair.
  const ofInputs = condition.keys.filter((key) => !edge(key, 0) && !edge(key, 1) && !edge(key, 2));
  const keys = ofInputs.filter(
    (key) => ![key.left, key.right].some((side, i) => readsWindow(side, [leftWidth, rightWidth][i])),
  );
  const rest = [
    ...condition.rest,
    ...condition.bounding.filter((bound) => !isKey(condition, bound)),
    ...ofInputs.filter((key) => !keys.includes(key)).map(({ whole }) => whole),
  ];
  const schema = joinSchema(kind, [...left.plan.schema, ...WINDOW_FIELDS], [...right.plan.schema, ...WINDOW_FIELDS]);
  const timeColumn = kind === 'full' ? -1 : kind === 'right' ? schema.length - 1 : leftWidth + 2;
  return {
    node: 'window join',
    left: left.plan,
    right: right.plan,
    kind,
    ...keyColumns(keys, rest),
    window: one,
    schema,
    timeColumn,
  };
}

const readsWindow = (side: Expression, width: number): boolean => readsColumn(side, (index) => index >= width);
